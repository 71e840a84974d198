"""Receipts that a person records, each with its evidence: cash at a desk, a cheque, a slip that no platform tells of.

What a connection needs: the name of the place where the money is kept. A person hands in a CSV table of receipts at the
connection, as a bank's statement is handed in (``/v1/statements``); the table is taken whole or not at all, and once.

A receipt states its own number, the day, amount and currency, how it was paid, who recorded it, and its evidence: the
name of a document and the SHA-256 of its bytes, so that the document can be proved to be the one. What identifies the
money is the number: the same number is never booked twice. A record that was wrong is taken back by a line of its own
that names it (``undoes``) and says why.

Money recorded here stands in the place's clearing account until a bank statement or a sweep moves it. Nothing is asked
of anybody: there are no payment requests, webhooks, refunds or reports.

Columns, in any order: ``receipt_no``, ``place``, ``received_on`` (ISO 8601 day, or moment with offset), ``amount``
(150.00), ``currency``, ``means`` (cash, cheque, transfer, card, other), ``evidence``, ``evidence_sha256``,
``recorded_by``; and where they apply ``reference``, ``payer_name``, ``payer_document``, ``undoes``, ``reason``.
"""

from __future__ import annotations

from connectors.platforms.manual import receipts
from domain.accounts import PlatformKind
from domain.platforms import ConfigField, Platform, Statements

PLATFORM = Platform(
    code="manual",
    name="Recorded by hand",
    kind=PlatformKind.GATEWAY,
    rails=(),
    countries=(),
    config=(
        ConfigField(
            name="account",
            label="Place where the money is kept",
            help="Exactly as the tables name it, such as Desk Bangkok; it tells which connection a table belongs to.",
            pattern=r"[^\s,;][^,;\r\n]{0,79}",
        ),
    ),
    statements=Statements(sniff=receipts.sniff, parse=receipts.parse),
)
