"""reconcile-py: equal amounts (net of stated fees) within seven days, graded by reference (3) and payer (1).

Settings: threshold 0 and no margin of ambiguity, which found most on these files (thresholds of 0.2 to 0.6 and a margin
of 0.02 were tried); splits of up to four lines among sixteen, its own limits. It compares all pairs.
"""

from __future__ import annotations

from decimal import Decimal

from reconcile import FieldRule, ReconcileConfig, Record, reconcile

from benchmarks.matchers.sheet import Answer, Row, answer, of_currencies

_CONFIG = ReconcileConfig(
    rules=(
        FieldRule("amount", "gate", abs_tol=Decimal(0)),
        FieldRule("date", "gate", day_tol=7),
        FieldRule("reference", "grade", weight=3.0),
        FieldRule("counterparty", "grade", weight=1.0),
    ),
    threshold=0.0,
    ambiguity_epsilon=0.0,
)


def work(left: list[Row], right: list[Row]) -> Answer:
    """One pass."""
    for found in reconcile(list(map(_record, left)), list(map(_record, right)), _CONFIG).matches:
        yield found.score, list(map(str, found.left_ids)), list(map(str, found.right_ids))


def _record(row: Row) -> Record:
    return Record(Decimal(row.net_minor), row.day, row.reference or None, row.payer or None, row.id)


answer(of_currencies(work))
