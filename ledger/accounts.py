"""Opening accounts and finding them: parent accounts, child subtrees, receivable leaves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select, text

from domain.accounts import CHILD_LEAVES, TREASURY_LEAVES, Account, Role
from domain.errors import NotFound
from domain.ids import NewId
from ledger import refusals, tables

_OPEN = text(
    "SELECT book_open_account(:id, :parent_id, :creditor_id, :role, :name, :currency, :leaf, :country,"
    " :connection_id, :subject, :moment)"
)


def open_account(tx: Connection, account: Account, *, now: datetime) -> str:
    """Open an account, or find the one that already stands in its place; returns its identifier.

    Raises ``account_parent_invalid`` where the parent is a leaf, closed or another creditor's.
    """
    values = {
        "id": account.id,
        "parent_id": account.parent_id,
        "creditor_id": account.creditor_id,
        "role": account.role.value,
        "name": account.name,
        "currency": account.currency,
        "leaf": account.is_leaf,
        "country": account.country,
        "connection_id": account.connection_id,
        "subject": account.subject,
        "moment": now,
    }
    with refusals.translated():
        return str(tx.execute(_OPEN, values).scalar_one())


def open_parent(
    tx: Connection, *, tenant_id: str, creditor_id: str, name: str, currency: str, new_id: NewId, now: datetime
) -> str:
    """A creditor's parent account in its settlement currency, and beside it the root of its receivables."""

    def node(role: Role, label: str) -> str:
        account = Account(new_id("account"), tenant_id, None, creditor_id, role, label, currency, None, None, "")
        return open_account(tx, account, now=now)

    node(Role.RECEIVABLES, f"{name}: receivables")
    return node(Role.PARENT, name)


def open_child(
    tx: Connection,
    *,
    parent: Account,
    name: str,
    country: str,
    connection_id: str,
    currency: str,
    new_id: NewId,
    now: datetime,
    leaves: Sequence[Role] = CHILD_LEAVES,
) -> str:
    """The child account of one platform connection in a country and currency, with its leaves.

    ``leaves`` is the chart template of the platform's kind (``domain.accounts.CHARTS``). Opening it again adds the
    leaves that it lacks.
    """

    def under(parent_id: str, role: Role, label: str) -> str:
        account = Account(
            new_id("account"),
            parent.tenant_id,
            parent_id,
            parent.creditor_id,
            role,
            label,
            currency,
            country,
            connection_id,
            connection_id if role is Role.CHILD else "",
        )
        return open_account(tx, account, now=now)

    child = under(parent.id, Role.CHILD, name)
    for role in leaves:
        under(child, role, _label(name, role))
    return child


def leaf_of(tx: Connection, node_id: str, role: Role, *, new_id: NewId, now: datetime, subject: str = "") -> str:
    """The leaf of a role under a child, treasury or portfolio account, opened in its currency where it is lacking.

    ``subject`` tells leaves of one role apart, as the other entity does of ``intercompany``.
    Raises ``account_unknown``, and ``account_parent_invalid`` where the node takes no account (a leaf, a closed one).
    """
    node = get(tx, node_id)
    leaf = Account(
        new_id("account"),
        node.tenant_id,
        node.id,
        node.creditor_id,
        role,
        _label(node.name, role),
        node.currency,
        node.country,
        node.connection_id,
        subject,
    )
    return open_account(tx, leaf, now=now)


def leaves_for(tx: Connection, node_id: str, *roles: Role, new_id: NewId, now: datetime) -> dict[Role, str]:
    """The leaves under an account by role; those of ``roles`` that it lacks are opened.

    A chart template says with which leaves an account opens; what it needs later, it gets on first use.
    """
    found = leaves_of(tx, node_id)
    for role in roles:
        if role not in found:
            found[role] = leaf_of(tx, node_id, role, new_id=new_id, now=now)
    return found


def _label(name: str, role: Role) -> str:
    return f"{name}: {role.value}"


def open_treasury(
    tx: Connection, *, parent: Account, currency: str, new_id: NewId, now: datetime
) -> tuple[str, dict[Role, str]]:
    """What a parent account itself holds in a currency: the treasury node and its leaves by role."""

    def under(parent_id: str, role: Role) -> str:
        label = f"{parent.name}: {role.value} {currency}"
        account = Account(
            new_id("account"), parent.tenant_id, parent_id, parent.creditor_id, role, label, currency, None, None, ""
        )
        return open_account(tx, account, now=now)

    treasury = under(parent.id, Role.TREASURY)
    return treasury, {role: under(treasury, role) for role in TREASURY_LEAVES}


def open_receivable(
    tx: Connection,
    *,
    tenant_id: str,
    creditor_id: str,
    country: str,
    currency: str,
    loan_id: str,
    contract_no: str,
    new_id: NewId,
    now: datetime,
) -> tuple[str, str]:
    """A loan's receivable leaf and the ``placed`` leaf that stands against it; returns both identifiers."""

    def under(parent_id: str, role: Role, label: str, subject: str) -> str:
        account = Account(
            new_id("account"), tenant_id, parent_id, creditor_id, role, label, currency, country, None, subject
        )
        return open_account(tx, account, now=now)

    root = root_of(tx, creditor_id, Role.RECEIVABLES)
    portfolio = under(root.id, Role.PORTFOLIO, f"{country} {currency}", country)
    placed = under(portfolio, Role.PLACED, f"{country} {currency}: placed", "")
    return under(portfolio, Role.RECEIVABLE, contract_no, loan_id), placed


_parent = tables.account.alias("parent")
_COLUMNS = (
    tables.account.c.id,
    tables.account.c.tenant_id,
    _parent.c.id.label("parent_id"),
    tables.account.c.creditor_id,
    tables.account.c.role,
    tables.account.c.name,
    tables.account.c.currency,
    tables.account.c.country,
    tables.account.c.connection_id,
    tables.account.c.subject,
)
_QUERY = select(*_COLUMNS).select_from(
    tables.account.outerjoin(_parent, _parent.c.no == tables.account.c.parent_no),
)


def get(tx: Connection, account_id: str) -> Account:
    """The account, or ``account_unknown``."""
    row = tx.execute(_QUERY.where(tables.account.c.id == account_id)).mappings().first()
    if row is None:
        raise NotFound("account_unknown", f"There is no account {account_id}.")
    return Account(**{**row, "role": Role(row["role"])})


def root_of(tx: Connection, creditor_id: str, role: Role) -> Account:
    """A creditor's root account of a role: ``parent`` or ``receivables``."""
    query = _QUERY.where(
        tables.account.c.creditor_id == creditor_id,
        tables.account.c.role == role.value,
        tables.account.c.parent_no.is_(None),
    )
    row = tx.execute(query).mappings().first()
    if row is None:
        raise NotFound("account_unknown", f"Creditor {creditor_id} has no {role.value} account.")
    return Account(**{**row, "role": Role(row["role"])})


def leaves_of(tx: Connection, child_id: str) -> dict[Role, str]:
    """A child account's leaves by role."""
    query = (
        select(tables.account.c.role, tables.account.c.id)
        .join(_parent, _parent.c.no == tables.account.c.parent_no)
        .where(_parent.c.id == child_id, tables.account.c.is_leaf)
    )
    return {Role(role): account_id for role, account_id in tx.execute(query)}


def treasury_of(tx: Connection, parent_id: str, currency: str) -> dict[Role, str]:
    """The leaves of a parent account's own treasury in a currency, by role; empty where it was never opened."""
    treasury = tables.account.alias("treasury")
    query = (
        select(tables.account.c.role, tables.account.c.id)
        .join(treasury, treasury.c.no == tables.account.c.parent_no)
        .join(_parent, _parent.c.no == treasury.c.parent_no)
        .where(
            _parent.c.id == parent_id,
            treasury.c.role == Role.TREASURY.value,
            treasury.c.currency == currency,
            tables.account.c.is_leaf,
        )
    )
    return {Role(role): account_id for role, account_id in tx.execute(query)}


def subtree(tx: Connection, root_ids: Sequence[str]) -> list[Account]:
    """The accounts of these subtrees, each parent before its children, siblings by opening."""
    root = tables.account.alias("root")
    query = (
        _QUERY.join(tables.closure, tables.closure.c.descendant_no == tables.account.c.no)
        .join(root, root.c.no == tables.closure.c.ancestor_no)
        .where(root.c.id.in_(root_ids))
        .order_by(tables.account.c.no)
    )
    return [Account(**{**row, "role": Role(row["role"])}) for row in tx.execute(query).mappings()]
