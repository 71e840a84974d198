"""Channels: what carries a notice to a debtor, and what became of it.

A channel is asked once for each notice. ``uncertain`` means that the notice may have arrived: it is shown to a person
and never sent again by itself, for the debtor must not be contacted twice under one permit.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol, runtime_checkable

from domain.contact_policy import Channel
from domain.errors import Unavailable

DeliveryState = Literal["delivered", "accepted", "rejected", "uncertain"]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A rendered notice on its way. ``to`` is an address of the channel's kind; ``direction`` is ``ltr`` or ``rtl``.

    ``deliver_by`` is when the lawful hours end: a network that keeps it for later gives it up then.
    ``return_token`` names the notice in the address that mail comes back to.
    """

    notice_id: str
    to: str
    subject: str
    text: str
    html: str | None
    locale: str
    direction: str
    unsubscribe_url: str | None = None
    deliver_by: datetime | None = None
    return_token: str | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a notice: ``delivered`` to its reader, ``accepted`` on the way, ``rejected`` or ``uncertain``.

    ``detail`` says why or where, for people and as evidence; it holds no personal data. ``message_ids`` are the
    network's names, one for each message that the notice takes, by which it tells later what became of each: ``None``
    for one that got no name. Empty where no network tells.
    """

    state: DeliveryState
    detail: str
    message_ids: tuple[str | None, ...] = ()


class ChannelTransport(Protocol):
    """One way to carry notices. ``carries`` names the channels of law that it may stand for."""

    @property
    def code(self) -> str:
        """The transport's stable name."""

    @property
    def carries(self) -> frozenset[Channel]:
        """The channels that it can carry."""

    def deliver(self, outgoing: Outgoing) -> Delivery:
        """Carry one notice. Raises ``Unavailable`` only when it surely was not sent, so that trying again is safe."""


@runtime_checkable
class Bounded(Protocol):
    """A transport that serves some addresses alone."""

    def serves(self, to: str) -> bool:
        """Whether it carries to this address."""


@runtime_checkable
class Line(Protocol):
    """A transport that keeps a line open, over which its network tells things by itself."""

    def start(self) -> None:
        """Stay connected from now on."""

    def close(self) -> None:
        """Hang up."""


def carrier(transports: Iterable[ChannelTransport], channel: Channel, to: str) -> ChannelTransport:
    """The first transport that carries a channel to an address, or ``channel_not_connected``."""
    for transport in transports:
        if channel in transport.carries and (not isinstance(transport, Bounded) or transport.serves(to)):
            return transport
    raise Unavailable("channel_not_connected", f"Nothing carries {channel.value}.", fix="Configure a transport.")
