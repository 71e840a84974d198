"""The JSON question of contact law: what is read, what is refused, what is answered."""

from __future__ import annotations

import json
from typing import Any

import pytest

from connectors import registry
from connectors.contact_check import answer_json, channel_from, facts_from_json, moment_from
from domain.contact_policy import Actor, Channel, ContactFacts, ContactResult, LenderType, PartyRole
from domain.errors import Invalid, NotFound


def ask(country: str, at: str, channel: str = "phone", subdivision: str | None = None, **facts: Any) -> dict[str, Any]:
    return answer_json(
        registry.country(country),
        channel=channel_from(channel),
        at=moment_from(at),
        facts=facts_from_json(facts),
        subdivision=subdivision,
    )


def test_no_facts_are_the_defaults() -> None:
    assert facts_from_json({}) == ContactFacts()


def test_every_key_is_read() -> None:
    found = facts_from_json(
        {
            "actor": "agency",
            "lender_type": "bank",
            "party_role": "guarantor",
            "days_past_due": 45,
            "consents": ["sms"],
            "holds": ["dispute"],
            "contacts": [
                {"at": "2026-11-23T09:00:00Z", "channel": "phone", "actor": "creditor", "result": "right_party"}
            ],
            "time_zone": None,
            "registries": ["nao_me_ligue"],
            "product": "ijara",
        }
    )
    assert (found.actor, found.lender_type, found.party_role) == (Actor.AGENCY, LenderType.BANK, PartyRole.GUARANTOR)
    assert (found.contacts[0].channel, found.contacts[0].result) == (Channel.PHONE, ContactResult.RIGHT_PARTY)
    assert (found.days_past_due, found.product, found.holds) == (45, "ijara", frozenset({"dispute"}))


@pytest.mark.parametrize(
    "document",
    [{"dpd": 3}, {"contacts": [{"at": "2026-11-23T09:00:00Z", "channel": "phone", "who": "me"}]}],
)
def test_an_unknown_key_is_refused(document: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refusal:
        facts_from_json(document)
    assert refusal.value.code == "facts_unknown_key"


@pytest.mark.parametrize(
    "document",
    [
        [],
        None,
        {"actor": "robot"},
        {"actor": ["agency"]},
        {"days_past_due": "45"},
        {"days_past_due": True},
        {"consents": "sms"},
        {"holds": ["hiccup"]},
        {"holds": [1]},
        {"contacts": {}},
        {"contacts": [{"channel": "phone"}]},
        {"contacts": [{"at": "yesterday", "channel": "phone"}]},
        {"contacts": [{"at": 5, "channel": "phone"}]},
        {"time_zone": 3},
        {"product": "gift"},
        {"product": {}},
    ],
)
def test_a_value_of_another_kind_is_refused(document: Any) -> None:
    with pytest.raises(Invalid) as refusal:
        facts_from_json(document)
    assert refusal.value.code == "facts_malformed"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2026-11-23T09:00:00", "moment_without_offset"),
        ("2026-11-23", "moment_without_offset"),
        ("soon", "facts_malformed"),
        ("1999-12-31T09:00:00Z", "moment_out_of_range"),
        ("2076-01-01T09:00:00Z", "moment_out_of_range"),
        ("0001-01-01T00:00:00+14:00", "moment_out_of_range"),
    ],
)
def test_a_moment_is_read_strictly(text: str, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        moment_from(text)
    assert refusal.value.code == code


def test_the_answer_has_its_six_keys_and_is_json() -> None:
    for at in ("2026-11-23T10:00:00-03:00", "2026-11-22T10:00:00-03:00"):
        answer = ask("BR", at, subdivision="BR-SP")
        assert list(answer) == ["allowed", "rule", "source", "confidence", "reasons", "next_allowed_at"]
        assert json.loads(json.dumps(answer)) == answer


def test_a_refusal_gives_rule_source_confidence_and_the_next_moment_on_the_debtors_clock() -> None:
    answer = ask("BR", "2026-11-22T10:00:00-03:00", subdivision="BR-SP")
    assert (answer["rule"], answer["confidence"]) == ("br.sp.hours", "verified")
    assert "15.426" in answer["source"]
    assert answer["next_allowed_at"] == "2026-11-23T08:00:00-03:00"
    assert answer["reasons"][0].startswith("br.sp.hours: ")


def test_hours_that_are_policy_are_not_shown_as_law_when_they_allow() -> None:
    assert ask("AE", "2026-11-23T10:00:00+04:00")["confidence"] == "policy"
    assert ask("BR", "2026-11-23T10:00:00-04:00", subdivision="BR-AM")["confidence"] == "policy"
    assert ask("TH", "2026-11-23T10:00:00+07:00")["confidence"] == "secondary"


@pytest.mark.parametrize(("country", "subdivision"), [("BR", "BR-XX"), ("BR", "SP"), ("TH", "BR-SP")])
def test_a_foreign_subdivision_is_refused(country: str, subdivision: str) -> None:
    with pytest.raises(Invalid) as refusal:
        ask(country, "2026-11-23T10:00:00Z", subdivision=subdivision)
    assert refusal.value.code == "subdivision_unknown"


def test_an_unknown_country_is_not_found() -> None:
    with pytest.raises(NotFound, match="country_unknown"):
        registry.country("ZZ")


def test_a_package_without_a_manifest_is_malformed() -> None:
    with pytest.raises(Invalid, match="connector_malformed"):
        registry.countries(["connectors.shared"])


def test_one_country_cannot_be_described_twice() -> None:
    with pytest.raises(Invalid, match="connector_twice"):
        registry.countries(["connectors.countries.brazil"])
