"""The accounting manual is whole: its page is in step, every booking has a caller, every kind and role has a word."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from domain.account_statements import Movement, movement_of
from domain.accounts import Role
from domain.money_events import MoneyEventKind
from domain.receipts import ContestKind, ContestPhase, SuspenseReason
from gateway.console.words import LABELS
from runtime import accounting_manual
from store import receipts

ROOT = Path(__file__).resolve().parents[2]
KINDS = sorted({kind for one in accounting_manual.every() for kind in one.kinds} | {"reversal"})
CALLERS = ("activities", "ledger", "workflows", "runtime", "gateway")


def _called() -> set[str]:
    """Every name that is called as an attribute, outside the domain and the tests."""
    names = set()
    for folder in CALLERS:
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                    names.add(node.func.attr)
    return names


def test_the_page_says_what_the_code_does() -> None:
    kept = accounting_manual.PAGE.read_text(encoding="utf-8")
    assert kept == accounting_manual.wrapped(accounting_manual.page()), "python -m runtime.accounting_manual"


def test_every_booking_has_a_caller() -> None:
    assert {one.name for one in accounting_manual.every()} - _called() == set()


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_entry_has_a_word(kind: str) -> None:
    assert kind in LABELS["entry"]


_OF_NO_LINE = {
    "suspense_applied", "rounding", "reversal", "agency_reported", "agency_remitted", "commission_accrued",
    "commission_paid", "commission_clawed_back", "held_for_another", "handed_on",
}  # fmt: skip


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in _OF_NO_LINE])
def test_every_other_kind_of_entry_belongs_to_a_line_of_a_statement(kind: str) -> None:
    assert movement_of(kind) is not Movement.OTHER


@pytest.mark.parametrize("role", list(Role))
def test_every_role_has_a_word(role: Role) -> None:
    assert role.value in LABELS["account"]


@pytest.mark.parametrize(
    ("family", "codes"),
    [
        ("receipt_state", receipts.STATES),
        ("contest_kind", [kind.value for kind in ContestKind]),
        ("contest_state", [phase.value for phase in ContestPhase]),
        ("suspense", [reason.value for reason in SuspenseReason]),
        ("money_event", [kind.value for kind in MoneyEventKind]),
    ],
)
def test_every_code_that_a_page_shows_has_a_word(family: str, codes: list[str]) -> None:
    assert set(codes) <= set(LABELS[family])
