"""Statements of account, read from the book: for a leaf, a child with its leaves, or a parent over all its children.

Two times are kept apart: the day an entry counts (``effective_date``, the period) and the moment it was written
(``booked_at``). With ``known_at`` a statement is told as it would have been told then, however back-dated later
entries are. Opening, movements and closing are read in one SQL statement, thus from one state of the book, and
independently of each other: a section that would not add up is never given out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    Text,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)

from domain.account_statements import (
    KEPT_ROLES,
    AccountStatement,
    ConvertedSection,
    ConvertedTotal,
    Line,
    Movement,
    Period,
    Place,
    Section,
    movement_of_role,
    parts_of,
)
from domain.accounts import Role
from domain.errors import AfluenteError, Conflict, TooLarge
from domain.fx import convert
from domain.money import Money, total, zero
from ledger import accounts, tables
from ledger.balances import RateLookup
from ledger.statement_lines import lines
from ledger.statement_scope import Scope

MAX_LINES: Final = 100_000
_PAGE: Final = 1_000
_READINGS: Final = 3
_KEPT: Final = (Movement.FEES, Movement.TAXES_WITHHELD)
_CONVERTED: Final = frozenset({Role.PARENT, Role.RECEIVABLES})

_entry, _posting, _account = tables.entry, tables.posting, tables.account
_reversed = tables.entry.alias("reversed")


def statement(
    tx: Connection,
    account_id: str,
    period: Period,
    *,
    known_at: datetime | None = None,
    rate: RateLookup | None = None,
    rates_on: date | None = None,
) -> AccountStatement:
    """What stood, moved and stands on an account, currency by currency.

    With ``rate`` a parent (or the root of receivables) is also stated in its own currency, at the rates of
    ``rates_on``, else of the period's last day. Raises ``account_unknown``.
    """
    scope = Scope(accounts.get(tx, account_id), period, known_at)
    sections = _sections(tx, scope)
    converted = None
    if rate is not None and scope.account.role in _CONVERTED:
        converted = _converted(sections, currency=scope.account.currency, on=rates_on or period.last, rate=rate)
    return AccountStatement(scope.account, period, known_at, sections, converted)


def _sections(tx: Connection, scope: Scope) -> tuple[Section, ...]:
    counted, kept = scope.counted(), scope.kept()
    edges = _edges_known(scope, counted) if scope.known_at else _edges(scope, counted)
    opening: dict[str, tuple[Money, Money]] = {}
    movements: dict[str, dict[Movement, Money]] = defaultdict(dict)
    entries: dict[str, int] = defaultdict(int)
    for kind, currency, *sums, count in tx.execute(union_all(edges, _moved(scope, counted, kept))):
        amounts = [Money(int(one), currency) for one in sums]
        if kind is None:
            opening[currency] = (amounts[0], amounts[1])
            continue
        for part in parts_of(amounts[0], dict(zip(_KEPT, amounts[1:], strict=True)), scope.reason(kind)):
            moved = movements[currency]
            moved[part.movement] = moved.get(part.movement, zero(currency)) + part.amount
        entries[currency] += count
    return tuple(
        Section(begin, _in_order(movements[currency]), end, entries[currency])
        for currency, (begin, end) in sorted(opening.items())
    )


def _in_order(movements: dict[Movement, Money]) -> dict[Movement, Money]:
    return {reason: movements[reason] for reason in Movement if movements.get(reason)}


def _edges(scope: Scope, counted: CTE) -> Select[Any]:
    """Opening and closing of each currency from the days' sums: as many rows as days, however many postings."""
    day = tables.balance_day
    came_to = day.c.debit_minor - day.c.credit_minor
    return (
        select(
            null().cast(Text),
            counted.c.currency,
            func.coalesce(func.sum(came_to).filter(day.c.day < scope.period.first), 0),
            func.coalesce(func.sum(came_to), 0),
            cast(literal(0), BigInteger),
            cast(literal(0), BigInteger),
        )
        .select_from(counted)
        .outerjoin(day, (day.c.account_no == counted.c.no) & (day.c.day < scope.period.until))
        .group_by(counted.c.currency)
    )


def _edges_known(scope: Scope, counted: CTE) -> Select[Any]:
    """Opening and closing of each currency from the postings that were booked by then."""
    known = (
        select(_posting.c.account_no, _posting.c.amount_minor, _posting.c.effective_date)
        .join(_entry, _entry.c.seq == _posting.c.entry_seq)
        .where(_posting.c.account_no.in_(select(counted.c.no)), _posting.c.effective_date < scope.period.until)
        .where(scope.known)
        .cte("known")
    )
    return (
        select(
            null().cast(Text),
            counted.c.currency,
            func.coalesce(
                func.sum(known.c.amount_minor).filter(known.c.effective_date < scope.period.first),
                0,
            ),
            func.coalesce(func.sum(known.c.amount_minor), 0),
            cast(literal(0), BigInteger),
            cast(literal(0), BigInteger),
        )
        .select_from(counted)
        .outerjoin(known, known.c.account_no == counted.c.no)
        .group_by(counted.c.currency)
    )


def _moved(scope: Scope, counted: CTE, kept: CTE) -> Select[Any]:
    """Of each kind of entry and currency: what it moved, what of it was kept as fees and as taxes, in how many entries.

    One pass over the leaves' postings of the period: each entry's are summed, and what touches nothing counted is left.
    """
    leaf = union_all(select(counted.c.no, null().cast(Text).label("role")), select(kept.c.no, kept.c.role)).cte("leaf")
    amount, role = _posting.c.amount_minor, leaf.c.role
    is_counted = role.is_(None)
    of_entry = (
        select(
            _posting.c.currency,
            func.coalesce(_reversed.c.kind, _entry.c.kind).label("kind"),
            func.sum(amount).filter(is_counted).label("amount"),
            *(_kept_as(reason, amount, role).label(reason.value) for reason in _KEPT),
        )
        .select_from(leaf)
        .join(_posting, (_posting.c.account_no == leaf.c.no) & scope.of_days(_posting.c.effective_date))
        .join(_entry, _entry.c.seq == _posting.c.entry_seq)
        .outerjoin(_reversed, _reversed.c.seq == _entry.c.reverses_seq)
        .where(scope.known)
        .group_by(_entry.c.seq, _posting.c.currency, _reversed.c.kind)
        .having(func.bool_or(is_counted))
        .cte("of_entry")
    )
    return select(
        of_entry.c.kind,
        of_entry.c.currency,
        func.sum(of_entry.c.amount),
        *(func.sum(of_entry.c[reason.value]) for reason in _KEPT),
        func.count(),
    ).group_by(of_entry.c.kind, of_entry.c.currency)


def _kept_as(reason: Movement, amount: ColumnElement[int], role: ColumnElement[str]) -> ColumnElement[int]:
    roles = sorted(one for one in KEPT_ROLES if movement_of_role(one) is reason)
    return func.coalesce(func.sum(amount).filter(role.in_(roles)), 0)


def _converted(sections: tuple[Section, ...], *, currency: str, on: date, rate: RateLookup) -> ConvertedTotal:
    opening, closing = zero(currency), zero(currency)
    movements: dict[Movement, Money] = {}
    lines = []
    for section in sections:
        try:
            found = rate(section.currency, currency, on)
        except AfluenteError as error:
            lines.append(ConvertedSection(section.closing, None, error))
            continue
        lines.append(ConvertedSection(section.closing, convert(section.closing, found), None))
        opening = opening + convert(section.opening, found).amount
        closing = closing + convert(section.closing, found).amount
        for reason, amount in section.movements.items():
            movements[reason] = movements.get(reason, zero(currency)) + convert(amount, found).amount
    rounding = closing - opening - total(list(movements.values()), currency)
    return ConvertedTotal(currency, on, tuple(lines), opening, _in_order(movements), rounding, closing)


def whole(
    tx: Connection,
    account_id: str,
    period: Period,
    *,
    known_at: datetime | None = None,
    rate: RateLookup | None = None,
    rates_on: date | None = None,
) -> tuple[AccountStatement, tuple[Line, ...]]:
    """A statement with all its lines, for a file; the lines come to its movements to the minor unit.

    Raises ``statement_too_long`` beyond ``MAX_LINES`` entries, and ``statement_moving`` where the book was written
    to during every reading.
    """
    for _ in range(_READINGS):
        told = statement(tx, account_id, period, known_at=known_at, rate=rate, rates_on=rates_on)
        if sum(section.entries for section in told.sections) > MAX_LINES:
            raise TooLarge("statement_too_long", f"A file holds {MAX_LINES} entries.", fix="Ask for fewer days.")
        found = tuple(_every_line(tx, account_id, period, known_at))
        if _agree(told, found):
            return told, found
    raise Conflict("statement_moving", "Entries are being booked in the period.", fix="Ask again, or state known_at.")


def _every_line(tx: Connection, account_id: str, period: Period, known_at: datetime | None) -> Iterator[Line]:
    after: Place | None = None
    while True:
        page = lines(tx, account_id, period, known_at=known_at, after=after, limit=_PAGE)
        yield from page.lines
        if page.more is None:
            return
        after = page.more


def _agree(told: AccountStatement, found: tuple[Line, ...]) -> bool:
    sums = {section.currency: zero(section.currency) for section in told.sections}
    for line in found:
        currency = line.amount.currency
        sums[currency] = sums.get(currency, zero(currency)) + line.amount
    return sums == {section.currency: section.net for section in told.sections}
