"""Accounts: the tree of parent and child accounts with balances per currency, and the entries behind each figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from activities import legal_entities
from domain.account_statements import counted_roles
from domain.accounts import MONEY_ROLES, Account, Role
from domain.money import Money
from gateway.console.home import platform_name
from gateway.console.pages import ConsoleRoute, Visit, Visiting, page
from gateway.console.receipts import day_or_none
from gateway.console.sparklines import balance_line, history_until
from ledger import accounts, balances, flows, posting
from ledger.balances import Balance, Consolidated
from store import creditors
from store.creditors import Creditor, PlatformConnection

router = APIRouter(route_class=ConsoleRoute)

ENTRIES_A_PAGE = 50
LEAVES_SHOWN = 200
_ROOTS = (Role.PARENT, Role.RECEIVABLES)
_NOT_IN_TREE = frozenset({Role.RECEIVABLE, Role.PLACED})  # one leaf a contract, and their mirror
_UNMATCHED = frozenset({Role.SUSPENSE, Role.SUSPENSE_UNMATCHED})


@dataclass(frozen=True)
class Node:
    """One account of the tree: what lies in it by currency, what that is in the currency of account, and below it.

    ``beside`` marks a leaf that is no part of the money its child account holds. A child's money that is not yet
    matched stands in ``unmatched``, as an amount of that money, in place of rows for its suspense accounts.
    """

    account: Account
    amounts: tuple[Money, ...]
    unmatched: tuple[tuple[Account, Money], ...]
    beside: bool
    total: Consolidated
    moved: bool  # whether anything was ever booked at or below it
    nodes: tuple[Node, ...] = field(default=())


@dataclass(frozen=True)
class Tree:
    """A creditor's accounts. ``held`` is money at platforms and banks, ``unexplained`` what waits unmatched."""

    creditor: Creditor
    held: Consolidated
    unexplained: Consolidated
    roots: tuple[Node, ...]


@router.get("/accounts")
def tree_page(here: Visiting) -> HTMLResponse:
    """The account tree of every creditor, as of a day."""
    today = here.services.now().date()
    day = day_or_none(here.request.query_params.get("as_of")) or today
    with here.tx() as tx:
        owners = creditors.every(tx)
        links = {one.id: one for one in creditors.connections(tx)}
        read = []
        history: dict[str, dict[date, Money]] = {}
        for owner in owners:
            roots = [accounts.root_of(tx, owner.id, role).id for role in _ROOTS]
            as_of = None if day >= today else day
            history |= flows.balance_history(tx, roots, history_until(day))
            read.append((owner, accounts.subtree(tx, roots), balances.of_leaves(tx, roots, as_of=as_of)))
    trees = [_tree(here, owner, listed, sums, day=day) for owner, listed, sums in read]
    return page(
        here,
        "accounts.html",
        place="accounts",
        trees=trees,
        day=day,
        today=today,
        spark=lambda account: balance_line(here.voice, history.get(account.id, {}), day),
        quiet=here.request.query_params.get("all") == "1",
        describe=lambda account: describe(here, account, links),
    )


def _tree(here: Visit, owner: Creditor, listed: Sequence[Account], sums: Sequence[Balance], *, day: date) -> Tree:
    known = {balance.account_id: balance for balance in sums}

    def consolidate(amounts: dict[str, Money]) -> Consolidated:
        return balances.consolidate(
            amounts,
            currency=owner.settlement_currency,
            as_of=day,
            rate=here.services.rates_of(here.person.tenant_id).rate,
        )

    def node(account: Account) -> Node:
        below = [one for one in listed if one.parent_id == account.id and one.role not in _NOT_IN_TREE]
        waiting = [one for one in below if one.role in _UNMATCHED]
        inside = [known[leaf] for leaf in _leaves(account, listed, known)]
        amounts = balances.by_currency(inside, counted_roles(account))
        moved = any(balance.debit or balance.credit for balance in inside)
        return Node(
            account,
            tuple(amounts.values()),
            unmatched=tuple(
                (one, -known[one.id].amount) for one in waiting if one.id in known and known[one.id].amount
            ),
            beside=account.is_leaf and account.role not in MONEY_ROLES,
            total=consolidate(amounts),
            moved=moved,
            nodes=tuple(node(one) for one in below if one not in waiting),
        )

    money = [balance for balance in sums if balance.role in MONEY_ROLES]
    waiting = [balance for balance in sums if balance.role in _UNMATCHED]
    return Tree(
        creditor=owner,
        held=consolidate(balances.by_currency(money)),
        unexplained=consolidate({code: -amount for code, amount in balances.by_currency(waiting).items() if amount}),
        roots=tuple(node(account) for role in _ROOTS for account in listed if account.role is role),
    )


def _leaves(account: Account, listed: Sequence[Account], known: dict[str, Balance]) -> list[str]:
    """The leaves at or below an account. Parents stand before their children in ``listed``."""
    inside = {account.id}
    for one in listed:
        if one.parent_id in inside:
            inside.add(one.id)
    return [account_id for account_id in inside if account_id in known]


def describe(here: Visit, account: Account, links: dict[str, PlatformConnection]) -> str:
    """What an account is called: a leaf by role, a child by platform, country and currency, a contract by number."""
    voice = here.voice
    if account.role in {Role.PARENT, Role.RECEIVABLE}:
        return account.name
    if account.role is Role.CHILD and account.connection_id in links:
        link = links[account.connection_id]
        return " \u00b7 ".join([link.name, platform_name(link.platform), voice.country(link.country), link.currency])
    if account.role is Role.TREASURY:
        return voice.gettext("Parent account in %(currency)s", currency=account.currency)
    if account.role is Role.PORTFOLIO and account.country:
        return voice.country(account.country)
    return voice.label("account", account.role.value)


@router.get("/accounts/{account_id}")
def account_page(here: Visiting, account_id: str) -> HTMLResponse:
    """One account: its balance, its leaves, and every entry that touches it, newest first."""
    before = here.request.query_params.get("before", "")
    with here.tx() as tx:
        account = accounts.get(tx, account_id)
        inside = {one.id: one for one in accounts.subtree(tx, [account.id])}
        sums = balances.of_leaves(tx, [account.id])
        entries = posting.of_account(
            tx, account.id, before_seq=int(before) if before.isdecimal() else None, limit=ENTRIES_A_PAGE + 1
        )
        touched = {line.account_id for booked in entries for line in booked.entry.postings}
        names = {one: accounts.get(tx, one) for one in touched}
        links = {one.id: one for one in creditors.connections(tx)}
        owner = legal_entities.owner_of(tx, account.id, here.services.now().date())
    busy = [balance for balance in sums if balance.debit or balance.credit]
    shown = entries[:ENTRIES_A_PAGE]
    amounts = balances.by_currency(sums, counted_roles(account))
    return page(
        here,
        "account.html",
        place="accounts",
        account=account,
        owner=owner,
        amounts=here.voice.listing([here.voice.money(one) for one in amounts.values()]),
        leaves=[] if account.is_leaf else busy[:LEAVES_SHOWN],
        entries=shown,
        inside=inside,
        names=names,
        older=str(shown[-1].seq) if len(entries) > ENTRIES_A_PAGE else None,
        describe=lambda one: describe(here, one, links),
    )
