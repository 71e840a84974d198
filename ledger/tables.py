"""The book's tables, for reading. They are written by ``book_post`` and ``book_open_account`` alone."""

from __future__ import annotations

from sqlalchemy import (
    CHAR,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
)

from store.schema import currency, document, metadata, minor, moment, tenant

account = Table(
    "account",
    metadata,
    Column("no", BigInteger, Identity(always=True), primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    tenant(),
    Column("parent_no", BigInteger, ForeignKey("account.no")),
    Column("creditor_id", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("name", Text, nullable=False),
    currency(),
    Column("is_leaf", Boolean, nullable=False),
    Column("posting_currency", CHAR(3), Computed("CASE WHEN is_leaf THEN currency END", persisted=True)),
    Column("country", Text),
    Column("connection_id", Text),
    Column("subject", Text, nullable=False),
    moment("opened_at"),
    moment("closed_at", nullable=True),
    UniqueConstraint("tenant_id", "no", "posting_currency"),
    UniqueConstraint(
        "tenant_id",
        "creditor_id",
        "parent_no",
        "role",
        "currency",
        "subject",
        name="uq_account_place",
        postgresql_nulls_not_distinct=True,
    ),
)

closure = Table(
    "account_closure",
    metadata,
    tenant(),
    Column("ancestor_no", BigInteger, ForeignKey("account.no"), primary_key=True),
    Column("descendant_no", BigInteger, ForeignKey("account.no"), primary_key=True, index=True),
    Column("depth", Integer, nullable=False),
)

balance = Table(
    "account_balance",
    metadata,
    tenant(),
    Column("account_no", BigInteger, ForeignKey("account.no"), primary_key=True),
    minor("debit_minor"),
    minor("credit_minor"),
    Column("version", BigInteger, nullable=False),
)

balance_day = Table(
    "account_balance_day",
    metadata,
    tenant(),
    Column("account_no", BigInteger, ForeignKey("account.no"), primary_key=True),
    Column("day", Date, primary_key=True),
    minor("debit_minor"),
    minor("credit_minor"),
)

entry = Table(
    "journal_entry",
    metadata,
    Column("seq", BigInteger, Identity(always=True), primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    tenant(),
    Column("kind", Text, nullable=False),
    Column("idem_key", Text, nullable=False),
    Column("payload_sha256", LargeBinary, nullable=False),
    Column("effective_date", Date, nullable=False),
    moment("booked_at"),
    Column("postings", SmallInteger, nullable=False),
    Column("reverses_seq", BigInteger, ForeignKey("journal_entry.seq"), unique=True),
    Column("source", Text, nullable=False, index=True),
    document("memo"),
    UniqueConstraint("tenant_id", "idem_key"),
    CheckConstraint("postings >= 2", name="at_least_two"),
)

posting = Table(
    "posting",
    metadata,
    Column("entry_seq", BigInteger, ForeignKey("journal_entry.seq"), primary_key=True),
    Column("line", SmallInteger, primary_key=True),
    tenant(),
    Column("account_no", BigInteger, nullable=False),
    currency(),
    minor("amount_minor"),
    ForeignKeyConstraint(
        ["tenant_id", "account_no", "currency"],
        ["account.tenant_id", "account.no", "account.posting_currency"],
        name="fk_posting_leaf_in_its_currency",
    ),
    CheckConstraint("amount_minor <> 0", name="amount_not_zero"),
    Index("ix_posting_account", "account_no", "entry_seq"),
)
