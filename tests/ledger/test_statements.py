"""Statements of account: what stood, moved and stands, for any days and as known at any moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain import bookings, claim_bookings
from domain.account_statements import AccountStatement, Line, Movement, Part, Period, Place, parts_of
from domain.accounts import Role
from domain.bookings import Head
from domain.errors import Invalid, NotFound, TooLarge, Unavailable
from domain.fx import Rate
from domain.journal import JournalEntry, mirror
from domain.money import Money
from ledger import accounts, balances, posting, statement_lines, statements
from runtime import clock
from store.database import Database
from tests.ledger.conftest import DAY, NOW, Book

pytestmark = pytest.mark.servers

NOVEMBER = Period(date(2026, 11, 1), date(2026, 12, 1))


def brl(minor: int) -> Money:
    return Money(minor, "BRL")


def head(day: date = DAY) -> Head:
    entry_id = clock.new_id("entry")
    return Head(entry_id, entry_id, day, "rcp_test")


@dataclass(frozen=True)
class Desk:
    """Posts to a book and reads its statements."""

    database: Database
    book: Book

    def post(self, *entries: JournalEntry, now: datetime = NOW) -> None:
        with self.database.tenant(self.book.tenant_id) as tx:
            posting.post(tx, entries, now=now)

    def receipt(self, amount: int, *, fee: int = 0, day: date = DAY) -> JournalEntry:
        return bookings.receipt(
            head(day),
            leaves=self.book.leaves,
            amount=brl(amount),
            fee=brl(fee),
            allocated=[(self.book.receivable, brl(amount))],
            to_bank=False,
        )

    def statement(self, account_id: str, period: Period = NOVEMBER, **known: datetime) -> AccountStatement:
        with self.database.tenant(self.book.tenant_id) as tx:
            return statements.statement(tx, account_id, period, **known)

    def figures(self, account_id: str, period: Period = NOVEMBER, **known: datetime) -> tuple[int, dict[str, int], int]:
        """Opening, movements by name, closing: of an account in one currency."""
        (section,) = self.statement(account_id, period, **known).sections
        moved = {reason.value: amount.minor for reason, amount in section.movements.items()}
        return section.opening.minor, moved, section.closing.minor

    def lines(self, account_id: str, period: Period = NOVEMBER, **known: datetime) -> tuple[Line, ...]:
        with self.database.tenant(self.book.tenant_id) as tx:
            return statements.whole(tx, account_id, period, **known)[1]


@pytest.fixture
def desk(database: Database, book: Book) -> Desk:
    return Desk(database, book)


def test_a_receipt_counts_gross_and_its_fee_apart(desk: Desk) -> None:
    desk.post(desk.receipt(10_000, fee=300))
    assert desk.figures(desk.book.child) == (0, {"receipts": 10_000, "fees": -300}, 9_700)


def test_each_money_event_has_its_line(desk: Desk) -> None:
    leaves, book = desk.book.leaves, desk.book
    desk.post(
        desk.receipt(10_000, fee=300),
        bookings.platform_fee(head(), leaves=leaves, amount=brl(50)),
        bookings.tax_withheld(head(), leaves=leaves, amount=brl(40)),
        bookings.settlement(head(), leaves=leaves, net=brl(9_000)),
        *(
            bookings.receipt_returned(
                head(), leaves=leaves, kind=kind, unallocated=[(book.receivable, brl(minor))],
                from_suspense=brl(0), to_bank=False,
            )
            for kind, minor in (("refund", 100), ("chargeback", 200), ("returned", 30))
        ),
        book.move(7),
    )  # fmt: skip
    moved = {"receipts": 10_000, "fees": -350, "taxes_withheld": -40, "refunds": -100, "chargebacks": -200}
    moved |= {"returned": -30, "other": 7}
    assert desk.figures(book.child) == (0, moved, 9_287)


def test_money_moved_from_platform_to_bank_stays_money_held(desk: Desk) -> None:
    desk.post(desk.receipt(10_000), bookings.settlement(head(), leaves=desk.book.leaves, net=brl(9_000)))
    assert desk.figures(desk.book.child) == (0, {"receipts": 10_000}, 10_000)
    settled = desk.lines(desk.book.child)[1]
    assert (settled.kind, settled.amount.minor, settled.parts) == ("settlement", 0, ())
    assert {one.role for one in settled.counterparts} == {Role.BANK, Role.CLEARING}


def test_a_leaf_tells_a_settlement_on_both_sides(desk: Desk) -> None:
    desk.post(desk.receipt(10_000, fee=300), bookings.settlement(head(), leaves=desk.book.leaves, net=brl(9_000)))
    assert desk.figures(desk.book.leaves[Role.CLEARING]) == (0, {"receipts": 9_700, "settled": -9_000}, 700)
    assert desk.figures(desk.book.leaves[Role.BANK]) == (0, {"settled": 9_000}, 9_000)


def test_the_leaf_of_fees_moves_by_fees(desk: Desk) -> None:
    desk.post(desk.receipt(10_000, fee=300))
    assert desk.figures(desk.book.leaves[Role.FEES]) == (0, {"fees": 300}, 300)


def test_what_a_debtor_owes_shrinks_with_receipts(desk: Desk) -> None:
    claim = claim_bookings.claim_opened(
        head(date(2026, 10, 31)), receivable=desk.book.receivable, placed=desk.book.placed, outstanding=brl(50_000)
    )
    desk.post(claim, desk.receipt(10_000, fee=300))
    assert desk.figures(desk.book.receivable) == (50_000, {"receipts": -10_000}, 40_000)
    with desk.database.tenant(desk.book.tenant_id) as tx:
        portfolio = accounts.get(tx, desk.book.receivable).parent_id
    assert portfolio is not None
    assert desk.figures(portfolio) == (50_000, {"receipts": -10_000}, 40_000)


def test_a_reversal_counts_against_what_it_reverses(desk: Desk) -> None:
    wrong = desk.receipt(10_000, fee=300)
    desk.post(wrong)
    desk.post(mirror(wrong, entry_id=clock.new_id("entry"), key="undo", effective_date=DAY))
    assert desk.figures(desk.book.child) == (0, {}, 0)
    assert [(line.kind, line.reverses) for line in desk.lines(desk.book.child)] == [
        ("receipt", None),
        ("reversal", wrong.id),
    ]


def test_the_first_day_counts_and_the_end_does_not(desk: Desk) -> None:
    for day, minor in ((date(2026, 10, 31), 1), (date(2026, 11, 1), 20), (date(2026, 11, 30), 300)):
        desk.post(desk.receipt(minor, day=day))
    desk.post(desk.receipt(4_000, day=date(2026, 12, 1)))
    assert desk.figures(desk.book.child) == (1, {"receipts": 320}, 321)


def test_a_back_dated_entry_is_unknown_until_it_is_booked(desk: Desk) -> None:
    late = NOW + timedelta(days=20)
    desk.post(desk.receipt(10_000, day=date(2026, 10, 5)))
    desk.post(desk.receipt(500, day=date(2026, 10, 6)), now=late)
    desk.post(desk.receipt(70, day=date(2026, 11, 6)), now=late)
    assert desk.figures(desk.book.child) == (10_500, {"receipts": 70}, 10_570)
    before = late - timedelta(microseconds=1)
    assert desk.figures(desk.book.child, known_at=before) == (10_000, {}, 10_000)
    assert desk.figures(desk.book.child, known_at=late) == (10_500, {"receipts": 70}, 10_570)
    assert [line.amount.minor for line in desk.lines(desk.book.child, known_at=late)] == [70]
    assert desk.lines(desk.book.child, known_at=before) == ()


def test_a_line_names_the_other_side(desk: Desk) -> None:
    desk.post(desk.receipt(10_000, fee=300))
    (line,) = desk.lines(desk.book.child)
    assert line.amount == brl(9_700)
    assert line.parts == (Part(Movement.RECEIPTS, brl(10_000)), Part(Movement.FEES, brl(-300)))
    assert [(one.account_id, one.role) for one in line.counterparts] == [
        (desk.book.leaves[Role.FEES], Role.FEES),
        (desk.book.receivable, Role.RECEIVABLE),
    ]
    assert (line.source, line.effective_date, line.booked_at) == ("rcp_test", DAY, NOW)


def test_lines_are_paged_in_order_of_day_and_none_is_lost(desk: Desk) -> None:
    days = [date(2026, 11, day) for day in (20, 3, 3, 11, 3)]
    desk.post(*(desk.receipt(minor, day=day) for minor, day in enumerate(days, start=1)))
    found: list[int] = []
    after: Place | None = None
    sizes = []
    while True:
        with desk.database.tenant(desk.book.tenant_id) as tx:
            page = statement_lines.lines(tx, desk.book.child, NOVEMBER, after=after, limit=2)
        sizes.append(len(page.lines))
        found += [line.amount.minor for line in page.lines]
        if page.more is None:
            break
        after = page.more
    assert (found, sizes) == ([2, 3, 5, 4, 1], [2, 2, 1])


def test_an_account_where_nothing_happened_has_a_section_of_zeros(desk: Desk) -> None:
    assert desk.figures(desk.book.child) == (0, {}, 0)


def test_an_unknown_account_has_no_statement(desk: Desk) -> None:
    with pytest.raises(NotFound) as caught:
        desk.statement("acc_nobody")
    assert caught.value.code == "account_unknown"


def test_another_tenants_account_has_no_statement(desk: Desk, new_book: Callable[[], Book]) -> None:
    with pytest.raises(NotFound):
        desk.statement(new_book().child)


@pytest.mark.parametrize(("days", "code"), [(0, "period_empty"), (-1, "period_empty"), (3_661, "period_too_long")])
def test_a_period_of_no_or_too_many_days_is_refused(days: int, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        Period(DAY, DAY + timedelta(days=days))
    assert caught.value.code == code


@pytest.mark.parametrize("days", [1, 3_660])
def test_a_period_of_a_day_or_ten_years_is_one(days: int) -> None:
    assert Period(DAY, DAY + timedelta(days=days)).last == DAY + timedelta(days=days - 1)


def test_a_file_of_too_many_lines_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statements, "MAX_LINES", 1)
    desk.post(desk.receipt(1))
    assert len(desk.lines(desk.book.child)) == 1
    desk.post(desk.receipt(2))
    with pytest.raises(TooLarge):
        desk.lines(desk.book.child)


# A parent over two currencies ---------------------------------------------------------------------------------------


def fifth(base: str, quote: str, on: date) -> Rate:
    """Three tenths of a dollar and a bit for a real; nothing for anything else."""
    if base not in {"BRL", quote}:
        raise Unavailable("rate_missing", f"No rate for {base}.")
    return Rate(base, quote, Decimal("0.3333") if base == "BRL" else Decimal(1), on, "tests", (f"{base}/{quote}",))


@pytest.fixture
def thai(desk: Desk) -> dict[Role, str]:
    """A second child of the parent, in baht; its leaves."""
    with desk.database.tenant(desk.book.tenant_id) as tx:
        child = accounts.open_child(
            tx, parent=accounts.get(tx, desk.book.parent), name="Baht", country="TH", connection_id="con_2",
            currency="THB", new_id=clock.new_id, now=NOW,
        )  # fmt: skip
        return accounts.leaves_of(tx, child)


def parent_statement(desk: Desk, period: Period = NOVEMBER) -> AccountStatement:
    with desk.database.tenant(desk.book.tenant_id) as tx:
        return statements.statement(tx, desk.book.parent, period, rate=fifth)


def test_a_parent_is_told_by_currency_and_in_its_own(desk: Desk, thai: dict[Role, str]) -> None:
    desk.post(desk.receipt(101, fee=1, day=date(2026, 10, 1)), desk.receipt(10_001, fee=301))
    desk.post(desk.book.entry((thai[Role.BANK], 900), (thai[Role.SUSPENSE], -900), currency="THB"))
    told = parent_statement(desk)
    assert [(one.currency, one.opening.minor, one.closing.minor) for one in told.sections] == [
        ("BRL", 100, 9_800),
        ("THB", 0, 900),
    ]
    assert told.converted is not None
    shown = told.converted
    assert [(one.original.currency, one.converted is None, one.error and one.error.code) for one in shown.lines] == [
        ("BRL", False, None),
        ("THB", True, "rate_missing"),
    ]
    assert (shown.currency, shown.complete) == ("USD", False)
    moved = sum(amount.minor for amount in shown.movements.values())
    assert shown.opening.minor + moved + shown.rounding.minor == shown.closing.minor == 3_266
    assert abs(shown.rounding.minor) <= 2


def test_rates_are_of_the_last_day_that_counts(desk: Desk) -> None:
    shown = parent_statement(desk).converted
    assert shown is not None
    assert shown.on == date(2026, 11, 30)


def test_a_child_is_not_converted(desk: Desk) -> None:
    with desk.database.tenant(desk.book.tenant_id) as tx:
        assert statements.statement(tx, desk.book.child, NOVEMBER, rate=fifth).converted is None


# Random books -------------------------------------------------------------------------------------------------------

ROLES = (Role.CLEARING, Role.BANK, Role.IN_TRANSIT, Role.FEES, Role.SUSPENSE, Role.WITHHELD)
KINDS = ("receipt", "refund", "settlement", "platform_fee", "chargeback_opened", "sweep", "fx_spread", "unheard_of")
FIRST = date(2026, 11, 1)

amounts = st.integers(-1_000, 1_000).filter(bool)
moves = st.tuples(
    st.sampled_from(KINDS),
    st.integers(-5, 8),  # effective days around the period
    st.integers(0, 3),  # hours until it is booked
    st.lists(st.tuples(st.sampled_from(ROLES), amounts), min_size=1, max_size=4),
)


def random_entry(book: Book, kind: str, day: int, lines: list[tuple[Role, int]]) -> JournalEntry | None:
    """The lines, balanced by the receivable; ``None`` where nothing would balance them."""
    rest = sum(minor for _, minor in lines)
    ends = [(book.leaves[role], minor) for role, minor in lines]
    if rest:
        ends.append((book.receivable, -rest))
    if len(ends) < 2:
        return None
    plain = book.entry(*ends, day=FIRST + timedelta(days=day))
    return JournalEntry(plain.id, kind, plain.key, plain.effective_date, plain.postings, plain.source)


@given(history=st.lists(moves, max_size=12), first=st.integers(-4, 4), days=st.integers(1, 6), hours=st.integers(0, 3))
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_opening_and_movements_always_make_the_closing(
    new_book: Callable[[], Book], database: Database, history: list[tuple[str, int, int, list[tuple[Role, int]]]],
    first: int, days: int, hours: int,
) -> None:  # fmt: skip
    book = new_book()
    desk = Desk(database, book)
    posted: list[tuple[JournalEntry, int]] = []
    for kind, day, hour, ends in history:
        entry = random_entry(book, kind, day, ends)
        if entry is not None:
            desk.post(entry, now=NOW + timedelta(hours=hour))
            posted.append((entry, hour))
    period = Period(FIRST + timedelta(days=first), FIRST + timedelta(days=first + days))
    money = {book.leaves[role] for role in (Role.CLEARING, Role.BANK, Role.IN_TRANSIT)}
    subjects = {book.child: money} | {leaf: {leaf} for leaf in (*book.leaves.values(), book.receivable)}
    for account_id, leaves in subjects.items():
        for known in (None, NOW + timedelta(hours=hours)):
            seen = [one for one, hour in posted if known is None or hour <= hours]
            asked = {} if known is None else {"known_at": known}
            opening, moved, closing = desk.figures(account_id, period, **asked)
            assert opening == came_to(seen, leaves, until=period.first)
            assert closing == came_to(seen, leaves, until=period.until)
            assert opening + sum(moved.values()) == closing
            lines = desk.lines(account_id, period, **asked)
            assert told_by(lines) == moved
            assert [line.entry_id for line in lines] == touching(seen, leaves, period)


def came_to(entries: list[JournalEntry], leaves: set[str], *, until: date) -> int:
    """The oracle: every posting, added up."""
    return sum(
        line.amount.minor
        for entry in entries
        if entry.effective_date < until
        for line in entry.postings
        if line.account_id in leaves
    )


def touching(entries: list[JournalEntry], leaves: set[str], period: Period) -> list[str]:
    """The entries of a period that name a leaf, by day and then in order of booking."""
    found = [
        entry
        for entry in entries
        if period.first <= entry.effective_date < period.until
        and any(line.account_id in leaves for line in entry.postings)
    ]
    return [entry.id for entry in sorted(found, key=lambda one: one.effective_date)]


def told_by(lines: tuple[Line, ...]) -> dict[str, int]:
    sums: Counter[str] = Counter()
    for line in lines:
        assert sum(part.amount.minor for part in line.parts) == line.amount.minor
        for part in line.parts:
            sums[part.movement.value] += part.amount.minor
    return {reason: minor for reason, minor in sums.items() if minor}


@given(amount=st.integers(), fees=st.integers(), taxes=st.integers())
def test_parts_always_come_to_the_amount(amount: int, fees: int, taxes: int) -> None:
    bounded = [minor % 10**12 for minor in (amount, fees, taxes)]
    kept = {Movement.FEES: brl(bounded[1]), Movement.TAXES_WITHHELD: brl(bounded[2])}
    parts = parts_of(brl(bounded[0]), kept, Movement.RECEIPTS)
    assert sum(part.amount.minor for part in parts) == bounded[0]


def test_closing_equals_the_balance_as_of_the_last_day(desk: Desk) -> None:
    desk.post(desk.receipt(10_000, fee=300), desk.receipt(5, day=date(2026, 12, 1)))
    with desk.database.tenant(desk.book.tenant_id) as tx:
        held = balances.of_leaf(tx, desk.book.leaves[Role.CLEARING], as_of=date(2026, 11, 30))
    assert desk.figures(desk.book.child)[2] == held.minor == 9_700


def test_moments_of_other_zones_are_the_same_moments(desk: Desk) -> None:
    desk.post(desk.receipt(10_000))
    assert desk.figures(desk.book.child, known_at=NOW.astimezone(UTC)) == (0, {"receipts": 10_000}, 10_000)
