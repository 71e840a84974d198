"""Receipts recorded by hand: nothing without evidence, whole tables or none, exact amounts."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.platforms import bank_statement, manual
from connectors.platforms.manual.receipts import COLUMNS, REQUIRED, parse, sniff
from domain.errors import Invalid
from domain.money import Money
from domain.receipts import ReceiptFact, ReversalFact

SAMPLE = (Path(manual.__file__).parent / "samples" / "receipts.csv").read_bytes()
DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
ROW = {
    "receipt_no": "KWI-1",
    "place": "Desk Kuwait",
    "received_on": "2026-11-24",
    "amount": "125.501",
    "currency": "KWD",
    "means": "cash",
    "evidence": "slip.jpg",
    "evidence_sha256": DIGEST,
    "recorded_by": "m.sabah",
}


def table(*rows: dict[str, str]) -> bytes:
    lines = [",".join((ROW | row).get(name, "") for name in COLUMNS) for row in rows]
    return "\n".join([",".join(COLUMNS), *lines]).encode()


def refused(content: bytes) -> Invalid:
    with pytest.raises(Invalid) as refusal:
        parse(content)
    assert refusal.value.code == "statement_unreadable"
    return refusal.value


def test_the_sample_is_read_with_its_evidence() -> None:
    (statement,) = parse(SAMPLE)
    paid, cheque, undone = (line.fact for line in statement.lines)
    assert (statement.account, statement.currency) == ("Desk Bangkok", "THB")
    assert paid == ReceiptFact(
        external_ref="BKK-0001",
        amount=Money(150_000, "THB"),
        at=datetime(2026, 11, 24, 12, tzinfo=UTC),
        value_date=date(2026, 11, 24),
        references=("LN-0001-3",),
        payer_name="Somchai Sample",
        remittance=f"cash: receipt-0001.jpg (SHA-256 {DIGEST}), recorded by s.chai",
        rail="cash",
    )
    assert isinstance(cheque, ReceiptFact)
    assert cheque.at.astimezone(UTC) == datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
    assert isinstance(undone, ReversalFact)
    assert (undone.external_ref, undone.original_ref) == ("BKK-0003", "BKK-0001")
    assert "counted twice" in (undone.reason or "")


def test_a_receipt_is_not_in_the_bank_until_the_bank_says_so() -> None:
    assert not any(getattr(line.fact, "to_bank", False) for statement in parse(SAMPLE) for line in statement.lines)


@pytest.mark.parametrize(
    ("stated", "currency", "minor"),
    [("125.501", "KWD", 125_501), ("125.5", "KWD", 125_500), ("1500", "VND", 1500), ("0.01", "BRL", 1)],
)
def test_amounts_are_exact_in_the_currencys_decimals(stated: str, currency: str, minor: int) -> None:
    (statement,) = parse(table({"amount": stated, "currency": currency}))
    (line,) = statement.lines
    assert isinstance(line.fact, ReceiptFact)
    assert line.fact.amount == Money(minor, currency)


@pytest.mark.parametrize(
    "row",
    [
        *({name: ""} for name in REQUIRED),
        {"amount": "0"},
        {"amount": "-1"},
        {"amount": "1.500", "currency": "BRL"},
        {"amount": "1.5", "currency": "VND"},
        {"currency": "XXZ"},
        {"received_on": "24/11/2026"},
        {"received_on": "2026-11-24T10:00:00"},
        {"evidence_sha256": DIGEST[:-1]},
        {"evidence_sha256": DIGEST.upper()},
        {"means": "barter"},
        {"receipt_no": "a b"},
        {"undoes": "KWI-0"},
        {"payer_name": "a\x07b"},
        {"payer_name": "x" * 301},
    ],
    ids=str,
)
def test_a_line_that_is_not_whole_refuses_the_table(row: dict[str, str]) -> None:
    assert refused(table({"receipt_no": "KWI-0"}, row)).details["line"] == 3


def test_a_number_stands_once_and_columns_are_known() -> None:
    assert "stands on line 2" in refused(table({}, {})).message
    assert "missing: receipt_no" in refused(SAMPLE.replace(b"receipt_no", b"receipt", 1)).message
    assert "no receipt" in refused(table()).message


def test_places_and_currencies_are_statements_of_their_own() -> None:
    told = parse(table({}, {"receipt_no": "2", "currency": "OMR"}, {"receipt_no": "3"}))
    assert [(one.currency, len(one.lines)) for one in told] == [("KWD", 2), ("OMR", 1)]


def test_a_table_of_receipts_is_not_taken_for_a_bank_statement() -> None:
    assert sniff(SAMPLE)
    assert sniff(b"\xef\xbb\xbf" + SAMPLE.replace(b",", b";"))
    assert not bank_statement.sniff(SAMPLE)
    assert not sniff(b"statement_id,amount\n1,2\n")


@given(st.binary(max_size=300) | st.text(max_size=200).map(lambda text: SAMPLE + text.encode()))
def test_whatever_is_handed_in_meets_coded_errors_only(content: bytes) -> None:
    with suppress(Invalid):
        assert parse(content)
