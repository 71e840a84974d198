"""Words of cash sweeps: what the console calls their states, kinds and reasons, as msgids of its catalog."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from connectors.wording.payment_labels import marked

SWEEP_LABELS: Final[Mapping[str, Mapping[str, str]]] = {
    "sweep_state": {
        "planned": marked("Planned"),
        "awaiting_approval": marked("Waits for approval"),
        "sent": marked("Ordered"),
        "in_transit": marked("On its way"),
        "arrived": marked("Arrived"),
        "failed": marked("Failed"),
        "returned": marked("Came back"),
        "cancelled": marked("Given up"),
    },
    "sweep_kind": {
        "zero_balance": marked("Everything"),
        "target_balance": marked("All but what is to stay"),
        "trigger_amount": marked("From a balance on"),
    },
    "fx_policy": {
        "none": marked("No exchange"),
        "quoted": marked("At a bank's quote"),
        "rate_of_day": marked("At the rate of the day"),
        "hold": marked("Kept in its currency"),
    },
    "rule_status": {
        "active": marked("Active"),
        "paused": marked("Paused"),
        "retired": marked("Retired"),
    },
    "sweep_reason": {
        "rule_not_active": marked("The rule is paused"),
        "account_frozen": marked("The account is frozen"),
        "currency_not_transferable": marked("The country does not let this currency out"),
        "already_run_for_date": marked("Swept today"),
        "failed_for_date": marked("Failed today; a person may try again"),
        "not_a_business_day": marked("Banks are closed"),
        "not_a_day_of_the_rule": marked("No day of the rule"),
        "too_early": marked("Opens later today"),
        "cut_off_passed": marked("The cut-off has passed"),
        "in_transit_too_long": marked("An earlier sweep is on its way for too long"),
        "below_trigger": marked("The balance is below the trigger"),
        "nothing_to_sweep": marked("Nothing to sweep"),
        "below_minimum": marked("Less than the minimum"),
        "documents_missing": marked("Papers are missing"),
        "rate_missing": marked("No rate or quote"),
        "rate_stale": marked("The rate is too old"),
        "spread_too_wide": marked("The spread is too wide"),
    },
}
"""Words by family and code."""
