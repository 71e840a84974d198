"""Reservations: money of an account promised to something not booked yet; taken in parts or whole, or released.

A reservation is resolved once: taken whole, voided or expired. Until then what is open of it counts against the
account's floor or ceiling, so that it cannot be promised twice.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.errors import Invalid
from domain.money import Money


class ReservationState(StrEnum):
    """Whether something of it is still open, and if not, how that came."""

    OPEN = "open"
    POSTED = "posted"
    VOIDED = "voided"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Reservation:
    """A promise on a leaf account. ``amount`` is the posting it will become: debit positive, as in an entry.

    To keep money of a bank account for a payment out, reserve a negative amount: the payment will credit the bank.
    """

    id: str
    key: str  # its idempotency key, unique in the tenant for ever
    account_id: str
    amount: Money
    expires_at: datetime
    source: str  # the identifier of what caused it

    def __post_init__(self) -> None:
        if not self.amount:
            raise Invalid("posting_zero", "A reservation of nothing is not a reservation.")
        if self.expires_at.tzinfo is None:
            raise Invalid("moment_naive", "A reservation ends at an instant, with its time zone.")

    def payload_sha256(self) -> bytes:
        """A digest of what is reserved (not of its identifier): equal keys must carry equal digests."""
        payload = [
            self.account_id,
            self.amount.currency,
            self.amount.minor,
            self.expires_at.timestamp(),
            self.source,
        ]
        return hashlib.sha256(json.dumps(payload, separators=(",", ":")).encode()).digest()
