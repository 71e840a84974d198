"""The evidence that lies in a country's folder: what it states, how much of that was read, and its examples."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Final

from connectors.shared.house_conduct import completed
from connectors.shared.house_rules import daily_house_cap, house_rules
from domain.conduct import Cited, Conduct
from domain.countries import Country
from domain.country_quality import Evidence, evidence_of

EXAMPLES: Final = ("contact.json", "ids.json", "rails.json", "working_days.json")


def evidence(country: Country) -> Evidence:
    """The evidence of a country that the registry has loaded."""
    folder = _folder(country) / "vectors"
    return evidence_of(
        country,
        every_example=all(_has_examples(folder / name) for name in EXAMPLES),
        of_the_house=_of_the_house(country),
    )


def _of_the_house(country: Country) -> frozenset[str]:
    """The ids of the rules that the house keeps in every country."""
    prefix = country.code.lower()
    conduct = completed(prefix, Conduct())
    rules = (*house_rules(prefix), daily_house_cap(prefix))
    beyond: tuple[Cited, ...] = (*conduct.duties, *conduct.recovery, *conduct.agencies, *conduct.senders)
    return frozenset(rule.id for rule in rules) | frozenset(rule.id for rule in beyond)


def _folder(country: Country) -> Path:
    module = next(
        found
        for name, found in sys.modules.items()
        if name.startswith("connectors.countries.") and getattr(found, "COUNTRY", None) is country
    )
    return Path(str(module.__file__)).parent


def _has_examples(path: Path) -> bool:
    return path.is_file() and any(
        isinstance(part, list) and part for part in json.loads(path.read_text(encoding="utf-8")).values()
    )
