"""Identity numbers of every country: check a value against a country's scheme."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from connectors import registry
from domain.errors import Invalid
from domain.identity import IdentityScheme


def scheme(country_code: str, scheme_code: str, *, extra: Iterable[str] = ()) -> IdentityScheme:
    """A country's scheme. Raises ``NotFound`` ``country_unknown``, ``Invalid`` ``scheme_unknown`` with the known ones.

    ``extra`` names further country packages, as for the registry.
    """
    country = registry.country(country_code, extra)
    schemes = {each.code: each for each in country.identity}
    by_name = {alias: each for each in country.identity for alias in each.aliases} | schemes
    found = by_name.get(scheme_code.lower())
    if found is None:
        raise Invalid(
            "scheme_unknown",
            f"{country.name} has no identity scheme {scheme_code!r}.",
            fix=f"Use {', '.join(schemes)}.",
            known=list(schemes),
        )
    return found


def check(country_code: str, scheme_code: str, value: str, *, extra: Iterable[str] = ()) -> dict[str, Any]:
    """The JSON answer of ``ids check``: ``country, scheme, valid, normalised, formatted, reason, warnings``.

    ``reason`` and ``warnings`` are codes, those of ``connectors.shared.numbers``. A wrong number is an answer, not an
    error; an unknown country or scheme raises as ``scheme`` does.
    """
    chosen = scheme(country_code, scheme_code, extra=extra)
    finding = chosen.check(value)
    return {
        "country": country_code.upper(),
        "scheme": chosen.code,
        "valid": finding.valid,
        "normalised": finding.normalised,
        "formatted": finding.formatted,
        "reason": finding.reason,
        "warnings": list(finding.warnings),
    }
