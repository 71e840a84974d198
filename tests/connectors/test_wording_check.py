"""The check of all wording finds what a translator can get wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from connectors.wording import check
from connectors.wording.catalogs import PLURAL_FORMS


def _catalog(locale: str, *messages: tuple[object, object]) -> Catalog:
    catalog = Catalog(locale=locale)
    catalog.mime_headers = [("Plural-Forms", PLURAL_FORMS[locale.partition("_")[0]])]
    for msgid, words in messages:
        catalog.add(msgid, words)  # type: ignore[arg-type]
    return catalog


def _said(*msgids: object) -> Catalog:
    return _catalog("en", *((msgid, None) for msgid in msgids))


def _faults(locale: str, msgid: object, words: object) -> list[str]:
    return list(check.catalog_faults(_catalog(locale, (msgid, words)), said=_said(msgid), locale=locale))


@pytest.mark.parametrize("domain", ["notices", "console"])
def test_the_catalogs_of_the_project_have_no_fault(domain: str) -> None:
    assert list(check.domain_faults(domain)) == []


def test_the_labels_of_every_countrys_rails_can_be_translated() -> None:
    assert list(check.label_faults()) == []


def test_a_whole_catalog_has_no_fault() -> None:
    assert _faults("pt_BR", "Pay {amount}", "Pague {amount}") == []


@pytest.mark.parametrize("words", ["Pague {valor}", "Pague", "Pague {amount} {date}"])
def test_a_changed_placeholder_is_a_fault(words: str) -> None:
    assert _faults("pt_BR", "Pay {amount}", words) == ["has other placeholders than 'Pay {amount}'"]


def test_a_placeholder_of_page_templates_counts_too() -> None:
    assert _faults("id", "Hello %(name)s", "Halo %(nama)s") == ["has other placeholders than 'Hello %(name)s'"]


def test_a_placeholder_that_reaches_into_a_value_is_a_fault() -> None:
    assert len(_faults("id", "Hello {name.__class__}", "Halo {name.__class__}")) == 1


def test_an_untranslated_sentence_is_a_fault() -> None:
    assert _faults("th", "Home", "") == ["has not every form of 'Home'"]


def test_an_unsure_translation_is_a_fault() -> None:
    catalog = _catalog("th")
    catalog.add("Home", "หน้าแรก", flags=["fuzzy"])
    assert list(check.catalog_faults(catalog, said=_said("Home"), locale="th")) == ["is unsure (fuzzy) of 'Home'"]


def test_a_missing_and_a_forgotten_sentence_are_faults() -> None:
    faults = list(check.catalog_faults(_catalog("th", ("Old", "เก่า")), said=_said("New"), locale="th"))
    assert faults == ["lacks 'New'", "holds 'Old', which nothing says"]


def _regional(words: str) -> list[str]:
    parent = _catalog("es_419", ("Complaint", "Reclamo"), ("Home", "Inicio"))
    region = _catalog("es_MX", ("Complaint", words))
    said = _said("Complaint", "Home")
    return list(check.catalog_faults(region, said=said, locale="es_MX", parent=parent))


def test_a_regional_catalog_holds_differences_only() -> None:
    assert (_regional("Queja"), _regional("Reclamo")) == ([], ["repeats its parent's words for 'Complaint'"])


ARABIC = ("{count} يوم", "يوم واحد", "يومان", "{count} أيام", "{count} يومًا", "{count} يوم")


@pytest.mark.parametrize(("forms", "faults"), [(6, 0), (5, 1), (2, 1)])
def test_arabic_needs_all_six_forms(forms: int, faults: int) -> None:
    assert len(_faults("ar", ("{count} day", "{count} days"), ARABIC[:forms])) == faults


def test_only_forms_of_a_single_number_may_leave_the_figure_out() -> None:
    words = (*ARABIC[:3], "أيام", *ARABIC[4:])
    assert len(_faults("ar", ("{count} day", "{count} days"), words)) == 1


def test_babels_own_plural_rule_is_a_fault() -> None:
    catalog = Catalog(locale="ar")
    assert any("Plural-Forms" in fault for fault in check.catalog_faults(catalog, said=(), locale="ar"))


def test_a_label_that_no_catalog_knows_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "ruritania").mkdir()
    source = 'def issue(i):\n    return PaymentCode(lines=(("Crown token", i), ("IBAN", i)))\n'
    (tmp_path / "ruritania" / "rails.py").write_text(source)
    assert [fault.split("'")[1] for fault in check.label_faults(tmp_path)] == ["Crown token"]
