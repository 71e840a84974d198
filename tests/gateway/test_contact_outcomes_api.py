"""Permits and outcomes over the API: spent from one budget, settled once, and an agency sees its own cases alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from gateway.services import Services
from runtime import clock
from store import cases, guarantors, parties, timeline
from store.database import Database
from tests.fakes.console_world import World
from tests.fakes.pay_world import small_world

DAY = datetime(2026, 11, 24, 15, tzinfo=UTC)  # a Tuesday, at noon in São Paulo


@pytest.fixture
def world(database: Database, new_tenant: Callable[[], str]) -> World:
    return small_world(database, new_tenant(), "BR")


@pytest.fixture
def finance(app: FastAPI, services: Services, world: World, sign_in: Callable[..., TestClient]) -> TestClient:
    world.now.at = DAY
    app.state.services = replace(services, now=world.now)
    return sign_in(world.tenant_id, "finance")


@pytest.fixture
def case_id(world: World) -> str:
    return world.cases()[0].id


def post(client: TestClient, path: str, body: Any = None) -> Any:
    return client.post(path, json=body, headers={"Idempotency-Key": clock.new_id("event")})


def permit_of(client: TestClient, case_id: str, **more: str) -> Any:
    return post(client, "/v1/contact-permits", {"case_id": case_id, "channel": "phone", **more})


def outcome(client: TestClient, permit_id: str, what: str, **more: Any) -> Any:
    return post(client, "/v1/contact-outcomes", {"permit_id": permit_id, "outcome": what, **more})


@pytest.fixture
def agency(world: World, finance: TestClient, sign_in: Callable[..., TestClient], case_id: str) -> TestClient:
    """An agency with which the case is placed."""
    client = sign_in(world.tenant_id, "agency")
    assert post(finance, "/v1/placements", {"case_id": case_id, "agency_key_id": key_of(world)}).status_code == 201
    return client


def key_of(world: World) -> str:
    with world.database.tenant(world.tenant_id) as tx:
        rows = tx.exec_driver_sql("SELECT id FROM api_key WHERE 'agency' = ANY (roles) ORDER BY id DESC LIMIT 1")
        return str(rows.scalar_one())


def test_a_permit_is_settled_by_what_is_reported(finance: TestClient, case_id: str) -> None:
    permit = permit_of(finance, case_id).json()
    told = outcome(finance, permit["id"], "no_answer", note="rang twice")
    assert (told.status_code, told.json()["result"], told.json()["late"]) == (201, "attempt", False)
    settled = finance.get(f"/v1/contact-permits/{permit['id']}").json()
    assert (settled["result"], settled["settled_at"] is not None) == ("attempt", True)


def test_a_guarantor_of_a_loan_is_asked_for_by_name_and_nobody_else(
    finance: TestClient, world: World, case_id: str
) -> None:
    guarantor = add_guarantor(world, case_id)
    permit = permit_of(finance, case_id, party_id=guarantor)
    assert (permit.status_code, permit.json()["party_id"]) == (201, guarantor)
    check = finance.get(f"/v1/cases/{case_id}/contact-check?channel=sms&party_id={guarantor}").json()
    assert check["facts"]["party_role"] == "guarantor"
    stranger = permit_of(finance, case_id, party_id=clock.new_id("party"))
    assert (stranger.status_code, stranger.json()["code"]) == (404, "party_not_of_case")


def add_guarantor(world: World, case_id: str) -> str:
    """Somebody who answers for the case's first loan."""
    with world.database.tenant(world.tenant_id) as tx:
        case = cases.get(tx, case_id)
        debtor = parties.get(tx, case.party_id)
        named = replace(
            debtor, id=clock.new_id("party"), name="Rosa Amaral", id_value="52998224725", phone="+5511987654321"
        )
        parties.add(tx, named)
        query = "SELECT id FROM loan WHERE party_id = %s ORDER BY id LIMIT 1"
        loan_id = tx.exec_driver_sql(query, (case.party_id,)).scalar_one()
        guarantors.add(tx, loan_id=loan_id, party_id=named.id, tenant_id=world.tenant_id, now=world.now())
    return named.id


def test_what_is_told_again_is_the_first_report(finance: TestClient, case_id: str) -> None:
    permit = permit_of(finance, case_id).json()
    told = [outcome(finance, permit["id"], "informed").json()["id"] for _ in range(2)]
    assert len(set(told)) == 1
    (listed,) = finance.get(f"/v1/contact-outcomes?case_id={case_id}").json()["data"]
    assert listed["id"] == told[0]


def test_a_later_report_may_reach_further_and_never_less_far(finance: TestClient, case_id: str) -> None:
    permit = permit_of(finance, case_id).json()
    assert outcome(finance, permit["id"], "third_party").status_code == 201
    assert outcome(finance, permit["id"], "informed").status_code == 201
    less = outcome(finance, permit["id"], "no_answer")
    assert (less.status_code, less.json()["code"]) == (409, "permit_settled")


def test_a_contact_that_was_not_made_gives_its_place_back(finance: TestClient, case_id: str) -> None:
    first = permit_of(finance, case_id).json()
    assert permit_of(finance, case_id).json()["code"] == "contact_refused"  # one a day
    assert outcome(finance, first["id"], "not_made").json()["result"] == "unused"
    assert permit_of(finance, case_id).status_code == 201


def test_a_refusal_names_the_law_and_the_next_moment(finance: TestClient, world: World, case_id: str) -> None:
    permit_of(finance, case_id)
    refused = permit_of(finance, case_id)
    details = refused.json()["details"]
    assert (refused.status_code, details["rule"][:3]) == (409, "br.")
    assert details["source"]
    assert details["next_allowed_at"] > world.now().isoformat()


def test_a_wrong_number_is_used_by_nobody_any_more(finance: TestClient, world: World, case_id: str) -> None:
    permit = permit_of(finance, case_id).json()
    outcome(finance, permit["id"], "wrong_number")
    world.now.at += timedelta(days=1)
    try:
        again = permit_of(finance, case_id)
        assert (again.status_code, again.json()["code"]) == (422, "number_missing")
        sms = permit_of(finance, case_id, channel="sms")
        assert sms.json()["code"] == "number_missing"
        other = permit_of(finance, case_id, number="+5511999990000")
        assert other.status_code == 201, other.text
    finally:
        world.now.at -= timedelta(days=1)


def test_a_stopped_channel_is_refused_until_a_person_lifts_it(finance: TestClient, case_id: str) -> None:
    stop = post(finance, "/v1/contact-stops", {"case_id": case_id, "channel": "phone"}).json()
    assert stop["reason"] == "asked"
    refused = permit_of(finance, case_id, number="+5511999990000").json()
    assert refused["details"]["rule"] == "house.contact_stop"
    lifted = post(finance, f"/v1/contact-stops/{stop['id']}/lift", {"because": "Asked to be called again."})
    assert lifted.json()["lifted_at"] is not None
    assert post(finance, f"/v1/contact-stops/{stop['id']}/lift", {"because": "Again."}).status_code == 409
    assert permit_of(finance, case_id).status_code == 201


def test_what_was_reported_stands_in_the_cases_history(finance: TestClient, world: World, case_id: str) -> None:
    permit = permit_of(finance, case_id).json()
    outcome(finance, permit["id"], "asked_to_stop", note="never again")
    with world.database.tenant(world.tenant_id) as tx:
        lines = {row.kind: row for row in timeline.of_case(tx, case_id)}
    assert lines["contact_reported"].detail["outcome"] == "asked_to_stop"
    assert lines["contact_stopped"].detail["channel"] == "phone"
    assert "never again" not in str(lines)


def test_a_contact_of_the_future_or_before_its_permit_is_refused(
    finance: TestClient, world: World, case_id: str
) -> None:
    permit = permit_of(finance, case_id).json()
    for moved, code in ((timedelta(hours=1), "contact_in_future"), (-timedelta(hours=1), "contact_before_permit")):
        told = outcome(finance, permit["id"], "informed", at=(world.now() + moved).isoformat())
        assert (told.status_code, told.json()["code"]) == (422, code)


def test_a_promise_comes_with_its_report(finance: TestClient, case_id: str, desk: Any) -> None:
    permit = permit_of(finance, case_id).json()
    promise = {"amount": {"amount": "10.00", "currency": "BRL"}, "due_date": "2026-12-01"}
    wrong = outcome(finance, permit["id"], "informed", promise=promise)
    assert wrong.json()["code"] == "promise_not_reported"
    told = outcome(finance, permit["id"], "promised", promise=promise)
    assert (told.status_code, told.json()["promise"]["status"]) == (201, "accepted")
    ((asked_of, command),) = desk.commands
    assert (asked_of, command.amount_minor) == (case_id, 1000)


# Agencies ---------------------------------------------------------------------------------------------------------


def test_an_agency_contacts_under_the_same_budget_as_the_creditor(
    agency: TestClient, finance: TestClient, case_id: str
) -> None:
    permit = permit_of(agency, case_id).json()
    assert permit["actor"] == "agency"
    assert permit_of(finance, case_id).json()["code"] == "contact_refused"
    assert outcome(agency, permit["id"], "informed").status_code == 201


def test_an_agency_sees_no_case_that_is_not_placed_with_it(
    finance: TestClient, world: World, case_id: str, sign_in: Callable[..., TestClient]
) -> None:
    stranger = sign_in(world.tenant_id, "agency")
    refused = permit_of(stranger, case_id)
    assert (refused.status_code, refused.json()["code"]) == (404, "case_unknown")
    permit = permit_of(finance, case_id).json()
    assert outcome(stranger, permit["id"], "informed").json()["code"] == "permit_unknown"
    assert stranger.get(f"/v1/contact-permits/{permit['id']}").status_code == 404
    assert stranger.get(f"/v1/cases/{case_id}").status_code == 403
    assert stranger.get("/v1/contact-outcomes").status_code == 403


def test_an_agency_whose_case_was_taken_back_asks_no_more_and_still_reports(
    agency: TestClient, finance: TestClient, case_id: str
) -> None:
    permit = permit_of(agency, case_id).json()
    (placement,) = finance.get(f"/v1/placements?case_id={case_id}").json()["data"]
    assert post(finance, f"/v1/placements/{placement['id']}/end").json()["ended_at"] is not None
    assert permit_of(agency, case_id).json()["code"] == "case_unknown"
    assert outcome(agency, permit["id"], "informed").status_code == 201


@pytest.mark.usefixtures("agency")
def test_a_case_is_with_one_agency_at_a_time_and_only_with_an_agency(
    finance: TestClient, world: World, case_id: str
) -> None:
    again = post(finance, "/v1/placements", {"case_id": case_id, "agency_key_id": key_of(world)})
    assert (again.status_code, again.json()["code"]) == (409, "case_placed")
    with world.database.tenant(world.tenant_id) as tx:
        other = tx.exec_driver_sql("SELECT id FROM api_key WHERE 'finance' = ANY (roles)").scalar_one()
    assert post(finance, "/v1/placements", {"case_id": case_id, "agency_key_id": other}).status_code == 404


@pytest.mark.usefixtures("agency")
def test_no_agency_is_given_a_case_where_law_forbids_agencies(finance: TestClient, world: World, case_id: str) -> None:
    with world.database.tenant(world.tenant_id) as tx:
        tx.exec_driver_sql("UPDATE placement SET ended_by = 'x', ended_at = now()")
        tx.exec_driver_sql("UPDATE collection_case SET country = 'VN'")
    refused = post(finance, "/v1/placements", {"case_id": case_id, "agency_key_id": key_of(world)})
    assert (refused.status_code, refused.json()["code"]) == (403, "agency_forbidden")
