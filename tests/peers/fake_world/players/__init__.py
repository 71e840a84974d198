"""The platforms that are played, one module each, from their published documentation."""

from __future__ import annotations

from collections.abc import Mapping

from tests.peers.fake_world.model import Player
from tests.peers.fake_world.players.pix_api import PixApi
from tests.peers.fake_world.players.stripe import Stripe

PLAYERS: Mapping[str, Player] = {player.code: player for player in (Stripe(), PixApi())}
