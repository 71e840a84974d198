"""recordlinkage: candidates of equal currency and amount (gross or net) or equal reference, compared and summed up.

Settings: reference and payer by Jaro-Winkler, days by a Gauss curve (offset 1, scale 3), amounts exact. The score is
3 x reference + payer + date + 2 x amount; the best pairs first, one to one.
"""

from __future__ import annotations

import pandas as pd
import recordlinkage

from benchmarks.matchers.sheet import Answer, Row, answer, best_first


def work(left: list[Row], right: list[Row]) -> Answer:
    """Block, compare, add up."""
    ours, theirs = _frame(left), _frame(right)
    index = recordlinkage.Index()
    index.block(["currency", "net"], ["currency", "amount"])
    index.block(["currency", "amount"], ["currency", "amount"])
    index.block(["currency", "plain"], ["currency", "plain"])
    pairs = index.index(ours, theirs)
    compare = recordlinkage.Compare()
    compare.string("plain", "plain", method="jarowinkler", label="reference")
    compare.string("payer", "payer", method="jarowinkler", label="payer")
    compare.numeric("ordinal", "ordinal", method="gauss", offset=1, scale=3, label="date")
    compare.exact("net", "amount", label="amount")
    features = compare.compute(pairs, ours, theirs)
    scores = 3 * features["reference"] + features["payer"] + features["date"] + 2 * features["amount"]
    yield from best_first((score, one, other) for (one, other), score in scores.items() if score >= 2)  # noqa: PLR2004


def _frame(rows: list[Row]) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "amount": [row.amount_minor for row in rows],
            "net": [row.net_minor for row in rows],
            "currency": [row.currency for row in rows],
            "day": pd.to_datetime([row.day for row in rows]),
            "ordinal": [row.day.toordinal() for row in rows],
            "plain": ["".join(filter(str.isalnum, row.reference.upper())) or None for row in rows],
            "payer": [row.payer.upper() or None for row in rows],
        },
        index=[row.id for row in rows],
    )
    return frame.where(frame.notna(), None)


answer(work)
