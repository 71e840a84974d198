"""The accounting manual, booking by booking: exact sides, zero sums, and tables that name what is really touched."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import bookings, claim_bookings, treasury_bookings
from domain.accounts import NODES, Role
from domain.bookings import Head
from domain.errors import Invalid
from domain.journal import JournalEntry
from domain.money import Money
from domain.treasury_bookings import Between, Exchange
from runtime.accounting_manual import Booking, every

HEAD = Head("ent_1", "key", date(2026, 11, 23), "src_1")
LEAVES = {role: role.value for role in Role}
TREASURY = {role: f"treasury {role.value}" for role in Role}
BETWEEN = Between("intercompany", "treasury intercompany")
BRL, USD = "BRL", "USD"
MANUAL: Mapping[str, Booking] = {one.name: one for one in every()}


def brl(minor: int) -> Money:
    return Money(minor, BRL)


def usd(minor: int) -> Money:
    return Money(minor, USD)


def lines(entry: JournalEntry) -> dict[tuple[str, str], int]:
    """What an entry moves by account and currency, debit positive."""
    moved: dict[tuple[str, str], int] = defaultdict(int)
    for posting in entry.postings:
        moved[posting.account_id, posting.amount.currency] += posting.amount.minor
    return dict(moved)


def in_reais(**moved: int) -> dict[tuple[str, str], int]:
    """The same, of reais alone, with blanks in names written as two underscores."""
    return {(name.replace("__", " "), BRL): minor for name, minor in moved.items()}


@dataclass(frozen=True)
class Case:
    """One use of a booking, its kind, and what must come of it; ``turned`` ones show the other side of a table."""

    name: str
    said: Mapping[str, Any]
    kind: str
    moved: Mapping[tuple[str, str], int]
    turned: bool = False


LOANS = [("receivable", brl(60))]
CASES = [
    Case(
        "receipt",
        {"leaves": LEAVES, "amount": brl(100), "fee": brl(3), "allocated": LOANS, "to_bank": False, "withheld": brl(2)},
        "receipt",
        in_reais(clearing=95, fees=3, withheld=2, receivable=-60, suspense=-40),
    ),
    Case(
        "receipt",
        {"leaves": LEAVES, "amount": brl(100), "fee": brl(0), "allocated": [("receivable", brl(100))], "to_bank": True},
        "receipt",
        in_reais(bank=100, receivable=-100),
    ),
    Case(
        "receipt",
        {"leaves": LEAVES, "amount": brl(-100), "fee": brl(0), "allocated": [], "to_bank": True},
        "receipt",
        in_reais(bank=-100, suspense=100),
        turned=True,
    ),
    Case(
        "suspense_applied",
        {"leaves": LEAVES, "allocated": [("receivable", brl(60)), ("receivable", brl(5))]},
        "suspense_applied",
        in_reais(suspense=65, receivable=-65),
    ),
    *(
        Case(
            "receipt_returned",
            {"leaves": LEAVES, "kind": kind, "unallocated": LOANS, "from_suspense": brl(40), "to_bank": to_bank},
            kind,
            in_reais(receivable=60, suspense=40, **{held: -100}),
        )
        for kind, to_bank, held in (("refund", False, "clearing"), ("transfer_returned", True, "bank"))
    ),
    Case("platform_fee", {"leaves": LEAVES, "amount": brl(9)}, "platform_fee", in_reais(fees=9, clearing=-9)),
    Case(
        "platform_fee",
        {"leaves": LEAVES, "amount": brl(9), "to_bank": True},
        "platform_fee",
        in_reais(fees=9, bank=-9),
    ),
    Case(
        "platform_fee",
        {"leaves": LEAVES, "amount": brl(-9)},
        "platform_fee",
        in_reais(fees=-9, clearing=9),
        turned=True,
    ),
    Case("tax_withheld", {"leaves": LEAVES, "amount": brl(9)}, "tax_withheld", in_reais(withheld=9, clearing=-9)),
    Case(
        "tax_withheld",
        {"leaves": LEAVES, "amount": brl(9), "to_bank": True},
        "tax_withheld",
        in_reais(withheld=9, bank=-9),
    ),
    Case(
        "settlement",
        {"leaves": LEAVES, "net": brl(90), "fee": brl(8), "withheld": brl(2)},
        "settlement",
        in_reais(bank=90, fees=8, withheld=2, clearing=-100),
    ),
    Case(
        "settlement",
        {"leaves": LEAVES, "net": brl(90), "in_bank": False},
        "settlement_sent",
        in_reais(in_transit=90, clearing=-90),
    ),
    Case(
        "settlement_arrived",
        {"leaves": LEAVES, "arrived": brl(88), "expected": brl(90)},
        "settlement_arrived",
        in_reais(bank=88, fees=2, in_transit=-90),
    ),
    *(
        Case(
            "contested",
            {"leaves": LEAVES, "kind": kind, "amount": brl(100), "fee": brl(15), "to_bank": held == "bank"},
            f"{kind}_opened",
            in_reais(chargeback_reserve=100, fees=15, **{held: -115}),
        )
        for kind, held in (("chargeback", "clearing"), ("pix_med", "bank"))
    ),
    *(
        Case(
            "contest_won",
            {"leaves": LEAVES, "kind": kind, "amount": brl(100), "to_bank": held == "bank"},
            f"{kind}_won",
            in_reais(chargeback_reserve=-100, **{held: 100}),
        )
        for kind, held in (("chargeback", "clearing"), ("pix_med", "bank"))
    ),
    Case(
        "contest_lost",
        {"leaves": LEAVES, "kind": "chargeback", "unallocated": LOANS, "from_suspense": brl(30), "borne": brl(10)},
        "chargeback_lost",
        in_reais(receivable=60, suspense=30, chargeback_loss=10, chargeback_reserve=-100),
    ),
    Case(
        "refund_owed",
        {"leaves": LEAVES, "unallocated": LOANS, "from_suspense": brl(40)},
        "refund_owed",
        in_reais(receivable=60, suspense=40, refund_payable=-100),
    ),
    *(
        Case(
            "refund_paid",
            {"leaves": LEAVES, "amount": brl(9), "to_bank": to_bank},
            "refund_paid",
            in_reais(refund_payable=9, **{held: -9}),
        )
        for to_bank, held in ((False, "clearing"), (True, "bank"))
    ),
    Case(
        "refund_put_back",
        {"leaves": LEAVES, "amount": brl(9)},
        "refund_put_back",
        in_reais(refund_payable=9, suspense=-9),
    ),
    *(
        Case(
            "rounded",
            {"leaves": LEAVES, "against": Role.BANK, "difference": brl(minor), "limit": brl(2)},
            "rounding",
            in_reais(bank=minor, rounding=-minor),
        )
        for minor in (2, -2)
    ),
    Case(
        "agency_reported",
        {"leaves": LEAVES, "allocated": [("receivable", brl(60)), ("receivable", brl(5))]},
        "agency_reported",
        in_reais(expected_receipt=65, receivable=-65),
    ),
    Case(
        "commission_accrued",
        {"leaves": LEAVES, "amount": brl(9)},
        "commission_accrued",
        in_reais(commission=9, commission_payable=-9),
    ),
    Case(
        "commission_clawed_back",
        {"leaves": LEAVES, "amount": brl(9)},
        "commission_clawed_back",
        in_reais(commission_payable=9, commission=-9),
    ),
    Case(
        "commission_clawed_back",
        {"leaves": LEAVES, "amount": brl(-9)},
        "commission_clawed_back",
        in_reais(commission_payable=-9, commission=9),
        turned=True,
    ),
    Case(
        "agency_remitted",
        {"leaves": LEAVES, "collected": brl(100), "commission_kept": brl(25), "withheld": brl(5)},
        "agency_remitted",
        in_reais(bank=70, commission_payable=25, withheld=5, expected_receipt=-100),
    ),
    Case(
        "agency_remitted",
        {"leaves": LEAVES, "collected": brl(100), "commission_kept": brl(0)},
        "agency_remitted",
        in_reais(bank=100, expected_receipt=-100),
    ),
    Case(
        "commission_paid",
        {"leaves": LEAVES, "amount": brl(9)},
        "commission_paid",
        in_reais(commission_payable=9, bank=-9),
    ),
    Case(
        "held_for_another",
        {"leaves": LEAVES, "amount": brl(9)},
        "held_for_another",
        in_reais(suspense=9, held_for_others=-9),
    ),
    Case("handed_on", {"leaves": LEAVES, "amount": brl(9)}, "handed_on", in_reais(held_for_others=9, bank=-9)),
    Case(
        "claim_opened",
        {"receivable": "receivable", "placed": "placed", "outstanding": brl(700)},
        "claim_opened",
        in_reais(receivable=700, placed=-700),
    ),
    *(
        Case(
            "claim_restated",
            {"receivable": "receivable", "placed": "placed", "change": brl(minor)},
            "claim_restated",
            in_reais(receivable=minor, placed=-minor),
        )
        for minor in (50, -50)
    ),
    Case(
        "written_off",
        {"receivable": "receivable", "written_off_to": "written_off", "amount": brl(9)},
        "written_off",
        in_reais(written_off=9, receivable=-9),
    ),
    Case(
        "write_off_recovered",
        {"receivable": "receivable", "recovered": "recovered", "amount": brl(9)},
        "write_off_recovered",
        in_reais(receivable=9, recovered=-9),
    ),
    Case(
        "late_amount_for_charity",
        {"receivable": "receivable", "charity": "charity", "amount": brl(9)},
        "charity_charged",
        in_reais(receivable=9, charity=-9),
    ),
    Case(
        "charity_paid",
        {"leaves": LEAVES, "charity": "charity", "amount": brl(9)},
        "charity_paid",
        in_reais(charity=9, bank=-9),
    ),
    Case(
        "sweep_sent",
        {"child": LEAVES, "treasury": TREASURY, "amount": brl(100), "between": BETWEEN},
        "sweep_sent",
        in_reais(treasury__in_transit=100, bank=-100, intercompany=100, treasury__intercompany=-100),
    ),
    Case(
        "sweep_sent",
        {"child": LEAVES, "treasury": TREASURY, "amount": brl(100)},
        "sweep_sent",
        in_reais(treasury__in_transit=100, bank=-100),
    ),
    Case(
        "sweep_exchanged",
        {
            "child": LEAVES,
            "treasury_from": TREASURY,
            "treasury_into": TREASURY,
            "amount": brl(500),
            "exchange": Exchange(brought=usd(97), at_middle=usd(100)),
            "between": BETWEEN,
        },
        "sweep_exchanged",
        in_reais(treasury__fx_position=500, bank=-500, intercompany=500, treasury__intercompany=-500)
        | {
            ("treasury in_transit", USD): 97,
            ("treasury fx_spread", USD): 3,
            ("treasury fx_position", USD): -100,
        },
    ),
    Case(
        "sweep_exchanged",
        {
            "child": LEAVES,
            "treasury_from": TREASURY,
            "treasury_into": TREASURY,
            "amount": brl(500),
            "exchange": Exchange(brought=usd(101), at_middle=usd(100)),
        },
        "sweep_exchanged",
        in_reais(treasury__fx_position=500, bank=-500)
        | {
            ("treasury in_transit", USD): 101,
            ("treasury fx_spread", USD): -1,
            ("treasury fx_position", USD): -100,
        },
        turned=True,
    ),
    Case(
        "sweep_arrived",
        {"treasury": LEAVES, "expected": usd(97), "arrived": usd(95)},
        "sweep_arrived",
        {("bank", USD): 95, ("fees", USD): 2, ("in_transit", USD): -97},
    ),
    *(
        Case(
            "fx_realised",
            {"treasury": LEAVES, "gain": usd(minor)},
            "fx_realised",
            {("fx_position", USD): minor, ("fx_result", USD): -minor},
        )
        for minor in (9, -9)
    ),
    *(
        Case(
            "revalued",
            {"treasury": LEAVES, "change": usd(minor)},
            "revaluation",
            {("fx_revaluation", USD): minor, ("fx_unrealised", USD): -minor},
        )
        for minor in (9, -9)
    ),
]


def made(case: Case) -> JournalEntry:
    for module in (bookings, claim_bookings, treasury_bookings):
        if hasattr(module, case.name):
            entry: JournalEntry = getattr(module, case.name)(HEAD, **case.said)
            return entry
    raise LookupError(case.name)


by_case = pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.name}-{case.kind}")
by_booking = pytest.mark.parametrize("one", list(MANUAL.values()), ids=lambda one: one.name)


def test_every_booking_of_the_manual_has_a_case() -> None:
    assert {case.name for case in CASES} == set(MANUAL)


@by_case
def test_a_booking_debits_and_credits_exactly_what_it_should(case: Case) -> None:
    entry = made(case)
    assert (entry.kind, lines(entry)) == (case.kind, dict(case.moved))


@by_case
def test_a_booking_carries_its_head(case: Case) -> None:
    entry = made(case)
    assert (entry.id, entry.key, entry.effective_date, entry.source) == ("ent_1", "key", HEAD.effective_date, "src_1")


@by_booking
def test_a_booking_has_a_table_and_a_kind(one: Booking) -> None:
    assert one.rows
    assert one.kinds
    assert {case.kind for case in CASES if case.name == one.name} <= set(one.kinds)


# Tables -----------------------------------------------------------------------------------------------------------


def named(one: Booking, side: int) -> set[str]:
    """The roles that one side of a table names, without what stands in brackets."""
    cells = " ".join(re.sub(r"\([^)]*\)", " ", row[side]) for row in one.rows)
    return {role.value for role in set(Role) - NODES} & set(re.findall(r"[a-z_]+", cells))


def touched(one: Booking, *, debit: bool) -> set[str]:
    """The roles that a booking really debits or credits, over its cases."""
    return {
        account.rpartition(" ")[2]
        for case in CASES
        if case.name == one.name and not case.turned
        for (account, _), minor in case.moved.items()
        if (minor > 0) is debit
    }


@by_booking
def test_a_table_names_the_roles_that_are_touched_and_no_other(one: Booking) -> None:
    rounded = {"bank"} if one.name == "rounded" else set()  # its table says "the account", whichever it is
    assert named(one, 0) == touched(one, debit=True) - rounded
    assert named(one, 1) == touched(one, debit=False) - rounded


# Boundaries and refusals ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("minor", "refused"), [(2, False), (3, True), (-2, False), (-3, True)])
def test_no_more_is_rounded_than_the_limit(minor: int, refused: bool) -> None:  # noqa: FBT001 (a parameter of pytest)
    said: dict[str, Any] = {"leaves": LEAVES, "against": Role.BANK, "difference": brl(minor), "limit": brl(2)}
    if refused:
        with pytest.raises(Invalid, match="rounding_too_large"):
            bookings.rounded(HEAD, **said)
    else:
        assert bookings.rounded(HEAD, **said).kind == "rounding"


def test_a_limit_in_another_currency_allows_nothing() -> None:
    with pytest.raises(Invalid, match="rounding_too_large"):
        bookings.rounded(HEAD, leaves=LEAVES, against=Role.BANK, difference=brl(1), limit=usd(2))


def test_an_exchange_is_into_one_currency() -> None:
    with pytest.raises(Invalid, match="currency_mismatch"):
        Exchange(brought=usd(1), at_middle=brl(1))


def test_a_booking_of_nothing_is_no_entry() -> None:
    with pytest.raises(Invalid, match="entry_too_short"):
        bookings.platform_fee(HEAD, leaves=LEAVES, amount=brl(0))


AMOUNTS = st.integers(1, 10**12)


@given(AMOUNTS, st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_batch_comes_to_zero_whatever_was_taken(net: int, fee: int, tax: int) -> None:
    entry = bookings.settlement(HEAD, leaves=LEAVES, net=brl(net), fee=brl(fee), withheld=brl(tax))
    assert sum(lines(entry).values()) == 0
    assert lines(entry)["clearing", BRL] == -(net + fee + tax)


@given(st.lists(AMOUNTS, min_size=1, max_size=4), st.integers(0, 10**9), st.integers(0, 10**9))
def test_what_is_lost_is_what_was_held_back(parts: list[int], rest: int, borne: int) -> None:
    loans = [(f"loan {number}", brl(part)) for number, part in enumerate(parts)]
    entry = bookings.contest_lost(
        HEAD, leaves=LEAVES, kind="chargeback", unallocated=loans, from_suspense=brl(rest), borne=brl(borne)
    )
    assert lines(entry)["chargeback_reserve", BRL] == -(sum(parts) + rest + borne)
    assert sum(lines(entry).values()) == 0


@given(AMOUNTS, AMOUNTS, AMOUNTS)
def test_an_exchange_comes_to_zero_in_each_currency(amount: int, brought: int, middle: int) -> None:
    entry = treasury_bookings.sweep_exchanged(
        HEAD,
        child=LEAVES,
        treasury_from=TREASURY,
        treasury_into=TREASURY,
        amount=brl(amount),
        exchange=Exchange(usd(brought), usd(middle)),
        between=BETWEEN,
    )
    for currency in (BRL, USD):
        assert sum(minor for (_, code), minor in lines(entry).items() if code == currency) == 0
