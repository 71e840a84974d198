"""Notices of debits and credits in ISO 20022 camt.054 (BankToCustomerDebitCreditNotification): see ``camt_lines``.

A notice states no balance; its summary, where it has one, is its control total.
"""

from __future__ import annotations

from typing import Final

from connectors.statement_files.camt_lines import reading, sniffer
from connectors.statement_files.camt_stream import CAMT054
from domain.statement_files import FileReader

READER: Final = FileReader(
    format=CAMT054.name, name="ISO 20022 camt.054", sniff=sniffer(CAMT054), read=reading(CAMT054)
)
