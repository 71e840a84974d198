"""What lies in a country's folder beside its manifest: its page, questions left to counsel, examples, evidence."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from connectors import registry
from domain.countries import Country
from domain.country_quality import Evidence, evidence_of
from domain.errors import NotFound

EXAMPLES: Final = ("contact.json", "ids.json", "rails.json", "working_days.json")
_FOR_COUNSEL: Final = "Open for counsel:"


def package_of(country: Country) -> ModuleType:
    """The package that exports a country's manifest."""
    for name in registry.country_folders():
        package = import_module(name)
        if getattr(package, "COUNTRY", None) is country:
            return package
    raise NotFound("country_unknown", f"No folder exports {country.code}.")


def page_of(country: Country) -> tuple[str, ...]:
    """The paragraphs of the folder's page, each on one line; what is left to counsel is not among them."""
    return tuple(text for text in _paragraphs(country) if not text.startswith(_FOR_COUNSEL))


def questions_of(country: Country) -> tuple[str, ...]:
    """What the folder leaves open for counsel, question by question."""
    found = (text.removeprefix(_FOR_COUNSEL) for text in _paragraphs(country) if text.startswith(_FOR_COUNSEL))
    return tuple(part.strip().rstrip(".") for text in found for part in text.split(";"))


def _paragraphs(country: Country) -> list[str]:
    return [" ".join(text.split()) for text in (package_of(country).__doc__ or "").split("\n\n") if text.strip()]


def number_examples(country: Country) -> Mapping[str, str]:
    """For each scheme of identity numbers a valid example, as people write it; all are invented or published."""
    examples: dict[str, str] = {}
    for vector in _examples(country, "ids.json"):
        if vector.get("valid") and vector.get("formatted"):
            examples.setdefault(vector["scheme"], vector["formatted"])
    return examples


def evidence(country: Country) -> Evidence:
    """The evidence for the country's tier that the folder itself holds."""
    return evidence_of(country, every_example=all(_examples(country, name) for name in EXAMPLES))


def _examples(country: Country, name: str) -> tuple[Mapping[str, Any], ...]:
    return _vectors(Path(str(package_of(country).__file__)).parent / "vectors" / name)


@cache
def _vectors(path: Path) -> tuple[Mapping[str, Any], ...]:
    """Every example of a file, whatever its parts are called; none where there is no such file."""
    if not path.is_file():
        return ()
    parts = json.loads(path.read_text(encoding="utf-8")).values()
    return tuple(vector for part in parts if isinstance(part, list) for vector in part)
