"""The platforms that are played, one module each, from their published documentation."""

from __future__ import annotations

from collections.abc import Mapping

from tests.peers.fake_world.model import Player
from tests.peers.fake_world.players.mercadopago import MercadoPago
from tests.peers.fake_world.players.omise import Omise
from tests.peers.fake_world.players.pix_api import PixApi
from tests.peers.fake_world.players.stripe import Stripe
from tests.peers.fake_world.players.tap import Tap
from tests.peers.fake_world.players.xendit import Xendit

PLAYERS: Mapping[str, Player] = {
    player.code: player for player in (Stripe(), PixApi(), Xendit(), MercadoPago(), Omise(), Tap())
}
