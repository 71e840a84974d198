"""Bucket history: in which bucket of days past due a case was on which days."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Column, Connection, ForeignKey, Table, Text, func, insert, select, update
from sqlalchemy.dialects.postgresql import DATERANGE, ExcludeConstraint, Range

from store.cases import Case
from store.schema import metadata, tenant

bucket_table = Table(
    "bucket_history",
    metadata,
    tenant(),
    Column("case_id", Text, ForeignKey("collection_case.id"), nullable=False),
    Column("bucket", Text, nullable=False),
    Column("days", DATERANGE, nullable=False),
    ExcludeConstraint(("case_id", "="), ("days", "&&"), name="ex_bucket_overlap"),
)


def enter(tx: Connection, case: Case, *, bucket: str, day: date) -> None:
    """From ``day`` on the case is in this bucket; earlier days keep what they had."""
    mine = bucket_table.c.case_id == case.id
    tx.execute(bucket_table.delete().where(mine, func.lower(bucket_table.c.days) >= day))
    tx.execute(
        update(bucket_table)
        .where(mine, bucket_table.c.days.contains(day))
        .values(days=func.daterange(func.lower(bucket_table.c.days), day)),
    )
    tx.execute(
        insert(bucket_table).values(tenant_id=case.tenant_id, case_id=case.id, bucket=bucket, days=Range(day, None)),
    )


def of_case(tx: Connection, case_id: str) -> list[tuple[date, date | None, str]]:
    """A case's buckets with their half-open day ranges, oldest first."""
    query = select(bucket_table).where(bucket_table.c.case_id == case_id).order_by(func.lower(bucket_table.c.days))
    return [(row["days"].lower, row["days"].upper, row["bucket"]) for row in tx.execute(query).mappings()]
