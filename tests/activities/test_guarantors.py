"""Guarantors are parties who may be contacted about a loan, by the rules on guarantors and from their own budget."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from activities import contact
from activities.contact import Contact
from domain.contact_law import Cap, ContactRule, Forbidden, Hours, Per, Rolling, Scope, week
from domain.contact_policy import Channel, Confidence, PartyRole, Refusal
from domain.errors import NotFound
from runtime import clock
from store import cases, guarantors, parties
from store.permits import Permit
from tests.activities.conftest import portfolio_file, row

MALI = "3100600445635"
ALWAYS = Hours(week=week("00:00-24:00", saturday="00:00-24:00", sunday="00:00-24:00"))


@pytest.fixture
def answered_for(thailand: Any) -> Any:
    """A Thai loan that somebody answers for."""
    named = {"guarantor_name": "มาลี", "guarantor_id_scheme": "pin", "guarantor_id_value": MALI}
    thailand.load(portfolio_file(row("TH", contract_no="TH-0001", **named)))
    return thailand


def rule(kind: Any, scope: Scope | None = None) -> ContactRule:
    return ContactRule(
        id=f"xx.{type(kind).__name__.lower()}",
        text="A rule.",
        kind=kind,
        source="invented",
        confidence=Confidence.VERIFIED,
        effective_from=date.min,
        scope=scope or Scope(),
    )


def ask(world: Any, *rules: ContactRule, guarantor: bool) -> Permit | Refusal:
    """A permit for a call to the case's guarantor or debtor, by Thailand's rules unless others are given."""
    with world.tx() as tx:
        case = cases.get(tx, tx.exec_driver_sql("SELECT id FROM collection_case").scalar_one())
        party = parties.find(tx, country="TH", scheme="pin", value=MALI) if guarantor else None
        asked = contact.load(tx, case, party_id=party.id if party else None)
        if rules:
            asked = replace(asked, country=replace(asked.country, contact_rules=rules))
        return contact.issue_permit(tx, Contact(asked, Channel.PHONE), new_id=clock.new_id, now=world.clock())


def test_a_guarantor_has_a_budget_of_their_own(answered_for: Any) -> None:
    debtor, guarantor = ask(answered_for, guarantor=False), ask(answered_for, guarantor=True)
    assert isinstance(debtor, Permit)
    assert isinstance(guarantor, Permit)
    assert (guarantor.case_id, guarantor.loan_id) == (debtor.case_id, debtor.loan_id)
    assert guarantor.party_id != debtor.party_id
    again = ask(answered_for, guarantor=True)
    assert isinstance(again, Refusal)
    assert again.rule == "th.daily_attempts"


def test_a_cap_per_debt_is_shared_by_debtor_and_guarantor(answered_for: Any) -> None:
    rules = (rule(ALWAYS), rule(Cap(limit=1, span=Rolling(days=30), per=Per.DEBT)))
    assert isinstance(ask(answered_for, *rules, guarantor=False), Permit)
    assert isinstance(ask(answered_for, *rules, guarantor=True), Refusal)


@pytest.mark.parametrize("guarantor", [True, False])
def test_a_rule_on_guarantors_binds_them_alone(answered_for: Any, *, guarantor: bool) -> None:
    ban = rule(Forbidden(), Scope(party_roles=frozenset({PartyRole.GUARANTOR})))
    assert isinstance(ask(answered_for, rule(ALWAYS), ban, guarantor=guarantor), Refusal) is guarantor


def test_nobody_else_is_of_the_case(answered_for: Any) -> None:
    answered_for.load(portfolio_file(row("TH", contract_no="TH-0002", debtor_name="สมชาย", id_value="1101700230708")))
    with answered_for.tx() as tx:
        stranger = parties.find(tx, country="TH", scheme="pin", value="1101700230708")
        loan_id, party_id = tx.exec_driver_sql("SELECT loan_id, party_id FROM loan_guarantor").one()
        assert stranger is not None
        assert [found.party_id for found in guarantors.of_loans(tx, [loan_id])] == [party_id]
        case = cases.get(
            tx, tx.exec_driver_sql("SELECT id FROM collection_case WHERE party_id <> %s", (stranger.id,)).scalar_one()
        )
        with pytest.raises(NotFound, match="neither debtor nor guarantor") as caught:
            contact.load(tx, case, party_id=stranger.id)
    assert caught.value.code == "party_not_of_case"
