"""Identity numbers: every country's vectors, digits of other scripts, and no text that escapes as an exception."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import identity
from connectors.countries.brazil import ids as brazil
from connectors.countries.indonesia import ids as indonesia
from connectors.countries.thailand import ids as thailand
from connectors.countries.united_arab_emirates import ids as emirates
from domain.errors import Invalid, NotFound
from domain.identity import IdentityScheme

RURITANIA = Path(__file__).parents[1] / "fakes" / "countries" / "ruritania" / "ids.py"


def _ruritania() -> Any:
    spec = importlib.util.spec_from_file_location("ruritania_ids", RURITANIA)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


MODULES = (brazil, indonesia, thailand, emirates, _ruritania())
SCHEMES: tuple[IdentityScheme, ...] = tuple(scheme for module in MODULES for scheme in module.SCHEMES)
BY_CODE = {scheme.code: scheme for scheme in SCHEMES}


def vectors() -> Iterator[Any]:
    for module in MODULES:
        path = Path(str(module.__file__)).parent / "vectors" / "ids.json"
        for row in json.loads(path.read_text(encoding="utf-8"))["vectors"]:
            yield pytest.param(row, id=f"{row['scheme']}-{row['value']}")


@pytest.mark.parametrize("row", vectors())
def test_a_vector_is_judged_as_its_source_says(row: dict[str, Any]) -> None:
    found = BY_CODE[row["scheme"]].check(row["value"])
    assert {
        "valid": found.valid,
        "normalised": found.normalised,
        "formatted": found.formatted,
        "reason": found.reason,
        "warnings": list(found.warnings),
    } == {key: row[key] for key in ("valid", "normalised", "formatted", "reason", "warnings")}


@pytest.mark.parametrize("row", [row for row in vectors() if row.values[0]["valid"]])
def test_the_stored_and_the_printed_form_are_accepted_again(row: dict[str, Any]) -> None:
    check = BY_CODE[row["scheme"]].check
    assert check(row["normalised"]) == check(row["formatted"]) == check(row["value"])


@pytest.mark.parametrize("row", vectors())
def test_a_vector_names_its_source(row: dict[str, Any]) -> None:
    assert row["source"]


@given(st.sampled_from(sorted(BY_CODE)), st.text(max_size=80))
def test_any_text_is_judged(code: str, text: str) -> None:
    found = BY_CODE[code].check(text)
    assert found.valid is (found.reason is None)


@given(st.sampled_from(sorted(BY_CODE)), st.text("0123456789 -./R٣๓²", min_size=7, max_size=20))
def test_any_number_is_judged(code: str, text: str) -> None:
    found = BY_CODE[code].check(text)
    assert found.valid is (found.normalised is not None)


@pytest.mark.parametrize("code", sorted(BY_CODE))
def test_a_very_long_text_is_not_examined(code: str) -> None:
    assert BY_CODE[code].check("1" * 1_000_000).reason == "wrong_length"


def test_a_superscript_is_not_a_digit() -> None:
    assert BY_CODE["cpf"].check("39053344²05").reason == "wrong_characters"


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


def test_an_unknown_scheme_is_refused_with_the_known_ones() -> None:
    with pytest.raises(Invalid, match="scheme_unknown") as caught:
        identity.check("BR", "passport", "1")
    assert caught.value.details["known"] == ["cpf", "cnpj"]


def test_an_unknown_country_is_refused() -> None:
    with pytest.raises(NotFound, match="country_unknown"):
        identity.check("ZZ", "cpf", "1")
