"""Treasury's rates: the file they come in, how they are kept, and that they beat every other source."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from connectors.rates.book import RateBook
from connectors.rates.pegs import PegRates
from connectors.rates.treasury import of_database, of_tenant
from connectors.rates.treasury.files import MAX_BYTES, MAX_ROWS, TEMPLATE, read
from domain.errors import AfluenteError, Conflict, Invalid, NotFound, TooLarge
from domain.fx import FxQuote, RateSet, StatedRate, freeze
from store import rates
from store.database import Database

DAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
HEADER = "base,quote,value,as_of,source\n"


def one(value: str = "4000", *, day: date = DAY, base: str = "USD", quote: str = "COP") -> StatedRate:
    return StatedRate(base, quote, Decimal(value), day, "house bank")


# --- the file


def test_the_template_is_a_good_file() -> None:
    found = read(TEMPLATE.encode(), today=DAY)
    assert (len(found.rates), found.refused) == (1, ())


def test_columns_may_stand_in_any_order_and_be_divided_by_semicolons() -> None:
    content = "\ufeffSource;As_Of;Value;Quote;Base\nhouse bank;2026-11-20;4000;cop;usd\n".encode()
    assert read(content, today=DAY).rates == (one(),)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ('USD,COP,"4,000",2026-11-20,x', "rate_malformed"),
        ("USD,COP,4e3,2026-11-20,x", "rate_malformed"),
        ("USD,COP,-4,2026-11-20,x", "rate_malformed"),
        ("USD,COP,0,2026-11-20,x", "rate_malformed"),
        ("USD,COP,,2026-11-20,x", "rate_malformed"),
        ("USD,COP,٤,2026-11-20,x", "rate_malformed"),
        ("USD,COP,4,20/11/2026,x", "date_malformed"),
        ("USD,COP,4,2026-11-21,x", "rate_of_the_future"),
        ("USD,USD,4,2026-11-20,x", "rate_pair_same"),
        ("USD,ZZZ,4,2026-11-20,x", "currency_unknown"),
        ("USD,COP,4,2026-11-20,", "rate_source_missing"),
        ("USD,COP,4,2026-11-20," + "x" * 201, "rate_source_odd"),
        ("USD,COP,4,2026-11-20", "rates_row_cut"),
        ("USD,COP,4,2026-11-20,x,y", "rates_row_cut"),
    ],
)
def test_a_bad_row_is_named_and_the_good_ones_are_read(row: str, code: str) -> None:
    found = read(f"{HEADER}USD,COP,4000,2026-11-20,house bank\n{row}\n".encode(), today=DAY)
    assert found.rates == (one(),)
    assert [(refused.line, refused.error.code) for refused in found.refused] == [(3, code)]


@pytest.mark.parametrize("content", [b"", b"base,quote\n", b"%PDF-1.7", b"\xff\xfeb\x00", b"<html>"])
def test_what_is_no_file_of_rates_is_refused(content: bytes) -> None:
    with pytest.raises(Invalid, match="rates_unreadable"):
        read(content, today=DAY)


def test_a_file_has_at_most_so_many_rows_and_bytes() -> None:
    row = "USD,COP,4000,2026-11-20,house bank\n"
    assert len(read((HEADER + row * MAX_ROWS).encode(), today=DAY).rates) == MAX_ROWS
    for content in (HEADER + row * (MAX_ROWS + 1), HEADER + " " * MAX_BYTES):
        with pytest.raises(TooLarge, match="rates_too_large"):
            read(content.encode(), today=DAY)


# --- statements

pytestmark = pytest.mark.servers


def say(tx: Connection, tenant_id: str, *stated: StatedRate, now: datetime = NOW) -> None:
    rates.state(tx, stated, tenant_id=tenant_id, stated_by="Lin Tao", now=now)


def value(tx: Connection, on: date, *, known_at: datetime | None = None) -> Decimal | None:
    standing = of_tenant(RateBook([]), tx, known_at=known_at).standing("USD", "COP", on)
    return standing.rate.value if standing.rate else None


def test_a_stated_rate_beats_a_peg_and_says_who_stated_it(database: Database, tenant_id: str) -> None:
    with database.tenant(tenant_id) as tx:
        say(tx, tenant_id, one("3.7", quote="AED"))
        rate = of_tenant(RateBook([PegRates()]), tx).rate("USD", "AED", DAY)
    assert rate.value == Decimal("3.7")
    assert rate.source == "Treasury: house bank (stated by Lin Tao, 2026-11-23)"


def test_the_newest_statement_for_a_day_wins(database: Database, tenant_id: str) -> None:
    with database.tenant(tenant_id) as tx:
        say(tx, tenant_id, one("4000"), one("4001"))
        say(tx, tenant_id, one("4002"))
        assert value(tx, DAY) == 4002


def test_the_last_day_up_to_the_one_asked_counts_whenever_it_was_stated(database: Database, tenant_id: str) -> None:
    with database.tenant(tenant_id) as tx:
        say(tx, tenant_id, one("4000"), one("3900", day=DAY - timedelta(days=1)))
        found = [value(tx, DAY + timedelta(days=days)) for days in (-2, -1, 0, 1)]
    assert found == [None, 3900, 4000, 4000]


def test_what_was_stated_later_was_not_known_then(database: Database, tenant_id: str) -> None:
    with database.tenant(tenant_id) as tx:
        say(tx, tenant_id, one("4000"), now=NOW)
        say(tx, tenant_id, one("4100"), now=NOW + timedelta(hours=1))
        assert value(tx, DAY, known_at=NOW) == 4000
        assert value(tx, DAY) == 4100


def test_another_tenants_statements_are_not_seen(database: Database, new_tenant: Callable[[], str]) -> None:
    mine, theirs = new_tenant(), new_tenant()
    with database.tenant(theirs) as tx:
        say(tx, theirs, one())
    with database.tenant(mine) as tx:
        assert value(tx, DAY) is None


def test_a_book_may_read_in_transactions_of_its_own(database: Database, new_tenant: Callable[[], str]) -> None:
    mine, theirs = new_tenant(), new_tenant()
    with database.tenant(mine) as tx:
        say(tx, mine, one("4000"))
    states = [of_database(RateBook([]), database, whose).standing("USD", "COP", DAY).state for whose in (mine, theirs)]
    assert states == ["fresh", "missing"]


def test_what_counts_already_need_not_be_stated_again(database: Database, tenant_id: str) -> None:
    with database.tenant(tenant_id) as tx:
        say(tx, tenant_id, one("4000"))
        assert rates.not_yet_stated(tx, [one("4000"), one("4001"), one("4000", day=DAY + timedelta(days=1))]) == [
            one("4001"),
            one("4000", day=DAY + timedelta(days=1)),
        ]


def test_stating_nothing_keeps_nothing(database: Database, tenant_id: str) -> None:
    with database.tenant(tenant_id) as tx:
        say(tx, tenant_id)
        assert rates.stated(tx) == []


@pytest.mark.parametrize("table", ["treasury_rate", "rate_set", "rate_set_line", "fx_quote"])
@pytest.mark.parametrize("change", ["UPDATE {} SET tenant_id = tenant_id", "DELETE FROM {}", "TRUNCATE {}"])
def test_nothing_that_is_kept_can_be_changed(database: Database, tenant_id: str, table: str, change: str) -> None:
    with pytest.raises(DBAPIError), database.tenant(tenant_id) as tx:
        tx.execute(text(change.format(table)))


@pytest.mark.parametrize("number", ["0", "-1"])
def test_the_database_itself_refuses_a_rate_that_is_none(database: Database, tenant_id: str, number: str) -> None:
    values = f"('{tenant_id}', 'USD', 'COP', {number}, '2026-11-20', 'x', 'x', now())"
    columns = "tenant_id, base, quote, value, as_of, source, stated_by, stated_at"
    with pytest.raises(DBAPIError, match="value_positive"), database.tenant(tenant_id) as tx:
        tx.execute(text(f"INSERT INTO treasury_rate ({columns}) VALUES {values}"))


# --- frozen sets


def frozen(tx: Connection) -> RateSet:
    book = of_tenant(RateBook([PegRates()]), tx)
    return freeze(["AED", "COP", "BRL"], into="USD", on=DAY, rate=book.rate)


def test_a_kept_set_comes_back_equal(database: Database, tenant_id: str) -> None:
    with database.tenant(tenant_id) as tx:
        say(tx, tenant_id, one("4012.35"))
        made = frozen(tx)
        rates.keep_set(tx, made, tenant_id=tenant_id, frozen_by="tests", now=NOW)
    with database.tenant(tenant_id) as tx:
        back = rates.get_set(tx, made.id)
    assert back.rates == RateSet(made.settlement_currency, DAY, made.rates, back.rates.gaps)
    assert [(gap.currency, gap.code) for gap in back.rates.gaps] == [("BRL", "rate_missing")]


def test_a_later_statement_does_not_move_a_kept_set(database: Database, tenant_id: str) -> None:
    with database.tenant(tenant_id) as tx:
        say(tx, tenant_id, one("4000"))
        kept = rates.keep_set(tx, frozen(tx), tenant_id=tenant_id, frozen_by="tests", now=NOW)
        say(tx, tenant_id, one("5000"))
        assert rates.get_set(tx, kept.id).rates.rate("COP", "USD", DAY).value == Decimal("0.00025")
        assert frozen(tx).id != kept.id


def test_freezing_the_same_again_is_the_same_set(database: Database, tenant_id: str) -> None:
    with database.tenant(tenant_id) as tx:
        first = rates.keep_set(tx, frozen(tx), tenant_id=tenant_id, frozen_by="first", now=NOW)
        second = rates.keep_set(tx, frozen(tx), tenant_id=tenant_id, frozen_by="second", now=NOW + timedelta(days=1))
    assert second == first


def test_two_tenants_may_freeze_the_same_rates(database: Database, new_tenant: Callable[[], str]) -> None:
    for tenant_id in (new_tenant(), new_tenant()):
        with database.tenant(tenant_id) as tx:
            assert (
                rates.keep_set(tx, frozen(tx), tenant_id=tenant_id, frozen_by=tenant_id, now=NOW).frozen_by == tenant_id
            )


def test_a_set_with_a_line_too_many_is_found_out(database: Database, tenant_id: str) -> None:
    with database.tenant(tenant_id) as tx:
        kept = rates.keep_set(tx, frozen(tx), tenant_id=tenant_id, frozen_by="tests", now=NOW)
        line = f"('{tenant_id}', '{kept.id}', 'MXN', 0.05, '2026-11-20', 'x', '[]')"
        tx.execute(
            text(f"INSERT INTO rate_set_line (tenant_id, set_id, currency, value, as_of, source, legs) VALUES {line}")
        )
        with pytest.raises(AfluenteError, match="rate_set_altered"):
            rates.get_set(tx, kept.id)


def test_an_unknown_set_is_not_found(database: Database, tenant_id: str) -> None:
    with database.tenant(tenant_id) as tx, pytest.raises(NotFound, match="rate_set_unknown"):
        rates.get_set(tx, "rts_none")


# --- quotes


def test_a_quote_comes_back_as_it_was_kept(database: Database, tenant_id: str) -> None:
    quote = FxQuote(
        id=f"fxq_{tenant_id}",
        base="BRL",
        quote="USD",
        rate=Decimal("0.1980"),
        mid=Decimal("0.2"),
        source="bank",
        quoted_at=NOW,
        valid_until=NOW + timedelta(minutes=5),
    )
    with database.tenant(tenant_id) as tx:
        rates.add_quote(tx, quote, tenant_id=tenant_id)
        back = rates.get_quote(tx, quote.id)
        assert back == quote
        with pytest.raises(Conflict, match="quote_expired"):
            back.usable(quote.valid_until)
        with pytest.raises(NotFound, match="quote_unknown"):
            rates.get_quote(tx, "fxq_none")
