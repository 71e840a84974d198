"""The coverage of countries as a page, made from their folders (``python -m runtime.country_coverage``)."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Final

from connectors import registry
from domain.countries import Country
from domain.country_quality import Evidence, evidence_of, tier

PAGE: Final = Path(__file__).resolve().parents[1] / "docs" / "countries.md"
EXAMPLES: Final = ("contact.json", "ids.json", "rails.json", "working_days.json")
_INTRODUCTION: Final = """\
# Countries

Made from the countries' folders (`python -m runtime.country_coverage`). The tier is computed: *sourced* when at least
half of what a folder states (rules on contact, charges, limitation, recovery, agencies, duties, senders, and facts) and
at least one rule on contact were read in a text (verified or secondary), *tested* when the folder has examples of
contacts, identity numbers, rails and working days. What the house keeps in every country alike, such as no contact
while a case is on hold, is not counted. *Proven* and *reviewed* need live cases and counsel's approval; the
repository holds no evidence of either, so no country has them here. Nothing on this page is legal advice.
"""


def page() -> str:
    """The coverage as Markdown, by region."""
    served = [(one, _evidence(one)) for one in registry.countries().values()]
    parts = [_INTRODUCTION]
    for region in sorted({country.region for country, _ in served}):
        rows = [_row(country, evidence) for country, evidence in served if country.region == region]
        head = "| country | tier | read in a text | rails | languages |\n| --- | --- | --- | --- | --- |"
        parts.append(f"## {region.replace('_', ' ').title()}\n\n{head}\n" + "\n".join(rows) + "\n")
    return "\n".join(parts)


def _row(country: Country, evidence: Evidence) -> str:
    rails = "; ".join(rail.name for rail in country.rails)
    read = f"{evidence.read} of {evidence.stated}"
    return f"| {country.name} ({country.code}) | {tier(evidence)} | {read} | {rails} | {', '.join(country.locales)} |"


def _evidence(country: Country) -> Evidence:
    module = next(
        found
        for name, found in sys.modules.items()
        if name.startswith("connectors.countries.") and getattr(found, "COUNTRY", None) is country
    )
    folder = Path(str(module.__file__)).parent / "vectors"
    return evidence_of(country, every_example=all(_has_examples(folder / name) for name in EXAMPLES))


def _has_examples(path: Path) -> bool:
    return path.is_file() and any(
        isinstance(part, list) and part for part in json.loads(path.read_text(encoding="utf-8")).values()
    )


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
