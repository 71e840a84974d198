"""The chart of accounts: a parent account for each creditor, child accounts under it, and leaves that take postings.

parent account (settlement currency)
├── child: country · platform connection · currency      (which leaves it has: ``CHARTS``, by kind of platform)
│   ├── clearing            money at the platform
│   ├── bank                money in the bank
│   ├── in_transit          on its way between the two, or to the parent
│   ├── fees                what platforms kept
│   ├── suspense            received, not yet known from whom or for what
│   ├── withheld            tax and reserves kept back
│   └── …                   refunds payable, chargebacks, commission, rounding and the rest of ``Role``
└── treasury: currency      (``TREASURY_LEAVES``: bank, in_transit, exchange and its result)

receivables (one tree for each creditor)
├── country · currency
│   ├── receivable   one leaf for each loan
│   ├── placed       the other side of what debtors owe
│   └── …            written off, recovered, charity: opened when they are first needed
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What an account is for. The first group are nodes, which never take postings; the rest are leaves."""

    PARENT = "parent"
    CHILD = "child"
    TREASURY = "treasury"
    RECEIVABLES = "receivables"
    PORTFOLIO = "portfolio"

    CLEARING = "clearing"
    BANK = "bank"
    IN_TRANSIT = "in_transit"
    EXPECTED_RECEIPT = "expected_receipt"
    SUSPENSE = "suspense"
    SUSPENSE_UNMATCHED = "suspense_unmatched"
    FEES = "fees"
    WITHHELD = "withheld"
    FX_POSITION = "fx_position"
    FX_RESULT = "fx_result"
    FX_SPREAD = "fx_spread"
    FX_REVALUATION = "fx_revaluation"
    FX_UNREALISED = "fx_unrealised"
    INTERCOMPANY = "intercompany"
    COMMISSION = "commission"
    COMMISSION_PAYABLE = "commission_payable"
    ROUNDING = "rounding"
    REFUND_PAYABLE = "refund_payable"
    CHARGEBACK_RESERVE = "chargeback_reserve"
    CHARGEBACK_LOSS = "chargeback_loss"
    RECEIVABLE = "receivable"
    PLACED = "placed"
    WRITTEN_OFF = "written_off"
    RECOVERED = "recovered"
    HELD_FOR_OTHERS = "held_for_others"
    CHARITY = "charity"


class AccountType(StrEnum):
    """The five kinds of account that every accounting program knows."""

    ASSET = "asset"
    LIABILITY = "liability"
    INCOME = "income"
    EXPENSE = "expense"
    EQUITY = "equity"


class Side(StrEnum):
    """The side on which an account grows; its normal balance stands there."""

    DEBIT = "debit"
    CREDIT = "credit"


TYPES: Final[Mapping[Role, AccountType]] = {
    Role.CLEARING: AccountType.ASSET,
    Role.BANK: AccountType.ASSET,
    Role.IN_TRANSIT: AccountType.ASSET,
    Role.EXPECTED_RECEIPT: AccountType.ASSET,
    Role.SUSPENSE: AccountType.LIABILITY,
    Role.SUSPENSE_UNMATCHED: AccountType.LIABILITY,
    Role.FEES: AccountType.EXPENSE,
    Role.WITHHELD: AccountType.ASSET,  # what an authority or a platform may yet credit or give back
    Role.FX_POSITION: AccountType.EQUITY,  # trading accounts, as beancount and hledger keep them
    Role.FX_RESULT: AccountType.INCOME,  # realised
    Role.FX_SPREAD: AccountType.EXPENSE,  # what banks kept between their rate and the middle one
    Role.FX_REVALUATION: AccountType.ASSET,  # what foreign holdings are worth beyond their cost
    Role.FX_UNREALISED: AccountType.INCOME,
    Role.INTERCOMPANY: AccountType.ASSET,  # due from another legal entity of the group (negative: due to it)
    Role.COMMISSION: AccountType.EXPENSE,
    Role.COMMISSION_PAYABLE: AccountType.LIABILITY,
    Role.ROUNDING: AccountType.EXPENSE,
    Role.REFUND_PAYABLE: AccountType.LIABILITY,
    Role.CHARGEBACK_RESERVE: AccountType.ASSET,  # what a platform holds back while a payment is contested
    Role.CHARGEBACK_LOSS: AccountType.EXPENSE,
    Role.RECEIVABLE: AccountType.ASSET,
    Role.PLACED: AccountType.LIABILITY,  # owed to the creditor who placed the claims
    Role.WRITTEN_OFF: AccountType.EXPENSE,
    Role.RECOVERED: AccountType.INCOME,
    Role.HELD_FOR_OTHERS: AccountType.LIABILITY,
    Role.CHARITY: AccountType.LIABILITY,  # late amounts of Islamic products, owed to charities
}
"""The type of each leaf role. Nodes have none: they take no postings."""


def normal_side(role: Role) -> Side:
    """The side on which a leaf of this role grows: debit for assets and expenses, credit for the rest."""
    return Side.DEBIT if TYPES[role] in (AccountType.ASSET, AccountType.EXPENSE) else Side.CREDIT


class PlatformKind(StrEnum):
    """How a platform holds and pays out what it collects; it decides which leaves its child account has."""

    GATEWAY = "gateway"  # pays out batches, net of fees
    CARD_GATEWAY = "card_gateway"  # the same, and payments may be charged back
    BANK = "bank"  # virtual accounts and transfers straight into the bank
    AGENCY = "agency"  # a partner collects in its own name and remits


NODES: Final = frozenset({Role.PARENT, Role.CHILD, Role.TREASURY, Role.RECEIVABLES, Role.PORTFOLIO})
CHILD_LEAVES: Final = (Role.CLEARING, Role.BANK, Role.IN_TRANSIT, Role.FEES, Role.SUSPENSE, Role.WITHHELD)
"""What every child account has."""
_ALWAYS: Final = (*CHILD_LEAVES, Role.SUSPENSE_UNMATCHED, Role.REFUND_PAYABLE, Role.ROUNDING)
CHARTS: Final[Mapping[PlatformKind, tuple[Role, ...]]] = {
    PlatformKind.GATEWAY: (*_ALWAYS, Role.EXPECTED_RECEIPT),
    PlatformKind.CARD_GATEWAY: (
        *_ALWAYS,
        Role.EXPECTED_RECEIPT,
        Role.CHARGEBACK_RESERVE,
        Role.CHARGEBACK_LOSS,
    ),
    PlatformKind.BANK: _ALWAYS,
    PlatformKind.AGENCY: (
        *_ALWAYS,
        Role.EXPECTED_RECEIPT,
        Role.COMMISSION,
        Role.COMMISSION_PAYABLE,
        Role.HELD_FOR_OTHERS,
    ),
}
"""The chart template of each kind of platform: the leaves under its child account."""
TREASURY_LEAVES: Final = (
    Role.BANK,
    Role.IN_TRANSIT,
    Role.FEES,
    Role.FX_POSITION,
    Role.FX_RESULT,
    Role.FX_SPREAD,
    Role.FX_REVALUATION,
    Role.FX_UNREALISED,
    Role.ROUNDING,
)
"""What the treasury of a parent account has in each currency that it holds."""
MONEY_ROLES: Final = frozenset({Role.CLEARING, Role.BANK, Role.IN_TRANSIT})
"""Roles whose balance is money held; together with ``suspense`` they say how much of it is unexplained."""


class AccountState(StrEnum):
    """Whether an account takes postings: ``frozen`` may be thawed, ``closed`` is for ever."""

    OPEN = "open"
    FROZEN = "frozen"
    CLOSED = "closed"


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
