"""Extraction brings the catalogs up to date with the source (``python -m connectors.wording.extract``).

Keeps every translation whose msgid still exists, adds new msgids untranslated, and drops those no longer said. The
English catalog says what the msgids say. Dates and line numbers are left out, so a catalog changes only with words.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import write_po

from connectors.wording.catalogs import (
    LOCALES_ROOT,
    PLURAL_FORMS,
    SOURCE_LOCALE,
    available,
    parent_catalog,
    read_catalog,
    subtags,
)
from connectors.wording.languages import LANGUAGES

REPOSITORY: Final = LOCALES_ROOT.parent
# Which folders speak a domain's words.
SOURCES: Final = {
    "notices": ("connectors/wording",),
    "console": ("gateway/console", "gateway/agency"),
    "pay": ("gateway/pay",),
}
_METHODS: Final = {".py": "python", ".html": "jinja2.ext:babel_extract", ".txt": "jinja2.ext:babel_extract"}
_KEYWORDS: Final = {
    "_": None,
    "gettext": None,
    "marked": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
_OPTIONS: Final = {"newstyle_gettext": "true", "trimmed": "true", "silent": "false", "encoding": "utf-8"}


def template(domain: str) -> Catalog:
    """Every msgid that the source of a domain speaks, without translations."""
    catalog = Catalog(domain=domain, charset="utf-8")
    for path in _files(domain):
        found = extract_from_file(_METHODS[path.suffix], path, keywords=_KEYWORDS, options=_OPTIONS)
        for _, msgid, comments, context in found:
            catalog.add(msgid, auto_comments=comments, context=context, locations=())
    return catalog


def _files(domain: str) -> Iterator[Path]:
    for folder in SOURCES[domain]:
        yield from sorted(path for path in (REPOSITORY / folder).rglob("*") if path.suffix in _METHODS)


def update(domain: str, *, root: Path = LOCALES_ROOT) -> None:
    """Rewrite a domain's catalogs in every offered language from its source."""
    said = template(domain)
    if not len(said):
        return
    for locale in sorted({language.locale for language in LANGUAGES} | set(available(domain, root=root))):
        path = root / locale / "LC_MESSAGES" / f"{domain}.po"
        partial = parent_catalog(locale, domain, root=root) is not None
        catalog = _renewed(path, said, locale, partial=partial)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_written(catalog, locale))


def _renewed(path: Path, said: Catalog, locale: str, *, partial: bool = False) -> Catalog:
    """A catalog with what is said now; a regional one keeps its differences from its parent and takes on no more."""
    kept = read_catalog(path) if path.exists() else Catalog(locale=locale, domain=path.stem)
    renewed = Catalog(locale=locale, domain=path.stem, charset="utf-8")
    renewed.mime_headers = [("Plural-Forms", PLURAL_FORMS[subtags(locale)[0]])]
    for message in said:
        if not message.id:
            continue
        old = kept.get(message.id, context=message.context)
        words = message.id if locale == SOURCE_LOCALE else (old.string if old and not old.fuzzy else None)
        if partial and not words:
            continue
        notes = old.user_comments if old else ()
        renewed.add(message.id, words or _empty(message), context=message.context, user_comments=notes)
    return renewed


def _empty(message: Message) -> str | tuple[str, str]:
    return ("", "") if message.pluralizable else ""


def _written(catalog: Catalog, locale: str) -> bytes:
    """A catalog as text, under a header of our own: Babel's carries the time of writing and its own plural rules."""
    body = BytesIO()
    write_po(body, catalog, width=110, no_location=True, omit_header=True, sort_output=True)
    return header(catalog.domain or "", locale).encode() + b"\n" + body.getvalue().strip() + b"\n"


def header(domain: str, locale: str) -> str:
    """The header entry of a catalog."""
    lines = (
        f"Project-Id-Version: Afluente {domain}",
        f"Language: {locale}",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=UTF-8",
        "Content-Transfer-Encoding: 8bit",
        f"Plural-Forms: {PLURAL_FORMS[subtags(locale)[0]]}",
    )
    return 'msgid ""\nmsgstr ""\n' + "".join(f'"{line}\\n"\n' for line in lines)


def main(domains: Sequence[str]) -> None:
    """Update the named domains, or all of them."""
    for domain in domains or tuple(SOURCES):
        update(domain)


if __name__ == "__main__":
    main(sys.argv[1:])
