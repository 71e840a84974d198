"""How banks name our accounts: holder, number, bank. One for each bank leaf of the book that has one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CheckConstraint, Column, Connection, Table, Text, select
from sqlalchemy.dialects.postgresql import insert

from store.schema import metadata, moment, tenant

bank_account_table = Table(
    "bank_account",
    metadata,
    Column("account_id", Text, primary_key=True),
    tenant(),
    Column("holder", Text, nullable=False),
    Column("iban", Text),
    Column("local_id", Text),
    Column("bic", Text),
    Column("bank_name", Text),
    Column("country", Text, nullable=False),
    Column("town", Text),
    Column("stated_by", Text, nullable=False),
    moment("stated_at"),
    CheckConstraint("(iban IS NULL) <> (local_id IS NULL)", name="one_identifier"),
)


@dataclass(frozen=True, slots=True)
class BankAccount:
    """A bank leaf as its bank names it: an IBAN or a local number, compact. ``country`` is ISO 3166-1 alpha-2."""

    account_id: str
    holder: str
    iban: str | None
    local_id: str | None
    bic: str | None
    bank_name: str | None
    country: str
    town: str | None
    stated_by: str
    stated_at: datetime


_COLUMNS = [bank_account_table.c[name] for name in BankAccount.__dataclass_fields__]


def state(tx: Connection, account: BankAccount, *, tenant_id: str) -> None:
    """Keep how a bank names a leaf, in the place of what stood there."""
    values = {name: getattr(account, name) for name in BankAccount.__dataclass_fields__}
    statement = insert(bank_account_table).values(tenant_id=tenant_id, **values)
    changed = {name: value for name, value in values.items() if name != "account_id"}
    tx.execute(statement.on_conflict_do_update(index_elements=["account_id"], set_=changed))


def find(tx: Connection, account_ids: Sequence[str]) -> dict[str, BankAccount]:
    """Those of the leaves that have one, by leaf."""
    query = select(*_COLUMNS).where(bank_account_table.c.account_id.in_(account_ids))
    return {row["account_id"]: BankAccount(**row) for row in tx.execute(query).mappings()}
