"""splink on DuckDB: blocked on currency and amount (gross or net) or on the reference, trained by EM as its guide does.

Settings: reference by Jaro-Winkler (0.95, 0.88), payer by Jaro-Winkler (0.92, 0.8), days at 1, 3 and 7, amount exact;
u from a million random pairs, m by EM once blocked on the reference and once on the amount; pairs from a probability of
0.05, the best first, one to one.
"""

from __future__ import annotations

import logging

import pandas as pd
import splink.comparison_library as compare
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from benchmarks.matchers.sheet import Answer, Row, answer, best_first

logging.disable(logging.WARNING)


def work(left: list[Row], right: list[Row]) -> Answer:
    """Train on the two files themselves, then predict."""
    database = DuckDBAPI()
    settings = SettingsCreator(
        link_type="link_only",
        comparisons=[
            compare.JaroWinklerAtThresholds("reference", [0.95, 0.88]),
            compare.JaroWinklerAtThresholds("payer", [0.92, 0.8]),
            compare.AbsoluteDateDifferenceAtThresholds(
                "day", input_is_string=True, metrics=["day", "day", "day"], thresholds=[1, 3, 7]
            ),
            compare.ExactMatch("net"),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("currency", "net"),
            "l.currency = r.currency and l.amount = r.amount",
            block_on("currency", "reference"),
        ],
    )
    tables = [
        database.register(_frame(rows), dataset_display_name=name) for name, rows in (("ours", left), ("theirs", right))
    ]
    linker = Linker(tables, settings, log_level=None)
    training = linker.training
    training.estimate_probability_two_random_records_match([block_on("currency", "net", "reference")], recall=0.6)
    training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    training.estimate_parameters_using_expectation_maximisation(block_on("currency", "reference"))
    training.estimate_parameters_using_expectation_maximisation(block_on("currency", "net"))
    found = linker.inference.predict(threshold_match_probability=0.05).as_pandas_dataframe()
    yield from best_first(
        (row.match_weight, row.unique_id_l, row.unique_id_r)
        for row in found[["match_weight", "unique_id_l", "unique_id_r"]].itertuples()
    )


def _frame(rows: list[Row]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "unique_id": [row.id for row in rows],
            "amount": [row.amount_minor for row in rows],
            "net": [row.net_minor for row in rows],
            "currency": [row.currency for row in rows],
            "day": [row.day.isoformat() for row in rows],
            "reference": ["".join(filter(str.isalnum, row.reference.upper())) or None for row in rows],
            "payer": [row.payer.upper() or None for row in rows],
        }
    )


answer(work)
