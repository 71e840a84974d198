"""Outbox: keeps a notice for a person to see, print or hand over; it reaches nobody by itself.

There is nothing to send: the notice's own row holds its rendered text, and the console shows it.
"""

from __future__ import annotations

from typing import Final

from connectors.channels import Delivery, Outgoing
from domain.contact_policy import Channel


class Outbox:
    """Carries every channel, by keeping the notice."""

    code: Final = "outbox"
    carries: Final[frozenset[Channel]] = frozenset(Channel)

    def deliver(self, _outgoing: Outgoing) -> Delivery:
        """The notice is where people look for it."""
        return Delivery("delivered", "kept")
