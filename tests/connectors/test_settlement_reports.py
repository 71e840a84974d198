"""Settlement reports: what each line says, that sums are proved, and that a bad line is refused by name."""

from __future__ import annotations

import csv
import io
import tracemalloc
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors import platforms as folder
from connectors import statement_files
from connectors.platforms.adyen.reports import FORMAT as ADYEN
from connectors.platforms.mercadopago.reports import RELEASE_FORMAT as RELEASE
from connectors.platforms.mercadopago.reports import SETTLEMENT_FORMAT as SETTLEMENT
from connectors.platforms.stripe.reports import FORMAT as STRIPE
from connectors.platforms.xendit.reports import FORMAT as XENDIT
from domain.errors import Invalid
from domain.money import Money
from domain.statement_files import FileClosed, FileLine, FileOpened, FileRecord, FileSource, LineKind

PLATFORM = {
    ADYEN: "adyen",
    RELEASE: "mercadopago",
    SETTLEMENT: "mercadopago",
    STRIPE: "stripe",
    XENDIT: "xendit",
}
FEW = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
Rows = list[dict[str, str]]

by_format = pytest.mark.parametrize("name", list(PLATFORM))


def sample(name: str) -> bytes:
    return (Path(folder.__file__).parent / PLATFORM[name] / "samples" / f"{name}.csv").read_bytes()


def table(name: str) -> Rows:
    text = sample(name).decode()
    return list(csv.DictReader(io.StringIO(text), delimiter=";" if ";" in text.split("\n")[0] else ","))


def written(rows: Rows, *, delimiter: str = ",") -> bytes:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def read(name: str, content: bytes) -> list[FileRecord]:
    return list(statement_files.reader(name).read(io.BytesIO(content)))


def lines(name: str, content: bytes | None = None) -> list[FileLine]:
    return [one for one in read(name, sample(name) if content is None else content) if isinstance(one, FileLine)]


def refusal(name: str, content: bytes) -> Invalid:
    with pytest.raises(Invalid) as refused:
        read(name, content)
    return refused.value


def told(name: str) -> list[tuple[str, int, int, int, int]]:
    return [(line.kind.value, line.gross.minor, line.fee.minor, line.tax.minor, line.net.minor) for line in lines(name)]


# --- any report


@by_format
def test_a_report_speaks_as_its_platform(name: str) -> None:
    opened = read(name, sample(name))[0]
    assert isinstance(opened, FileOpened)
    assert (opened.format, opened.source) == (name, FileSource.PLATFORM)


@by_format
def test_the_lines_of_a_report_are_named_once_each(name: str) -> None:
    names = [line.external_id for line in lines(name)]
    assert None not in names
    assert len(set(names)) == len(names)


@by_format
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_delimiter_and_mark_do_not_matter(name: str, delimiter: str, mark: bytes) -> None:
    content = mark + written(table(name), delimiter=delimiter)
    assert statement_files.detect(content).format == name
    assert lines(name, content) == lines(name)


@by_format
def test_columns_may_stand_in_any_order_and_beside_others(name: str) -> None:
    rows = [{"Something else": "x", **dict(reversed(row.items()))} for row in table(name)]
    assert lines(name, written(rows)) == lines(name)


@by_format
def test_names_in_the_encoding_of_windows_are_read(name: str) -> None:
    rows = table(name)
    column = {STRIPE: "customer_name", ADYEN: "Merchant Reference", XENDIT: "Reference"}.get(name, "EXTERNAL_REFERENCE")
    rows[0 if name == XENDIT else 1][column] = "Conceição"
    content = written(rows).decode().encode("cp1252")
    found = lines(name, content)
    assert any("Conceição" in (line.payer_name or "", *line.references) for line in found)


@by_format
@pytest.mark.parametrize("amount", ["1.234,56", "1,234.56", "abc", "1e5", "٣", "--1", "9" * 25, "1.00.00"])
def test_an_amount_that_is_none_names_its_line(name: str, amount: str) -> None:
    column = {
        STRIPE: "net",
        ADYEN: "Net Credit (NC)",
        XENDIT: "Amount",
        SETTLEMENT: "SETTLEMENT_NET_AMOUNT",
        RELEASE: "NET_CREDIT_AMOUNT",
    }[name]
    rows = table(name)
    rows[1][column] = amount
    refused = refusal(name, written(rows, delimiter=";"))
    assert (refused.code, refused.details["line"]) == ("line_unreadable", 3)


@by_format
def test_an_unknown_currency_names_its_line(name: str) -> None:
    column = {STRIPE: "currency", ADYEN: "Net Currency", XENDIT: "Currency", RELEASE: "CURRENCY"}
    rows = table(name)
    rows[1][column.get(name, "SETTLEMENT_CURRENCY")] = "XYZ"
    refused = refusal(name, written(rows))
    assert (refused.code, refused.details["line"]) == ("line_unreadable", 3)


@by_format
@pytest.mark.parametrize("moment", ["", "24/11/2026", "2026-13-01", "yesterday"])
def test_a_day_that_is_none_names_its_line(name: str, moment: str) -> None:
    column = {STRIPE: "created_utc", ADYEN: "Creation Date", XENDIT: "Created Date ISO", SETTLEMENT: "TRANSACTION_DATE"}
    rows = table(name)
    rows[1][column.get(name, "DATE")] = moment
    refused = refusal(name, written(rows))
    assert (refused.code, refused.details["line"]) == ("line_unreadable", 3)


@by_format
def test_a_row_of_fewer_cells_names_its_line(name: str) -> None:
    content = sample(name).rstrip(b"\n") + b"\nonly,two\n"
    assert refusal(name, content).details["line"] == len(table(name)) + 2


@by_format
def test_a_missing_column_is_named(name: str) -> None:
    required = {STRIPE: "net", ADYEN: "Type", XENDIT: "Line Type", SETTLEMENT: "SOURCE_ID", RELEASE: "SOURCE_ID"}[name]
    rows = [{column: value for column, value in row.items() if column != required} for row in table(name)]
    assert not statement_files.able(written(rows))
    assert required in refusal(name, written(rows)).message


@by_format
def test_a_header_alone_is_refused(name: str) -> None:
    header = sample(name).split(b"\n")[0]
    assert refusal(name, header).code == "file_unreadable"


_MANY = 15_000
"""Rows that all together would take many times the memory that is allowed."""


@by_format
def test_a_long_report_is_read_in_little_memory(name: str) -> None:
    first = table(name)[1 if name == RELEASE else 0]
    header, row = written([first]).decode().strip().split("\r\n")
    content = io.BytesIO(f"{header}\n".encode() + f"{row}\n".encode() * _MANY)
    tracemalloc.start()
    counted = sum(isinstance(record, FileLine) for record in statement_files.reader(name).read(content))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert counted == _MANY
    assert peak < 4_000_000


# --- Stripe


def test_stripes_lines_say_what_moved_and_what_was_kept() -> None:
    assert told(STRIPE) == [
        ("payment", 100_000, 3_990, 0, 96_010),
        ("payment", 25_000, 998, 0, 24_002),
        ("refund", -30_000, 0, 0, -30_000),
        ("chargeback", -25_000, 5_500, 0, -30_500),
        ("fee", -1_234, 0, 0, -1_234),
        ("payout", -58_278, 0, 0, -58_278),
    ]


def test_stripes_lines_are_named_as_its_webhooks_name_money() -> None:
    found = lines(STRIPE)
    assert [line.references[:1] for line in found] == [
        ("pi_1SampleA",),
        ("pi_1SampleB",),
        ("re_1SampleC",),
        ("du_1SampleD",),
        (),
        ("po_1SampleOne",),
    ]
    assert [line.original for line in found] == [None, None, "pi_1SampleA", "pi_1SampleB", None, None]
    assert {line.batch_id for line in found} == {"po_1SampleOne"}
    assert found[1].paid == Money(4_890, "USD")
    assert found[0].booked_at == datetime(2026, 11, 24, 10, 5, tzinfo=UTC)


def test_a_time_whose_zone_stripe_does_not_state_is_a_day() -> None:
    rows = [
        {("created" if name == "created_utc" else name): value for name, value in row.items()} for row in table(STRIPE)
    ]
    assert lines(STRIPE, written(rows))[0].booked_at == date(2026, 11, 24)


def test_a_payout_that_its_lines_do_not_make_is_refused_at_its_line() -> None:
    rows = table(STRIPE)
    rows[-1]["gross"] = rows[-1]["net"] = "-582.79"
    refused = refusal(STRIPE, written(rows))
    assert (refused.code, refused.details["line"]) == ("file_totals_mismatch", 7)
    assert (refused.details["stated"], refused.details["found"]) == ("582.79 BRL", "582.78 BRL")


def test_a_payout_without_its_lines_is_read() -> None:
    assert [line.kind for line in lines(STRIPE, written(table(STRIPE)[-1:]))] == [LineKind.PAYOUT]


def test_a_line_that_does_not_add_up_is_refused_by_name() -> None:
    rows = table(STRIPE)
    rows[0]["fee"] = "39.91"
    refused = refusal(STRIPE, written(rows))
    assert (refused.code, refused.details["line"]) == ("line_total_mismatch", 2)


def test_a_category_that_stripe_invents_is_a_credit_or_a_debit_with_its_code() -> None:
    rows = table(STRIPE)
    rows[0]["reporting_category"], rows[2]["reporting_category"] = "sunshine", "rain"
    found = lines(STRIPE, written(rows))
    assert [(line.kind, line.code) for line in (found[0], found[2])] == [
        (LineKind.CREDIT, "sunshine"),
        (LineKind.DEBIT, "rain"),
    ]


def test_currencies_are_statements_of_their_own_and_yen_have_no_decimals() -> None:
    rows = table(STRIPE)[:2]
    rows[1] |= {"currency": "jpy", "gross": "25000", "fee": "998", "net": "24002", "customer_facing_amount": ""}
    records = read(STRIPE, written(rows))
    opened = [one.currency for one in records if isinstance(one, FileOpened)]
    closed = [one.moved for one in records if isinstance(one, FileClosed)]
    assert (opened, closed) == (["BRL", "JPY"], [Money(96_010, "BRL"), Money(24_002, "JPY")])


CURRENCIES = st.sampled_from(["BRL", "JPY", "KWD", "IDR", "CLP", "VND"])
PAYMENTS = st.lists(st.tuples(st.integers(1, 10**9), st.integers(0, 10**6), st.integers(0, 3)), min_size=1, max_size=20)


@given(items=PAYMENTS, currency=CURRENCIES)
@FEW
def test_what_stripe_writes_is_read_back_and_its_payouts_agree(
    items: list[tuple[int, int, int]], currency: str
) -> None:
    def major(minor: int) -> str:
        return f"{Money(minor, currency).decimal:f}"

    names = ("automatic_payout_id", "balance_transaction_id", "created_utc", "currency", "gross", "fee", "net")
    rows: Rows = []
    sums: dict[str, int] = {}
    for number, (gross, fee, batch) in enumerate(items):
        payout = f"po_{batch}"
        sums[payout] = sums.get(payout, 0) + gross - fee
        cells = (payout, f"txn_{number}", "2026-11-24 10:00:00", currency, major(gross), major(fee), major(gross - fee))
        rows.append(
            dict(zip(names, cells, strict=True)) | {"reporting_category": "charge", "source_id": f"ch_{number}"}
        )
    for payout, paid in sums.items():
        cells = (payout, f"txn_{payout}", "2026-11-26 10:00:00", currency, major(-paid), "0", major(-paid))
        rows.append(dict(zip(names, cells, strict=True)) | {"reporting_category": "payout", "source_id": payout})
    records = read(STRIPE, written(rows))
    closed = records[-1]
    assert isinstance(closed, FileClosed)
    assert (closed.lines, closed.moved) == (len(items) + len(sums), Money(0, currency))
    found = [(one.gross.minor, one.fee.minor) for one in records if isinstance(one, FileLine)]
    assert found[: len(items)] == [(gross, fee) for gross, fee, _ in items]
    rows[-1]["gross"] = rows[-1]["net"] = major(-sums[f"{rows[-1]['source_id']}"] - 1)
    assert refusal(STRIPE, written(rows)).code == "file_totals_mismatch"


# --- Mercado Pago


def test_settlement_lines_say_what_moved_and_what_was_kept() -> None:
    assert told(SETTLEMENT) == [
        ("payment", 100_000, 990, 0, 99_010),
        ("payment", 25_000, 1_248, 502, 23_250),
        ("refund", -30_000, 0, 0, -30_000),
        ("chargeback", -25_000, -1_248, 0, -23_752),
        ("payout", -60_000, 0, 0, -60_000),
    ]
    assert lines(SETTLEMENT)[0].references == ("1325550001", "preq_sample1")


def test_release_lines_say_what_became_available() -> None:
    assert told(RELEASE) == [
        ("payment", 100_000, 990, 0, 99_010),
        ("payment", 25_000, 1_248, 502, 23_250),
        ("refund", -30_000, 0, 0, -30_000),
        ("reserve", -25_000, 0, 0, -25_000),
        ("reserve", -60_000, 0, 0, -60_000),
        ("reserve_released", 60_000, 0, 0, 60_000),
        ("payout", -60_000, 0, 0, -60_000),
        ("credit", 100, 0, 0, 100),
    ]


def test_a_release_counts_on_the_day_of_its_own_clock() -> None:
    assert lines(RELEASE)[1].value_date == date(2026, 11, 24)  # 23:30 at GMT-4 is the next day in UTC


@pytest.mark.parametrize(("credit", "agrees"), [("1973.60", True), ("1823.60", True), ("1973.61", False)])
def test_a_release_total_must_be_what_its_rows_make_with_or_without_the_opening_balance(
    credit: str,
    agrees: bool,  # noqa: FBT001
) -> None:
    rows = table(RELEASE)
    rows[-1]["NET_CREDIT_AMOUNT"] = credit
    if agrees:
        assert len(lines(RELEASE, written(rows))) == 8
        return
    refused = refusal(RELEASE, written(rows))
    assert (refused.code, refused.details["line"]) == ("file_totals_mismatch", 12)


def test_a_release_report_begins_with_its_balance() -> None:
    opened = read(RELEASE, sample(RELEASE))[0]
    assert isinstance(opened, FileOpened)
    assert opened.opening == Money(15_000, "BRL")


def test_a_coupon_that_changes_the_sum_is_refused_not_guessed() -> None:
    rows = table(RELEASE)
    rows[1] |= {"COUPON_AMOUNT": "-10.00", "NET_CREDIT_AMOUNT": "980.10"}
    refused = refusal(RELEASE, written(rows))
    assert (refused.code, refused.details["line"]) == ("line_total_mismatch", 3)


def test_a_report_without_currency_says_which_column_to_choose() -> None:
    rows = [{name: value for name, value in row.items() if name != "CURRENCY"} for row in table(RELEASE)]
    refused = refusal(RELEASE, written(rows))
    assert refused.code == "line_unreadable"
    assert "SETTLEMENT_CURRENCY" in (refused.fix or "")


# --- Xendit


def test_xendits_fee_and_tax_join_their_transaction_where_they_stand_together() -> None:
    assert told(XENDIT) == [
        ("payment", 150_000_000, 400_000, 44_000, 149_556_000),
        ("payment", 25_000_050, 0, 0, 25_000_050),
        ("refund", -30_000_000, 0, 0, -30_000_000),
        ("payout", -140_000_000, 500_000, 0, -140_500_000),
        ("fee", -175_000, 0, 0, -175_000),
    ]
    assert lines(XENDIT)[-1].original == "txn_0000-sample-0002"


def test_a_fee_alone_is_the_same_line_wherever_it_stands() -> None:
    rows = table(XENDIT)
    apart = [rows[0], rows[3], rows[1], rows[2]]
    found = lines(XENDIT, written(apart))
    assert [(line.kind.value, line.net.minor) for line in found] == [
        ("payment", 150_000_000),
        ("payment", 25_000_050),
        ("fee", -400_000),
        ("tax", -44_000),
    ]
    assert sum(line.net.minor for line in found) == 149_556_000 + 25_000_050


@pytest.mark.parametrize(("amount", "side"), [("-5", "CREDIT"), ("5", "SIDEWAYS"), ("5", "")])
def test_a_sign_that_contradicts_its_side_is_refused(amount: str, side: str) -> None:
    rows = table(XENDIT)
    rows[0] |= {"Amount": amount, "Debit or Credit": side}
    assert refusal(XENDIT, written(rows)).details["line"] == 2


def test_a_line_type_that_xendit_does_not_document_is_refused() -> None:
    rows = table(XENDIT)
    rows[3]["Line Type"] = "SURCHARGE"
    assert refusal(XENDIT, written(rows)).details["line"] == 5


# --- Adyen


def test_adyens_lines_say_what_moved_and_what_was_kept() -> None:
    assert told(ADYEN) == [
        ("payment", 10_000, 143, 0, 9_857),
        ("payment", 4_500, 90, 0, 4_410),
        ("refund", -2_000, 15, 0, -2_015),
        ("chargeback", -3_000, 1_500, 0, -4_500),
        ("fee", -250, 0, 0, -250),
        ("reserve", -500, 0, 0, -500),
        ("payout", -7_002, 0, 0, -7_002),
    ]
    assert [line.paid for line in lines(ADYEN)][1] == Money(5_000, "USD")


def test_adyens_lines_are_named_by_payment_and_modification() -> None:
    found = lines(ADYEN)
    assert [(line.references[0], line.original) for line in found[:4]] == [
        ("8816140000000001", None),
        ("8816140000000002", None),
        ("8816140000000011", "8816140000000001"),
        ("8816140000000012", "8816140000000003"),
    ]
    assert {line.batch_id for line in found} == {"42"}


@pytest.mark.parametrize(
    ("row", "changes", "code", "line"),
    [
        (6, {"Net Debit (NC)": "70.03"}, "file_totals_mismatch", 8),
        (0, {"Gross Credit (GC)": "100.01"}, "file_totals_mismatch", 2),
        (0, {"Commission (NC)": "0.50"}, "file_totals_mismatch", 2),
        (0, {"Net Debit (NC)": "1.00"}, "line_unreadable", 2),
        (0, {"Net Credit (NC)": "-98.57"}, "line_unreadable", 2),
        (3, {"Batch Number": ""}, "line_unreadable", 5),
    ],
)
def test_an_adyen_batch_that_does_not_agree_is_refused(row: int, changes: dict[str, str], code: str, line: int) -> None:
    rows = table(ADYEN)
    rows[row] |= changes
    refused = refusal(ADYEN, written(rows))
    assert (refused.code, refused.details["line"]) == (code, line)


@given(
    items=st.lists(st.tuples(st.integers(-(10**8), 10**8).filter(bool), st.integers(0, 500)), min_size=1, max_size=15),
    currency=CURRENCIES,
)
@FEW
def test_what_adyen_writes_is_read_back_and_its_payout_agrees(items: list[tuple[int, int]], currency: str) -> None:
    def major(minor: int) -> str:
        return f"{Money(abs(minor), currency).decimal:f}" if minor else ""

    rows: Rows = []
    for number, (gross, fee) in enumerate(items):
        net = gross - fee
        rows.append(
            dict.fromkeys(table(ADYEN)[0], "")
            | {
                "Merchant Account": "M",
                "Psp Reference": f"P{number}",
                "Type": "Settled" if gross > 0 else "Refunded",
                "Modification Reference": f"X{number}",
                "Creation Date": "2026-11-24 10:00:00",
                "Gross Currency": currency,
                "Gross Credit (GC)" if gross > 0 else "Gross Debit (GC)": major(gross),
                "Net Currency": currency,
                "Net Credit (NC)" if net > 0 else "Net Debit (NC)": major(net),
                "Commission (NC)": major(fee),
                "Batch Number": "7",
            }
        )
    total = sum(gross - fee for gross, fee in items)
    side = "Net Debit (NC)" if total > 0 else "Net Credit (NC)"
    payout = rows[0] | dict.fromkeys(
        ("Psp Reference", "Gross Credit (GC)", "Gross Debit (GC)", "Net Credit (NC)", "Net Debit (NC)"), ""
    )
    rows.append(payout | {"Type": "MerchantPayout", "Commission (NC)": "", side: major(total)})
    found = lines(ADYEN, written(rows))
    assert [(line.gross.minor, line.fee.minor) for line in found[:-1]] == items
    assert sum(line.net.minor for line in found) == 0
    rows[-1][side] = major(abs(total) + 1)
    assert refusal(ADYEN, written(rows)).code == "file_totals_mismatch"
