"""Answers that were given, so that the same request asked again gets the same answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Integer, Table, Text, select, update

from store.schema import document, insert_once, metadata, moment, tenant

answer_table = Table(
    "idempotent_answer",
    metadata,
    tenant(),
    Column("tenant_key", Text, primary_key=True),
    Column("request_sha256", Text, nullable=False),
    Column("status", Integer),
    document("answer", nullable=True),
    moment("created_at"),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered to a request; ``status`` is ``None`` while it is still being worked on."""

    request_sha256: str
    status: int | None
    answer: Any


def begin(tx: Connection, *, tenant_id: str, key: str, request_sha256: str, now: datetime) -> Answer | None:
    """Take a key for a request; ``None`` where it was free, else what stands under it."""
    tenant_key = f"{tenant_id}/{key}"
    values = {
        "tenant_id": tenant_id,
        "tenant_key": tenant_key,
        "request_sha256": request_sha256,
        "created_at": now,
    }
    if insert_once(tx, answer_table, values):
        return None
    query = select(answer_table.c.request_sha256, answer_table.c.status, answer_table.c.answer).where(
        answer_table.c.tenant_key == tenant_key
    )
    return Answer(**tx.execute(query).mappings().one())


def finish(tx: Connection, *, tenant_id: str, key: str, status: int, answer: Any) -> None:
    """Keep the answer given under a key."""
    tx.execute(
        update(answer_table)
        .where(answer_table.c.tenant_key == f"{tenant_id}/{key}")
        .values(status=status, answer=answer),
    )


def forget(tx: Connection, *, tenant_id: str, key: str) -> None:
    """Free a key whose request failed without effect."""
    tx.execute(answer_table.delete().where(answer_table.c.tenant_key == f"{tenant_id}/{key}"))
