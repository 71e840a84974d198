"""A country as commands answer it: in short for a list, and whole with its rules, facts, zones and currencies."""

from __future__ import annotations

from typing import Any

from domain.conduct import AgencyRule, ChargeRule, Cited, Duty, LimitationRule, RecoveryStep
from domain.contact_words import consents_of, registries_of
from domain.countries import Country
from domain.money import exponent


def summary(country: Country) -> dict[str, Any]:
    """What a list of countries says of each."""
    return {
        "code": country.code,
        "name": country.name,
        "region": country.region,
        "currency": country.currency,
        "locales": list(country.locales),
        "rails": [rail.code for rail in country.rails],
        "identity_schemes": [scheme.code for scheme in country.identity],
    }


def whole(country: Country) -> dict[str, Any]:
    """Everything that a country's folder states, as a JSON object."""
    return summary(country) | {
        "required_locales": list(country.required_locales),
        "currencies": [
            {
                "code": code,
                "decimals": exponent(code),
                "shown_decimals": country.shown_decimals.get(code, exponent(code)),
            }
            for code in country.currencies
        ],
        "weekend": list(country.weekend),
        "all_zones": list(country.all_zones),
        "zones": dict(country.zones),
        "split_zones": {place: list(zones) for place, zones in country.split_zones.items()},
        "allocation": list(country.allocation),
        "consents": sorted(consents_of(country.contact_rules)),
        "registries": sorted(registries_of(country.contact_rules)),
        "contact_rules": [
            {
                "id": rule.id,
                "text": rule.text,
                "source": rule.source,
                "confidence": rule.confidence.value,
                "effective_from": rule.effective_from,
                "effective_to": rule.effective_to,
            }
            for rule in country.contact_rules
        ],
        "conduct": [
            {
                "id": rule.id,
                "about": _about(rule),
                "text": rule.text,
                "source": rule.source,
                "confidence": rule.confidence.value,
                "effective_from": rule.effective_from,
                "effective_to": rule.effective_to,
            }
            for rule in country.conduct.cited()
        ],
        "facts": [
            {"code": fact.code, "text": fact.text, "source": fact.source, "confidence": fact.confidence.value}
            for fact in country.facts
        ],
    }


def _about(rule: Cited) -> str:
    """What a rule of conduct is about, in one word."""
    match rule:
        case ChargeRule(kind=kind) | Duty(kind=kind):
            return str(kind)
        case LimitationRule():
            return "limitation"
        case RecoveryStep():
            return "recovery"
        case AgencyRule():
            return "agency"
        case _:
            return "sender"
