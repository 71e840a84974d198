"""Bank statements: money already in the bank, read from camt.053 or CSV files that a person or a folder hands in.

The identity of a movement is the bank's own reference (``AcctSvcrRef``), else account, statement and entry
reference or line: the payer's end-to-end id is only a reference, because a standing order repeats it every month.
"""

from __future__ import annotations

from typing import Final

from connectors.platforms.bank_statement import camt053, csv_statement
from connectors.platforms.bank_statement.as_json import fact_json, statement_json
from connectors.platforms.bank_statement.facts import UNREADABLE
from connectors.shared import delimited
from domain.accounts import PlatformKind
from domain.errors import Invalid, TooLarge
from domain.platforms import ConfigField, Platform, Statements
from domain.receipts import Statement

MAX_BYTES: Final = 20 * 1024 * 1024
_SNIFFED_BYTES: Final = 4096
_BOM: Final = b"\xef\xbb\xbf"


def sniff(content: bytes) -> bool:
    """Whether the file says it is a camt.053 message or a statement table; broken ones of either still say so."""
    head = content[:_SNIFFED_BYTES]
    if _is_xml(head):
        return b"camt.053" in head or b"BkToCstmrStmt" in head
    names = {
        cell.strip(b' "\r').lower()
        for cell in head.removeprefix(_BOM).split(b"\n", 1)[0].replace(b";", b",").split(b",")
    }
    return {b"statement_id", b"amount"} <= names


def parse(content: bytes) -> tuple[Statement, ...]:
    """The statements in a file of at most 20 MiB.

    Raises ``statement_too_large``, ``statement_unreadable`` (with its line), ``entry_total_mismatch`` and
    ``statement_totals_mismatch``: a file is taken whole or not at all.
    """
    if len(content) > MAX_BYTES:
        raise TooLarge(
            "statement_too_large",
            f"The file has {len(content)} bytes; a statement may have {MAX_BYTES}.",
            fix="Export it day by day.",
            limit_bytes=MAX_BYTES,
        )
    if _is_xml(content[:_SNIFFED_BYTES]):
        return camt053.parse(content)
    if sniff(content):
        return csv_statement.parse(content)
    kind = delimited.kind_of(content) or ("an empty file" if not content.strip() else "no statement table")
    raise Invalid(
        UNREADABLE,
        f"Line 1: the file is {kind}, not a bank statement in camt.053 or CSV.",
        fix=f"Hand in camt.053 XML, or CSV with the columns {', '.join(csv_statement.COLUMNS)}.",
        line=1,
    )


def _is_xml(head: bytes) -> bool:
    return head.removeprefix(_BOM).lstrip().startswith(b"<")


PLATFORM: Final = Platform(
    code="bank_statement",
    name="Bank statement",
    kind=PlatformKind.BANK,
    rails=(),
    countries=(),
    config=(
        ConfigField(
            name="account",
            label="Account number or IBAN",
            help="The account exactly as its statements name it; it tells which connection a statement belongs to.",
        ),
    ),
    statements=Statements(sniff=sniff, parse=parse),
    docs={
        "camt.053": "https://www.iso20022.org/iso-20022-message-definitions",
        "creditor reference": "ISO 11649",
    },
)

__all__ = ["MAX_BYTES", "PLATFORM", "fact_json", "parse", "sniff", "statement_json"]
