"""Statements given out: our own reader takes camt.053 back with every amount, and workbooks open with exact sums."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import python_calamine
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from connectors.platforms import bank_statement
from connectors.statements_out.camt053 import NAMESPACE, camt053
from connectors.statements_out.workbook import ENGLISH, HEADINGS, StatementWords, workbook
from domain.account_statements import (
    AccountStatement,
    ConvertedSection,
    ConvertedTotal,
    Counterpart,
    Line,
    Movement,
    Part,
    Period,
    Section,
)
from domain.accounts import Account, Role
from domain.errors import Invalid, Unavailable
from domain.fx import Rate, convert
from domain.money import Money, total, zero
from domain.receipts import ReceiptFact, ReversalFact, Statement

CREATED = datetime(2026, 12, 1, 2, tzinfo=UTC)
BOOKED = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
ACCOUNT = "acc_01m85627svftds5q984g5sdv2p"
ENTRY = "ent_01m85627svftds5q984g5sdv2{}"


def account(role: Role = Role.CHILD, currency: str = "BRL", name: str = "Pix \x07 <Brasil> & cia") -> Account:
    return Account(ACCOUNT, "ten_1", None, "cre_1", role, name, currency, "BR", "con_1", "")


def line(*parts: tuple[Movement, int], entry: str = "a", currency: str = "BRL", reverses: str | None = None) -> Line:
    found = tuple(Part(movement, Money(minor, currency)) for movement, minor in parts)
    amount = total([part.amount for part in found], currency)
    others = (Counterpart("acc_2", Role.RECEIVABLE, "=Maria"),)
    return Line(ENTRY.format(entry), 1, "receipt", date(2026, 11, 23), BOOKED, "rcp_1", reverses, amount, found, others)


def statement(
    lines: Sequence[Line], *, opening: int = 1_000, about: Account | None = None, currency: str = "BRL"
) -> AccountStatement:
    moved: dict[Movement, Money] = {}
    for one in lines:
        for part in one.parts:
            moved[part.movement] = moved.get(part.movement, zero(currency)) + part.amount
    begin = Money(opening, currency)
    section = Section(begin, moved, begin + total(list(moved.values()), currency), len(lines))
    period = Period(date(2026, 11, 1), date(2026, 12, 1))
    return AccountStatement(about or account(currency=currency), period, None, (section,))


def read_back(told: AccountStatement, lines: Sequence[Line]) -> Statement:
    (found,) = bank_statement.parse(camt053(told, lines, created_at=CREATED))
    return found


RECEIPT = line((Movement.RECEIPTS, 10_000), (Movement.FEES, -300))


def test_our_reader_takes_the_message_back() -> None:
    told = statement([RECEIPT])
    found = read_back(told, [RECEIPT])
    assert (found.account, found.currency, found.booked_on) == (ACCOUNT, "BRL", date(2026, 11, 30))
    assert (found.opening, found.closing) == (Money(1_000, "BRL"), Money(10_700, "BRL"))
    facts = [one.fact for one in found.lines]
    assert all(isinstance(fact, ReceiptFact) for fact in facts)
    assert [(fact.external_ref, fact.amount.minor) for fact in facts if isinstance(fact, ReceiptFact)] == [
        (ENTRY.format("a"), 10_000),
        (ENTRY.format("a") + "/2", -300),
    ]


def test_a_line_keeps_its_day_its_moment_and_its_cause() -> None:
    fact = read_back(statement([RECEIPT]), [RECEIPT]).lines[0].fact
    assert isinstance(fact, ReceiptFact)
    assert (fact.at, fact.value_date, fact.references[0]) == (BOOKED, date(2026, 11, 23), "rcp_1")


def test_a_reversal_names_what_it_reverses() -> None:
    undone = line((Movement.RECEIPTS, -10_000), (Movement.FEES, 300), entry="b", reverses=ENTRY.format("a"))
    found = read_back(statement([RECEIPT, undone]), [RECEIPT, undone])
    reversal = found.lines[2].fact
    assert isinstance(reversal, ReversalFact)
    assert (reversal.original_ref, reversal.amount.minor) == (ENTRY.format("a"), 10_000)
    assert found.closing == found.opening


def test_an_overdrawn_account_opens_and_closes_in_debit() -> None:
    found = read_back(statement([], opening=-50), [])
    assert (found.opening, found.closing, found.lines) == (Money(-50, "BRL"), Money(-50, "BRL"), ())


def test_money_that_only_changed_its_place_makes_no_entry() -> None:
    settled = line()
    assert read_back(statement([settled]), [settled]).lines == ()


amounts = st.integers(-(10**14), 10**14)


@given(
    opening=amounts,
    lines=st.lists(st.lists(st.tuples(st.sampled_from(Movement), amounts), max_size=3), max_size=6),
    currency=st.sampled_from(["BRL", "CLP", "KWD"]),
)
def test_amounts_and_totals_come_back_whatever_moved(
    opening: int, lines: list[list[tuple[Movement, int]]], currency: str
) -> None:
    made = [line(*parts, currency=currency) for parts in lines]
    told = statement(made, opening=opening, currency=currency)
    found = read_back(told, made)
    assert (found.opening, found.closing) == (told.sections[0].opening, told.sections[0].closing)
    back = [one.fact.amount.minor for one in found.lines if isinstance(one.fact, ReceiptFact)]
    assert back == [minor for parts in lines for _, minor in parts if minor]


def test_the_summary_counts_credits_and_debits_apart() -> None:
    root = etree.fromstring(camt053(statement([RECEIPT]), [RECEIPT], created_at=CREATED))
    names = {"c": NAMESPACE}
    summary = root.find(".//c:TxsSummry", names)
    assert summary is not None
    texts = [element.text for element in summary.iter() if len(element) == 0]
    assert texts == ["2", "103.00", "97.00", "CRDT", "1", "100.00", "1", "3.00"]


def test_the_same_question_gives_the_same_message() -> None:
    told = statement([RECEIPT])
    assert camt053(told, [RECEIPT], created_at=CREATED) == camt053(told, [RECEIPT], created_at=CREATED)


@pytest.mark.parametrize("role", [Role.PARENT, Role.RECEIVABLE, Role.FEES, Role.SUSPENSE])
def test_an_account_that_holds_no_money_has_no_bank_statement(role: Role) -> None:
    with pytest.raises(Invalid) as caught:
        camt053(statement([], about=account(role)), [], created_at=CREATED)
    assert caught.value.code == "camt_not_money"


@pytest.mark.parametrize("role", [Role.CHILD, Role.BANK, Role.CLEARING, Role.IN_TRANSIT])
def test_an_account_of_money_held_has_one(role: Role) -> None:
    assert camt053(statement([], about=account(role)), [], created_at=CREATED)


# Workbooks ----------------------------------------------------------------------------------------------------------


def sheets(content: bytes) -> list[list[list[object]]]:
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    return [book.get_sheet_by_index(index).to_python() for index in range(len(book.sheet_names))]


def test_a_workbook_has_sums_and_lines_with_a_running_balance() -> None:
    second = line((Movement.REFUNDS, -700), entry="b")
    told = statement([RECEIPT, second])
    sums, lines = sheets(workbook(told, [RECEIPT, second]))
    figures = {row[0]: row[1] for row in sums if row[0]}
    assert (figures["Opening"], figures["Receipts"], figures["Fees"], figures["Refunds"], figures["Closing"]) == (
        10, 100, -3, -7, 100,
    )  # fmt: skip
    assert [row[4:9] for row in lines[1:]] == [[100, -3, 0, 97, 107], [-7, 0, 0, -7, 100]]
    assert lines[1][11] == "=Maria"


def test_a_parents_workbook_shows_the_rates_and_what_has_none() -> None:
    told = statement([RECEIPT], about=account(Role.PARENT, "USD"))
    rate = Rate("BRL", "USD", Decimal("0.2"), date(2026, 11, 30), "tests", ("BRL/USD",))
    closing = told.sections[0].closing
    missing = ConvertedSection(Money(5, "THB"), None, Unavailable("rate_missing", "There is no rate."))
    lines = (ConvertedSection(closing, convert(closing, rate), None), missing)
    movements = {Movement.RECEIPTS: Money(2_000, "USD"), Movement.FEES: Money(-60, "USD")}
    shown = ConvertedTotal(
        "USD", date(2026, 11, 30), lines, Money(200, "USD"), movements, Money(0, "USD"), Money(2_140, "USD")
    )
    told = AccountStatement(told.account, told.period, BOOKED, told.sections, shown)
    sums, _ = sheets(workbook(told, [RECEIPT]))
    rows = {row[0]: row[1:] for row in sums if row[0]}
    assert rows["As known at"][0] == BOOKED.isoformat()
    assert rows["Closing"][:2] == [107, 21.4]
    assert rows["BRL"][:5] == [107, 21.4, "0.2", "tests", "2026-11-30"]
    assert rows["THB"][:2] == [0.05, "There is no rate."]


@pytest.mark.parametrize(("minor", "shown"), [(10**15 - 1, 9_999_999_999_999.99), (10**15, "10000000000000.00")])
def test_an_amount_that_a_spreadsheet_would_round_is_text(minor: int, shown: object) -> None:
    sums, _ = sheets(workbook(statement([], opening=minor), []))
    assert next(row[1] for row in sums if row[0] == "Opening") == shown


@pytest.mark.parametrize("right_to_left", [False, True])
def test_arabic_reads_from_the_right(right_to_left: bool) -> None:  # noqa: FBT001 (a parameter of the test)
    content = workbook(statement([]), [], right_to_left=right_to_left)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        pages = [archive.read(f"xl/worksheets/sheet{number}.xml") for number in (1, 2)]
    assert [b'rightToLeft="1"' in page for page in pages] == [right_to_left] * 2


def test_headings_are_in_the_words_given() -> None:
    words = StatementWords(HEADINGS | {"opening": "期初余额"}, ENGLISH.movement, ENGLISH.kind, ENGLISH.refusal)
    sums, _ = sheets(workbook(statement([]), [], words=words))
    assert "期初余额" in {row[0] for row in sums}
