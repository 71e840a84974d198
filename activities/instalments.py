"""Paying in instalments: the terms that a creditor states, and the plan that a debtor takes within them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from activities.arrangements import PLAN_AGREED, Arrangements
from connectors import registry
from domain.errors import Conflict, Invalid
from domain.ids import NewId
from domain.instalment_plans import InstalmentTerms, Payments, choices, name_of
from domain.promises import PromiseState
from store import creditors, holds, instalment_terms, promises, settlements, timeline
from store.holds import covers
from store.instalment_terms import TermsRow

_NOT_KEPT = frozenset({PromiseState.BROKEN.value, PromiseState.PARTIAL.value})


def state_terms(
    tx: Connection,
    *,
    creditor_id: str,
    country: str,
    currency: str,
    terms: InstalmentTerms | None,
    actor: str,
    new_id: NewId,
    now: datetime,
) -> TermsRow:
    """State on which terms debtors of a country may pay in instalments; ``None`` ends it for plans not yet taken.

    Raises ``creditor_unknown``, ``country_unknown`` and ``instalment_terms_invalid``.
    """
    creditor = creditors.get(tx, creditor_id)
    if currency not in registry.country(country).currencies:
        raise Invalid("instalment_terms_invalid", f"Debts in {country} are not in {currency}.", fix="State another.")
    row = TermsRow(
        id=new_id("instalment_terms"),
        tenant_id=creditor.tenant_id,
        creditor_id=creditor.id,
        country=country,
        currency=currency,
        terms=terms,
        stated_by=actor,
        stated_at=now,
    )
    instalment_terms.state(tx, row)
    return row


def offered(desk: Arrangements) -> tuple[Payments, ...]:
    """The plans that a debtor may take now, shortest first.

    None where the creditor stated no terms, a hold or an offer to settle stands, a plan runs, a promise was broken in
    the case, or the plan could not be confirmed in writing: then a person decides.
    """
    case, tx = desk.case, desk.tx
    terms = instalment_terms.of(tx, creditor_id=case.creditor_id, country=case.country, currency=case.currency)
    if terms is None or case.closed_at is not None or _is_for_a_person(desk):
        return ()
    return choices(
        terms,
        desk.owed().overdue,
        today=desk.today,
        calendar=desk.debtor.country.calendar,
        subdivision=desk.debtor.party.subdivision,
    )


def _is_for_a_person(desk: Arrangements) -> bool:
    case_id, tx = desk.case.id, desk.tx
    offer = settlements.of_case(tx, case_id)
    return (
        (offer is not None and offer.until >= desk.today)
        or any(covers(hold, desk.today) for hold in holds.of_case(tx, case_id))
        or any(
            one.state in _NOT_KEPT or (one.plan_id is not None and one.state == PromiseState.OPEN.value)
            for one in promises.of_case(tx, case_id)
        )
        or not desk.can_confirm()
    )


def take(desk: Arrangements, name: str, *, command_id: str) -> None:
    """Agree on the plan that the debtor was shown under a name, once for each ``command_id``.

    Raises ``instalments_not_offered`` where that very plan, with its days and amounts, is not offered any more, and
    what ``agree_plan`` raises.
    """
    if timeline.has(desk.tx, desk.case.id, kind=PLAN_AGREED, command_id=command_id):
        return
    plan = next((payments for payments in offered(desk) if name_of(payments) == name), None)
    if plan is None:
        raise Conflict("instalments_not_offered", "This plan is not offered now.", fix="Look at the page again.")
    desk.agree_plan(plan, command_id=command_id)
