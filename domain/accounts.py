"""The chart of accounts: a parent account for each creditor, child accounts under it, and leaves that take postings.

parent account (settlement currency)
├── child: country · platform connection · currency
│   ├── clearing     money at the platform
│   ├── bank         money in the bank
│   ├── in_transit   on its way between the two, or to the parent
│   ├── fees         what platforms kept
│   ├── suspense     received, not yet matched to a debt
│   └── withheld     tax and reserves kept back
└── treasury: currency   (bank, in_transit)

receivables (one tree for each creditor)
├── country · currency
│   ├── receivable   one leaf for each loan
│   └── placed       the other side of what debtors owe
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What an account is for. The first group are nodes, which never take postings; the rest are leaves."""

    PARENT = "parent"
    CHILD = "child"
    RECEIVABLES = "receivables"
    PORTFOLIO = "portfolio"
    CLEARING = "clearing"
    BANK = "bank"
    IN_TRANSIT = "in_transit"
    FEES = "fees"
    SUSPENSE = "suspense"
    WITHHELD = "withheld"
    RECEIVABLE = "receivable"
    PLACED = "placed"


NODES: Final = frozenset({Role.PARENT, Role.CHILD, Role.RECEIVABLES, Role.PORTFOLIO})
CHILD_LEAVES: Final = (Role.CLEARING, Role.BANK, Role.IN_TRANSIT, Role.FEES, Role.SUSPENSE, Role.WITHHELD)
MONEY_ROLES: Final = frozenset({Role.CLEARING, Role.BANK, Role.IN_TRANSIT})
"""Roles whose balance is money held; together with ``suspense`` they say how much of it is unexplained."""


@dataclass(frozen=True, slots=True)
class Account:
    """One account of the book. ``currency`` of a node is the one its total is stated in."""

    id: str
    tenant_id: str
    parent_id: str | None
    creditor_id: str
    role: Role
    name: str
    currency: str
    country: str | None
    connection_id: str | None
    subject: str  # what distinguishes siblings of one role and currency: a connection, a loan, or ""

    @property
    def is_leaf(self) -> bool:
        """Whether it takes postings."""
        return self.role not in NODES
