"""Bank statements in ISO 20022 camt.053 (BankToCustomerStatement), versions .02 to .13: see ``camt_lines``."""

from __future__ import annotations

from typing import Final

from connectors.statement_files.camt_lines import reading, sniffer
from connectors.statement_files.camt_stream import CAMT053
from domain.statement_files import FileReader

READER: Final = FileReader(
    format=CAMT053.name, name="ISO 20022 camt.053", sniff=sniffer(CAMT053), read=reading(CAMT053)
)
