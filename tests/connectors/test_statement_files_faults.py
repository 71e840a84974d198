"""Files of money that are wrong: refused whole, with the code of the fault and the line it stands on."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from connectors import statement_files
from connectors.statement_files import camt_parts
from domain.errors import AfluenteError, Invalid
from domain.statement_files import FileClosed, FileLine, FileRecord

SAMPLES = Path(statement_files.__file__).parent / "samples"

Change = Callable[[str], str]


def sample(name: str) -> tuple[str, str]:
    raw = (SAMPLES / name).read_bytes()
    try:
        return raw.decode("utf-8"), statement_files.detect(raw).format
    except UnicodeDecodeError:
        return raw.decode("cp1252"), statement_files.detect(raw).format


def read(text: str, file_format: str) -> list[FileRecord]:
    return list(statement_files.reader(file_format).read(io.BytesIO(text.encode())))


def refusal(text: str, file_format: str) -> AfluenteError:
    with pytest.raises(Invalid) as caught:
        read(text, file_format)
    assert caught.value.fix
    assert caught.value.message.startswith(f"Line {caught.value.details['line']}:")
    return caught.value


def put(line: int, start: int, value: str) -> Change:
    """Overwrite a fixed-width record, line and position counted from 1."""

    def change(text: str) -> str:
        rows = text.split("\r\n")
        row = rows[line - 1]
        rows[line - 1] = row[: start - 1] + value + row[start - 1 + len(value) :]
        return "\r\n".join(rows)

    return change


def swap(old: str, new: str) -> Change:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return change


TOTALS = "file_totals_mismatch"
LINE = "line_unreadable"
FILE = "file_unreadable"

FAULTS: list[tuple[str, Change, str, int]] = [
    ("mt940_german.sta", swap("C1500,00", "C1500,01"), TOTALS, 15),
    ("mt940_german.sta", swap("C1500,00", "C1500,001"), LINE, 5),
    ("mt940_german.sta", swap("C1500,00", "X1500,00"), LINE, 5),
    ("mt940_german.sta", swap("2612310102C", "2613310102C"), LINE, 5),
    ("mt940_german.sta", swap("2612310102C", "2612311302C"), LINE, 5),
    ("mt940_german.sta", swap("RC250,00", "RD250,00"), TOTALS, 15),
    ("mt940_german.sta", swap("EUR10000,00", "EURO10000,00"), LINE, 4),
    ("mt940_german.sta", swap("EUR10000,00", "XQX10000,00"), LINE, 4),
    ("mt940_german.sta", swap(":62F:C270102EUR11267,50\r\n", ""), FILE, 16),
    ("mt940_german.sta", swap(":60F:C261230EUR10000,00\r\n", ""), LINE, 4),
    ("mt940_german.sta", swap(":28C:00012/001", ":60F:C261230EUR1,00"), LINE, 4),
    ("mt940_german.sta", lambda text: text.removesuffix("-\r\n"), FILE, 22),
    ("mt940_swift.txt", lambda text: text[: text.rindex("-}")], FILE, 20),
    ("mt940_swift.txt", swap("C261120KWD1120,000", "C261120EUR1120,00"), TOTALS, 12),
    ("cnab240.ret", put(2, 9, "D"), LINE, 2),
    ("cnab240.ret", put(3, 9, "00002"), LINE, 3),
    ("cnab240.ret", put(5, 82, "0000000002080X0"), LINE, 5),
    ("cnab240.ret", put(6, 16, "17"), LINE, 6),
    ("cnab240.ret", put(6, 146, "31022026"), LINE, 6),
    ("cnab240.ret", put(6, 14, "T"), LINE, 6),
    ("cnab240.ret", put(11, 18, "000009"), TOTALS, 11),
    ("cnab240.ret", put(11, 24, "000003"), TOTALS, 11),
    ("cnab240.ret", put(11, 30, "00000000000464001"), TOTALS, 11),
    ("cnab240.ret", put(12, 18, "000002"), TOTALS, 12),
    ("cnab240.ret", put(12, 24, "000011"), TOTALS, 12),
    ("cnab240.ret", put(1, 143, "1"), LINE, 1),
    ("cnab240.ret", lambda text: text + "x", LINE, 13),
    ("cnab400_itau.ret", put(1, 77, "999"), FILE, 1),
    ("cnab400_itau.ret", put(3, 395, "000009"), LINE, 3),
    ("cnab400_itau.ret", put(3, 254, "00000002097X7"), LINE, 3),
    ("cnab400_itau.ret", put(3, 1, "7"), LINE, 3),
    ("cnab400_itau.ret", put(7, 213, "00000005"), TOTALS, 7),
    ("cnab400_itau.ret", put(7, 221, "00000000764001"), TOTALS, 7),
    ("cnab400_bradesco.ret", put(7, 87, "00002"), TOTALS, 7),
    ("bai2.bai", swap("16,195,250000", "16,195,250001"), TOTALS, 10),
    ("bai2.bai", swap("49,+2790250,8/", "49,+2790250,7/"), TOTALS, 10),
    ("bai2.bai", swap(",2,13/", ",1,13/"), TOTALS, 14),
    ("bai2.bai", swap(",1,15/", ",1,16/"), TOTALS, 15),
    ("bai2.bai", swap("16,195,250000,V", "16,195,250000,Q"), LINE, 4),
    ("bai2.bai", swap("16,195,250000,V", "16,1X5,250000,V"), LINE, 4),
    ("bai2.bai", swap("16,195,250000,V", "16,705,250000,V"), LINE, 4),
    ("bai2.bai", swap("02,TENGYUN,122099999,1,", "02,TENGYUN,122099999,4,"), LINE, 2),
    ("bai2.bai", swap("1,261120,2359", "1,261320,2359"), LINE, 2),
    ("bai2.bai", swap("\r\n98,", "\r\n97,"), LINE, 14),
    ("bai2.bai", swap("49,+2790250,8/\r\n", ""), LINE, 10),
    ("statement_sgml.ofx", swap("<TRNAMT>2080,50", "<TRNAMT>2080,505"), LINE, 17),
    ("statement_sgml.ofx", swap("<TRNAMT>2080,50", "<TRNAMT>2.080.50"), LINE, 17),
    ("statement_sgml.ofx", swap("<TRNTYPE>CREDIT", "<TRNTYPE>HOLD"), LINE, 17),
    ("statement_sgml.ofx", swap("<CURDEF>BRL", "<CURDEF>"), LINE, 14),
    ("statement_sgml.ofx", swap("<CURDEF>BRL", "<CURDEF>BRR"), LINE, 14),
    ("statement_sgml.ofx", swap("<DTPOSTED>20261120230000", "<DTPOSTED>20261132230000"), LINE, 17),
    ("statement_sgml.ofx", swap("<FITID>202611200001", "<CORRECTFITID>1<CORRECTACTION>DELETE<FITID>2"), LINE, 17),
    ("statement_sgml.ofx", swap("</BANKTRANLIST>", "</BANKTRAN>"), LINE, 42),
    ("statement_sgml.ofx", swap("<OFX>", "<!DOCTYPE OFX [<!ENTITY a 'b'>]><OFX>"), LINE, 11),
    ("statement_sgml.ofx", swap("<OFX>", "<!DOCTYPE OFX><OFX>"), FILE, 11),
    ("statement_sgml.ofx", lambda text: text + "<OFX></OFX>", LINE, 46),
    ("camt053.xml", swap(">1500.00<", ">1500.01<"), TOTALS, 5),
    ("camt053.xml", swap(">1500.00<", ">1,500.00<"), LINE, 15),
    ("camt053.xml", swap("<Cd>BOOK</Cd>", "<Cd>DONE</Cd>"), LINE, 13),
    ("camt053.xml", swap("<NbOfNtries>3</NbOfNtries>", "<NbOfNtries>4</NbOfNtries>"), TOTALS, 5),
    ("camt053.xml", swap("<Sum>1595.00</Sum>", "<Sum>1595.01</Sum>"), TOTALS, 5),
    ("camt053.xml", swap("<Sum>4.50</Sum>", "<Sum>4.51</Sum>"), TOTALS, 5),
    ("camt053.xml", swap("camt.053.001.10", "camt.053.001.14"), FILE, 2),
    ("camt053.xml", swap("</Document>", ""), FILE, 52),
    ("camt054.xml", swap("<Sum>1595.00</Sum>", "<Sum>1595.01</Sum>"), TOTALS, 5),
    ("camt054.xml", swap("camt.054.001.09", "camt.052.001.09"), FILE, 2),
    ("afluente.csv", swap("2560.00", "2560.01"), TOTALS, 5),
    ("afluente.csv", swap("BRL,3,2026-11-20", "BRL,3,20/11/2026"), LINE, 4),
    ("afluente.csv", lambda text: text.splitlines()[0], FILE, 1),
]


@pytest.mark.parametrize(("name", "change", "code", "line"), FAULTS, ids=[f"{i}-{f[0]}" for i, f in enumerate(FAULTS)])
def test_a_fault_is_refused_with_its_line(name: str, change: Change, code: str, line: int) -> None:
    text, file_format = sample(name)
    error = refusal(change(text), file_format)
    assert (error.code, error.details["line"]) == (code, line), error.message


BOUNDARIES: list[tuple[str, Change]] = [
    ("mt940_german.sta", swap("2612310102C", "260230    C")),  # a bank's month has thirty days
    ("mt940_german.sta", swap("C1500,00", "C1500,000")),
    ("mt940_german.sta", swap("C1500,00", "C1500,")),
    ("mt940_german.sta", swap("C1500,00", "CR1500,00")),
    ("cnab240.ret", put(11, 18, "000008")),  # some banks leave header and trailer out
    ("cnab240.ret", put(11, 24, "000000")),
    ("cnab240.ret", put(11, 30, "00000000000000000")),
    ("cnab240.ret", lambda text: text + "\x1a"),
    ("cnab240.ret", lambda text: text.removesuffix("\r\n")),
    ("cnab400_itau.ret", put(1, 77, "341")),
    ("bai2.bai", swap("49,+2790250,8/", "49,2790250,8/")),
    ("bai2.bai", swap("02,TENGYUN,122099999,1,", "02,TENGYUN,122099999,3,")),
    ("bai2.bai", swap(",USD,2/", ",,2/")),  # the specification's own default
    ("statement_sgml.ofx", swap("<TRNAMT>2080,50", "<TRNAMT>+2.080,50")),
    ("statement_sgml.ofx", swap("<FITID>202611200001", "<FITID>202611200001</FITID>")),
    ("camt053.xml", swap("camt.053.001.10", "camt.053.001.13")),
    ("camt053.xml", swap("camt.053.001.10", "camt.053.001.02")),
    ("camt054.xml", swap("camt.054.001.09", "camt.054.001.13")),
    ("camt054.xml", swap("camt.054.001.09", "camt.054.001.02")),
]


@pytest.mark.parametrize(("name", "change"), BOUNDARIES, ids=[f"{i}-{b[0]}" for i, b in enumerate(BOUNDARIES)])
def test_what_stands_just_inside_is_read(name: str, change: Change) -> None:
    text, file_format = sample(name)
    assert [type(record) for record in read(change(text), file_format)] == [
        type(record) for record in read(text, file_format)
    ]


# --- camt's batches


def test_parts_that_do_not_make_their_entry_leave_it_one_line() -> None:
    text, file_format = sample("camt053.xml")
    found = [r for r in read(swap(">900.00<", ">900.01<")(text), file_format) if isinstance(r, FileLine)]
    assert [str(line.net) for line in found] == ["1500.00 EUR", "95.00 EUR", "-4.50 EUR"]
    assert (found[0].batch_id, found[0].references) == ("BATCH-7", ())


def test_parts_without_amounts_leave_their_entry_one_line() -> None:
    text, file_format = sample("camt053.xml")
    changed = swap('<Amt Ccy="EUR">900.00</Amt>', "")(text)
    assert sum(isinstance(record, FileLine) for record in read(changed, file_format)) == 3


def test_a_long_batch_waits_on_disk_and_reads_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    text, file_format = sample("camt053.xml")
    whole = read(text, file_format)
    monkeypatch.setattr(camt_parts.Parts.__init__, "__defaults__", (1,))
    assert read(text, file_format) == whole


def test_entries_that_are_not_booked_give_no_line() -> None:
    text, file_format = sample("camt053.xml")
    changed = text.replace(
        "    </Stmt>",
        '<Ntry><Amt Ccy="EUR">9.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>PDNG</Cd></Sts></Ntry></Stmt>',
    )
    assert sum(isinstance(record, FileLine) for record in read(changed, file_format)) == 4


# --- nothing is closed that is not whole


def closes(raw: bytes, file_format: str) -> list[FileClosed] | None:
    """The closes of a file that was read to its sound end; ``None`` where it was refused."""
    try:
        found = list(statement_files.reader(file_format).read(io.BytesIO(raw)))
    except Invalid:
        return None
    return [record for record in found if isinstance(record, FileClosed)]


@pytest.mark.parametrize(
    "name",
    [
        "bai2.bai",
        "camt053.xml",
        "camt054.xml",
        "cnab240.ret",
        "cnab400_itau.ret",
        "mt940_german.sta",
        "mt940_swift.txt",
        "statement_sgml.ofx",
    ],
)
def test_a_file_cut_at_any_byte_is_refused_or_has_lost_nothing(name: str) -> None:
    raw = (SAMPLES / name).read_bytes()
    file_format = statement_files.detect(raw).format
    whole = closes(raw, file_format)
    assert whole
    step = 1 if len(raw) < 3_000 else 7
    for end in [*range(0, len(raw) - 40, step), *range(len(raw) - 40, len(raw))]:
        found = closes(raw[:end], file_format)
        # Where the format lets statements follow each other without an end of the file, whole ones may be left.
        assert found is None or (found == whole[: len(found)] and file_format == "mt940") or found == whole, end
