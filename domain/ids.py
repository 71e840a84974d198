"""Identifiers: a prefix that names the kind, an underscore and a UUIDv7 in 26 letters of Crockford base 32.

The shape is that of TypeID 0.3 (github.com/jetify-com/typeid); UUIDv7 is RFC 9562, section 5.7, so
identifiers of one kind sort by the time they were made. Nothing here draws randomness: whoever makes an
identifier hands in the clock's milliseconds and 10 random bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NewType

from domain.errors import Invalid

TenantId = NewType("TenantId", str)
UserId = NewType("UserId", str)
ApiKeyId = NewType("ApiKeyId", str)
CreditorId = NewType("CreditorId", str)
ConnectionId = NewType("ConnectionId", str)
PartyId = NewType("PartyId", str)
LoanId = NewType("LoanId", str)
CaseId = NewType("CaseId", str)
PromiseId = NewType("PromiseId", str)
HoldId = NewType("HoldId", str)
NoticeId = NewType("NoticeId", str)
PermitId = NewType("PermitId", str)
PaymentRequestId = NewType("PaymentRequestId", str)
InboxId = NewType("InboxId", str)
ReceiptId = NewType("ReceiptId", str)
AccountId = NewType("AccountId", str)
EntryId = NewType("EntryId", str)
PortfolioId = NewType("PortfolioId", str)
EventId = NewType("EventId", str)
ReservationId = NewType("ReservationId", str)
DayCloseId = NewType("DayCloseId", str)

PREFIXES: Final[dict[str, str]] = {
    "tenant": "ten",
    "user": "usr",
    "api_key": "key",
    "creditor": "cre",
    "connection": "con",
    "party": "pty",
    "loan": "loan",
    "case": "case",
    "promise": "pro",
    "hold": "hold",
    "notice": "ntc",
    "permit": "prm",
    "notice_message": "msg",
    "stray_report": "rpt",
    "incoming_message": "inm",
    "opt_out": "opt",
    "payment_request": "req",
    "inbox": "inb",
    "receipt": "rcp",
    "account": "acc",
    "entry": "ent",
    "portfolio": "pfo",
    "event": "evt",
    "fx_quote": "fxq",
    "reservation": "rsv",
    "day_close": "dcl",
    "sweep_rule": "swr",
    "sweep_rule_change": "swc",
    "sweep_run": "swp",
    "sweep_document": "swd",
    "legal_entity": "leg",
    "payout": "pyt",
    "commission": "com",
    "contest": "cnt",
    "write_off": "wof",
    "money_event": "mev",
    "source_file": "sfl",
    "column_mapping": "map",
    "recon_run": "rcr",
    "match_group": "mgr",
    "difference": "dif",
    "webhook_endpoint": "whe",
    "pay_link": "pln",
    "instalment_terms": "ist",
    "placement": "plc",
    "contact_report": "crp",
    "contact_stop": "cst",
    "mail_report": "mrp",
    "letter_batch": "ltb",
    "payment_plan": "ppl",
    "settlement_offer": "sof",
    "wording_approval": "wap",
    "notice_clearance": "ncl",
    "refund": "rfd",
}

_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_SUFFIX_LENGTH: Final = 26
_RANDOM_BYTES: Final = 10

NewId = Callable[[str], str]
"""Makes an identifier of a kind named in ``PREFIXES``; given by ``runtime`` to whoever creates rows."""


def uuid7_int(milliseconds: int, entropy: bytes) -> int:
    """A UUIDv7 as an integer from Unix milliseconds and 10 random bytes (RFC 9562, 5.7)."""
    if len(entropy) != _RANDOM_BYTES:
        raise Invalid("entropy_invalid", f"A UUIDv7 needs {_RANDOM_BYTES} random bytes.")
    bits = int.from_bytes(entropy, "big")
    rand_a = (bits >> 68) & 0xFFF
    rand_b = bits & ((1 << 62) - 1)
    return ((milliseconds & ((1 << 48) - 1)) << 80) | (0x7 << 76) | (rand_a << 64) | (0b10 << 62) | rand_b


def make(kind: str, *, milliseconds: int, entropy: bytes) -> str:
    """An identifier of a kind, e.g. ``case_01jd…``; raises ``id_kind_unknown`` for a kind not in ``PREFIXES``."""
    prefix = PREFIXES.get(kind)
    if prefix is None:
        raise Invalid("id_kind_unknown", f"There is no identifier kind {kind!r}.")
    value = uuid7_int(milliseconds, entropy)
    letters = [_ALPHABET[(value >> shift) & 31] for shift in range(125, -1, -5)]
    return f"{prefix}_{''.join(letters)}"


def check(kind: str, text: str) -> str:
    """The same text if it is a well-formed identifier of the kind, else ``id_malformed``."""
    prefix, _, suffix = text.rpartition("_")
    well_formed = (
        prefix == PREFIXES.get(kind)
        and len(suffix) == _SUFFIX_LENGTH
        and suffix[0] <= "7"
        and all(letter in _ALPHABET for letter in suffix)
    )
    if not well_formed:
        raise Invalid("id_malformed", f"{text!r} is not the identifier of a {kind.replace('_', ' ')}.")
    return text


def made_at(text: str) -> int:
    """When an identifier of any kind was made, in milliseconds since 1970; ``id_malformed`` for anything else."""
    _, _, suffix = text.rpartition("_")
    if len(suffix) != _SUFFIX_LENGTH or suffix[0] > "7" or any(letter not in _ALPHABET for letter in suffix):
        raise Invalid("id_malformed", f"{text!r} is not an identifier, so it does not say when it was made.")
    value = 0
    for letter in suffix:
        value = value << 5 | _ALPHABET.index(letter)
    return value >> 80
