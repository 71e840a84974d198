"""Published codes of every scheme, both ways: what is read, what is refused and where, what named fields make."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from connectors import rails, registry
from connectors.shared import emv
from domain.errors import Invalid
from domain.rails import Rail

RURITANIA = "tests.fakes.countries.ruritania"
EXTRA = [RURITANIA]
READERS = rails.readers(EXTRA)


def _documents() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every country's vectors, and those of what is shared: one file a subject, each row with its source."""
    for country in registry.countries(EXTRA).values():
        slug = country.name.lower().replace(" ", "_")
        name = RURITANIA if slug == "ruritania" else f"connectors.countries.{slug}"
        folder = Path(str(import_module(name).__file__)).parent
        yield country.code, json.loads((folder / "vectors" / "rails.json").read_text(encoding="utf-8"))
    for file in sorted((Path(__file__).parent / "rail_vectors").glob("*.json")):
        yield file.stem, json.loads(file.read_text(encoding="utf-8"))


DOCUMENTS = list(_documents())


def vectors(kind: str) -> list[Any]:
    return [
        pytest.param(row, id=f"{name}-{row['id']}") for name, document in DOCUMENTS for row in document.get(kind, ())
    ]


@pytest.mark.parametrize("row", vectors("valid"))
def test_a_vector_is_read_as_its_source_says(row: dict[str, Any]) -> None:
    answer = rails.as_json(rails.decode(row["payload"], EXTRA, profile=row.get("asked")))
    found = {name: answer[name] for name in ("profile", "valid", "amount", "currency", "reference")}
    assert found == {
        "profile": row["rail"],
        "valid": True,
        "amount": row["amount"],
        "currency": row["currency"],
        "reference": row["reference"],
    }
    assert {name: answer["details"].get(name) for name in row.get("details", {})} == row.get("details", {})
    assert answer["warnings"] == row.get("warnings", answer["warnings"])
    assert json.loads(json.dumps(answer)) == answer


@pytest.mark.parametrize("row", vectors("invalid"))
def test_a_broken_vector_is_refused_at_its_place(row: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as caught:
        rails.decode(row["payload"], EXTRA, profile=row.get("asked"))
    found = caught.value.details
    assert (caught.value.code, found.get("tag")) == (row["code"], row["tag"])
    assert found.get("offset") == row.get("offset", found.get("offset"))


@pytest.mark.parametrize("row", vectors("encoded"))
def test_named_fields_make_the_vector(row: dict[str, Any]) -> None:
    made = rails.encode(row["rail"], row["fields"], extra=EXTRA)
    if emv.looks_like(made):
        assert emv.equivalent(emv.parse(made), emv.parse(row["payload"]))
    else:
        assert made == row["payload"]


@pytest.mark.parametrize("row", [*vectors("valid"), *vectors("invalid"), *vectors("encoded")])
def test_a_vector_names_its_source(row: dict[str, Any]) -> None:
    assert row["source"]


@pytest.mark.parametrize("each", READERS, ids=lambda each: each.code)
def test_everything_that_is_made_here_has_a_vector_of_it(each: Any) -> None:
    made = {row["rail"] for _, document in DOCUMENTS for row in document.get("encoded", ())}
    assert each.encode is None or each.code in made


@pytest.mark.parametrize("each", READERS, ids=lambda each: each.code)
def test_everything_that_is_read_here_has_a_vector_of_it(each: Any) -> None:
    read = {row.get("asked", row["rail"]) for _, document in DOCUMENTS for row in document.get("valid", ())}
    assert each.code in read


@pytest.mark.parametrize("each", READERS, ids=lambda each: each.code)
def test_everything_that_is_read_or_made_says_after_what(each: Any) -> None:
    assert each.source.strip()
    assert each.name.strip()


def test_codes_are_unique_among_all_that_read() -> None:
    countries = registry.countries(EXTRA).values()
    codes = [each.code for country in countries for each in (*country.rails, *country.codecs)]
    assert len(set(codes)) == len(codes)


def test_only_rails_ask_for_money() -> None:
    assert {row["code"] for row in rails.catalogue(EXTRA) if row["collects"]} == {
        each.code for each in READERS if isinstance(each, Rail)
    }
