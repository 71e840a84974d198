"""The coverage of countries as a page, made from their folders (``python -m runtime.country_coverage``)."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from connectors import country_folder, registry
from domain.countries import Country
from domain.country_quality import Evidence, tier

PAGE: Final = Path(__file__).resolve().parents[1] / "docs" / "countries.md"
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
    served = [(one, country_folder.evidence(one)) for one in registry.countries().values()]
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


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
