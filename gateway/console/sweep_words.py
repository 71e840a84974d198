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
    "sweep_term": {
        "status": marked("State"),
        "kind": marked("How much"),
        "trigger": marked("Once the balance is"),
        "target": marked("What stays in the account"),
        "minimum": marked("Not less than"),
        "approval_above": marked("A second person decides above"),
        "fx_policy": marked("Exchange"),
        "max_spread": marked("Widest spread, in basis points"),
        "hours": marked("Hours"),
        "days": marked("Days"),
        "direction": marked("Who moves the money"),
        "purpose": marked("Purpose"),
        "most_days": marked("Most days on the way"),
        "active_from": marked("From"),
        "active_until": marked("Until"),
    },
    "sweep_direction": {
        "push": marked("The child's bank is told to pay"),
        "pull": marked("The parent's bank draws it"),
    },
    "sweep_purpose": {
        "own_funds": marked("Own funds"),
        "loan_service": marked("Payments on a loan"),
        "dividend": marked("Dividend"),
        "services": marked("Services"),
    },
    "sweep_days": {
        "business_days": marked("Business days"),
        "weekly": marked("Days of the week"),
        "monthly": marked("Days of the month"),
    },
    "sweep_event": {
        "planned": marked("Planned"),
        "approved": marked("Approved"),
        "sent": marked("Booked as on its way"),
        "taken": marked("The bank took the order"),
        "arrived": marked("Arrived"),
        "failed": marked("Failed"),
        "returned": marked("Came back"),
        "cancelled": marked("Given up"),
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

SWEEP_DONE: Final[Mapping[str, str]] = {
    "rule_written": marked("The rule is written. Another person can approve it now."),
    "rule_changed": marked("The rule is stopped, or waits as changed for another person's approval."),
    "rule_approved": marked("The change is approved: the rule sweeps by it from now on."),
    "rule_kept": marked("The rule stays as it is."),
    "paper_attached": marked("The paper is attached."),
    "sweep_planned": marked("The sweep is under way, or waits for a second person."),
    "sweep_sent": marked("The sweep is approved and booked."),
    "sweep_taken": marked("It is noted that the bank took the order."),
    "sweep_arrived": marked("The arrival is booked."),
    "sweep_failed": marked("The sweep is booked back."),
    "sweep_cancelled": marked("The sweep is given up."),
}
"""What was done, by the code in the address."""
