"""Which column of a table means what: a mapping that a person saves once for a bank or platform and reuses.

A column is named by its header, or by ``#`` and its number from 1 (``#3``) where there is no header row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any, Final

from connectors.statement_files.mapped_values import DateFormat
from connectors.statement_files.text_lines import ENCODINGS
from domain.errors import Invalid
from domain.money import Money
from domain.statement_files import FileSource, LineKind

MAX_ROWS_SKIPPED: Final = 1_000
DECIMALS: Final = (".", ",")
THOUSANDS: Final = ("", ".", ",", " ", "'")
DELIMITERS: Final = (",", ";", "\t", "|")
_MAX_TEXT: Final = 200
_MAX_COLUMNS: Final = 20
_MAX_KINDS: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMapping:
    """How a table's rows become lines. Raises ``Invalid``: ``mapping_invalid`` with ``field`` in its details.

    - ``header_row`` is the number of the row with the column names, 0 where there is none; rows above are passed over,
      and ``rows_after_header`` below it.
    - ``date_format`` is written with ``dd mm yyyy yy mmm`` (a month's name), ``bbbb`` (a Buddhist year) and
      ``hh:mm:ss``, or is ``iso``; ``utc_offset`` (``+08:00``) makes moments of times without an offset.
    - Either ``amount``, perhaps with ``direction`` and its ``debit_words``, or ``credit`` and ``debit`` columns.
    - ``amount_is`` tells whether the amount is ``net`` or ``gross`` of fee and tax; where ``gross`` is a column of its
      own, it is checked. Fees and taxes count as kept when positive; ``fees_negative`` turns that around.
    - ``currency`` is fixed, or ``currency_column`` holds it; likewise ``account``.
    - ``kinds`` gives the kind for each value of ``kind``; ``*`` stands for every other value.
    - A row whose first filled cell begins with one of ``skip_words`` is passed over; one that begins with
      ``total_word`` states the control total of the lines' amounts, in the amount's column.
    """

    name: str
    date: str
    date_format: str
    decimal: str = "."
    thousands: str = ""
    source: FileSource = FileSource.BANK
    header_row: int = 1
    rows_after_header: int = 0
    delimiter: str | None = None
    encoding: str | None = None
    sheet: str | None = None
    value_date: str | None = None
    utc_offset: str | None = None
    amount: str | None = None
    credit: str | None = None
    debit: str | None = None
    direction: str | None = None
    debit_words: tuple[str, ...] = ()
    amount_is: str = "net"
    gross: str | None = None
    fee: str | None = None
    tax: str | None = None
    fees_negative: bool = False
    currency: str | None = None
    currency_column: str | None = None
    account: str | None = None
    account_column: str | None = None
    id: str | None = None
    references: tuple[str, ...] = ()
    original: str | None = None
    batch: str | None = None
    payer_name: str | None = None
    payer_account: str | None = None
    payer_document: str | None = None
    text: tuple[str, ...] = ()
    kind: str | None = None
    kinds: Mapping[str, LineKind] = field(default_factory=dict)
    paid_amount: str | None = None
    paid_currency: str | None = None
    skip_words: tuple[str, ...] = ()
    total_word: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "kinds", MappingProxyType(dict(self.kinds)))
        for name, problem in _problems(self):
            raise _invalid(name, problem)

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that the mapping names, each once."""
        single = (getattr(self, name) for name in COLUMN_FIELDS)
        named = [*(one for one in single if one), *self.references, *self.text]
        return tuple(dict.fromkeys(named))

    def as_json(self) -> dict[str, Any]:
        """The mapping as a JSON object, without what is left at its default."""
        plain = {
            one.name: getattr(self, one.name)
            for one in fields(self)
            if getattr(self, one.name) not in (None, (), "", {}) or one.name == "thousands"
        }
        plain["kinds"] = {word: kind.value for word, kind in self.kinds.items()}
        return {
            name: list(value) if isinstance(value, tuple) else getattr(value, "value", value)
            for name, value in plain.items()
            if name != "kinds" or value
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> ColumnMapping:
        """The mapping that a JSON object describes; unknown names and wrong types are ``mapping_invalid``."""
        known = {one.name for one in fields(cls)}
        unknown = sorted(set(document) - known)
        if unknown:
            raise _invalid(unknown[0], "is not known")
        missing = [name for name in ("name", "date", "date_format") if name not in document]
        if missing:
            raise _invalid(missing[0], "is missing")
        return cls(**{name: _typed(name, value) for name, value in document.items()})


COLUMN_FIELDS: Final = (
    "date",
    "value_date",
    "amount",
    "credit",
    "debit",
    "direction",
    "gross",
    "fee",
    "tax",
    "currency_column",
    "account_column",
    "id",
    "original",
    "batch",
    "payer_name",
    "payer_account",
    "payer_document",
    "kind",
    "paid_amount",
    "paid_currency",
)
"""The fields that name one column each."""

_WORDS: Final = frozenset({"references", "text", "debit_words", "skip_words"})
_NUMBERS: Final = frozenset({"header_row", "rows_after_header"})
_TYPES: Final[Mapping[str, tuple[tuple[type, ...], str]]] = MappingProxyType(
    dict.fromkeys(_NUMBERS, ((int,), "is no whole number")) | {"fees_negative": ((bool,), "is neither true nor false")}
)


def _invalid(name: str, problem: str) -> Invalid:
    return Invalid(
        "mapping_invalid", f"The mapping's field {name!r} {problem}.", fix="Correct the mapping.", field=name
    )


def _typed(name: str, value: Any) -> Any:
    if name == "kinds":
        return _kinds(value)
    if name == "source":
        if value not in list(FileSource):
            raise _invalid(name, f"is none of {', '.join(FileSource)}")
        return FileSource(value)
    if name in _WORDS:
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise _invalid(name, "is no list of texts")
        return tuple(value)
    wanted, problem = _TYPES.get(name, ((str, type(None)), "is no text"))
    if type(value) not in wanted:
        raise _invalid(name, problem)
    return value


def _kinds(value: Any) -> dict[str, LineKind]:
    if not isinstance(value, dict):
        raise _invalid("kinds", "is no object")
    for word, kind in value.items():
        if kind not in list(LineKind):
            raise _invalid("kinds", f"gives {word!r} a kind that is none of {', '.join(LineKind)}")
    return {str(word): LineKind(kind) for word, kind in value.items()}


def _problems(mapping: ColumnMapping) -> list[tuple[str, str]]:
    return [*_text_problems(mapping), *_amount_problems(mapping), *_format_problems(mapping)]


def _text_problems(mapping: ColumnMapping) -> list[tuple[str, str]]:
    found = []
    for name, value in asdict_shallow(mapping).items():
        texts = [value] if isinstance(value, str) else list(value) if isinstance(value, tuple) else []
        if any(len(one) > _MAX_TEXT for one in texts):
            found.append((name, f"has more than {_MAX_TEXT} characters"))
        if isinstance(value, tuple) and len(value) > _MAX_COLUMNS:
            found.append((name, f"has more than {_MAX_COLUMNS} entries"))
        if any(not one.strip() for one in texts) and name not in {"thousands", "delimiter"}:
            found.append((name, "is blank"))
    return found


def asdict_shallow(mapping: ColumnMapping) -> dict[str, Any]:
    """The mapping's fields by name, their values as they are."""
    return {one.name: getattr(mapping, one.name) for one in fields(mapping)}


def _amount_problems(mapping: ColumnMapping) -> list[tuple[str, str]]:
    found = []
    split = mapping.credit is not None or mapping.debit is not None
    if (mapping.amount is None) is not split:
        found.append(("amount", "must be given, or else credit and debit, and not both"))
    if mapping.direction is not None and (mapping.amount is None or not mapping.debit_words):
        found.append(("direction", "needs an amount column and debit_words"))
    if (mapping.currency is None) is (mapping.currency_column is None):
        found.append(("currency", "must be given, or else currency_column, and not both"))
    if mapping.currency is not None:
        Money(0, mapping.currency)
    if mapping.account is not None and mapping.account_column is not None:
        found.append(("account", "is given twice"))
    if mapping.amount_is not in {"net", "gross"}:
        found.append(("amount_is", "is neither net nor gross"))
    if mapping.gross is not None and mapping.amount_is == "gross":
        found.append(("gross", "is given twice: the amount is gross already"))
    if mapping.kind is not None and not mapping.kinds:
        found.append(("kinds", "is empty, though kind names a column"))
    if len(mapping.kinds) > _MAX_KINDS:
        found.append(("kinds", f"has more than {_MAX_KINDS} entries"))
    return found


def _format_problems(mapping: ColumnMapping) -> list[tuple[str, str]]:
    found = []
    problem = DateFormat.problem(mapping.date_format)
    if problem is not None:
        found.append(("date_format", problem))
    if mapping.utc_offset is not None and DateFormat.offset(mapping.utc_offset) is None:
        found.append(("utc_offset", "is no offset such as +08:00"))
    if mapping.decimal not in DECIMALS:
        found.append(("decimal", "is neither a point nor a comma"))
    if mapping.thousands not in THOUSANDS or mapping.thousands == mapping.decimal:
        found.append(("thousands", "is no separator of thousands here"))
    if mapping.delimiter is not None and mapping.delimiter not in DELIMITERS:
        found.append(("delimiter", "is no delimiter of columns"))
    if mapping.encoding is not None and mapping.encoding not in ENCODINGS:
        found.append(("encoding", f"is none of {', '.join(ENCODINGS)}"))
    outside = [name for name in sorted(_NUMBERS) if not 0 <= getattr(mapping, name) <= MAX_ROWS_SKIPPED]
    return [*found, *((name, f"is not between 0 and {MAX_ROWS_SKIPPED}") for name in outside)]
