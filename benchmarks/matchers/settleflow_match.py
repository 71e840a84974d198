"""settleflow: exact references, then equal amount and day; lines of a payout summed by its own ``group_batches``.

Settings: it has none. Its statuses ``exact``, ``amount_date`` and ``amount_mismatch`` are scored in that order. A
payout's batch is the reference that is looked for in the bank's line, its net amount the one compared.
"""

from __future__ import annotations

from decimal import Decimal

from settleflow import ReconLine, Settlement, Txn, group_batches, match, match_settlements

from benchmarks.matchers.sheet import Answer, Row, answer, of_currencies

_SCORES = {"exact": 1.0, "amount_date": 0.9, "amount_mismatch": 0.5}


def work(left: list[Row], right: list[Row]) -> Answer:
    """Payouts first, then single lines against what the payouts left."""
    bank = [Txn(row.batch_id or row.reference, Decimal(row.amount_minor), row.day, ref=row.id) for row in right]
    batches = group_batches([_line(row) for row in left if row.batch_id])
    settlements = [
        Settlement(one.settlement_id, one.net, max(line.created_at for line in one.lines), utr=one.utr)
        for one in batches
    ]
    members = {one.settlement_id: [line.entity_id for line in one.lines] for one in batches}
    paid = match_settlements(settlements, bank)
    for found in paid.matched:
        yield _SCORES[found.status.value], members[str(found.settlement.ref)], [str(found.bank.ref)]
    singles = [Txn(row.reference, Decimal(row.net_minor), row.day, ref=row.id) for row in left if not row.batch_id]
    for found in match(singles, paid.bank_only).matched:
        yield _SCORES[found.status.value], [str(found.settlement.ref)], [str(found.bank.ref)]


def _line(row: Row) -> ReconLine:
    net = Decimal(row.net_minor)
    return ReconLine(
        entity_id=row.id, type="payment" if net >= 0 else "refund", debit=max(-net, Decimal(0)),
        credit=max(net, Decimal(0)), amount=abs(Decimal(row.amount_minor)), currency=row.currency,
        fee=Decimal(row.amount_minor - row.net_minor), tax=Decimal(0), on_hold=False, settled=True,
        created_at=row.day, settled_at=row.day, settlement_id=row.batch_id, settlement_utr=row.batch_id,
    )  # fmt: skip


answer(of_currencies(work))
