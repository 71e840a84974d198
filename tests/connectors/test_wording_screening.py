"""What may not be sent: threats, shame, false authority and the like in every language; bans; missing elements.

The texts stand in ``wording_texts``, one file a language, with their English meaning in ``glosses.tsv``.
"""

from __future__ import annotations

import unicodedata
from datetime import date
from pathlib import Path

import pytest

from connectors import notice_questions, registry
from connectors.wording.catalogs import available, subtags
from connectors.wording.screening import Finding, screen
from domain.conduct import Conduct
from domain.contacts import PartyRole
from domain.errors import Invalid
from domain.notices import NoticeKind

TODAY = date(2026, 11, 23)
FOLDER = Path(__file__).with_name("wording_texts")


def _lines(name: str) -> list[list[str]]:
    return [line.split("\t") for line in (FOLDER / f"{name}.tsv").read_text(encoding="utf-8").splitlines()]


CATEGORY = {key: category for key, category, _ in _lines("glosses")}
LANGUAGES = sorted(path.stem for path in FOLDER.glob("*.tsv") if path.stem != "glosses")
TEXTS = [(language, key, text) for language in LANGUAGES for key, text in _lines(language)]
UNLAWFUL = [each for each in TEXTS if each[1].startswith("u")]
LAWFUL = [each for each in TEXTS if each[1].startswith("l")]


def check(text: str, locale: str = "en", *, channel: str = "email", conduct: Conduct | None = None) -> list[Finding]:
    return list(screen(text, locale=locale, channel=channel, conduct=conduct or Conduct(), today=TODAY))


def test_every_language_of_notices_has_fifteen_texts_of_either_sort() -> None:
    assert set(LANGUAGES) == {subtags(locale)[0] for locale in available("notices")}
    keys = {language: {key for spoken, key, _ in TEXTS if spoken == language} for language in LANGUAGES}
    assert all(found == set(CATEGORY) for found in keys.values())


@pytest.mark.parametrize(("language", "key", "text"), UNLAWFUL, ids=lambda value: value[:6])
def test_an_unlawful_text_is_refused_for_what_it_is(language: str, key: str, text: str) -> None:
    found = check(text, language)
    assert CATEGORY[key] in {fault.category for fault in found}
    assert all(text[fault.start : fault.end] == fault.phrase for fault in found)


@pytest.mark.parametrize(("language", "key", "text"), LAWFUL, ids=lambda value: value[:6])
def test_a_lawful_text_passes(language: str, key: str, text: str) -> None:
    assert (key, check(text, language)) == (key, [])


@pytest.mark.parametrize("country", registry.countries().values(), ids=lambda country: country.code)
def test_our_own_notices_pass(country: registry.Country) -> None:
    faults = []
    for locale in country.required_locales or country.locales:
        for kind in NoticeKind:
            for channel in ("letter", "sms"):
                try:
                    notice = notice_questions.notice(country, kind, channel=channel, locale=locale)
                except Invalid as error:
                    assert error.code == "notice_not_prescribed"  # noqa: PT017 -- which refusal matters
                    continue
                law = {"channel": channel, "conduct": country.conduct, "today": TODAY, "kind": kind}
                faults += screen(notice.text, locale=locale, **law)  # type: ignore[arg-type]
    assert faults == []


@pytest.mark.parametrize(
    ("text", "locale"),
    [
        ("Vamos a  DEMAN\u200bDARLO", "es"),
        ("vamos a demandarlo", "es_MX"),
        ("La pol\u00edcia vir\u00e1", "pt_BR"),
        ("S\u0130Z\u0130 POL\u0130S ALACAK", "tr"),
        ("سيأخذك السِّجْنُ", "ar"),
        ("Mapupunta ka sa jail", "fil"),
    ],
)
def test_marks_case_accents_and_another_language_hide_nothing(text: str, locale: str) -> None:
    assert check(text, locale)


def test_the_place_is_of_the_text_as_it_was_given() -> None:
    (fault,) = check("\u2068Sr.\u2069  Iremos  a  su  casa", "es")
    assert (fault.phrase, fault.start, fault.end) == ("Iremos  a  su  casa", 7, 26)


@pytest.mark.parametrize(("kind", "refused"), [(None, True), (NoticeKind.FORMAL_NOTICE, True), ("pre_legal", False)])
def test_only_the_notice_before_legal_steps_may_name_them(kind: NoticeKind | None, *, refused: bool) -> None:
    text = "We may bring the matter before the competent court."
    law = {"locale": "en", "channel": "letter", "conduct": Conduct(), "today": TODAY}
    found = screen(text, kind=None if kind is None else NoticeKind(kind), **law)  # type: ignore[arg-type]
    assert bool(found) is refused


def test_a_notice_before_legal_steps_may_still_not_threaten_prison() -> None:
    law = {"locale": "en", "channel": "letter", "conduct": Conduct(), "today": TODAY, "kind": NoticeKind.PRE_LEGAL}
    assert screen("The court will send you to prison.", **law)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("RM0.00 Tengyun: see https://pay.example/1", "link"),
        ("RM0.00 Tengyun: call +60 3 2171 1000", "phone_number"),
        ("RM0.00 Tengyun: call 03-2171 1000", "phone_number"),
        ("RM0.00 Tengyun: reply with your IC number", "personal_data"),
        ("Tengyun: please pay", "prefix_missing"),
        ("RM0.00 Tengyun: RM1,250.00 by 23/12/2026, contract TA-2024/0042", None),
    ],
)
def test_a_malaysian_text_is_held_to_its_senders_rules(text: str, category: str | None) -> None:
    conduct = registry.country("MY").conduct
    assert [fault.category for fault in check(text, "en", channel="sms", conduct=conduct)] == (
        [category] if category else []
    )
    assert "link" not in {fault.category for fault in check(text, "en", channel="email", conduct=conduct)}


def test_a_finding_names_the_senders_rule_and_its_source() -> None:
    (fault,) = check("See https://pay.example/1", channel="sms", conduct=registry.country("PH").conduct)
    assert (fault.rule, fault.phrase) == ("ph.sms_links", "https://")


@pytest.mark.parametrize("text", ["Your friend owes 1,250.00", "Please tell Maria to pay her debt."])
def test_a_third_party_is_not_told_of_the_debt(text: str) -> None:
    law = {"locale": "en", "channel": "email", "conduct": Conduct(), "today": TODAY}
    assert screen(text, role=PartyRole.THIRD_PARTY, **law)  # type: ignore[arg-type]
    assert not screen(text, role=PartyRole.DEBTOR, **law)  # type: ignore[arg-type]
    assert not screen("Please ask Maria to call us.", role=PartyRole.THIRD_PARTY, **law)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "amount", ["8.600.000 đồng", "Rp4.500.000", "Rp 500", "9,800 บาท", "1,300,000៛", "RM1,250", "500元", "3,750 ريال"]
)
def test_a_third_party_is_told_no_amount_in_any_countrys_way_of_writing(amount: str) -> None:
    law = {"locale": "en", "channel": "email", "conduct": Conduct(), "today": TODAY}
    assert screen(f"It is about {amount}", role=PartyRole.THIRD_PARTY, **law)  # type: ignore[arg-type]


def test_an_accent_written_behind_its_letter_hides_nothing() -> None:
    text = "Chúng tôi sẽ báo công an bắt anh."
    apart = unicodedata.normalize("NFD", text)
    assert [fault.category for fault in check(apart, "vi")] == [fault.category for fault in check(text, "vi")] != []


@pytest.mark.parametrize(("name", "count"), [("Tengyun Auto", 0), ("TENGYUN  AUTO", 0), ("Tengyun Cars", 1)])
def test_a_required_element_must_stand_in_the_text(name: str, count: int) -> None:
    law = {"locale": "en", "channel": "email", "conduct": Conduct(), "today": TODAY}
    found = screen("\u2068Tengyun Auto\u2069: thank you.", required={"creditor_name": name}, **law)  # type: ignore[arg-type]
    assert len(found) == count


def test_a_language_without_a_list_is_not_sent() -> None:
    with pytest.raises(Invalid) as refusal:
        check("Bonjour", "fr")
    assert refusal.value.code == "wording_not_checked"
