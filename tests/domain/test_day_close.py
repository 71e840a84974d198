"""The rules of closing a day: order, zones, four eyes, what must be accepted, what is booked, what is kept."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from domain.day_close import (
    Acceptance,
    Actor,
    ChildFigures,
    Control,
    CurrencyFigures,
    Figures,
    Planned,
    as_document,
    check_acceptances,
    check_order,
    four_eyes,
    last_day_over,
    of_document,
    planned,
)
from domain.errors import Conflict, Invalid, Refused
from domain.fx_result import Holding
from domain.money import Money

DAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
HOLDS = Control("statement", "statement", True, "2", "2")
DIFFERS = Control("explained/acc_1", "explained", False, "2026-11-15", "2026-11-01")
BROKEN = Control("book", "book", False, "0", "1", acceptable=False)


def figures(*currencies: CurrencyFigures) -> Figures:
    brl = Money(0, "BRL")
    child = ChildFigures("acc_1", "Stripe", "BRL", Money(5, "BRL"), brl, brl, Money(-5, "BRL"), DAY, None)
    return Figures("USD", DAY, DAY, currencies, (child,), (HOLDS, DIFFERS), {DAY: "rts_1"})


def brl(**values: int) -> CurrencyFigures:
    known = {name: Money(minor, "USD") for name, minor in values.items()}
    zero = Money(0, "USD")
    return CurrencyFigures(
        held=Money(100_00, "BRL"),
        converted=Money(20_00, "USD"),
        basis=Money(19_00, "USD"),
        realised=known.get("realised", zero),
        unrealised=known.get("unrealised", zero),
        before=known.get("before"),
        rate="0.20",
        source="test",
        rate_of=DAY,
    )


@pytest.mark.parametrize(
    ("offset", "last"),
    [(0, date(2026, 11, 24)), (12, date(2026, 11, 25)), (11, date(2026, 11, 24)), (-13, date(2026, 11, 23))],
)
def test_a_day_is_over_at_its_own_midnight(offset: int, last: date) -> None:
    assert last_day_over(NOON, [timezone(timedelta(hours=offset))]) == last


def test_of_several_zones_the_last_to_reach_midnight_counts() -> None:
    zones = [ZoneInfo("Asia/Shanghai"), ZoneInfo("Asia/Urumqi")]
    assert last_day_over(datetime(2026, 11, 20, 16, 0, tzinfo=UTC), zones) == date(2026, 11, 19)
    assert last_day_over(datetime(2026, 11, 20, 18, 0, tzinfo=UTC), zones) == date(2026, 11, 20)


def test_a_day_with_a_change_of_clocks_is_over_when_clocks_say_so() -> None:
    berlin = [ZoneInfo("Europe/Berlin")]
    assert last_day_over(datetime(2026, 10, 25, 22, 59, tzinfo=UTC), berlin) == date(2026, 10, 24)
    assert last_day_over(datetime(2026, 10, 25, 23, 0, tzinfo=UTC), berlin) == date(2026, 10, 25)


@pytest.mark.parametrize(
    ("day", "closed", "code"),
    [
        (DAY, None, None),
        (DAY, DAY - timedelta(days=1), None),
        (DAY, DAY, "day_closed"),
        (DAY, DAY + timedelta(days=1), "day_closed"),
        (DAY, DAY - timedelta(days=2), "earlier_day_open"),
        (date(2026, 11, 24), None, None),
        (date(2026, 11, 25), None, "day_not_over"),
        (date.max, None, "day_not_over"),
    ],
)
def test_days_close_in_order_once_they_are_over(day: date, closed: date | None, code: str | None) -> None:
    if code is None:
        check_order(day, closed_until=closed, now=NOON, zones=[UTC])
        return
    with pytest.raises((Conflict, Refused), match=code):
        check_order(day, closed_until=closed, now=NOON, zones=[UTC])


def test_the_same_person_is_not_four_eyes_whatever_they_are_called() -> None:
    with pytest.raises(Refused, match="four_eyes"):
        four_eyes("usr_1", Actor("usr_1", "Somebody else"))
    four_eyes("usr_1", Actor("usr_2", "Same name"))


def test_what_holds_needs_no_acceptance() -> None:
    check_acceptances([HOLDS], [])


def test_a_difference_is_accepted_by_its_name() -> None:
    with pytest.raises(Refused, match="controls_failed"):
        check_acceptances([HOLDS, DIFFERS], [])
    check_acceptances([HOLDS, DIFFERS], [Acceptance(DIFFERS.name, "asked")])


@pytest.mark.parametrize("name", ["statement", "settles/acc_2"])
def test_only_a_difference_is_accepted(name: str) -> None:
    with pytest.raises(Invalid, match="difference_unknown"):
        check_acceptances([HOLDS, DIFFERS], [Acceptance(name, "asked")])


def test_a_difference_is_accepted_once() -> None:
    with pytest.raises(Invalid, match="difference_unknown"):
        check_acceptances([DIFFERS], [Acceptance(DIFFERS.name, "asked"), Acceptance(DIFFERS.name, "again")])


def test_a_broken_book_is_accepted_by_nobody() -> None:
    with pytest.raises(Refused, match="book_broken"):
        check_acceptances([BROKEN], [Acceptance("book", "so be it")])


@pytest.mark.parametrize(("length", "good"), [(500, True), (501, False)])
def test_a_reason_has_a_limit(length: int, good: bool) -> None:  # noqa: FBT001 (a case)
    if good:
        assert Acceptance("x", "r" * length)
        return
    with pytest.raises(Invalid, match="reason_too_long"):
        Acceptance("x", "r" * length)


def test_the_last_revaluation_is_taken_back_before_the_new_one_is_made() -> None:
    assert planned(figures(brl(realised=5, unrealised=100, before=-40))) == (
        Planned("fx_realised", "BRL", Money(5, "USD")),
        Planned("revaluation_undone", "BRL", Money(40, "USD")),
        Planned("revaluation", "BRL", Money(100, "USD")),
    )


def test_results_of_nothing_book_nothing() -> None:
    own = CurrencyFigures(held=Money(7, "USD"), converted=Money(7, "USD"))
    assert planned(figures(own, brl(before=0))) == ()


def test_totals_leave_out_what_could_not_be_told() -> None:
    untold = CurrencyFigures(held=Money(9, "IDR"), converted=None, refused="rate_missing")
    told = figures(brl(realised=5, unrealised=100, before=-40), untold)
    assert (told.total, told.realised, told.unrealised_change) == (
        Money(20_00, "USD"),
        Money(5, "USD"),
        Money(140, "USD"),
    )
    assert told.holdings() == {"BRL": Holding(Money(100_00, "BRL"), Money(19_00, "USD"))}


def test_figures_are_read_back_as_they_were_written() -> None:
    told = figures(brl(realised=5, unrealised=100, before=-40), CurrencyFigures(Money(9, "IDR"), None, refused="x"))
    assert of_document(json.loads(json.dumps(as_document(told)))) == told
