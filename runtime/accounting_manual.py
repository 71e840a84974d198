"""The accounting manual as a page: every booking with its debit/credit table (``python -m runtime.accounting_manual``).

The tables stand in the docstrings of the functions that make the entries, so the page says what the code does.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Final

from domain import bookings, claim_bookings, treasury_bookings
from domain.accounts import CHARTS, TREASURY_LEAVES, TYPES, Role, normal_side
from domain.receipts import ContestKind

PAGE: Final = Path(__file__).resolve().parents[1] / "docs" / "accounting.md"
PARTS: Final[tuple[tuple[str, ModuleType], ...]] = (
    ("Receipts, platforms, refunds and agencies", bookings),
    ("Debts, write-offs and charity", claim_bookings),
    ("Sweeps and exchange", treasury_bookings),
)
_RULE: Final = re.compile(r"^=+( +=+)+$")
_INTRODUCTION: Final = """\
# The accounting manual

Every business event becomes one balanced entry. Debits are positive in the book, credits negative. What an entry is
called is its kind. This page is made from the docstrings of the functions that make the entries
(`python -m runtime.accounting_manual`); [architecture](architecture.md#the-book) says how entries are kept.
"""


@dataclass(frozen=True, slots=True)
class Booking:
    """One function of the manual: its name, the kinds its entries have, what it says, and its table row by row."""

    name: str
    kinds: tuple[str, ...]
    words: tuple[str, ...]  # paragraphs
    rows: tuple[tuple[str, str], ...]  # debit, credit


def functions(module: ModuleType) -> Iterator[str]:
    """The names of a module's bookings, in order."""
    for node in ast.parse(inspect.getsource(module)).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and node.name != "entry":
            yield node.name


def every() -> list[Booking]:
    """Every booking of the manual, in order."""
    return [booking(module, name) for _, module in PARTS for name in functions(module)]


def booking(module: ModuleType, name: str) -> Booking:
    """One booking, read from its function."""
    function = getattr(module, name)
    before, rows, after = _parsed(inspect.getdoc(function) or "")
    return Booking(name, tuple(_kinds(inspect.getsource(function))), (*before, *after), rows)


def _parsed(text: str) -> tuple[list[str], tuple[tuple[str, str], ...], list[str]]:
    lines = text.splitlines()
    rules = [number for number, line in enumerate(lines) if _RULE.match(line)]
    if len(rules) != 3:  # noqa: PLR2004 (a table has three rules: above and below its head, and at its end)
        return _paragraphs(lines), (), []
    column = [found.start() for found in re.finditer(r"=+", lines[rules[0]])][1]
    rows = tuple((line[:column].strip(), line[column:].strip()) for line in lines[rules[1] + 1 : rules[2]])
    return _paragraphs(lines[: rules[0]]), rows, _paragraphs(lines[rules[2] + 1 :])


def _paragraphs(lines: list[str]) -> list[str]:
    blocks = re.split(r"\n\s*\n", "\n".join(lines).strip())
    return [" ".join(block.split()) for block in blocks if block.strip()]


def _kinds(source: str) -> Iterator[str]:
    """The kinds that a function gives its entries, as the second argument of ``entry``."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "entry":
            yield from _texts(node.args[1])


def _texts(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp(body=body, orelse=otherwise):
            yield from (*_texts(body), *_texts(otherwise))
        case ast.JoinedStr(values=[_, ast.Constant(value=str(ending))]):
            yield from (f"{kind.value}{ending}" for kind in ContestKind)
        case _:
            yield from ("refund", "transfer_returned")  # a receipt that went back: ``activities.receipts`` names why


def page() -> str:
    """The manual as Markdown."""
    parts = [_INTRODUCTION, _charts()]
    for title, module in PARTS:
        parts.append(f"## {title}\n")
        parts += [_section(booking(module, name)) for name in functions(module)]
    return "\n".join(parts)


def _charts() -> str:
    head = ["## Accounts", "", "| account | type | grows by | stands under |", "| --- | --- | --- | --- |"]
    rows = [f"| `{role.value}` | {TYPES[role].value} | {normal_side(role).value} | {_where(role)} |" for role in TYPES]
    return "\n".join([*head, *rows, ""])


def _where(role: Role) -> str:
    """Where an account of a role stands; those of no chart are opened when they are first needed."""
    kinds = [kind.value.replace("_", " ") for kind, roles in CHARTS.items() if role in roles]
    found = ["every child account"] if len(kinds) == len(CHARTS) else [f"child account ({kind})" for kind in kinds]
    if role in TREASURY_LEAVES:
        found.append("treasury of the parent")
    if role in _OF_RECEIVABLES:
        found.append("receivables of a country")
    return ", ".join(found) or "where it is first needed"


_OF_RECEIVABLES: Final = frozenset({Role.RECEIVABLE, Role.PLACED, Role.WRITTEN_OFF, Role.RECOVERED, Role.CHARITY})


def _section(one: Booking) -> str:
    title = one.name.replace("_", " ").capitalize()
    kinds = ", ".join(f"`{kind}`" for kind in dict.fromkeys(one.kinds))
    said = [_marked(paragraph) for paragraph in one.words]
    table = ["| debit | credit |", "| --- | --- |", *(f"| {debit} | {credit} |" for debit, credit in one.rows)]
    lines = [f"### {title}", "", said[0], "", f"Kind: {kinds}.", "", *table, ""]
    for paragraph in said[1:]:
        lines += [paragraph, ""]
    return "\n".join(lines)


def _marked(paragraph: str) -> str:
    return paragraph.replace("``", "`")


def wrapped(text: str) -> str:
    """The page as it is kept: paragraphs in lines of at most 120 characters, tables and titles as they are."""
    kept: list[str] = []
    for line in text.splitlines():
        words = line.split(" ")
        if len(line) <= _WIDTH or line.startswith(("|", "#")):
            kept.append(line)
            continue
        ends = [0]
        for number in range(1, len(words) + 1):
            if len(" ".join(words[ends[-1] : number])) > _WIDTH:
                ends.append(number - 1)
        kept += [" ".join(words[first:last]) for first, last in pairwise([*ends, len(words)])]
    return "\n".join(kept).rstrip() + "\n"


_WIDTH: Final = 120


if __name__ == "__main__":
    PAGE.write_text(wrapped(page()), encoding="utf-8")
