"""What a book says, whatever numbers, identifiers and moments it says it with: two that say the same are equal."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

import psycopg

TABLES = (
    *("account", "account_balance", "account_balance_day", "account_closure", "account_event"),
    *("account_parent_history", "journal_entry", "posting", "reservation", "reservation_step", "seal"),
)
AND_CASES = (*TABLES, "inbox", "receipt", "allocation", "reversal", "loan", "instalment", "collection_case", "timeline")
_ID = re.compile(r"\b[a-z]{2,6}_[0-9a-z]{26}\b")
_OF_CHANCE = frozenset({"no", "seq", "from_seq", "to_seq", "id", "tenant_id"})
_NUMBERS = ("account_no", "parent_no", "ancestor_no", "descendant_no")
_ENTRIES = ("entry_seq", "reverses_seq")
_PLACES = (
    "WITH RECURSIVE place(no, id, path) AS ("
    " SELECT no, id, role || '/' || currency || '/' || subject FROM account"
    " WHERE tenant_id = %(t)s AND parent_no IS NULL"
    " UNION ALL SELECT a.no, a.id, p.path || ' > ' || a.role || '/' || a.currency || '/' || a.subject"
    " FROM account a JOIN place p ON p.no = a.parent_no) SELECT no, id, path FROM place"
)


def state(owner: psycopg.Connection, tenant_id: str, tables: tuple[str, ...] = TABLES) -> dict[str, list[str]]:
    """Every table's rows of the tenant, accounts and entries by name, in an order of their own."""
    named = {"t": tenant_id}
    places = owner.execute(_PLACES, named).fetchall()
    keys = owner.execute("SELECT seq, id, idem_key FROM journal_entry WHERE tenant_id = %(t)s", named).fetchall()
    held = owner.execute("SELECT 0, id, idem_key FROM reservation WHERE tenant_id = %(t)s", named).fetchall()
    names = {row[1]: _ID.sub(_kind, row[2]) for row in (*places, *keys, *held)}
    numbers = {name: {row[0]: names[row[1]] for row in places} for name in _NUMBERS}
    numbers |= {name: {row[0]: names[row[1]] for row in keys} for name in _ENTRIES}
    return {table: sorted(_row(row, names, numbers) for row in _rows(owner, table, tenant_id)) for table in tables}


def digest(owner: psycopg.Connection, tenant_id: str, tables: tuple[str, ...] = TABLES) -> str:
    """One hash of all of it."""
    return hashlib.sha256(json.dumps(state(owner, tenant_id, tables)).encode()).hexdigest()


def _rows(owner: psycopg.Connection, table: str, tenant_id: str) -> list[dict[str, Any]]:
    """Rows without what is a moment or a digest (digests are over identifiers; seals are verified by themselves)."""
    columns = owner.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND table_schema = 'public'"
        " AND data_type NOT IN ('timestamp with time zone', 'bytea')",
        [table],
    ).fetchall()
    wanted = [row[0] for row in columns if row[0] not in _OF_CHANCE]
    if table == "reservation":
        wanted.append("id")
    query = "SELECT " + ", ".join(f'"{name}"' for name in wanted) + f" FROM {table} WHERE tenant_id = %s"
    return [dict(zip(wanted, row, strict=True)) for row in owner.execute(query.encode(), [tenant_id]).fetchall()]


def _row(row: Mapping[str, Any], names: Mapping[str, str], numbers: Mapping[str, Mapping[int, str]]) -> str:
    told = {name: numbers[name].get(value) if name in numbers else value for name, value in row.items()}
    text = json.dumps(told, default=str, sort_keys=True, ensure_ascii=False)
    return _ID.sub(lambda found: names.get(found[0], _kind(found)), text)


def _kind(found: re.Match[str]) -> str:
    return found[0].partition("_")[0]
