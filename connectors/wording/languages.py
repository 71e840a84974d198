"""Languages of the console: what each calls itself, which way it runs, and its words for page templates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from connectors.wording.catalogs import LOCALES_ROOT, babel_locale, subtags, translations
from domain.errors import Invalid


@dataclass(frozen=True, slots=True)
class Language:
    """A language a person can choose. ``tag`` is BCP 47, for ``lang``; ``direction`` is ``ltr`` or ``rtl``."""

    locale: str
    tag: str
    native_name: str
    direction: str


LANGUAGES: Final = (
    Language("en", "en", "English", "ltr"),
    Language("zh_CN", "zh-Hans-CN", "简体中文", "ltr"),
    Language("pt_BR", "pt-BR", "Português (Brasil)", "ltr"),
    Language("es_419", "es-419", "Español (Latinoamérica)", "ltr"),
    Language("ar", "ar", "العربية", "rtl"),
    Language("id", "id", "Bahasa Indonesia", "ltr"),
    Language("th", "th", "ไทย", "ltr"),
)


@dataclass(frozen=True, slots=True)
class TemplateWords:
    """The callables that Jinja's ``install_gettext_callables(…, newstyle=True)`` takes."""

    gettext: Callable[[str], str]
    ngettext: Callable[[str, str, int], str]
    pgettext: Callable[[str, str], str]
    npgettext: Callable[[str, str, str, int], str]


def language(locale: str) -> Language:
    """The language offered under a locale's exact name; otherwise ``language_not_offered``."""
    found = next((one for one in LANGUAGES if one.locale == locale), None)
    if found is None:
        offered = ", ".join(one.locale for one in LANGUAGES)
        raise Invalid("language_not_offered", f"{locale!r} is not offered.", fix=f"Choose one of {offered}.")
    return found


def direction(locale: str) -> str:
    """Which way a locale's text runs: ``ltr`` or ``rtl``."""
    return "rtl" if babel_locale(locale).character_order == "right-to-left" else "ltr"


def tag(locale: str) -> str:
    """A locale as the BCP 47 tag that HTML's ``lang`` takes: ``pt-BR`` for ``pt_BR``."""
    return "-".join(part for part in subtags(locale) if part)


def template_words(locale: str, domain: str = "console", *, root: Path = LOCALES_ROOT) -> TemplateWords:
    """A locale's words for Jinja's i18n extension, falling back along its parents to English.

    Newstyle callables interpolate with ``%``: the msgids of page templates therefore write ``%(name)s``.
    """
    words = translations(locale, domain, root=root)
    return TemplateWords(words.gettext, words.ngettext, words.pgettext, words.npgettext)


def negotiate(accept_language: str, *, otherwise: str = "en") -> str:
    """The offered locale that a browser's ``Accept-Language`` likes best, or ``otherwise``; at most 20 are read."""
    offered = {subtags(one.locale)[0]: one.locale for one in LANGUAGES}
    wishes = []
    for position, part in enumerate(accept_language.split(",")[:20]):
        name, _, quality = part.strip().partition(";q=")
        wishes.append((-_quality(quality), position, name.partition("-")[0].lower()))
    return next((offered[name] for weight, _, name in sorted(wishes) if weight < 0 and name in offered), otherwise)


def _quality(text: str) -> float:
    if not text:
        return 1.0
    try:
        return float(text)
    except ValueError:
        return 0.0
