"""How a notice is laid out: paragraphs, amounts in rows and codes to copy, as plain text and as accessible HTML.

Values enter sentences only here, so each is kept in one piece (isolates in text, ``<bdi>`` in HTML) and escaped.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from connectors.wording import bidi

Words = Callable[[str], str]

# Colours and sizes keep 4.5:1 contrast; nothing is loaded from elsewhere.
_BODY_STYLE: Final = (
    "margin:0 auto;padding:24px;max-width:40em;background:#ffffff;color:#10242b;"
    "font:16px/1.6 system-ui,'Noto Sans','Noto Sans Arabic','Noto Sans Thai','Noto Sans Khmer','Noto Sans SC',"
    "sans-serif"
)
_LABEL_STYLE: Final = "text-align:start;vertical-align:top;font-weight:normal;color:#4b6068;padding:4px 0"
_VALUE_STYLE: Final = "text-align:start;vertical-align:top;font-weight:600;padding:4px 16px"
_CODE_STYLE: Final = (
    "display:block;margin:8px 0 16px;padding:12px;background:#f3f7f7;border:1px solid #d5e0e1;border-radius:6px;"
    "font-family:monospace;overflow-wrap:anywhere;text-align:left"
)


@dataclass(frozen=True, slots=True)
class Value:
    """What enters a sentence: a ``value`` reads by its own letters, a ``name`` is free text, ``words`` are ours."""

    text: str
    kind: Literal["value", "name", "words"] = "value"


@dataclass(frozen=True, slots=True)
class Sentence:
    """Translated words with named places, and what stands in them."""

    words: str
    values: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Heading:
    """A section's title."""

    words: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One or more sentences, each on a line of its own."""

    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """Labels with their values; ``pair`` is the locale's way to write a label before a value on one line."""

    pair: str
    rows: tuple[tuple[str, Value], ...]


@dataclass(frozen=True, slots=True)
class CopyCode:
    """A code to copy, alone on its line and without direction marks: a mark copied with it would break it."""

    payload: str


Block = Heading | Paragraph | Rows | CopyCode


def mark(value: Value, *, rtl: bool) -> str:
    """A value as plain text holds it: isolated in right-to-left text, and where it is itself right to left."""
    if value.kind == "words" or not (rtl or bidi.has_rtl(value.text)):
        return value.text
    return bidi.isolate_auto(value.text) if value.kind == "name" else bidi.isolate(value.text)


def say(sentence: Sentence, *, rtl: bool) -> str:
    """A sentence as plain text."""
    return sentence.words.format_map({key: mark(value, rtl=rtl) for key, value in sentence.values.items()})


def as_text(blocks: tuple[Block, ...], *, rtl: bool) -> str:
    """The whole notice as plain text, blocks apart by an empty line."""
    return "\n\n".join(_text_of(block, rtl=rtl) for block in blocks) + "\n"


def _text_of(block: Block, *, rtl: bool) -> str:
    match block:
        case Heading(words):
            return words
        case Paragraph(sentences):
            return "\n".join(say(sentence, rtl=rtl) for sentence in sentences)
        case Rows(pair, rows):
            return "\n".join(_row_text(pair, label, value, rtl=rtl) for label, value in rows)
        case CopyCode(payload):
            return payload


def _row_text(pair: str, label: str, value: Value, *, rtl: bool) -> str:
    return pair.format(label=label, value=mark(value, rtl=rtl))


def as_html(blocks: tuple[Block, ...], *, title: Sentence, lang: str, direction: str) -> str:
    """The notice as one HTML page: language and direction stated, no picture, script, style sheet or link."""
    body = "\n".join(_html_of(block) for block in blocks)
    heading = _html_sentence(title)
    name = html.escape(bidi.without_controls(say(title, rtl=False)))
    return (
        f'<!DOCTYPE html>\n<html lang="{lang}" dir="{direction}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{name}</title>\n</head>\n"
        f'<body lang="{lang}" dir="{direction}" style="{_BODY_STYLE}">\n<h1 style="font-size:22px">'
        f"{heading}</h1>\n{body}\n</body>\n</html>\n"
    )


def _html_of(block: Block) -> str:
    match block:
        case Heading(words):
            return f'<h2 style="font-size:17px">{html.escape(words)}</h2>'
        case Paragraph(sentences):
            return "<p>" + "<br>\n".join(_html_sentence(sentence) for sentence in sentences) + "</p>"
        case Rows(_, rows):
            return '<table style="border-collapse:collapse">\n' + "\n".join(map(_html_row, rows)) + "\n</table>"
        case CopyCode(payload):
            return f'<code dir="ltr" style="{_CODE_STYLE}">{html.escape(payload)}</code>'


def _html_row(row: tuple[str, Value]) -> str:
    label, value = row
    return (
        f'<tr><th scope="row" style="{_LABEL_STYLE}">{html.escape(label)}</th>'
        f'<td style="{_VALUE_STYLE}">{_html_value(value)}</td></tr>'
    )


def _html_sentence(sentence: Sentence) -> str:
    escaped = html.escape(sentence.words)
    return escaped.format_map({key: _html_value(value) for key, value in sentence.values.items()})


def _html_value(value: Value) -> str:
    text = html.escape(bidi.without_controls(value.text))
    if value.kind == "words":
        return text
    ltr = value.kind == "value" and not bidi.has_rtl(value.text)
    return f'<bdi dir="ltr">{text}</bdi>' if ltr else f"<bdi>{text}</bdi>"
