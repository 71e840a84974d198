"""The table of receipts that people recorded, read whole or not at all; each line says where its evidence is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from typing import Final

from connectors.shared import delimited
from domain.errors import AfluenteError, Invalid, TooLarge
from domain.money import Money, exponent
from domain.receipts import ReceiptFact, ReversalFact, ReversalKind, Statement, StatementLine

UNREADABLE: Final = "statement_unreadable"
MAX_BYTES: Final = 5 * 1024 * 1024
MAX_LINES: Final = 10_000
REQUIRED: Final = (
    *("receipt_no", "place", "received_on", "amount", "currency", "means"),
    *("evidence", "evidence_sha256", "recorded_by"),
)
COLUMNS: Final = (*REQUIRED, "reference", "payer_name", "payer_document", "undoes", "reason")
_MEANS: Final = frozenset(("cash", "cheque", "transfer", "card", "other"))
_SHA256: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
_AMOUNT: Final = re.compile(r"[0-9]{1,18}(\.[0-9]{1,4})?", re.ASCII)
_NUMBER: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,63}", re.ASCII)
_SNIFFED_BYTES: Final = 4096
_LONGEST_CELL: Final = 300
Cells = Mapping[str, str]


def sniff(content: bytes) -> bool:
    """Whether the file says in its first line that it is such a table."""
    head = content[:_SNIFFED_BYTES].removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0].replace(b";", b",").lower()
    return {b"receipt_no", b"evidence_sha256"} <= {cell.strip(b' "\r') for cell in head.split(b",")}


def parse(content: bytes) -> tuple[Statement, ...]:
    """One statement for each place and currency, in order of first appearance.

    Raises ``statement_too_large`` and ``statement_unreadable`` (with its line): the table is taken whole or not at all.
    """
    if len(content) > MAX_BYTES:
        raise TooLarge("statement_too_large", f"A table of receipts may have {MAX_BYTES} bytes.", limit_bytes=MAX_BYTES)
    grouped: dict[tuple[str, str], list[ReceiptFact | ReversalFact]] = {}
    seen: dict[str, int] = {}
    for line, cells in _lines(delimited.text_of(content, code=UNREADABLE)):
        first = seen.setdefault(cells["receipt_no"], line)
        if first != line:
            raise _unreadable(
                line, f"number {cells['receipt_no']} stands on line {first} too.", "Number receipts once."
            )
        grouped.setdefault((cells["place"], cells["currency"]), []).append(_fact(line, cells))
    if not grouped:
        raise _unreadable(1, "the table has no receipt.", f"Use the columns {', '.join(COLUMNS)}.")
    return tuple(_statement(place, currency, facts) for (place, currency), facts in grouped.items())


def _lines(text: str) -> Iterator[tuple[int, Cells]]:
    table = delimited.rows(text, known=COLUMNS, code=UNREADABLE)
    header = next(table, None)
    names = tuple(cell.lower() for cell in (header.cells if header else ()))
    missing = [name for name in REQUIRED if name not in names]
    wrong = [name for name in names if name not in COLUMNS or names.count(name) > 1]
    if missing or wrong:
        told = f"columns missing: {', '.join(missing) or 'none'}; unknown or twice: {', '.join(wrong) or 'none'}."
        raise _unreadable(1, told, f"Use the columns {', '.join(COLUMNS)}.")
    for count, row in enumerate(table, start=1):
        if count > MAX_LINES:
            raise _unreadable(row.line, f"more than {MAX_LINES} receipts.", "Split the table.")
        yield row.line, _checked(row.line, names, row.cells)


def _checked(line: int, names: tuple[str, ...], values: tuple[str, ...]) -> Cells:
    if len(values) != len(names):
        raise _unreadable(line, f"{len(values)} values under {len(names)} columns.", "Fill every column once.")
    cells = dict.fromkeys(COLUMNS, "") | dict(zip(names, values, strict=True))
    empty = [name for name in REQUIRED if not cells[name]]
    if empty:
        raise _unreadable(line, f"{', '.join(empty)} is empty.", "Fill it in: no receipt without its evidence.")
    if any(len(cell) > _LONGEST_CELL or not cell.isprintable() for cell in cells.values()):
        raise _unreadable(line, "a value is too long or holds control characters.", "Shorten it to one line.")
    for name, shape in (("receipt_no", _NUMBER), ("undoes", _NUMBER), ("evidence_sha256", _SHA256)):
        if cells[name] and not shape.fullmatch(cells[name]):
            raise _unreadable(line, f"{name} is {cells[name]!r}.", "Write digests as 64 hexadecimal digits.")
    if cells["means"] not in _MEANS:
        raise _unreadable(line, f"means is {cells['means']!r}.", f"Write one of {', '.join(sorted(_MEANS))}.")
    return cells


def _fact(line: int, cells: Cells) -> ReceiptFact | ReversalFact:
    amount, (at, day) = _amount(line, cells), _when(line, cells["received_on"])
    evidence = f"{cells['evidence']} (SHA-256 {cells['evidence_sha256']}), recorded by {cells['recorded_by']}"
    if cells["undoes"]:
        if not cells["reason"]:
            raise _unreadable(line, "reason is empty.", "Say why the receipt is taken back.")
        return ReversalFact(
            external_ref=cells["receipt_no"],
            original_ref=cells["undoes"],
            amount=amount,
            at=at,
            value_date=day,
            kind=ReversalKind.RETURNED,
            reason=f"{cells['reason']}: {evidence}",
        )
    return ReceiptFact(
        external_ref=cells["receipt_no"],
        amount=amount,
        at=at,
        value_date=day,
        references=(cells["reference"],) if cells["reference"] else (),
        payer_name=cells["payer_name"] or None,
        payer_document=cells["payer_document"] or None,
        remittance=f"{cells['means']}: {evidence}",
        rail=cells["means"],
    )


def _amount(line: int, cells: Cells) -> Money:
    stated = cells["amount"]
    fix = "Write it as 1500.00, above zero, without separators of thousands and with the currency's own decimals."
    if not _AMOUNT.fullmatch(stated):
        raise _unreadable(line, f"amount is {stated!r}.", fix)
    try:
        amount = Money.parse(stated, cells["currency"])
    except AfluenteError as error:
        raise _unreadable(line, error.message, fix) from None
    if amount.minor <= 0 or len(stated.partition(".")[2]) > exponent(amount.currency):
        raise _unreadable(line, f"amount is {stated!r}.", fix)
    return amount


def _when(line: int, stated: str) -> tuple[datetime, date]:
    """The moment and the day; noon UTC where only the day is stated, which is that day on every clock served."""
    try:
        if "T" not in stated:
            day = date.fromisoformat(stated)
            return datetime.combine(day, time(12), tzinfo=UTC), day
        moment = datetime.fromisoformat(stated)
    except ValueError:
        raise _unreadable(line, f"received_on is {stated!r}.", "Write it as 2026-11-24.") from None
    if moment.tzinfo is None:
        raise _unreadable(line, "received_on has an hour without its offset.", "Write 2026-11-24 or add +07:00.")
    return moment, moment.date()


def _statement(place: str, currency: str, facts: list[ReceiptFact | ReversalFact]) -> Statement:
    return Statement(
        statement_id=f"{place}/{currency}",
        account=place,
        currency=currency,
        opening=None,
        closing=None,
        booked_on=max(fact.value_date for fact in facts),
        lines=tuple(StatementLine(number, fact) for number, fact in enumerate(facts, start=1)),
    )


def _unreadable(line: int, message: str, fix: str) -> Invalid:
    return Invalid(UNREADABLE, f"Line {line}: {message}", fix=fix, line=line)
