"""Files of money made to harm: every one is refused with a code, in little memory; and what is written is read back."""

from __future__ import annotations

import contextlib
import io
import tracemalloc
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from connectors import statement_files, workbook_safety
from connectors.statement_files import camt_stream, text_lines
from connectors.statement_files.column_mapping import ColumnMapping
from connectors.statement_files.mapped_table import mapped, preview
from connectors.statement_files.mapping_guess import guess
from domain.errors import Invalid
from domain.money import Money, exponent
from domain.statement_files import FileClosed, FileLine, FileReader, FileRecord

SAMPLES = Path(statement_files.__file__).parent / "samples"
RAW = {path.name: path.read_bytes() for path in SAMPLES.iterdir() if path.suffix != ".json"}
TABLE = ColumnMapping(
    name="t", date="Date", date_format="iso", amount="Amount", currency="USD", id="Id", references=("Ref",)
)
FORMATS = {name: statement_files.detect(raw).format for name, raw in RAW.items() if name != "extrato.csv"}
READERS: dict[str, FileReader] = {**statement_files.readers(), "table": mapped(TABLE)}
CODES = {"file_unreadable", "line_unreadable", "line_total_mismatch", "file_totals_mismatch"}
FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])

by_format = pytest.mark.parametrize("name", list(READERS))


def outcome(reader: FileReader, raw: bytes) -> str:
    """The code that a file is refused with, or ``read``."""
    try:
        for _ in reader.read(io.BytesIO(raw)):
            pass
    except Invalid as error:
        return error.code
    return "read"


# --- noise


@by_format
@given(raw=st.binary(max_size=600))
@example(raw=b"")
@example(raw=b"\xff\xfe")
@example(raw=b"\xef\xbb\xbf")
@example(raw=b"{4:")
@example(raw=b"<")
@example(raw=b"<OFX><![CDATA[")
@FEW
def test_noise_is_refused_with_a_code(name: str, raw: bytes) -> None:
    assert outcome(READERS[name], raw) in CODES


@pytest.mark.parametrize("name", list(RAW))
@given(data=st.data())
@FEW
def test_a_sample_with_noise_in_it_is_read_or_refused_with_a_code(name: str, data: st.DataObject) -> None:
    raw = bytearray(RAW[name])
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(raw) - 1))
        raw[place : place + data.draw(st.integers(0, 5))] = data.draw(st.binary(max_size=5))
    reader = READERS.get(FORMATS.get(name, "table"), READERS["table"])
    assert outcome(reader, bytes(raw)) in CODES | {"read"}


@given(raw=st.binary(max_size=300) | st.text(alphabet='a1;,"\n\t.-/|é', max_size=200).map(str.encode))
@FEW
def test_noise_is_looked_at_without_harm(raw: bytes) -> None:
    preview(raw, TABLE)
    statement_files.able(raw)
    with contextlib.suppress(Invalid):
        guess(raw)


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("bai2", "01,A,B,261121,,1,,,2/\n02,A,B,1,261120,,,/\n03,1,USD,,,,/\n16,195,9999999999999999999,,,,/\n"),
        ("mt940", ":20:X\n:25:1\n:60F:C261120EUR99999999999999999999,\n"),
        (
            "mt940",
            ":20:X\n:25:1\n:60F:C261120EUR0,\n" + ":61:261120C90000000000000000,NTRFX\n" * 3 + ":62F:C261120EUR0,\n",
        ),
        ("ofx", "<OFX><STMTRS><CURDEF>EUR<STMTTRN><TRNTYPE>DEP<DTPOSTED>20260101<TRNAMT>9999999999999999999</STMTTRN>"),
    ],
    ids=["bai2", "mt940 balance", "mt940 sum", "ofx"],
)
def test_more_money_than_any_account_holds_is_refused_with_its_line(name: str, raw: str) -> None:
    with pytest.raises(Invalid) as caught:
        list(READERS[name].read(io.BytesIO(raw.encode())))
    assert caught.value.code in CODES
    assert caught.value.details["line"]


# --- bombs

LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE Document [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, (b"&%c;" % (97 + n)) * 10) for n in range(9))
    + b']><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Id>&j;</Id></Stmt>'
    b"</BkToCstmrStmt></Document>"
)
PEEK = (
    b'<!DOCTYPE Document [<!ENTITY f SYSTEM "file:///etc/hostname">]>'
    b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Id>&f;</Id></Stmt>'
    b"</BkToCstmrStmt></Document>"
)


@pytest.mark.parametrize("raw", [LAUGHS, PEEK], ids=["laughs", "peek"])
@pytest.mark.parametrize("name", ["camt.053", "camt.054", "ofx"])
def test_entities_are_never_expanded(name: str, raw: bytes) -> None:
    assert outcome(READERS[name], raw) in {"file_unreadable", "line_unreadable"}


@pytest.mark.parametrize("name", ["camt.053", "ofx"])
def test_deep_nesting_is_refused(name: str) -> None:
    assert outcome(READERS[name], b"<OFX>" + b"<a>" * 100_000) in {"file_unreadable", "line_unreadable"}


@by_format
def test_one_long_line_is_refused_in_little_memory(name: str) -> None:
    raw = b":20:" + b"x" * 10_000_000
    tracemalloc.start()
    code = outcome(READERS[name], raw)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert code in {"file_unreadable", "line_unreadable"}
    assert peak < 8_000_000


def test_an_element_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(camt_stream, "MAX_ELEMENT_BYTES", 500_000)
    raw = RAW["camt053.xml"].replace(b"<Ntry>", b"<Ntry>" + b"<Junk>x</Junk>" * 100_000, 1)
    assert outcome(READERS["camt.053"], raw) == "file_unreadable"


@pytest.mark.parametrize("name", ["mt940", "bai2"])
def test_a_field_without_end_is_refused(name: str) -> None:
    start = {"mt940": ":20:A\n:25:B\n:60F:C261120EUR0,\n:86:x\n", "bai2": "01,A,B,261120,,1,,,2/\n"}[name]
    more = {"mt940": "more\n", "bai2": "88,more\n"}[name]
    assert outcome(READERS[name], (start + more * 100_000).encode()) == "line_unreadable"


def zipped(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in parts.items():
            archive.writestr(path, content)
    return out.getvalue()


@pytest.mark.parametrize(
    "raw",
    [
        zipped({"xl/workbook.xml": b" " * 2_000_000}),
        zipped({"xl/workbook.xml": b"<a/>", "xl/worksheets/sheet1.xml": b'<sheetData><c r="XFD1048576"/></sheetData>'}),
        zipped({"readme.txt": b"no workbook"}),
        b"PK\x03\x04 damaged",
    ],
    ids=["bomb", "last corner", "no workbook", "damaged"],
)
def test_a_harmful_workbook_is_refused(raw: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_safety, "MAX_UNPACKED_BYTES", 1_000_000)
    assert outcome(READERS["table"], raw) == "file_unreadable"


def test_an_open_quotation_mark_does_not_swallow_the_file() -> None:
    raw = b'Date,Amount,Id,Ref\n2026-11-20,1.00,"a,b\n' + b"2026-11-20,1.00,a,b\n" * 100_000
    assert outcome(READERS["table"], raw) == "line_unreadable"


# --- what is written is read back

CURRENCIES = st.sampled_from(["EUR", "BRL", "CLP", "KWD", "JPY"])
MINOR = st.integers(-(10**11), 10**11).filter(bool)
WORD = st.text(alphabet="ABCDEFGHJKLMNPQRSTUVWXYZ0123456789-", min_size=6, max_size=14).map(lambda word: f"R{word}1")
DAY = st.dates(date(2000, 1, 1), date(2079, 12, 31))
Item = tuple[int, str, date, int]
ITEMS = st.lists(st.tuples(MINOR, WORD, DAY, st.integers(-20, 20)), max_size=12)


def decimal(minor: int, currency: str, mark: str) -> str:
    digits = exponent(currency)
    whole, rest = divmod(abs(minor), 10**digits)
    return f"{whole}{mark}{rest:0{digits}}" if digits else f"{whole}{mark}"


def found(name: str, raw: str) -> list[tuple[int, str | None, date, str]]:
    records: list[FileRecord] = list(READERS[name].read(io.BytesIO(raw.encode())))
    closed = records[-1]
    assert isinstance(closed, FileClosed)
    lines = [record for record in records if isinstance(record, FileLine)]
    assert closed.lines == len(lines)
    return [(line.net.minor, line.external_id, line.value_date, line.net.currency) for line in lines]


def expected(items: list[Item], currency: str) -> list[tuple[int, str | None, date, str]]:
    return [(minor, word, day, currency) for minor, word, day, _ in items]


@given(items=ITEMS, currency=CURRENCIES, opening=st.integers(-(10**9), 10**9))
@FEW
def test_mt940_is_read_back(items: list[Item], currency: str, opening: int) -> None:
    def balance(tag: str, minor: int) -> str:
        return f":{tag}:{'D' if minor < 0 else 'C'}261120{currency}{decimal(minor, currency, ',')}"

    def rows() -> Iterator[str]:
        yield from [":20:X", ":25:1", ":28C:1/1", balance("60F", opening)]
        for minor, word, day, apart in items:
            entry = day + timedelta(days=apart)
            mark = "D" if minor < 0 else "C"
            yield f":61:{day:%y%m%d}{entry:%m%d}{mark}{decimal(minor, currency, ',')}NTRFNONREF//{word}"
        yield balance("62F", opening + sum(item[0] for item in items))

    raw = "\r\n".join([*rows(), "-", ""])
    assert found("mt940", raw) == expected(items, currency)
    lines = [record for record in READERS["mt940"].read(io.BytesIO(raw.encode())) if isinstance(record, FileLine)]
    assert [line.booked_at for line in lines] == [day + timedelta(days=apart) for _, _, day, apart in items]


@given(items=ITEMS, currency=CURRENCIES)
@FEW
def test_bai2_is_read_back(items: list[Item], currency: str) -> None:
    rows = [f"03,1,{currency},,,,/"]
    for minor, word, day, _ in items:
        rows.append(f"16,{'455' if minor < 0 else '195'},{abs(minor)},V,{day:%y%m%d},,{word},,TEXT, MORE")
    total, count = sum(abs(item[0]) for item in items), len(rows) + 1
    raw = "\n".join(
        [
            "01,A,B,261121,,1,,,2/",
            "02,A,B,1,261120,,,/",
            *rows,
            f"49,{total},{count}/",
            f"98,{total},1,{count + 2}/",
            f"99,{total},1,{count + 4}/",
        ]
    )
    assert found("bai2", raw) == expected(items, currency)


@given(items=ITEMS, currency=CURRENCIES, batch=st.booleans())
@FEW
def test_camt_is_read_back(items: list[Item], currency: str, batch: bool) -> None:  # noqa: FBT001
    def amount(minor: int) -> str:
        side = "DBIT" if minor < 0 else "CRDT"
        return f'<Amt Ccy="{currency}">{decimal(minor, currency, ".").rstrip(".")}</Amt><CdtDbtInd>{side}</CdtDbtInd>'

    def parts(minor: int) -> str:
        rest = minor // 3
        both = "".join(f"<TxDtls>{amount(part)}</TxDtls>" for part in (rest, minor - rest) if part)
        return f"<NtryDtls>{both}</NtryDtls>" if batch and rest else ""

    def balance(code: str, minor: int) -> str:
        return f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{amount(minor)}</Bal>"

    entries = "".join(
        f"<Ntry>{amount(minor)}<Sts>BOOK</Sts><ValDt><Dt>{day}</Dt></ValDt><AcctSvcrRef>{word}</AcctSvcrRef>"
        f"{parts(minor)}</Ntry>\n"
        for minor, word, day, _ in items
    )
    raw = (
        "<Document><BkToCstmrStmt><Stmt><Id>1</Id><Acct><Id><Othr><Id>1</Id></Othr></Id>"
        f"<Ccy>{currency}</Ccy></Acct>{balance('OPBD', 500)}{balance('CLBD', 500 + sum(i[0] for i in items))}"
        f"{entries}</Stmt></BkToCstmrStmt></Document>"
    )
    read = found("camt.053", raw)
    if not batch:
        assert read == expected(items, currency)
    assert sum(line[0] for line in read) == sum(item[0] for item in items)


@given(items=ITEMS, currency=CURRENCIES, mark=st.sampled_from([".", ","]), xml=st.booleans())
@FEW
def test_ofx_is_read_back(items: list[Item], currency: str, mark: str, xml: bool) -> None:  # noqa: FBT001
    def tag(name: str, value: str) -> str:
        return f"<{name}>{value}" + (f"</{name}>" if xml else "\n")

    rows = "".join(
        "<STMTTRN>"
        + tag("TRNTYPE", "OTHER")
        + tag("DTPOSTED", f"{day:%Y%m%d}")
        + tag("TRNAMT", ("-" if minor < 0 else "") + decimal(minor, currency, mark).rstrip(".,"))
        + tag("FITID", word)
        + "</STMTTRN>"
        for minor, word, day, _ in items
    )
    raw = f"<OFX><STMTRS>{tag('CURDEF', currency)}<BANKTRANLIST>{rows}</BANKTRANLIST></STMTRS></OFX>"
    assert found("ofx", raw) == expected(items, currency)


@given(items=ITEMS.filter(bool), currency=CURRENCIES, comma=st.booleans())
@FEW
def test_a_table_is_read_back(items: list[Item], currency: str, comma: bool) -> None:  # noqa: FBT001
    mark = "," if comma else "."
    rows = [
        f"{day:%d/%m/%Y};{'-' if minor < 0 else ''}{decimal(minor, currency, mark).rstrip('.,')};{word}"
        for minor, word, day, _ in items
    ]
    total = sum(item[0] for item in items)
    rows.append(f"Total;{'-' if total < 0 else ''}{decimal(total, currency, mark).rstrip('.,')};")
    how = ColumnMapping(
        name="t",
        date="Date",
        date_format="dd/mm/yyyy",
        amount="Amount",
        decimal=mark,
        currency=currency,
        id="Id",
        total_word="total",
    )
    records = list(mapped(how).read(io.BytesIO("\n".join(["Date;Amount;Id", *rows]).encode())))
    lines = [record for record in records if isinstance(record, FileLine)]
    assert [(line.net.minor, line.external_id, line.value_date) for line in lines] == [item[:3] for item in items]
    assert isinstance(records[-1], FileClosed)
    assert records[-1].stated_moved == Money(total, currency)


# --- memory


def test_a_longer_file_takes_no_more_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_lines, "CHUNK_BYTES", 16_384)

    def peak(count: int) -> int:
        rows = "".join(f":61:261120C1,00NTRFNONREF//B{number:09}\n:86:/EREF/INV-{number}/\n" for number in range(count))
        raw = f":20:X\n:25:1\n:28C:1\n:60F:C261120EUR0,\n{rows}:62F:C261120EUR{count},00\n".encode()
        tracemalloc.start()
        for _ in READERS["mt940"].read(io.BytesIO(raw)):
            pass
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(10)
    assert peak(6_000) < peak(3_000) + 20_000
