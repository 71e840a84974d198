"""Files of money as people look at them: page by page, and what became of each line that they state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, func, or_, select, true, tuple_

from domain.differences import STANDING
from domain.reconciliation import Leg
from store.differences import difference_table
from store.listings import PAGE_ROWS, Listed, Place
from store.payouts import payout_table
from store.receipts import receipt_table, reversal_table
from store.recon_items import item_table
from store.reconciliation import WAITING, group_table, match_item_table
from store.statement_files import SourceFile, SourceLine, source_file_table

_STANDING_GROUPS: Final = (*WAITING, "confirmed")
_LEGS: Final = {"bank": Leg.BANK, "platform": Leg.PLATFORM, "agency": Leg.EXPECTED}


@dataclass(frozen=True, slots=True)
class FileFilter:
    """Which files to list."""

    state: str | None = None
    connection_id: str | None = None


@dataclass(frozen=True, slots=True)
class LineOutcome:
    """What became of a line: the receipt that it is or takes back, the batch that arrived, its match, its difference.

    ``state`` is that of its part in the reconciliation: open, matched, settled; ``None`` where it moves nothing.
    """

    receipt_id: str | None = None
    receipt_state: str | None = None
    takes_back: bool = False
    payout_id: str | None = None
    state: str | None = None
    group_id: str | None = None
    group_status: str | None = None
    difference_id: str | None = None
    difference_kind: str | None = None


def files(tx: Connection, wanted: FileFilter, *, after: Place | None, limit: int = PAGE_ROWS) -> Listed[SourceFile]:
    """Files, the newest first."""
    table = source_file_table
    query = select(table).where(
        true() if wanted.state is None else table.c.state == wanted.state,
        true() if wanted.connection_id is None else table.c.connection_id == wanted.connection_id,
    )
    if after is not None:
        query = query.where(tuple_(table.c.received_at, table.c.id) < (datetime.fromisoformat(after.key), after.id))
    query = query.order_by(table.c.received_at.desc(), table.c.id.desc()).limit(limit + 1)
    rows = [SourceFile(**row) for row in tx.execute(query).mappings()]
    following = Place(rows[limit - 1].received_at.isoformat(), rows[limit - 1].id) if len(rows) > limit else None
    return Listed(tuple(rows[:limit]), following)


def counts_by_state(tx: Connection) -> dict[str, int]:
    """How many files there are in each state."""
    table = source_file_table
    return dict(tx.execute(select(table.c.state, func.count()).group_by(table.c.state)).tuples().all())


def outcomes(tx: Connection, lines: Sequence[SourceLine]) -> dict[int, LineOutcome]:
    """What became of each of some lines of one file, by number."""
    if not lines:
        return {}
    found = {line.seq: LineOutcome() for line in lines}
    for booked_as in (_receipts, _reversals, _payouts):
        found |= booked_as(tx, lines, found)
    return _reconciled(tx, found, leg=_LEGS[lines[0].source])


def _names(line: SourceLine) -> list[str]:
    """The names that what was booked of a line may have: at a platform it is known by the payment's own."""
    own = [line.identity, *([line.external_id] if line.external_id else [])]
    return own if line.source == "bank" else [*own, *line.references]


def _receipts(tx: Connection, lines: Sequence[SourceLine], found: dict[int, LineOutcome]) -> dict[int, LineOutcome]:
    table = receipt_table
    wanted = {name for line in lines for name in _names(line)}
    query = select(table.c.external_ref, table.c.id, table.c.state).where(
        table.c.connection_id == lines[0].connection_id, table.c.external_ref.in_(wanted)
    )
    known = {row.external_ref: row for row in tx.execute(query)}
    told = {line.seq: next((known[name] for name in _names(line) if name in known), None) for line in lines}
    return {seq: replace(found[seq], receipt_id=row.id, receipt_state=row.state) for seq, row in told.items() if row}


def _reversals(tx: Connection, lines: Sequence[SourceLine], found: dict[int, LineOutcome]) -> dict[int, LineOutcome]:
    """Lines that took a receipt back: by the name of the reversal itself."""
    table = reversal_table
    wanted = {name for line in lines for name in _names(line)}
    query = (
        select(table.c.external_ref, receipt_table.c.id, receipt_table.c.state)
        .join(receipt_table, receipt_table.c.id == table.c.receipt_id)
        .where(table.c.connection_id == lines[0].connection_id, table.c.external_ref.in_(wanted))
    )
    known = {row.external_ref: row for row in tx.execute(query)}
    told = {line.seq: next((known[name] for name in _names(line) if name in known), None) for line in lines}
    return {
        seq: replace(found[seq], receipt_id=row.id, receipt_state=row.state, takes_back=True)
        for seq, row in told.items()
        if row
    }


def _payouts(tx: Connection, lines: Sequence[SourceLine], found: dict[int, LineOutcome]) -> dict[int, LineOutcome]:
    """Lines of a bank that are a platform's batch which arrived."""
    here = lines[0].connection_id
    refs = {f"{here}/{name}": line.seq for line in lines for name in _names(line)}
    query = select(payout_table.c.arrived_ref, payout_table.c.id).where(payout_table.c.arrived_ref.in_(list(refs)))
    return {refs[ref]: replace(found[refs[ref]], payout_id=payout_id) for ref, payout_id in tx.execute(query)}


def _reconciled(tx: Connection, found: dict[int, LineOutcome], *, leg: Leg) -> dict[int, LineOutcome]:
    item, member, group, difference = item_table, match_item_table, group_table, difference_table
    query = select(item.c.line_seq, item.c.seq, item.c.state).where(
        item.c.leg == leg.value, item.c.ref.in_([f"line/{seq}" for seq in found])
    )
    lines = {seq: (line, state) for line, seq, state in tx.execute(query)}
    told = found | {line: replace(found[line], state=state) for line, state in lines.values()}
    matched = (
        select(member.c.item_seq, group.c.id, group.c.status)
        .join(group, group.c.id == member.c.group_id)
        .where(member.c.item_seq.in_(list(lines)), group.c.status.in_(_STANDING_GROUPS))
    )
    for seq, group_id, status in tx.execute(matched):
        line = lines[seq][0]
        told[line] = replace(told[line], group_id=group_id, group_status=status)
    named = or_(difference.c.item_seq.in_(list(lines)), difference.c.other_seq.in_(list(lines)))
    open_ = select(difference).where(named, difference.c.state.in_(STANDING)).order_by(difference.c.id)
    for row in tx.execute(open_):
        for seq in {row.item_seq, row.other_seq} & set(lines):
            line = lines[seq][0]
            told[line] = replace(told[line], difference_id=row.id, difference_kind=row.kind)
    return told
