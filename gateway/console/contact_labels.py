"""What the console calls the codes of contact law: who speaks to whom, what came of it, what was agreed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from connectors.wording.payment_labels import marked

CONTACT_LABELS: Final[Mapping[str, Mapping[str, str]]] = {
    "actor": {
        "creditor": marked("The creditor"),
        "agency": marked("A collection agency"),
        "lawyer": marked("A lawyer"),
    },
    "lender_type": {
        "bank": marked("Bank"),
        "finance_company": marked("Finance company"),
        "vehicle_dealer": marked("Vehicle dealer"),
    },
    "party_role": {
        "debtor": marked("Debtor"),
        "guarantor": marked("Guarantor"),
        "third_party": marked("Third party"),
    },
    "contact_result": {
        "attempt": marked("Nobody reached"),
        "contact": marked("Somebody reached"),
        "right_party": marked("The right person reached"),
    },
    "consent": {
        "outside_hours": marked("Contact outside the usual hours"),
        "other_hours": marked("Contact at other hours, as agreed"),
        "earlier_calls": marked("Calls before the time of rest is over"),
    },
    "special_day": {
        "ramadan": marked("Ramadan"),
        "joint_leave": marked("joint leave"),
        "optional_holiday": marked("optional holiday"),
        "tet": marked("Tet"),
        "half_day": marked("half day"),
    },
}
"""Words by family and code."""

CONTACT_REFUSALS: Final[Mapping[str, str]] = {
    "facts_malformed": marked("Something in the question is not understood. Look at its days, times and numbers."),
    "moment_out_of_range": marked("The calendars are sure from 2000 to 2075 only. Choose a moment between."),
    "subdivision_unknown": marked("This state or region is not one of the country's. Choose another."),
    "time_zone_unknown": marked("This time zone is not known. Choose another."),
}
"""Why a question is refused, by code."""
