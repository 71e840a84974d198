"""Adyen: its settlement details report, compared with the book. Asking and webhooks are not here yet.

A connection needs nothing: what its account holds is what a person books from the report's lines. What is absent is
absent because nobody has built it yet, not because Adyen lacks it.
"""

from __future__ import annotations

from connectors.platforms.adyen import reports
from domain.accounts import PlatformKind
from domain.platforms import Platform

PLATFORM = Platform(
    code="adyen",
    name="Adyen",
    kind=PlatformKind.CARD_GATEWAY,
    rails=(),
    countries=(),
    config=(),
    reports=(reports.REPORT,),
    docs={
        "settlement_details": "https://docs.adyen.com/reporting/settlement-reconciliation/transaction-level/settlement-details-report",
    },
)
