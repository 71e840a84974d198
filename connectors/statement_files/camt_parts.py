"""Transaction details of a camt entry: who paid, what for, and the parts of a batch; a long batch waits on disk."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from operator import attrgetter
from types import MappingProxyType, TracebackType
from typing import IO, Any, Final, Self

from lxml import etree

from connectors.statement_files.camt_xml import child, children, line_of, text
from domain.errors import Invalid
from domain.money import Money

NOT_PROVIDED: Final = frozenset({"NOTPROVIDED", "NONREF", "NONE"})
MAX_REMITTANCE_CHARS: Final = 2_000
IN_MEMORY: Final = 5_000  # parts of one entry

UNKNOWN_SIGN: Final = 9  # a direction is stated that is none; refused where it is needed
_SIGNS: Final[Mapping[str | None, int]] = MappingProxyType({None: 0, "CRDT": 1, "DBIT": -1})
_AMOUNT: Final = re.compile(r"\d{1,18}(\.\d{1,5})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Part:
    """One transaction detail. Amounts stay as the file has them until it is known whether the parts make the entry.

    ``amount`` and its line are in the account's currency; ``sign`` is zero where the part states no direction of its
    own; ``named`` are references, best first; ``paid`` is the amount and currency that the payer instructed.
    """

    line: int
    amount: str | None = None
    amount_line: int = 0
    sign: int = 0
    servicer_ref: str | None = None
    named: tuple[str, ...] = ()
    remittance: str | None = None
    payer_name: str | None = None
    payer_document: str | None = None
    payer_account: str | None = None
    reason: str | None = None
    further_reason: str | None = None
    returned: bool = False
    paid: tuple[str, str] | None = None
    fee: str | None = None


class Parts:
    """The parts of one entry in order, in memory up to a number and on disk beyond."""

    def __init__(self, in_memory: int = IN_MEMORY) -> None:
        self._limit = in_memory
        self._held: list[Part] = []
        self._file: IO[bytes] | None = None
        self._count = 0
        self._signed = Decimal(0)
        self._unsigned = Decimal(0)
        self._all_summed = True
        self.undirected = 0  # the line of a part whose direction is unknown

    def append(self, part: Part) -> None:
        """Keep a part."""
        self._count += 1
        self._sum(part)
        self._held.append(part)
        if len(self._held) >= self._limit:
            self._file = self._file or tempfile.TemporaryFile()  # noqa: SIM115 - closed with the entry
            self._file.writelines(json.dumps(_stored(one)).encode() + b"\n" for one in self._held)
            self._held.clear()

    def _sum(self, part: Part) -> None:
        self.undirected = self.undirected or (part.line if part.sign == UNKNOWN_SIGN else 0)
        if part.amount is None or not _AMOUNT.fullmatch(part.amount):
            self._all_summed = False
        elif part.sign:
            self._signed += part.sign * Decimal(part.amount)
        else:
            self._unsigned += Decimal(part.amount)

    def together(self, sign: int) -> Decimal | None:
        """What the parts make, those without a direction taking the entry's; ``None`` where one states no amount."""
        return self._signed + sign * self._unsigned if self._all_summed else None

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Part]:
        if self._file is not None:
            self._file.seek(0)
            for line in self._file:
                yield _part_of(json.loads(line))
        yield from self._held

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()


_stored: Final = attrgetter(*(one.name for one in fields(Part)))


def _part_of(stored: list[Any]) -> Part:
    values: list[Any] = [tuple(value) if isinstance(value, list) else value for value in stored]
    return Part(*values)


def part(element: etree._Element, *, currency: str | None) -> Part:
    """What a ``TxDtls`` element says, for an account in a currency."""
    amount = _amount(element, currency)
    refs, returned, payers = child(element, "Refs"), child(element, "RtrInf"), _payers(element)
    return Part(
        line=line_of(element),
        amount=None if amount is None else (amount.text or "").strip(),
        amount_line=line_of(element if amount is None else amount),
        sign=_SIGNS.get(text(element, "CdtDbtInd"), UNKNOWN_SIGN),
        servicer_ref=None if refs is None else text(refs, "AcctSvcrRef"),
        named=_named(element, refs),
        remittance=_remittance(element),
        payer_name=_payer(payers, "Nm"),
        payer_document=_payer(payers, "Id", "PrvtId", "Othr", "Id") or _payer(payers, "Id", "OrgId", "Othr", "Id"),
        payer_account=_payer_account(element),
        reason=None if returned is None else text(returned, "Rsn", "Cd") or text(returned, "Rsn", "Prtry"),
        further_reason=None if returned is None else text(returned, "AddtlInf"),
        returned=returned is not None,
        paid=instructed(element, currency=currency),
        fee=included_charges(element, currency=currency),
    )


def _amount(element: etree._Element, currency: str | None) -> etree._Element | None:
    """``Amt`` (version .03 on) or ``AmtDtls/TxAmt`` (.02), where it is in the account's currency."""
    places = (child(element, "Amt"), child(element, "AmtDtls", "TxAmt", "Amt"))
    return next((amount for amount in places if amount is not None and amount.get("Ccy") == currency), None)


def _named(element: etree._Element, refs: etree._Element | None) -> tuple[str, ...]:
    """End-to-end id first, then structured remittance (creditor reference, document number), then bank-side ids."""
    structured = [line for info in children(element, "RmtInf") for line in children(info, "Strd")]
    places = [
        None if refs is None else text(refs, "EndToEndId"),
        *(text(line, "CdtrRefInf", "Ref") for line in structured),
        *(text(document, "Nb") for line in structured for document in children(line, "RfrdDocInf")),
        *(text(refs, name) for name in ("UETR", "TxId", "InstrId") if refs is not None),
    ]
    return tuple(dict.fromkeys(found for found in places if found and found.upper() not in NOT_PROVIDED))


def _remittance(element: etree._Element) -> str | None:
    lines = [line.text or "" for info in children(element, "RmtInf") for line in children(info, "Ustrd")]
    joined = " ".join(" ".join(lines).split())
    return joined[:MAX_REMITTANCE_CHARS] or None


def _payers(element: etree._Element) -> list[etree._Element]:
    """Where facts of the payer may stand: since version .08 in ``Dbtr/Pty``, before in ``Dbtr``; best first."""
    parties = child(element, "RltdPties")
    if parties is None:
        return []
    found = [one for role in ("Dbtr", "UltmtDbtr") if (one := child(parties, role)) is not None]
    return [place for one in found for place in (child(one, "Pty"), one) if place is not None]


def _payer(places: list[etree._Element], *path: str) -> str | None:
    return next((found for place in places if (found := text(place, *path)) is not None), None)


def _payer_account(element: etree._Element) -> str | None:
    account = child(element, "RltdPties", "DbtrAcct", "Id")
    return None if account is None else text(account, "IBAN") or text(account, "Othr", "Id")


def instructed(element: etree._Element, *, currency: str | None) -> tuple[str, str] | None:
    """The amount in the payer's own currency: as instructed, else as transferred, where it is not the account's."""
    details = child(element, "AmtDtls")
    if details is None:
        return None
    for name in ("InstdAmt", "TxAmt", "CntrValAmt"):
        amount = child(details, name, "Amt")
        if amount is not None and amount.get("Ccy") != currency:
            return (amount.text or "").strip(), amount.get("Ccy") or ""
    return None


def included_charges(element: etree._Element, *, currency: str | None) -> str | None:
    """What the bank kept of an amount, as a decimal text: charges that it says are included, in the account's currency.

    One that is no amount is given back as it stands, for whoever needs it to refuse.
    """
    kept = Decimal(0)
    for one in children(element, "Chrgs"):
        for record in children(one, "Rcrd") or [one]:
            amount = child(record, "Amt")
            included = text(record, "ChrgInclInd") in {"true", "1"}
            if amount is None or amount.get("Ccy") != currency or not included:
                continue
            stated = (amount.text or "").strip()
            if not _AMOUNT.fullmatch(stated):
                return stated or "nothing"
            kept += -Decimal(stated) if text(record, "CdtDbtInd") == "CRDT" else Decimal(stated)
    return f"{kept:f}" if kept else None


def paid_money(stated: tuple[str, str] | None) -> Money | None:
    """The instructed amount as money, where it can be read; what was booked does not depend on it."""
    if stated is None:
        return None
    try:
        return Money.parse(*stated)
    except Invalid:
        return None
