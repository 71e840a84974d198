"""The check of all wording (``python -m connectors.wording.check``): every catalog whole, every placeholder in place.

Exit 0 and one line when all is well; exit 1 and one line per fault otherwise.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message

from connectors.wording.catalogs import LOCALES_ROOT, PLURAL_FORMS, available, parent_catalog, read_catalog, subtags
from connectors.wording.extract import REPOSITORY, SOURCES, template
from connectors.wording.languages import LANGUAGES
from connectors.wording.payment_labels import PAYMENT_LABELS
from domain.errors import Invalid

_PLACEHOLDER: Final = re.compile(r"%\((\w+)\)[sd]|\{([^{}]*)\}")
_NAME: Final = re.compile(r"[a-z_]+")
# Arabic says one and two without a figure, and may say none so; these forms stand for a single number each.
_FORMS_WITHOUT_FIGURE: Final = {"ar": frozenset({0, 1, 2})}


def placeholders(text: str) -> frozenset[str]:
    """The names that a sentence leaves open, in either style."""
    return frozenset(old or new for old, new in _PLACEHOLDER.findall(text))


def catalog_faults(
    catalog: Catalog, *, said: Iterable[Message], locale: str, parent: Catalog | None = None
) -> Iterator[str]:
    """What is wrong with one catalog, given what its domain's source says; with a parent it holds differences only."""
    if catalog.plural_forms.rstrip(";") != PLURAL_FORMS[subtags(locale)[0]].rstrip(";"):
        yield f"its Plural-Forms should be {PLURAL_FORMS[subtags(locale)[0]]}"
    wanted = {(message.context, message.id) for message in said if message.id}
    present = {(message.context, message.id): message for message in catalog if message.id}
    if parent is None:
        yield from (f"lacks {msgid!r}" for _, msgid in sorted(wanted - set(present), key=str))
    else:
        same = [message for message in present.values() if _said_by(parent, message) == message.string]
        yield from (f"repeats its parent's words for {message.id!r}" for message in same)
    yield from (f"holds {msgid!r}, which nothing says" for _, msgid in sorted(set(present) - wanted, key=str))
    for message in present.values():
        yield from _message_faults(message, locale=locale, forms=catalog.num_plurals)


def _said_by(catalog: Catalog, message: Message) -> object:
    known = catalog.get(message.id, context=message.context)
    return known.string if known else None


def _message_faults(message: Message, *, locale: str, forms: int) -> Iterator[str]:
    strings = _forms(message.string)
    msgids = _forms(message.id)
    if message.fuzzy:
        yield f"is unsure (fuzzy) of {message.id!r}"
    if len(strings) != (forms if message.pluralizable else 1) or not all(strings):
        yield f"has not every form of {message.id!r}"
        return
    wanted = frozenset[str]().union(*map(placeholders, msgids))
    if not all(_NAME.fullmatch(name) for name in wanted):
        yield f"has a placeholder that is not a plain name in {message.id!r}"
    for index, text in enumerate(strings):
        spared = message.pluralizable and index in _FORMS_WITHOUT_FIGURE.get(subtags(locale)[0], ())
        allowed = (wanted, wanted - {"count", "num"}) if spared else (wanted,)
        if placeholders(text) not in allowed:
            yield f"has other placeholders than {message.id!r}"


def _forms(words: object) -> tuple[str, ...]:
    """Every form of a sentence; an untranslated one is empty."""
    return tuple(str(form or "") for form in (words if isinstance(words, tuple | list) else (words,)))


def domain_faults(domain: str, *, root: Path = LOCALES_ROOT) -> Iterator[str]:
    """What is wrong with a domain's catalogs, each fault named by its file."""
    said = template(domain)
    names = available(domain, root=root)
    if not len(said) and not names:
        return
    for missing in sorted({language.locale for language in LANGUAGES} - set(names)):
        yield f"{missing}/{domain}.po is missing"
    for locale in names:
        try:
            catalog = read_catalog(root / locale / "LC_MESSAGES" / f"{domain}.po")
            above = parent_catalog(locale, domain, root=root)
            parent = read_catalog(root / above / "LC_MESSAGES" / f"{domain}.po") if above else None
        except Invalid as error:
            yield error.message
            continue
        for fault in catalog_faults(catalog, said=said, locale=locale, parent=parent):
            yield f"{locale}/{domain}.po {fault}"


def label_faults(folder: Path = REPOSITORY / "connectors" / "countries") -> Iterator[str]:
    """Labels of countries' payment codes that no catalog can translate."""
    for path in sorted(folder.glob("*/rails.py")):
        for label in sorted(_labels(ast.parse(path.read_text(encoding="utf-8"))) - set(PAYMENT_LABELS)):
            yield f"{path.parent.name}/rails.py shows the label {label!r}, which payment_labels.py does not list"


def _labels(tree: ast.Module) -> set[str]:
    """First halves of the pairs in functions that make a ``PaymentCode``."""
    makers = (node for node in tree.body if isinstance(node, ast.FunctionDef) and "PaymentCode(" in ast.unparse(node))
    pairs = (node for maker in makers for node in ast.walk(maker) if isinstance(node, ast.Tuple))
    firsts = (node.elts[0] for node in pairs if len(node.elts) == 2)  # noqa: PLR2004 -- a pair
    return {first.value for first in firsts if isinstance(first, ast.Constant) and isinstance(first.value, str)}


def main() -> int:
    """Print every fault to standard error; 1 if there was one."""
    faults = [fault for domain in SOURCES for fault in domain_faults(domain)] + list(label_faults())
    for fault in faults:
        sys.stderr.write(f"wording: {fault}\n")
    if not faults:
        sys.stdout.write("wording: every catalog is complete\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
