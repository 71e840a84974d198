"""Catalogs: the words of each language, read from ``locales/<locale>/LC_MESSAGES/<domain>.po``.

English sentences are the msgids, with named placeholders such as ``{amount}``. A locale is looked for along the
parents that the Unicode CLDR gives it (``es_MX → es_419 → es → en``); ``zh``, ``zh_Hans`` and ``zh_CN`` are one.
"""

from __future__ import annotations

import gettext as _gettext
import re
from functools import cache
from io import BytesIO, StringIO
from pathlib import Path
from typing import Final

from babel import Locale, localedata
from babel.core import UnknownLocaleError, get_global, parse_locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

from domain.errors import Invalid, NotFound

# Editable installs and checkouts keep the catalogs beside the packages; other layouts pass their own root.
LOCALES_ROOT: Final = Path(__file__).resolve().parents[2] / "locales"
SOURCE_LOCALE: Final = "en"
# Babel reads an unquoted string by cutting off its first and last letter, so lines are looked at before.
_PO_LINE: Final = re.compile(r'\s*|#.*|(?:(?:msgctxt|msgid|msgid_plural|msgstr(?:\[\d\])?)\s+)?".*"\s*')

# Written by us in gettext's order. Babel's own headers give Indonesian two forms and swap Arabic's last two.
PLURAL_FORMS: Final = {
    "ar": "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);",
    "en": "nplurals=2; plural=(n != 1);",
    "es": "nplurals=2; plural=(n != 1);",
    "fil": "nplurals=2; plural=(n > 1);",
    "id": "nplurals=1; plural=0;",
    "km": "nplurals=1; plural=0;",
    "ms": "nplurals=1; plural=0;",
    "pt": "nplurals=2; plural=(n > 1);",
    "th": "nplurals=1; plural=0;",
    "tr": "nplurals=2; plural=(n != 1);",
    "vi": "nplurals=1; plural=0;",
    "zh": "nplurals=1; plural=0;",
}


class _NoWords(_gettext.NullTranslations):
    """The end of a chain that must not fall back to English: a missing sentence is an error."""

    def __init__(self, locale: str, domain: str) -> None:
        super().__init__()
        self._place = f"{domain} of {locale}"

    def _refuse(self, message: str) -> str:
        sentence = f"The catalog {self._place} has no words for {message!r}."
        raise Invalid("wording_missing", sentence, fix="Translate it.")

    def gettext(self, message: str) -> str:
        return self._refuse(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        del msgid2, n
        return self._refuse(msgid1)

    def pgettext(self, context: str, message: str) -> str:
        del context
        return self._refuse(message)

    def npgettext(self, context: str, msgid1: str, msgid2: str, n: int) -> str:
        del context, msgid2, n
        return self._refuse(msgid1)


def subtags(locale: str) -> tuple[str, str | None, str | None]:
    """Language, script and territory of ``pt_BR``, ``pt-BR`` or ``zh_Hans_CN``; otherwise ``locale_unknown``."""
    try:
        language, territory, script, *_ = parse_locale(locale.replace("-", "_"))
    except ValueError:
        raise _unknown(locale) from None
    if not localedata.exists(language):
        raise _unknown(locale)
    return language, script or _unusual_script(language, territory), territory


def _unusual_script(language: str, territory: str | None) -> str | None:
    """The script a territory implies where it is not the language's usual one: ``Hant`` for ``zh_TW``."""
    likely = get_global("likely_subtags")
    implied = likely.get(f"{language}_{territory}", "").split("_")[1:2]
    return implied[0] if implied and implied != likely.get(language, "").split("_")[1:2] else None


def _unknown(locale: str) -> Invalid:
    return Invalid("locale_unknown", f"{locale!r} is not a locale known here.", fix="Write it like pt_BR or ar.")


def canonical(locale: str) -> str:
    """A locale without the subtags that CLDR takes for granted: ``pt_BR`` is ``pt``, ``zh_Hans_CN`` is ``zh``."""
    language, script, territory = subtags(locale)
    likely = get_global("likely_subtags").get(language, language).split("_")
    if script in {None, *likely[1:]} and territory in {None, *likely[1:]}:
        return language
    return _join(language, script, territory)


def _join(*parts: str | None) -> str:
    return "_".join(part for part in parts if part)


@cache
def chain(locale: str) -> tuple[str, ...]:
    """Where words are looked for, nearest first: ``("es_MX", "es_419", "es", "en")`` for ``"es_MX"``."""
    parents = get_global("parent_exceptions")
    links: list[str] = []
    link: str | None = _join(*subtags(locale))
    while link and link != "root":
        links.append(link)
        link = parents.get(link) or (None if _is_foreign_script(link) else link.rpartition("_")[0])
    return tuple(dict.fromkeys((*links, SOURCE_LOCALE)))


def _is_foreign_script(link: str) -> bool:
    """Whether a link is a script its language is not usually written in; CLDR never falls back across scripts."""
    language, script, territory = subtags(link)
    return script is not None and territory is None and canonical(link) != language


@cache
def babel_locale(locale: str) -> Locale:
    """The nearest locale that Babel can format for: ``en`` for ``en_SA``, which CLDR does not describe."""
    for link in chain(locale):
        try:
            return Locale.parse(link)
        except UnknownLocaleError:
            continue
    raise _unknown(locale)


def available(domain: str, *, root: Path = LOCALES_ROOT) -> tuple[str, ...]:
    """The locales that have a catalog of a domain, in alphabetical order."""
    return tuple(sorted(path.parents[1].name for path in root.glob(f"*/LC_MESSAGES/{domain}.po")))


def nearest(locale: str, domain: str, *, root: Path = LOCALES_ROOT) -> str | None:
    """The catalog that would speak for a locale without falling back to English, or ``None``."""
    by_canonical = {canonical(name): name for name in available(domain, root=root)}
    links = (canonical(link) for link in _own_language(locale))
    return next((by_canonical[link] for link in links if link in by_canonical), None)


def parent_catalog(locale: str, domain: str, *, root: Path = LOCALES_ROOT) -> str | None:
    """The catalog that a regional one only differs from (``es_419`` for ``es_MX``), if there is one."""
    by_canonical = {canonical(name): name for name in available(domain, root=root)}
    links = (canonical(link) for link in _own_language(locale) if canonical(link) != canonical(locale))
    return next((by_canonical[link] for link in links if link in by_canonical), None)


def _own_language(locale: str) -> tuple[str, ...]:
    """A locale's chain without the English at its end, unless the locale is English."""
    return tuple(link for link in chain(locale) if link != SOURCE_LOCALE or subtags(locale)[0] == SOURCE_LOCALE)


def read_catalog(path: Path) -> Catalog:
    """A ``.po`` file as Babel's catalog. Unreadable text is ``catalog_malformed``."""
    locale = path.parents[1].name
    try:
        text = path.read_text(encoding="utf-8")
        odd = next((line for line in text.splitlines() if not _PO_LINE.fullmatch(line)), None)
        if odd is None:
            return read_po(StringIO(text), locale=locale, domain=path.stem, abort_invalid=True)
        fault = f"{odd!r} is not a line of a catalog"
    except (PoFileError, ValueError) as error:
        fault = str(error)
    raise Invalid("catalog_malformed", f"{path.name} of {locale} cannot be read: {fault}.")


@cache
def translations(
    locale: str, domain: str, *, root: Path = LOCALES_ROOT, strict: bool = False
) -> _gettext.NullTranslations:
    """The words of a domain for a locale: ``gettext``, ``ngettext``, ``pgettext`` and ``npgettext``.

    Missing words come from the locale's parents and at last are the English msgid; with ``strict`` only catalogs of
    the locale's own language speak, and a missing sentence is ``wording_missing``. No catalog is ``catalog_missing``.
    """
    by_canonical = {canonical(name): name for name in available(domain, root=root)}
    links = [canonical(link) for link in (_own_language(locale) if strict else chain(locale))]
    names = list(dict.fromkeys(by_canonical[link] for link in links if link in by_canonical))
    if not names:
        raise NotFound("catalog_missing", f"There is no catalog of {domain} for {locale}.")
    tail = _NoWords(locale, domain) if strict else _gettext.NullTranslations()
    for name in reversed(names):
        words = _words(name, domain, root)
        words.add_fallback(tail)
        tail = words
    return tail


def _words(name: str, domain: str, root: Path) -> _gettext.GNUTranslations:
    """One catalog in memory, compiled the way gettext reads it; nothing is written to disk."""
    compiled = BytesIO()
    write_mo(compiled, read_catalog(root / name / "LC_MESSAGES" / f"{domain}.po"))
    compiled.seek(0)
    return _gettext.GNUTranslations(compiled)


def load(domain: str, *, root: Path = LOCALES_ROOT) -> tuple[str, ...]:
    """Read every catalog of a domain at start, so that a broken one stops the start; the locales read."""
    names = available(domain, root=root)
    for name in names:
        translations(name, domain, root=root)
    return names
