"""What Wompi tells us: that something happened to a transaction; what, Wompi is asked.

Events of Nequi and Bancolombia tokens and of payouts to third parties are ignored. Wompi repeats an event three times
in a day, word for word.
Source: https://docs.wompi.co/en/docs/colombia/eventos/ (2026-11, confidence high).
"""

from __future__ import annotations

from typing import Final

from connectors.platforms import as_object, as_text, json_object, optional_text
from domain.receipts import Announced, Ignored, PlatformFact

_TRANSACTION: Final = "transaction.updated"
_MOVED: Final = frozenset(("APPROVED", "VOIDED"))


def delivery_id(raw: bytes) -> str:
    """The event and its checksum: Wompi names no delivery, and the checksum covers what it is about and when."""
    event = json_object(raw)
    signature = as_object(event.get("signature"), "the event's signature")
    return f"{as_text(event.get('event'), 'the event')}/{as_text(signature.get('checksum'), 'the checksum').lower()}"


def parse(raw: bytes) -> tuple[PlatformFact | Announced, ...]:
    """The transaction to ask about, or ``Ignored`` for an event about something else."""
    event = json_object(raw)
    kind = as_text(event.get("event"), "the event")
    if kind != _TRANSACTION:
        return (Ignored(kind),)
    data = as_object(event.get("data"), "what the event is about")
    transaction = as_object(data.get("transaction"), "the transaction")
    name = as_text(transaction.get("id"), "the transaction's id")
    return (Announced(name, settled=optional_text(transaction.get("status")) in _MOVED),)
