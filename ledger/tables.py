"""The book's tables, for reading. They are written by the functions of the migrations alone, all named ``book_…``."""

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
    Numeric,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from store.schema import currency, document, identifier, metadata, minor, moment, tenant

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
    moment("frozen_at", nullable=True),
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
    minor("pending_debit_minor"),
    minor("pending_credit_minor"),
    minor("floor_minor", nullable=True),
    minor("ceiling_minor", nullable=True),
    CheckConstraint("pending_debit_minor >= 0 AND pending_credit_minor >= 0", name="pending"),
    CheckConstraint("debit_minor - credit_minor - pending_credit_minor >= floor_minor", name="floor"),
    CheckConstraint("debit_minor - credit_minor + pending_debit_minor <= ceiling_minor", name="ceiling"),
)

balance_day = Table(
    "account_balance_day",
    metadata,
    tenant(),
    Column("account_no", BigInteger, ForeignKey("account.no"), primary_key=True),
    Column("day", Date, primary_key=True),
    minor("debit_minor"),
    minor("credit_minor"),
    Index("ix_account_balance_day_day", "tenant_id", "day"),
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
    Index("ix_journal_entry_day", "tenant_id", "effective_date", "seq"),
    CheckConstraint("postings >= 2", name="at_least_two"),
)

posting = Table(
    "posting",
    metadata,
    Column("entry_seq", BigInteger, ForeignKey("journal_entry.seq"), primary_key=True),
    Column("line", SmallInteger, primary_key=True),
    Column("tenant_id", Text, nullable=False),  # a tenant, as its account's is
    Column("account_no", BigInteger, nullable=False),
    currency(),
    minor("amount_minor"),
    Column("effective_date", Date, nullable=False),  # its entry's
    ForeignKeyConstraint(
        ["tenant_id", "account_no", "currency"],
        ["account.tenant_id", "account.no", "account.posting_currency"],
        name="fk_posting_leaf_in_its_currency",
    ),
    CheckConstraint("amount_minor <> 0", name="amount_not_zero"),
    Index("ix_posting_account", "account_no", "effective_date", "entry_seq"),
)

event = Table(
    "account_event",
    metadata,
    Column("no", BigInteger, Identity(always=True), primary_key=True),
    tenant(),
    Column("account_no", BigInteger, ForeignKey("account.no"), nullable=False, index=True),
    Column("kind", Text, nullable=False),
    moment("at"),
    Column("actor", Text, nullable=False),
    Column("reason", Text, nullable=False),
    document("detail"),
)

parent_history = Table(
    "account_parent_history",
    metadata,
    Column("no", BigInteger, Identity(always=True), primary_key=True),
    tenant(),
    Column("account_no", BigInteger, ForeignKey("account.no"), nullable=False, index=True),
    Column("parent_no", BigInteger, ForeignKey("account.no"), nullable=False),
    Column("since", Date, nullable=False),
)

reservation = Table(
    "reservation",
    metadata,
    identifier(),
    tenant(),
    Column("account_no", BigInteger, ForeignKey("account.no"), nullable=False, index=True),
    Column("is_debit", Boolean, nullable=False),
    minor("amount_minor"),
    minor("open_minor"),
    Column("state", Text, nullable=False),
    Column("idem_key", Text, nullable=False),
    Column("payload_sha256", LargeBinary, nullable=False),
    moment("reserved_at"),
    moment("expires_at"),
    Column("source", Text, nullable=False),
    UniqueConstraint("tenant_id", "idem_key"),
    CheckConstraint("amount_minor > 0", name="amount_positive"),
    CheckConstraint("open_minor BETWEEN 0 AND amount_minor", name="open_within"),
    Index("ix_reservation_open", "tenant_id", "expires_at", postgresql_where=text("state = 'open'")),
)

reservation_step = Table(
    "reservation_step",
    metadata,
    Column("reservation_id", Text, ForeignKey("reservation.id"), primary_key=True),
    Column("step", Integer, primary_key=True),
    tenant(),
    Column("kind", Text, nullable=False),
    minor("posted_minor"),
    minor("released_minor"),
    Column("resolves", Boolean, nullable=False),
    Column("entry_seq", BigInteger, ForeignKey("journal_entry.seq"), unique=True),
    Column("idem_key", Text, nullable=False),
    moment("at"),
    UniqueConstraint("tenant_id", "idem_key"),
    CheckConstraint("posted_minor >= 0 AND released_minor >= 0", name="amounts"),
    Index("ix_reservation_step_resolves", "reservation_id", unique=True, postgresql_where=text("resolves")),
)

seal = Table(
    "seal",
    metadata,
    Column("tenant_id", Text, ForeignKey("tenant.id"), primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("from_seq", BigInteger, nullable=False),
    Column("to_seq", BigInteger, nullable=False),
    Column("entries", BigInteger, nullable=False),
    Column("prev_hash", LargeBinary, nullable=False),
    Column("block_hash", LargeBinary, nullable=False),
    moment("sealed_at"),
    UniqueConstraint("tenant_id", "from_seq"),
    CheckConstraint("from_seq <= to_seq", name="range"),
)

seal_progress = Table(
    "seal_progress",
    metadata,
    Column("tenant_id", Text, ForeignKey("tenant.id"), primary_key=True),
    Column("scanned_seq", BigInteger, nullable=False),
    Column("noted_seq", BigInteger, nullable=False),
    Column("noted_xid", BigInteger, nullable=False),
)

closed_until = Table(
    "book_closed_until",
    metadata,
    Column("tenant_id", Text, ForeignKey("tenant.id"), primary_key=True),
    Column("creditor_id", Text, primary_key=True),
    Column("until", Date),
)

total = Table(
    "account_total",
    metadata,
    tenant(),
    Column("root_no", BigInteger, ForeignKey("account.no"), primary_key=True),
    Column("span", Text, primary_key=True),
    Column("since", Date, primary_key=True),
    Column("role", Text, primary_key=True),
    Column("currency", CHAR(3), primary_key=True),
    Column("debit_minor", Numeric, nullable=False),
    Column("credit_minor", Numeric, nullable=False),
    CheckConstraint("span IN ('day', 'month')", name="span"),
)

total_progress = Table(
    "account_total_progress",
    metadata,
    tenant(),
    Column("root_no", BigInteger, ForeignKey("account.no"), primary_key=True, autoincrement=False),
    Column("counted_seq", BigInteger, nullable=False),
    Column("opened_no", BigInteger, nullable=False),
)
