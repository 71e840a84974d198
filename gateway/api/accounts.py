"""Accounts: the tree of parent and child accounts, balances, entries, and a parent consolidated in its currency."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal, Self

from fastapi import APIRouter, Header, Query, Response
from pydantic import AwareDatetime, Field
from sqlalchemy import Connection

from activities import legal_entities
from connectors.wording.languages import LANGUAGES, negotiate
from domain import account_statements
from domain.account_statements import Period, counted_roles
from domain.accounts import MONEY_ROLES, Account, Role
from gateway import paging
from gateway.account_files import MEDIA, statement_file
from gateway.api.account_statements import StatementView
from gateway.api.rates import RateView
from gateway.auth import Reader
from gateway.console.statement_words import reader_of
from gateway.console.voice import voice
from gateway.queries import Among
from gateway.shapes import Amount, Identifier, Page, Shape
from ledger import accounts, balances, posting, statement_lines, statements
from ledger.balances import Balance, Consolidated, CurrencyLine
from ledger.posting import BookedEntry
from store import creditors
from store.listings import Place

router = APIRouter(prefix="/v1/accounts", tags=["accounts"])

_FILE = {"type": "string", "format": "binary"}

Locale = Annotated[str, Among(lambda: [one.locale for one in LANGUAGES])]
AsOf = Annotated[date | None, Query(description="By the end of this effective day; all that is booked where left out.")]


class AccountView(Shape):
    """One account. A node's currency is the one its total is stated in; only leaves take postings."""

    id: str
    parent_id: str | None
    creditor_id: str
    role: str
    name: str
    currency: str
    country: str | None
    connection_id: str | None
    is_leaf: bool


class AccountNode(AccountView):
    """An account with what its leaves come to in each currency (debit positive), and the accounts under it.

    ``owner_entity_id`` is the legal entity that owns it on that day.
    """

    owner_entity_id: str | None
    balances: list[Amount]
    children: list[AccountNode]


class AccountTree(Shape):
    """A creditor's parent account with everything under it; loans hang under ``receivables_account_id``."""

    creditor_id: str
    receivables_account_id: str
    parent: AccountNode


class AccountForest(Shape):
    """Every creditor's tree."""

    data: list[AccountTree]


class RoleBalance(Shape):
    """What the leaves of one role and currency come to: turnover, and debits less credits."""

    role: str
    debit: Amount
    credit: Amount
    balance: Amount


class AccountDetail(AccountView):
    """An account with its balances by role and currency; ``held`` is money held (clearing, bank, in transit)."""

    owner_entity_id: str | None
    as_of: date | None
    balances: list[RoleBalance]
    held: list[Amount]


class PostingView(Shape):
    """One side of an entry, debit positive."""

    account_id: str
    amount: Amount


class EntryView(Shape):
    """A journal entry as it stands in the book."""

    id: str
    seq: int
    kind: str
    effective_date: date
    booked_at: datetime
    source: Annotated[str, Field(description="What caused it: a receipt, a loan, an import.")]
    reverses: str | None
    postings: list[PostingView]

    @classmethod
    def of(cls, booked: BookedEntry) -> Self:
        """The shape of an entry."""
        entry = booked.entry
        return cls(
            id=entry.id,
            seq=booked.seq,
            kind=entry.kind,
            effective_date=entry.effective_date,
            booked_at=booked.booked_at,
            source=entry.source,
            reverses=entry.reverses,
            postings=[
                PostingView(account_id=line.account_id, amount=Amount.of(line.amount)) for line in entry.postings
            ],
        )


class EntryPage(Page[EntryView]):
    """One page of entries."""


class ConsolidatedLine(Shape):
    """One currency: as it is, and converted at a rate, or the error that says why it could not be."""

    original: Amount
    converted: Amount | None
    rate: RateView | None
    error_code: str | None
    error: str | None

    @classmethod
    def of(cls, line: CurrencyLine) -> Self:
        """The shape of a line."""
        done, error = line.converted, line.error
        return cls(
            original=Amount.of(line.original),
            converted=None if done is None else Amount.of(done.amount),
            rate=None if done is None else RateView.of(done.rate),
            error_code=None if error is None else error.code,
            error=None if error is None else error.message,
        )


class ConsolidatedView(Shape):
    """What an account holds (or is owed), currency by currency and in total.

    ``complete`` is false where a rate was missing or stale: that currency is shown unconverted and ``total`` lacks it.
    """

    account_id: str
    currency: str
    as_of: date
    complete: bool
    total: Annotated[Amount | None, Field(description="Null where nothing could be converted; the lines say why.")]
    lines: list[ConsolidatedLine]

    @classmethod
    def of(cls, account: Account, report: Consolidated) -> Self:
        """The shape of a report."""
        return cls(
            account_id=account.id,
            currency=report.currency,
            as_of=report.as_of,
            complete=report.complete,
            total=None if report.stated is None else Amount.of(report.stated),
            lines=[ConsolidatedLine.of(line) for line in report.lines],
        )


@router.get("", operation_id="listAccounts", summary="Read the account tree")
def list_accounts(
    caller: Reader, creditor_id: Annotated[Identifier | None, Query()] = None, as_of: AsOf = None
) -> AccountForest:
    """Each creditor's parent account with its child accounts and their leaves."""
    with caller.transaction() as tx:
        owners = creditors.every(tx) if creditor_id is None else [creditors.get(tx, creditor_id)]
        today = caller.services.now().date()
        return AccountForest(data=[_tree(tx, owner.id, as_of, today=today) for owner in owners])


def _tree(tx: Connection, creditor_id: str, as_of: date | None, *, today: date) -> AccountTree:
    root = accounts.root_of(tx, creditor_id, Role.PARENT)
    by_parent: dict[str | None, list[Account]] = defaultdict(list)
    listed = accounts.subtree(tx, [root.id])
    for account in listed:
        by_parent[account.parent_id].append(account)
    owned_by = legal_entities.owners(tx, listed, as_of or today)
    leaves = {balance.account_id: balance for balance in balances.of_leaves(tx, [root.id], as_of=as_of)}
    return AccountTree(
        creditor_id=creditor_id,
        receivables_account_id=accounts.root_of(tx, creditor_id, Role.RECEIVABLES).id,
        parent=_node(root, by_parent, leaves, owned_by)[0],
    )


def _node(
    account: Account,
    by_parent: dict[str | None, list[Account]],
    leaves: dict[str, Balance],
    owned_by: dict[str, str],
) -> tuple[AccountNode, list[Balance]]:
    """The node, and the balances of every leaf at or below it."""
    children = [_node(child, by_parent, leaves, owned_by) for child in by_parent[account.id]]
    below = [leaves[account.id]] if account.id in leaves else [item for _, found in children for item in found]
    sums = [Amount.of(amount) for amount in balances.by_currency(below).values()]
    node = AccountNode(
        **_stated(account),
        owner_entity_id=owned_by.get(account.id),
        balances=sums,
        children=[child for child, _ in children],
    )
    return node, below


def _stated(account: Account) -> dict[str, Any]:
    named = {name: getattr(account, name) for name in AccountView.model_fields if name != "role"}
    return {**named, "role": account.role.value}


@router.get("/{account_id}", operation_id="getAccount", summary="Read an account's balances")
def get_account(account_id: str, caller: Reader, as_of: AsOf = None) -> AccountDetail:
    """Balances of the leaves at and below the account, summed by role and currency."""
    with caller.transaction() as tx:
        account = accounts.get(tx, account_id)
        leaves = balances.of_leaves(tx, [account_id], as_of=as_of)
        owner = legal_entities.owner_of(tx, account_id, as_of or caller.services.now().date())
    return AccountDetail(
        **_stated(account),
        owner_entity_id=owner.id,
        as_of=as_of,
        balances=_by_role(leaves),
        held=[Amount.of(amount) for amount in balances.by_currency(leaves, MONEY_ROLES).values()],
    )


def _by_role(leaves: list[Balance]) -> list[RoleBalance]:
    groups: dict[tuple[str, str], list[Balance]] = defaultdict(list)
    for leaf in leaves:
        groups[leaf.role.value, leaf.debit.currency].append(leaf)
    return [
        RoleBalance(
            role=role,
            debit=Amount.minor(sum(leaf.debit.minor for leaf in group), currency),
            credit=Amount.minor(sum(leaf.credit.minor for leaf in group), currency),
            balance=Amount.minor(sum(leaf.amount.minor for leaf in group), currency),
        )
        for (role, currency), group in groups.items()
    ]


@router.get("/{account_id}/entries", operation_id="listAccountEntries", summary="List an account's journal entries")
def list_entries(
    account_id: str, caller: Reader, cursor: paging.Cursor = None, limit: paging.Limit = paging.DEFAULT_LIMIT
) -> EntryPage:
    """Entries that touch the account or any below it, newest first."""
    before = paging.after_seq(cursor)
    with caller.transaction() as tx:
        accounts.get(tx, account_id)
        booked = posting.of_account(tx, account_id, before_seq=before, limit=limit + 1)
    shown = booked[:limit]
    more = Place(str(shown[-1].seq), "") if len(booked) > limit else None
    return EntryPage(data=[EntryView.of(entry) for entry in shown], next_cursor=paging.encode(more))


@router.get("/{account_id}/consolidated", operation_id="consolidateAccount", summary="Consolidate an account")
def consolidate(account_id: str, caller: Reader, as_of: AsOf = None) -> ConsolidatedView:
    """Money held (of receivables: what is owed) in each currency and in the account's, with rate, source and date."""
    services = caller.services
    day = as_of or services.now().date()
    with caller.transaction() as tx:
        account = accounts.get(tx, account_id)
        amounts = balances.totals(tx, account_id, roles=counted_roles(account), as_of=as_of)
    report = balances.consolidate(
        amounts, currency=account.currency, as_of=day, rate=services.rates_of(caller.tenant_id).rate
    )
    return ConsolidatedView.of(account, report)


@router.get(
    "/{account_id}/statement",
    operation_id="getAccountStatement",
    summary="Read an account's statement",
    response_model=StatementView,
    responses={200: {"content": {media: {"schema": _FILE} for media in MEDIA.values()}}},
)
def get_statement(
    account_id: str,
    caller: Reader,
    first: Annotated[date, Query(alias="from", description="The first effective day that counts.")],
    until: Annotated[date, Query(alias="to", description="The first effective day that no longer counts.")],
    known_at: Annotated[AwareDatetime | None, Query(description="As it was known at this moment.")] = None,
    form: Annotated[Literal["json", "xlsx", "pdf", "camt053"], Query(alias="format")] = "json",
    locale: Annotated[Locale | None, Query(description="Language of XLSX and PDF.")] = None,
    accept_language: Annotated[str, Header(description="The same, where `locale` is left out.")] = "",
    cursor: paging.Cursor = None,
    limit: paging.Limit = paging.DEFAULT_LIMIT,
) -> StatementView | Response:
    """What stood, moved and stands on an account, its child or a parent over all its children.

    Money held under a parent or a child, what is owed under receivables, a leaf's own balance. A parent is also
    stated in its own currency, with rates. The lines are paged in JSON and whole in a file; with `known_at` later
    pages tell what the first one told. camt.053 is for an account that holds money in one currency.
    A PDF carries its content as `statement.json`, whose SHA-256 is at the foot of each page.
    """
    services, period, place = caller.services, Period(first, until), paging.after_day(cursor)
    rates_on = min(period.last, services.now().date())
    with caller.transaction() as tx:
        asked: Any = {"known_at": known_at, "rate": services.rates_of(caller.tenant_id).rate, "rates_on": rates_on}
        if form != "json":
            told, lines = statements.whole(tx, account_id, period, **asked)
            owner = creditors.get(tx, told.account.creditor_id)
        else:
            told = statements.statement(tx, account_id, period, **asked)
            after = None if place is None else account_statements.Place(*place)
            found = statement_lines.lines(tx, account_id, period, known_at=known_at, after=after, limit=limit)
    if form != "json":
        reader = reader_of(voice(locale or negotiate(accept_language), UTC))
        file = statement_file(form, told, lines, created_at=services.now(), creditor=owner.name, reader=reader)
        return Response(file.content, media_type=file.media, headers=file.headers)
    more = None if found.more is None else Place(found.more.day.isoformat(), str(found.more.seq))
    return StatementView.of(told, found.lines, next_cursor=paging.encode(more))
