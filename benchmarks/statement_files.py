"""How fast files of money are read, and in how much memory: one generated file of each format, read to its end.

Each format is read in a process of its own, so that its peak memory is its own; what the interpreter and the readers
take before a file is opened is measured beside it. Speed is by CPU-seconds, so other work on the machine counts
little. ``python -m benchmarks.statement_files 500 bai2 ofx`` makes files of 500 MB of these formats.

With ``whole`` among the formats each file also goes the two ways that people send it: through ``afluente statements
parse``, and through the activity that keeps it, reads it in two passes and copies its lines, on a server of its own.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

from activities import creditors
from activities.statement_files import FileDesk
from connectors import statement_files
from connectors.statement_files.column_mapping import ColumnMapping
from connectors.statement_files.mapped_table import mapped
from domain.statement_files import FileLine, FileOpened
from runtime import clock
from runtime.migrations import migrate
from runtime.postgres import APPLICATION, OWNER, EmbeddedPostgres
from store import column_mappings, sealing, tenants
from store.column_mappings import StoredMapping
from store.database import Database
from store.sealing import Keyring

MEGABYTE: Final = 1_000_000
DEFAULT_MEGABYTES: Final = 100

_MAPPING: Final = ColumnMapping(
    name="bench",
    date="Data",
    date_format="dd/mm/yyyy",
    amount="Valor",
    decimal=",",
    thousands=".",
    currency="BRL",
    id="Id",
    references=("Documento",),
    payer_name="Pagador",
    text=("Histórico",),
)


def main(megabytes: int = DEFAULT_MEGABYTES, formats: Sequence[str] = ()) -> None:
    """Generate, read and print; one line a format, of all formats or of those named."""
    print(f"files of money, {megabytes} MB each: by CPU-second; peak memory above the readers themselves")
    named = [name for name in formats if name != "whole"]
    with tempfile.TemporaryDirectory(prefix="afluente-bench-") as folder:
        server = _server(Path(folder) / "postgres") if "whole" in formats else None
        for name in named or _WRITERS:
            path = Path(folder) / name
            _WRITERS[name](path, megabytes * MEGABYTE)
            seconds, lines, before, peak = _measured(name, path)
            size = path.stat().st_size / MEGABYTE
            print(
                f"  {name:24} {size / seconds:7.1f} MB/s {lines / seconds:9,.0f} lines/s "
                f"{lines:10,} lines {(peak - before) / 1024:7.1f} MB (of {peak / 1024:.0f} MB)"
            )
            if server is not None:
                _whole_way(server, name, path, size)
            path.unlink()
        if server is not None:
            server.stop()


def _server(folder: Path) -> EmbeddedPostgres:
    server = EmbeddedPostgres(folder)
    server.start()
    migrate(server.url(OWNER))
    return server


def _whole_way(server: EmbeddedPostgres, name: str, path: Path, size: float) -> None:
    """The command, then the activity, each in a process of its own; what it says of itself by its peak."""
    mapping = path.with_suffix(".mapping.json")
    mapping.write_text(json.dumps(_MAPPING.as_json()), encoding="utf-8")
    asked = ["--mapping", str(mapping)] if name == "csv" else []
    small = Path(statement_files.__file__).parent / "samples" / "bai2.bai"
    before, _ = _parse([str(small)])
    peak, seconds = _parse([str(path), *asked])
    print(
        f"    statements parse       {size / seconds:7.1f} MB/s {'':33} {(peak - before) / 1024:7.1f} MB "
        f"(of {peak / 1024:.0f} MB)"
    )
    seconds, lines, before, peak = _in_a_process(_take_in, server.url(APPLICATION), name, path)
    print(
        f"    kept, read and copied  {size / seconds:7.1f} MB/s {lines / seconds:9,.0f} lines/s "
        f"{lines:10,} lines {(peak - before) / 1024:7.1f} MB (of {peak / 1024:.0f} MB)"
    )


def _parse(arguments: Sequence[str]) -> tuple[int, float]:
    """The peak memory in kilobytes and the CPU-seconds of the command."""
    command = [sys.executable, "-m", "runtime.cli", "statements", "parse", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603 (our own command)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{' '.join(command)} ended with {status}")
    return used.ru_maxrss, used.ru_utime + used.ru_stime


def _account(name: str, path: Path) -> str:
    """The account that a file speaks of."""
    if name == "csv":
        return "any"
    with path.open("rb") as stream:
        first = next(iter(statement_files.detect(stream.read(statement_files.HEAD_BYTES)).read(stream)))
    return first.account or "any" if isinstance(first, FileOpened) else "any"


def _take_in(url: str, name: str, path: Path, answer: Connection) -> None:
    """Have the activity take a file in at a new tenant's connection."""
    sealing.use(Keyring({1: bytes(32)}, 1, bytes(32), os.urandom))
    database, tenant_id = Database(url, pool_size=1), clock.new_id("tenant")
    with database.tenant(tenant_id) as tx:
        tenants.create(tx, tenant_id=tenant_id, name="bench", now=clock.now())
        creditor = creditors.open_creditor(
            tx,
            creditors.NewCreditor("Bench", "CN", None, "bench@example.com", "finance_company", "USD"),
            tenant_id=tenant_id,
            new_id=clock.new_id,
            now=clock.now(),
        )
        new = creditors.NewConnection(
            creditor.id, "bank_statement", "BR", "BRL", "Bank", {"account": _account(name, path)}, {}, ()
        )
        connection = creditors.connect(tx, new, new_id=clock.new_id, now=clock.now())
        mapping_id = clock.new_id("column_mapping") if name == "csv" else None
        if mapping_id is not None:
            document = _MAPPING.as_json()
            column_mappings.add(tx, StoredMapping(mapping_id, tenant_id, "bench", 1, document, "bench", clock.now()))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    with database.tenant(tenant_id) as tx, path.open("rb") as stream:
        desk = FileDesk(tx, clock.new_id, clock.now())
        file, _ = desk.receive(stream, connection_id=connection.id, filename=name, actor="bench", mapping_id=mapping_id)
    with database.tenant(tenant_id) as tx:
        read = FileDesk(tx, clock.new_id, clock.now()).read_in(file.id)
    if read.state != "read":
        raise SystemExit(f"{name}: {read.error}")
    seconds = time.process_time() - start
    answer.send((seconds, read.new_lines, before, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss))


def _measured(name: str, path: Path) -> tuple[float, int, int, int]:
    return _in_a_process(_read, name, path)


def _in_a_process(work: Callable[..., None], *given: object) -> tuple[float, int, int, int]:
    """CPU-seconds, lines, and peak memory before and after in kilobytes, of work in a process of its own."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=work, args=(*given, there))
    process.start()
    there.close()
    seconds, lines, before, peak = here.recv()
    process.join()
    return seconds, lines, before, peak


def _read(name: str, path: Path, answer: Connection) -> None:
    with path.open("rb") as stream:
        head = stream.read(statement_files.HEAD_BYTES)
        reader = mapped(_MAPPING) if name == "csv" else statement_files.detect(head)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        start = time.process_time()
        lines = sum(isinstance(record, FileLine) for record in reader.read(stream))
        seconds = time.process_time() - start
    answer.send((seconds, lines, before, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss))


def _cents(number: int) -> int:
    return 100 + number * 7919 % 9_000_000


def _fill(path: Path, size: int, *, head: str, item: Callable[[int], str], encoding: str = "utf-8") -> int:
    """Write the head and as many items as the size takes; how many."""
    written = 0
    with path.open("w", encoding=encoding, newline="") as out:
        written += out.write(head)
        for number in count(1):
            if written >= size:
                return number - 1
            written += out.write(item(number))
    raise AssertionError


def _append(path: Path, text: str, encoding: str = "utf-8") -> None:
    with path.open("a", encoding=encoding, newline="") as out:
        out.write(text)


def _total(items: int) -> int:
    return sum(_cents(number) for number in range(1, items + 1))


def _mt940(path: Path, size: int) -> None:
    def item(number: int) -> str:
        cents = _cents(number)
        return (
            f":61:2611201120C{cents // 100},{cents % 100:02}NTRFNONREF//BK{number:012}\r\n"
            f":86:166?00SEPA-GUTSCHRIFT?109310?20EREF+INV-{number:012}?21SVWZ+Rate 7 Fahrzeug\r\n"
            "?30COBADEFFXXX?31DE89370400440532013000?32José Núñez Automotores\r\n"
        )

    head = ":20:STARTUMS\r\n:25:DE89370400440532013000\r\n:28C:1/1\r\n:60F:C261119EUR0,00\r\n"
    total = _total(_fill(path, size, head=head, item=item, encoding="cp1252"))
    _append(path, f":62F:C261120EUR{total // 100},{total % 100:02}\r\n-\r\n")


def _camt_entry(number: int) -> str:
    cents = _cents(number)
    return (
        f'<Ntry><NtryRef>{number}</NtryRef><Amt Ccy="EUR">{cents / 100:.2f}</Amt><CdtDbtInd>CRDT</CdtDbtInd>'
        "<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-11-20</Dt></BookgDt><ValDt><Dt>2026-11-20</Dt></ValDt>"
        f"<AcctSvcrRef>BK-{number}</AcctSvcrRef><NtryDtls><TxDtls>{_camt_details(number)}</TxDtls></NtryDtls></Ntry>\n"
    )


def _camt_details(number: int) -> str:
    return (
        f"<Refs><EndToEndId>INV-{number}</EndToEndId></Refs>"
        "<RltdPties><Dbtr><Pty><Nm>José Núñez</Nm></Pty></Dbtr>"
        "<DbtrAcct><Id><IBAN>ES9121000418450200051332</IBAN></Id></DbtrAcct></RltdPties>"
        f"<RmtInf><Ustrd>Instalment of claim {number}</Ustrd></RmtInf>"
    )


def _camt_head(balance: int, wrapper: str, statement: str, message: str) -> str:
    closing = (
        '<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">0.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>'
        f'<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{balance / 100:.2f}</Amt>'
        "<CdtDbtInd>CRDT</CdtDbtInd></Bal>"
    )
    return (
        f'<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:{message}"><{wrapper}><{statement}>'
        "<Id>1</Id><Acct><Id><IBAN>DE89370400440532013000</IBAN></Id><Ccy>EUR</Ccy></Acct>"
        f"{closing if statement == 'Stmt' else ''}"
    )


def _camt053(path: Path, size: int) -> None:
    items = max(size // len(_camt_entry(1_000_000)), 1)
    with path.open("w", encoding="utf-8") as out:
        out.write(_camt_head(_total(items), "BkToCstmrStmt", "Stmt", "camt.053.001.08"))
        out.writelines(_camt_entry(number) for number in range(1, items + 1))
        out.write("</Stmt></BkToCstmrStmt></Document>\n")


def _camt054(path: Path, size: int) -> None:
    """One entry that is a batch of everything: the worst case for a reader that must know whether parts sum up."""

    def part(number: int) -> str:
        return f'<TxDtls><Amt Ccy="EUR">{_cents(number) / 100:.2f}</Amt>{_camt_details(number)}</TxDtls>\n'

    items = max(size // len(part(1_000_000)), 1)
    with path.open("w", encoding="utf-8") as out:
        out.write(_camt_head(0, "BkToCstmrDbtCdtNtfctn", "Ntfctn", "camt.054.001.08"))
        out.write(f'<Ntry><Amt Ccy="EUR">{_total(items) / 100:.2f}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>')
        out.write("<BookgDt><Dt>2026-11-20</Dt></BookgDt><AcctSvcrRef>BK</AcctSvcrRef><NtryDtls>")
        out.writelines(part(number) for number in range(1, items + 1))
        out.write("</NtryDtls></Ntry></Ntfctn></BkToCstmrDbtCdtNtfctn></Document>\n")


def _placed(length: int, fields: dict[tuple[int, int], str]) -> str:
    record = [" "] * length
    for (first, last), value in fields.items():
        record[first - 1 : last] = list(value.ljust(last - first + 1))
    return "".join(record) + "\r\n"


def _cnab240(path: Path, size: int) -> None:
    def records(start: str) -> Iterator[str]:
        yield _placed(240, {(1, 8): "00100000", (143, 151): "220112026"})
        yield _placed(240, {(1, 9): "00100011T", (10, 11): "01", (54, 72): "03286000000000753 7"})
        for number in count(1):
            paid = f"{_cents(number):015}"
            common = f"{start}{number * 2 - 1:05}"
            yield _placed(
                240,
                {
                    (1, 13): common[:13],
                    (14, 14): "T",
                    (16, 17): "06",
                    (38, 57): f"{number:017}",
                    (59, 73): f"DOC{number}",
                    (82, 96): paid,
                    (106, 130): f"CLM-{number}",
                    (133, 148): "1000052998224725",
                    (149, 188): "MARIA LUISA ARAUJO",
                },
            )
            zero = "0" * 15
            yield _placed(
                240,
                {
                    (1, 13): f"{start}{number * 2:05}"[:13],
                    (14, 14): "U",
                    (16, 17): "06",
                    (18, 77): zero * 4,
                    (78, 92): paid,
                    (93, 107): paid,
                    (138, 153): "1911202620112026",
                },
            )

    # A batch numbers its records in five places, so a big file has many batches.
    # Its trailer counts records in six places, so no file can be longer than 242 MB.
    pairs = max(min(size, 241 * MEGABYTE) // 484, 1)
    lots, written = 0, 0
    with path.open("w", encoding="latin-1", newline="") as out:
        out.write(next(records("")))
        while written < pairs:
            lots += 1
            here = min(49_999, pairs - written)
            source = records(f"001{lots:04}3")
            next(source)
            out.write(next(source).replace("00100011T", f"001{lots:04}1T", 1))
            out.writelines(next(source) for _ in range(here * 2))
            out.write(_placed(240, {(1, 8): f"001{lots:04}5", (18, 115): f"{here * 2 + 2:06}" + "0" * 92}))
            written += here
        out.write(_placed(240, {(1, 8): "00199999", (18, 29): f"{lots:06}{written * 2 + lots * 2 + 2:06}"}))


def _bai2(path: Path, size: int) -> None:
    def item(number: int) -> str:
        amount = _cents(number)
        return f"16,195,{amount},V,261120,,WT-{number},INV-{number},FROM RIVER MOTORS/\r\n88,INSTALMENT 7 OF 24/\r\n"

    head = "01,122099999,TENGYUN,261121,0200,1,,,2/\r\n02,TENGYUN,122099999,1,261120,,USD,2/\r\n03,0123456789,,,,,/\r\n"
    items = _fill(path, size, head=head, item=item)
    total, records = _total(items), items * 2 + 2
    _append(path, f"49,{total},{records}/\r\n98,{total},1,{records + 2}/\r\n99,{total},1,{records + 4}/\r\n")


def _ofx(path: Path, size: int) -> None:
    def item(number: int) -> str:
        return (
            f"<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20261120120000[-3:BRT]<TRNAMT>{_cents(number) / 100:.2f}"
            f"<FITID>{number}<NAME>MARIA LUÍSA ARAÚJO<MEMO>PIX PARCELA {number}</STMTTRN>"
        )

    head = (
        "OFXHEADER:100\nDATA:OFXSGML\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>BRL"
        "<BANKACCTFROM><BANKID>1<ACCTID>75367-X</BANKACCTFROM><BANKTRANLIST><DTSTART>20261120<DTEND>20261120"
    )
    _fill(path, size, head=head, item=item)
    _append(path, "</BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>")


def _csv(path: Path, size: int) -> None:
    def item(number: int) -> str:
        cents = _cents(number)
        amount = f"{cents // 100:,}".replace(",", ".") + f",{cents % 100:02}"
        return f"20/11/2026;{number};Pix recebido parcela;DOC-{number};João Antônio Conceição;{amount}\r\n"

    _fill(path, size, head="Data;Id;Histórico;Documento;Pagador;Valor\r\n", item=item, encoding="cp1252")


_WRITERS: Final[dict[str, Callable[[Path, int], None]]] = {
    "mt940": _mt940,
    "camt.053": _camt053,
    "camt.054-batch": _camt054,
    "cnab240": _cnab240,
    "bai2": _bai2,
    "ofx": _ofx,
    "csv": _csv,
}


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_MEGABYTES, sys.argv[2:])
