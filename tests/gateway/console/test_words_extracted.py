"""What the console speaks is what translators are given."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import gateway.console
from connectors.wording.extract import template

_CONSOLE = Path(gateway.console.__file__).parent
_SPOKEN = {"gettext": 1, "html": 1, "ngettext": 2, "html_count": 2}
"""How many leading arguments of each way of speaking are msgids."""
_LITERAL = r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\""
_IN_TEMPLATES = re.compile(rf"\bvoice\.(?:{'|'.join(_SPOKEN)})\(\s*({_LITERAL})(?:\s*,\s*({_LITERAL}))?")


def spoken_in_code(source: str) -> Iterator[str]:
    """Literals given to a voice in Python, straight or as one branch of a choice; what is ``marked`` counts too."""
    for call in ast.walk(ast.parse(source)):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in _SPOKEN:
            for argument in call.args[: _SPOKEN[call.func.attr]]:
                yield from (
                    one.value
                    for one in ast.walk(argument)
                    if isinstance(one, ast.Constant) and one.value
                    if isinstance(one.value, str)
                )


def spoken_in_template(source: str) -> Iterator[str]:
    """Literals given to a voice in a page's template."""
    for found in _IN_TEMPLATES.finditer(source):
        yield from (ast.literal_eval(one) for one in found.groups() if one)


def listed() -> set[str]:
    """Every singular and plural that extraction finds."""
    ids = (message.id for message in template("console"))
    return {word for one in ids for word in ((one,) if isinstance(one, str) else one)}


def spoken() -> set[str]:
    """Everything that the console's modules and templates give to a voice."""
    in_code = (one for path in _CONSOLE.rglob("*.py") for one in spoken_in_code(path.read_text(encoding="utf-8")))
    in_pages = (
        one for path in _CONSOLE.rglob("*.html") for one in spoken_in_template(path.read_text(encoding="utf-8"))
    )
    return {*in_code, *in_pages}


def test_every_sentence_that_the_console_speaks_is_extracted_for_translation() -> None:
    said = spoken()
    assert len(said) > 50  # the search itself found something
    assert sorted(said - listed()) == []


@pytest.mark.parametrize(
    "source",
    [
        'voice.html("Said.")',
        'here.voice.gettext("Said.", day=1)',
        'voice.html_count("Said.", "Said.", 2)',
        'voice.html(marked("Said."))',
    ],
)
def test_a_sentence_is_found_however_code_speaks_it(source: str) -> None:
    assert set(spoken_in_code(source)) == {"Said."}


def test_a_sentence_is_found_in_a_template() -> None:
    assert list(spoken_in_template("<p title=\"{{ voice.ngettext('One.', 'Many.', 2) }}\">")) == ["One.", "Many."]
