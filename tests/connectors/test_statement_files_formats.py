"""Files of money: every sample is known by its content and reads as its makers mean it, to the last line."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from connectors import statement_files
from connectors.statement_files.as_json import record_json
from domain.errors import AfluenteError, Invalid, NotFound
from domain.money import Money
from domain.statement_files import FileClosed, FileLine, FileOpened, FileRecord, LineKind

SAMPLES = Path(statement_files.__file__).parent / "samples"
FORMATS = {
    "afluente.csv": "afluente_csv",
    "bai2.bai": "bai2",
    "camt053.xml": "camt.053",
    "camt054.xml": "camt.054",
    "cnab240.ret": "cnab240",
    "cnab400_bradesco.ret": "cnab400",
    "cnab400_itau.ret": "cnab400",
    "mt940_german.sta": "mt940",
    "mt940_swift.txt": "mt940",
    "statement_sgml.ofx": "ofx",
    "statement_xml.ofx": "ofx",
    "../../platforms/adyen/samples/adyen_settlement_details.csv": "adyen_settlement_details",
    "../../platforms/mercadopago/samples/mercadopago_release.csv": "mercadopago_release",
    "../../platforms/mercadopago/samples/mercadopago_settlement.csv": "mercadopago_settlement",
    "../../platforms/stripe/samples/stripe_itemised.csv": "stripe_itemised",
    "../../platforms/xendit/samples/xendit_balance.csv": "xendit_balance",
}
by_sample = pytest.mark.parametrize("name", list(FORMATS))


def content(name: str) -> bytes:
    return (SAMPLES / name).read_bytes()


def records(name: str) -> list[FileRecord]:
    return list(statement_files.reader(FORMATS[name]).read(io.BytesIO(content(name))))


def lines(name: str) -> list[FileLine]:
    return [record for record in records(name) if isinstance(record, FileLine)]


def told(name: str, *fields: str) -> list[tuple[str, ...]]:
    return [tuple(str(getattr(line, field)) for field in fields) for line in lines(name)]


# --- any format


def test_every_module_with_a_reader_is_found_once() -> None:
    assert sorted(statement_files.readers()) == sorted(set(FORMATS.values()))


@by_sample
def test_a_file_is_known_by_its_content_alone(name: str) -> None:
    assert statement_files.detect(content(name)).format == FORMATS[name]


@by_sample
def test_a_file_is_known_by_its_head(name: str) -> None:
    assert statement_files.detect(content(name)[: statement_files.HEAD_BYTES]).format == FORMATS[name]


@pytest.mark.parametrize("other", [b"", b"%PDF-1.7", b"PK\x03\x04", b"<html/>", b"a,b,c\n1,2,3\n", b"\x00\x01", b"{}"])
def test_another_file_is_of_no_format(other: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        statement_files.detect(other)
    assert refused.value.code == "file_format_unrecognised"


def test_an_unknown_format_is_refused_with_the_known_ones() -> None:
    with pytest.raises(NotFound) as refused:
        statement_files.reader("quicken")
    assert "mt940" in refused.value.details["known"]


@by_sample
def test_a_statement_opens_has_its_lines_and_closes(name: str) -> None:
    shape = "".join(type(record).__name__[4] for record in records(name))  # Opened, Line, Closed
    assert all(part.startswith("O") and set(part[1:]) <= {"L"} for part in shape.split("C")[:-1])
    assert shape.endswith("C")


@by_sample
def test_a_close_counts_and_sums_its_lines(name: str) -> None:
    counted, summed = 0, 0
    for record in records(name):
        match record:
            case FileOpened():
                counted, summed = 0, 0
            case FileLine():
                counted, summed = counted + 1, summed + record.net.minor
            case FileClosed():
                assert (record.lines, 0 if record.moved is None else record.moved.minor) == (counted, summed)


@by_sample
def test_numbers_of_lines_rise_within_a_statement(name: str) -> None:
    last = 0
    for record in records(name):
        last = 0 if isinstance(record, FileOpened) else last
        if isinstance(record, FileLine):
            assert record.line_no > last
            last = record.line_no


@by_sample
@pytest.mark.parametrize("change", ["crlf", "lf", "cr", "bom"])
def test_line_ends_and_marks_do_not_matter(name: str, change: str) -> None:
    raw = content(name)
    plain = raw.replace(b"\r\n", b"\n")
    changed = {
        "crlf": plain.replace(b"\n", b"\r\n"),
        "lf": plain,
        "cr": plain.replace(b"\n", b"\r"),
        "bom": b"\xef\xbb\xbf" + raw,
    }[change]
    if change == "bom":
        try:
            raw.decode("utf-8")
        except UnicodeDecodeError:
            pytest.skip("the sample is not UTF-8")
    reader = statement_files.detect(changed)
    found = [record for record in reader.read(io.BytesIO(changed)) if isinstance(record, FileLine)]
    strip = ("line_no",)
    assert [_without(line, strip) for line in found] == [_without(line, strip) for line in lines(name)]


def _without(line: FileLine, names: tuple[str, ...]) -> dict[str, object]:
    return {name: value for name, value in record_json(line).items() if name not in names}


@by_sample
def test_a_stream_that_cannot_be_read_twice_reads_the_same(name: str) -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    reader = statement_files.reader(FORMATS[name])
    assert list(reader.read(Pipe(content(name)))) == records(name)


@by_sample
def test_records_are_told_in_json(name: str) -> None:
    told = [json.loads(json.dumps(record_json(record))) for record in records(name)]
    assert told[0]["record"] == "opened"
    assert {line["record"] for line in told} <= {"opened", "line", "closed"}


# --- camt


def test_a_batch_is_a_line_for_each_part_with_its_batch() -> None:
    assert told("camt053.xml", "net", "batch_id", "external_id")[:2] == [
        ("900.00 EUR", "BATCH-7", "BK-1/1"),
        ("600.00 EUR", "BATCH-7", "BK-1/2"),
    ]


def test_an_included_charge_is_kept_from_the_gross_and_the_payers_amount_stands_beside() -> None:
    line = lines("camt053.xml")[2]
    assert (str(line.gross), str(line.fee), str(line.net), str(line.paid)) == (
        "100.00 EUR",
        "5.00 EUR",
        "95.00 EUR",
        "108.40 USD",
    )


def test_a_charge_of_its_own_is_a_fee() -> None:
    line = lines("camt053.xml")[3]
    assert (line.kind, str(line.net), line.code) == (LineKind.FEE, "-4.50 EUR", "ACMT/MDOP/CHRG")


def test_a_statement_of_camt_carries_its_own_name_and_period() -> None:
    opened, closed = records("camt053.xml")[0], records("camt053.xml")[-1]
    assert isinstance(opened, FileOpened)
    assert isinstance(closed, FileClosed)
    assert (opened.format, opened.statement_id, opened.first_day, str(opened.opening)) == (
        "camt.053.001.10",
        "2026-225",
        date(2026, 11, 20),
        "100.00 EUR",
    )
    assert str(closed.closing) == "1690.50 EUR"


# --- MT940


def test_an_entry_of_january_may_have_value_in_december() -> None:
    line = lines("mt940_german.sta")[0]
    assert (line.value_date, line.booked_at) == (date(2026, 12, 31), date(2027, 1, 2))


def test_subfields_tell_references_payer_and_text() -> None:
    line = lines("mt940_german.sta")[0]
    assert line.references == ("INV-DE-2026-0003", "RF18539007547034")
    assert (line.payer_name, line.payer_account) == ("Müller & Söhne Autohaus GmbH", "DE89370400440532013000")
    assert line.external_id == "BK261231-0001"


def test_marks_tell_credit_debit_and_what_was_taken_back() -> None:
    assert told("mt940_german.sta", "kind", "net", "original") == [
        ("credit", "1500.00 EUR", "None"),
        ("fee", "-12.50 EUR", "None"),
        ("returned", "-250.00 EUR", "INV-DE-2026-0001"),
        ("credit", "30.00 EUR", "None"),
    ]


def test_a_statement_without_movements_is_still_a_statement() -> None:
    assert [record.lines for record in records("mt940_german.sta") if isinstance(record, FileClosed)] == [4, 0]


def test_dinars_have_three_decimals_and_slash_words_are_read() -> None:
    line = lines("mt940_swift.txt")[0]
    assert (line.net.minor, line.references, line.payer_name) == (120_125, ("INV-KW-7",), "FATIMA AL KHALIFA")
    assert (line.payer_account, line.text, str(line.paid)) == (
        "KW81CBKU0000000000001234560101",
        "Instalment 4",
        "390.00 USD",
    )


# --- CNAB


def test_a_boleto_paid_states_gross_fee_and_net() -> None:
    line = lines("cnab240.ret")[0]
    assert (str(line.gross), str(line.fee), str(line.net)) == ("2100.80 BRL", "2.50 BRL", "2098.30 BRL")
    assert line.references == ("CLM-0002", "BR-2026-0002", "32948600000000196")
    assert (line.payer_name, line.payer_document) == ("MARIA LUÍSA ARAÚJO", "39246913477")
    assert (line.value_date, line.booked_at) == (date(2026, 11, 20), date(2026, 11, 19))


def test_what_moves_no_money_gives_no_line() -> None:
    assert told("cnab240.ret", "code", "kind") == [("06", "payment"), ("17", "payment"), ("28", "fee")]


def test_itau_enters_after_its_fee_and_bradesco_before() -> None:
    assert told("cnab400_itau.ret", "gross", "fee", "net")[0] == ("2100.80 BRL", "3.33 BRL", "2097.47 BRL")
    assert told("cnab400_bradesco.ret", "gross", "fee", "net")[0] == ("2100.80 BRL", "0.00 BRL", "2100.80 BRL")


def test_a_payment_that_was_taken_back_names_the_boleto() -> None:
    line = lines("cnab400_bradesco.ret")[3]
    assert (line.kind, str(line.net), line.original) == (LineKind.RETURNED, "-900.00 BRL", "000231327009")


# --- BAI2


def test_amounts_of_bai2_have_the_decimals_of_their_currency() -> None:
    assert told("bai2.bai", "net", "kind", "value_date") == [
        ("2500.00 USD", "credit", "2026-11-21"),
        ("100.00 USD", "credit", "2026-11-20"),
        ("-2.50 USD", "fee", "2026-11-20"),
        ("-100.00 USD", "returned", "2026-11-20"),
        ("12345 JPY", "credit", "2026-11-20"),
    ]


def test_a_continuation_carries_on_the_text() -> None:
    line = lines("bai2.bai")[0]
    assert line.text == "FROM RIVER MOTORS, INC RF18 5390 0754 7034 THANK YOU"
    assert line.references == ("INV-US-2026-7", "RF18539007547034")


# --- OFX


def test_a_late_evening_in_brasilia_stays_on_its_day() -> None:
    line = lines("statement_sgml.ofx")[0]
    assert line.value_date == date(2026, 11, 20)
    assert line.booked_at == datetime(2026, 11, 20, 23, tzinfo=timezone(timedelta(hours=-3)))


def test_amounts_of_ofx_take_a_point_or_a_comma() -> None:
    assert told("statement_sgml.ofx", "net", "kind") == [
        ("2080.50 BRL", "credit"),
        ("-10.00 BRL", "fee"),
        ("-1234.56 BRL", "debit"),
    ]


def test_a_time_without_offset_is_of_greenwich_and_funds_may_come_later() -> None:
    line = lines("statement_sgml.ofx")[2]
    assert (line.booked_at, line.value_date) == (datetime(2026, 11, 20, 12, tzinfo=UTC), date(2026, 11, 23))


def test_xml_of_ofx_reads_as_sgml_does() -> None:
    (line,) = lines("statement_xml.ofx")
    assert (str(line.net), line.payer_name, line.text) == ("150000 CLP", "José Núñez", "Cuota <7> & saldo")


# --- the project's own CSV


def test_a_reversal_of_the_own_csv_names_what_it_undoes() -> None:
    line = lines("afluente.csv")[2]
    assert (line.kind, line.original, line.net) == (LineKind.RETURNED, "BB20261119000009", Money(-30000, "BRL"))


def test_lines_of_a_statement_stand_together() -> None:
    text = content("afluente.csv").decode().replace("500.00,4830.00", ",")
    head, first, second, *_ = (line + "\n" for line in text.splitlines())
    apart = head + first + second.replace("2026-11-20,0001", "2026-11-21,0001", 1) + first
    with pytest.raises(AfluenteError) as refused:
        list(statement_files.reader("afluente_csv").read(io.BytesIO(apart.encode())))
    assert refused.value.details["line"] == 4
