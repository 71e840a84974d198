"""Versions of wording: one for each thing that may be said, the same until a sentence of it changes."""

from __future__ import annotations

from datetime import date

import pytest

from connectors import registry
from connectors.wording import versions
from connectors.wording.extract import template
from connectors.wording.payment_labels import PAYMENT_LABELS
from domain.notices import NoticeKind

TODAY = date(2026, 11, 28)


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(versions, "_remembered", {})


def digest(kind: NoticeKind = NoticeKind.FIRST_REMINDER, *, on: date = TODAY, channel: str = "email") -> str:
    return versions.wording(registry.country("CO"), kind, channel, "es_CO", today=on).sha256


@pytest.mark.usefixtures("fresh")
def test_a_version_is_the_same_on_another_day_under_the_same_law() -> None:
    before = digest()
    versions._remembered.clear()
    assert digest(on=date(2026, 12, 28)) == before


def test_each_kind_and_channel_has_a_version_of_its_own() -> None:
    kinds = [digest(kind, channel=channel) for kind in NoticeKind for channel in ("email", "sms")]
    assert len(set(kinds)) == len(kinds)


def test_a_sentence_that_law_adds_makes_another_version() -> None:
    country = registry.country("CO")
    said = {one.id: one for one in country.conduct.duties if one.elements}
    assert said
    first = min(one.effective_from for one in said.values())
    assert digest(on=first.replace(year=first.year - 1)) != digest()


def test_every_sentence_of_the_catalog_is_in_some_version(monkeypatch: pytest.MonkeyPatch) -> None:
    """What no sample says nobody could approve, and could still be sent."""
    monkeypatch.setattr(versions, "_remembered", {})
    said: dict[str, tuple[str, ...]] = {}
    real = versions._Listening.__init__

    def listens(self: versions._Listening, words: object, _said: object) -> None:
        real(self, words, said)  # type: ignore[arg-type]  # handed on as it came

    monkeypatch.setattr(versions._Listening, "__init__", listens)
    for code in ("CO", "MX", "MY", "SA", "TH"):
        country = registry.country(code)
        for kind, channel, locale in versions.variants(country):
            versions.wording(country, kind, channel, locale, today=TODAY)
    every = {message.id if isinstance(message.id, str) else message.id[0] for message in template("notices")}
    assert every - set(said) - set(PAYMENT_LABELS) - {""} == set()
