"""Transaction details of a camt entry: who paid, what for, and the parts of a batch, which must make its total."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from lxml import etree

from connectors.platforms.bank_statement.camt053_xml import child, children, line_of, money, sign, text
from connectors.platforms.bank_statement.facts import Movement
from domain.errors import Invalid
from domain.money import Money, total

NOT_PROVIDED: Final = frozenset({"NOTPROVIDED", "NONREF", "NONE"})
MAX_REMITTANCE_CHARS: Final = 2_000


@dataclass(frozen=True, slots=True)
class Entry:
    """A booked entry: its element, signed amount, times, the bank's reference, and ours where the bank gives none."""

    element: etree._Element
    amount: Money
    at: datetime
    value_date: date
    servicer_ref: str | None
    own_ref: str
    reverses: bool


def movements(entry: Entry) -> Iterator[Movement]:
    """One movement per transaction detail; an entry with none or one is one movement of the entry's own amount."""
    found = [part for group in children(entry.element, "NtryDtls") for part in children(group, "TxDtls")]
    if len(found) <= 1:
        part = found[0] if found else None
        reference = (text(part, "Refs", "AcctSvcrRef") if part is not None else None) or entry.servicer_ref
        yield _movement(entry, part, amount=entry.amount, bank_ref=reference or entry.own_ref)
        return
    amounts = _amounts(entry, found)
    for number, (part, amount) in enumerate(zip(found, amounts, strict=True), start=1):
        reference = text(part, "Refs", "AcctSvcrRef")
        shared = f"{entry.servicer_ref or entry.own_ref}/{number}"
        own = reference if reference and reference != entry.servicer_ref else shared
        yield _movement(entry, part, amount=amount, bank_ref=own)


def _amounts(entry: Entry, found: list[etree._Element]) -> list[Money]:
    """The signed amounts of a batch's parts; they must make the entry's amount, else ``entry_total_mismatch``."""
    amounts = [_part_amount(entry, part) for part in found]
    stated = [amount for amount in amounts if amount is not None]
    made = total(stated, entry.amount.currency)
    if len(stated) < len(found) or made != entry.amount:
        line = line_of(entry.element)
        raise Invalid(
            "entry_total_mismatch",
            f"Line {line}: the entry is of {entry.amount}, but {len(stated)} of its {len(found)} "
            f"transaction details state an amount, together {made}.",
            fix="Ask the bank for the complete statement; none of its lines was taken.",
            line=line,
            entry=str(entry.amount),
            details=str(made),
        )
    return stated


def _part_amount(entry: Entry, part: etree._Element) -> Money | None:
    """Signed; from ``Amt`` (version .03 on) or ``AmtDtls/TxAmt`` (.02), where it is in the account's currency."""
    currency = entry.amount.currency
    places = (child(part, "Amt"), child(part, "AmtDtls", "TxAmt", "Amt"))
    stated = next((amount for amount in places if amount is not None and amount.get("Ccy") == currency), None)
    if stated is None:
        return None
    own_direction = child(part, "CdtDbtInd") is not None
    credit = sign(part) > 0 if own_direction else entry.amount.minor > 0
    amount = money(stated, currency)
    return amount if credit else -amount


def _movement(entry: Entry, part: etree._Element | None, *, amount: Money, bank_ref: str) -> Movement:
    if part is None:
        part = etree.Element("TxDtls")  # an entry without details: everything below is absent
    named = _named(part)
    reason = text(part, "RtrInf", "Rsn", "Cd") or text(part, "RtrInf", "Rsn", "Prtry")
    undone = entry.reverses or child(part, "RtrInf") is not None
    return Movement(
        amount=amount,
        at=entry.at,
        value_date=entry.value_date,
        bank_ref=bank_ref,
        named=named,
        remittance=_remittance(part) or text(entry.element, "AddtlNtryInf"),
        payer_name=_party(part, "Nm"),
        payer_document=_document(part),
        undoes=(named[0] if named else entry.servicer_ref or entry.own_ref) if undone else None,
        reason=reason or text(part, "RtrInf", "AddtlInf"),
    )


def _named(part: etree._Element) -> tuple[str, ...]:
    """End-to-end id first, then structured remittance (creditor reference, document number), then bank-side ids."""
    structured = [line for info in children(part, "RmtInf") for line in children(info, "Strd")]
    places = [
        text(part, "Refs", "EndToEndId"),
        *(text(line, "CdtrRefInf", "Ref") for line in structured),
        *(text(document, "Nb") for line in structured for document in children(line, "RfrdDocInf")),
        *(text(part, "Refs", name) for name in ("UETR", "TxId", "InstrId")),
    ]
    return tuple(dict.fromkeys(found for found in places if found and found.upper() not in NOT_PROVIDED))


def _remittance(part: etree._Element) -> str | None:
    lines = [line.text or "" for info in children(part, "RmtInf") for line in children(info, "Ustrd")]
    joined = " ".join(" ".join(lines).split())
    return joined[:MAX_REMITTANCE_CHARS] or None


def _party(part: etree._Element, *path: str) -> str | None:
    """A fact of the payer, where it stood before version .08 (``Dbtr/Nm``) and since (``Dbtr/Pty/Nm``)."""
    for role in ("Dbtr", "UltmtDbtr"):
        found = text(part, "RltdPties", role, "Pty", *path) or text(part, "RltdPties", role, *path)
        if found is not None:
            return found
    return None


def _document(part: etree._Element) -> str | None:
    return _party(part, "Id", "PrvtId", "Othr", "Id") or _party(part, "Id", "OrgId", "Othr", "Id")
