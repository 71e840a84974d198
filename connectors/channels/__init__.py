"""Channels: what carries a notice to a debtor, and what became of it.

A channel is asked once for each notice. ``uncertain`` means that the notice may have arrived: it is shown to a person
and never sent again by itself, for the debtor must not be contacted twice under one permit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from domain.contact_policy import Channel

DeliveryState = Literal["delivered", "accepted", "rejected", "uncertain"]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A rendered notice on its way. ``to`` is an address of the channel's kind; ``direction`` is ``ltr`` or ``rtl``.

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
    return_token: str | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a notice: ``delivered`` to its reader, ``accepted`` on the way, ``rejected`` or ``uncertain``.

    ``detail`` says why or where, for people and as evidence; it holds no personal data.
    """

    state: DeliveryState
    detail: str


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
