"""Catalogs: fallback along CLDR parents, plural forms written by us, nothing half translated."""

from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import Environment

from connectors.wording import catalogs, languages
from domain.errors import Invalid, NotFound

COUNTS = (0, 1, 2, 3, 11, 100)


def _write(root: Path, locale: str, entries: str, *, domain: str = "console") -> None:
    folder = root / locale / "LC_MESSAGES"
    folder.mkdir(parents=True)
    rule = catalogs.PLURAL_FORMS[locale.partition("_")[0]]
    head = f'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Plural-Forms: {rule}\\n"\n\n'
    (folder / f"{domain}.po").write_text(head + entries, encoding="utf-8")


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ("es_MX", ("es_MX", "es_419", "es", "en")),
        ("pt-BR", ("pt_BR", "pt", "en")),
        ("ar_SA", ("ar_SA", "ar", "en")),
        ("zh_Hant_HK", ("zh_Hant_HK", "zh_Hant", "en")),
        ("zh_Hans_CN", ("zh_Hans_CN", "zh_Hans", "zh", "en")),
        ("en_SA", ("en_SA", "en")),
    ],
)
def test_words_are_looked_for_along_cldr_parents(locale: str, expected: tuple[str, ...]) -> None:
    assert catalogs.chain(locale) == expected


@pytest.mark.parametrize("locale", ["pt", "pt_BR", "zh", "zh_Hans", "zh-CN", "ar_AE", "th_TH", "id-ID", "en_AE"])
def test_a_usual_region_or_script_makes_no_difference(locale: str) -> None:
    assert catalogs.nearest(locale, "notices") is not None


def test_traditional_chinese_is_not_served_by_simplified() -> None:
    assert catalogs.nearest("zh_TW", "notices") is None


@pytest.mark.parametrize("locale", ["", "xx_QQ", "not a locale", "../etc"])
def test_what_is_no_locale_is_refused(locale: str) -> None:
    with pytest.raises(Invalid) as refusal:
        catalogs.chain(locale)
    assert refusal.value.code == "locale_unknown"


def test_a_missing_sentence_comes_from_the_parent(tmp_path: Path) -> None:
    _write(tmp_path, "es", 'msgid "Cases"\nmsgstr "Casos"\n\nmsgid "Home"\nmsgstr "Inicio"\n')
    _write(tmp_path, "es_MX", 'msgid "Home"\nmsgstr "Portada"\n')
    words = catalogs.translations("es_MX", "console", root=tmp_path)
    assert [words.gettext(text) for text in ("Home", "Cases", "Accounts")] == ["Portada", "Casos", "Accounts"]


def test_strict_words_never_come_from_elsewhere(tmp_path: Path) -> None:
    _write(tmp_path, "en", 'msgid "Cases"\nmsgstr "Cases"\n')
    _write(tmp_path, "ar", 'msgid "Home"\nmsgstr "الرئيسية"\n')
    words = catalogs.translations("ar", "console", root=tmp_path, strict=True)
    with pytest.raises(Invalid) as refusal:
        words.gettext("Cases")
    assert refusal.value.code == "wording_missing"


def test_strict_words_of_a_region_come_from_its_languages_parent(tmp_path: Path) -> None:
    _write(tmp_path, "en", 'msgid "Cases"\nmsgstr "Cases"\n')
    _write(tmp_path, "es_419", 'msgid "Home"\nmsgstr "Inicio"\n')
    _write(tmp_path, "es_MX", 'msgid "Accounts"\nmsgstr "Cuentas"\n')
    words = catalogs.translations("es_MX", "console", root=tmp_path, strict=True)
    assert [words.gettext("Accounts"), words.gettext("Home")] == ["Cuentas", "Inicio"]
    with pytest.raises(Invalid):
        words.gettext("Cases")


def test_no_catalog_at_all_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        catalogs.translations("pt_BR", "console", root=tmp_path)


def test_a_broken_catalog_stops_the_start(tmp_path: Path) -> None:
    _write(tmp_path, "th", 'msgid "Home"\nmsgstr nonsense\n')
    with pytest.raises(Invalid) as refusal:
        catalogs.load("console", root=tmp_path)
    assert refusal.value.code == "catalog_malformed"


def test_every_catalog_of_notices_loads() -> None:
    assert {"ar", "en", "es_419", "es_MX", "fil", "km", "tr", "vi"} <= set(catalogs.load("notices"))


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (0, "{count} يوم"),
        (1, "يوم واحد"),
        (2, "يومان"),
        (3, "{count} أيام"),
        (10, "{count} أيام"),
        (11, "{count} يومًا"),
        (99, "{count} يومًا"),
        (100, "{count} يوم"),
        (102, "{count} يوم"),
        (103, "{count} أيام"),
        (111, "{count} يومًا"),
    ],
)
def test_arabic_counts_in_six_forms(count: int, expected: str) -> None:
    assert catalogs.translations("ar", "notices").ngettext("{count} day", "{count} days", count) == expected


@pytest.mark.parametrize(
    ("locale", "count", "expected"),
    [
        ("en", 0, "{count} days"),
        ("en", 1, "{count} day"),
        ("pt_BR", 0, "{count} dia"),
        ("pt_BR", 1, "{count} dia"),
        ("pt_BR", 2, "{count} dias"),
        ("id", 2, "{count} hari"),
        ("th", 1, "{count} วัน"),
        ("zh_CN", 5, "{count} 天"),
        *[("es_419", count, "{count} día" if count == 1 else "{count} días") for count in COUNTS],
        *[("fil", count, "{count} araw") for count in COUNTS],
        *[("tr", count, "{count} gün") for count in COUNTS],
        *[("vi", count, "{count} ngày") for count in COUNTS],
        *[("ms", count, "{count} hari") for count in COUNTS],
        *[("km", count, "{count} ថ្ងៃ") for count in COUNTS],
    ],
)
def test_other_languages_count_their_own_way(locale: str, count: int, expected: str) -> None:
    assert catalogs.translations(locale, "notices").ngettext("{count} day", "{count} days", count) == expected


def test_page_templates_speak_through_the_catalog(tmp_path: Path) -> None:
    _write(
        tmp_path,
        "pt_BR",
        'msgid "%(num)s case"\nmsgid_plural "%(num)s cases"\nmsgstr[0] "a"\nmsgstr[1] "%(num)s casos"\n',
    )
    words = languages.template_words("pt_BR", root=tmp_path)
    pages = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    pages.install_gettext_callables(  # type: ignore[attr-defined]
        words.gettext, words.ngettext, newstyle=True, pgettext=words.pgettext, npgettext=words.npgettext
    )
    page = pages.from_string("{{ ngettext('%(num)s case', '%(num)s cases', 3) }}")
    assert page.render() == "3 casos"


@pytest.mark.parametrize(("locale", "expected"), [("ar", "rtl"), ("ar_AE", "rtl"), ("zh_CN", "ltr"), ("th", "ltr")])
def test_a_language_knows_its_direction(locale: str, expected: str) -> None:
    assert languages.direction(locale) == expected


def test_offered_languages_state_the_direction_that_cldr_gives() -> None:
    assert all(one.direction == languages.direction(one.locale) for one in languages.LANGUAGES)


def test_a_language_not_offered_is_refused() -> None:
    with pytest.raises(Invalid) as refusal:
        languages.language("fr")
    assert refusal.value.code == "language_not_offered"


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        ("pt-BR,pt;q=0.9,en;q=0.8", "pt_BR"),
        ("fr;q=1.0, ar-AE;q=0.7, en;q=0.2", "ar"),
        ("en;q=0.1, zh;q=0.9", "zh_CN"),
        ("es-MX, en;q=0.8", "es_419"),
        ("th;q=0", "en"),
        ("th;q=high", "en"),
        ("", "en"),
        ("klingon", "en"),
    ],
)
def test_a_browser_gets_the_offered_language_it_likes_best(wish: str, expected: str) -> None:
    assert languages.negotiate(wish) == expected
