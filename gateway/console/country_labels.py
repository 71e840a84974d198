"""What the console calls the codes of a country's folder: tiers, charges, duties, the order of names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from connectors.wording.payment_labels import marked

COUNTRY_LABELS: Final[Mapping[str, Mapping[str, str]]] = {
    "region": {
        "latin_america": marked("Latin America"),
        "middle_east": marked("Middle East"),
        "southeast_asia": marked("Southeast Asia"),
    },
    "tier": {
        "draft": marked("Draft"),
        "sourced": marked("Sourced"),
        "tested": marked("Tested"),
        "proven": marked("Proven"),
        "reviewed": marked("Reviewed by counsel"),
    },
    "charge": {
        "late_fee": marked("Late fee"),
        "late_interest": marked("Late interest"),
        "collection_cost": marked("Collection cost"),
    },
    "charge_basis": {
        "instalment": marked("of the instalment"),
        "overdue": marked("of what is overdue"),
        "principal": marked("of the principal"),
    },
    "charge_per": {
        "once": marked("once"),
        "cycle": marked("for each billing cycle"),
        "day": marked("for each day"),
        "month": marked("for each month"),
        "year": marked("for each year"),
    },
    "duty": {
        "disclose": marked("What must be said"),
        "caller_id": marked("Caller's number"),
        "record": marked("Recording calls"),
        "language": marked("Language"),
        "log": marked("Records of contacts"),
        "retention": marked("Keeping data"),
        "data_transfer": marked("Data leaving the country"),
        "credit_reporting": marked("Credit bureaux"),
        "complaints": marked("Complaints"),
        "vulnerable": marked("Vulnerable people"),
        "place": marked("Place of contact"),
        "receipt": marked("Receipts for payments"),
    },
    "name_order": {
        "given_first": marked("Given name first"),
        "family_first": marked("Family name first"),
        "single": marked("One name, or names that are not split"),
    },
    "recovery_route": {
        "default": marked("By agreement or notice"),
        "judicial": marked("Through the court"),
        "extrajudicial": marked("Without the court"),
        "foreclosure": marked("Foreclosure"),
        "cancellation": marked("Cancelling the sale"),
        "deceased": marked("Where the debtor has died"),
    },
    "restart": {
        "acknowledgement": marked("written acknowledgement"),
        "part_payment": marked("part payment"),
        "lawsuit": marked("lawsuit"),
        "notice": marked("formal demand"),
        "protest": marked("notarial protest"),
    },
}
"""Words by family and code."""
