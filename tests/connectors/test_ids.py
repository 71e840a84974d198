"""Identity numbers: every country's vectors, digits of other scripts, and no text that escapes as an exception."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import identity, registry
from domain.countries import Country
from domain.errors import Invalid, NotFound
from domain.identity import IdentityScheme

RURITANIA = "tests.fakes.countries.ruritania"
COUNTRIES = registry.countries([RURITANIA])
SCHEMES: dict[tuple[str, str], IdentityScheme] = {
    (country.code, scheme.code): scheme for country in COUNTRIES.values() for scheme in country.identity
}


def _folder(country: Country) -> Path:
    slug = country.name.lower().replace(" ", "_")
    package = RURITANIA if slug == "ruritania" else f"connectors.countries.{slug}"
    return Path(str(import_module(package).__file__)).parent


def vectors() -> Iterator[Any]:
    for country in COUNTRIES.values():
        rows = json.loads((_folder(country) / "vectors" / "ids.json").read_text(encoding="utf-8"))["vectors"]
        for row in rows:
            yield pytest.param(row | {"country": country.code}, id=f"{country.code}-{row['scheme']}-{row['value']}")


def _scheme(row: dict[str, Any]) -> IdentityScheme:
    return SCHEMES[row["country"], row["scheme"]]


def test_every_scheme_has_a_vector_that_it_accepts_and_one_that_it_refuses() -> None:
    judged = {(row.values[0]["country"], row.values[0]["scheme"], row.values[0]["valid"]) for row in vectors()}
    assert judged == {(*key, valid) for key in SCHEMES for valid in (True, False)}


@pytest.mark.parametrize("row", vectors())
def test_a_vector_is_judged_as_its_source_says(row: dict[str, Any]) -> None:
    found = _scheme(row).check(row["value"])
    assert {
        "valid": found.valid,
        "normalised": found.normalised,
        "formatted": found.formatted,
        "reason": found.reason,
        "warnings": list(found.warnings),
    } == {key: row[key] for key in ("valid", "normalised", "formatted", "reason", "warnings")}


@pytest.mark.parametrize("row", [row for row in vectors() if row.values[0]["valid"]])
def test_the_stored_and_the_printed_form_are_accepted_again(row: dict[str, Any]) -> None:
    check = _scheme(row).check
    assert check(row["normalised"]) == check(row["formatted"]) == check(row["value"])


@pytest.mark.parametrize("row", vectors())
def test_a_vector_names_its_source(row: dict[str, Any]) -> None:
    assert row["source"]


@given(st.sampled_from(sorted(SCHEMES)), st.text(max_size=80))
def test_any_text_is_judged(code: tuple[str, str], text: str) -> None:
    found = SCHEMES[code].check(text)
    assert found.valid is (found.reason is None)


@given(st.sampled_from(sorted(SCHEMES)), st.text("0123456789 -./R٣๓²", min_size=7, max_size=20))
def test_any_number_is_judged(code: tuple[str, str], text: str) -> None:
    found = SCHEMES[code].check(text)
    assert found.valid is (found.normalised is not None)


@pytest.mark.parametrize("code", sorted(SCHEMES))
def test_a_very_long_text_is_not_examined(code: tuple[str, str]) -> None:
    assert SCHEMES[code].check("1" * 1_000_000).reason == "wrong_length"


def test_a_superscript_is_not_a_digit() -> None:
    assert SCHEMES["BR", "cpf"].check("39053344²05").reason == "wrong_characters"


def test_the_answer_has_the_documented_shape() -> None:
    assert identity.check("br", "CPF", "390.533.447-05") == {
        "country": "BR",
        "scheme": "cpf",
        "valid": True,
        "normalised": "39053344705",
        "formatted": "390.533.447-05",
        "reason": None,
        "warnings": [],
    }


@pytest.mark.parametrize(
    ("country", "alias", "scheme"),
    [("SG", "FIN", "nric"), ("SA", "iqama", "saudi_id"), ("MY", "nric", "mykad"), ("AR", "cvu", "cbu")],
)
def test_a_scheme_is_found_by_the_names_that_people_use(country: str, alias: str, scheme: str) -> None:
    assert identity.scheme(country, alias).code == scheme


def test_no_alias_is_the_name_of_another_scheme() -> None:
    for country in COUNTRIES.values():
        names = [name for scheme in country.identity for name in (scheme.code, *scheme.aliases)]
        assert len(set(names)) == len(names)


def test_an_unknown_scheme_is_refused_with_the_known_ones() -> None:
    with pytest.raises(Invalid, match="scheme_unknown") as caught:
        identity.check("BR", "passport", "1")
    assert caught.value.details["known"] == ["cpf", "cnpj"]


def test_an_unknown_country_is_refused() -> None:
    with pytest.raises(NotFound, match="country_unknown"):
        identity.check("ZZ", "cpf", "1")
