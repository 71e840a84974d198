"""Random histories, exported: independent accounting programs come to the balances that the oracle came to."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from domain.money import Money
from ledger.exports import beancount, hledger, names, reading
from tests.ledger.machine import BookMachine
from tests.ledger.soaking import at_ease
from tests.ledger.test_book_machine import Machine, machine, run
from tests.peers import beancount as beancount_program
from tests.peers import hledger as hledger_program

__all__ = ["machine"]
pytestmark = pytest.mark.servers
WORTH_ASKING = 8  # entries


def agreeing(
    journal: Callable[..., Any], program: ModuleType, path: Path, asked: list[int]
) -> Callable[[BookMachine], None]:
    """Exports a machine's book and has a program check it and add it up."""

    def ask(done: BookMachine) -> None:
        if len(done.oracle.entries) < WORTH_ASKING:
            return
        with done.database.tenant(done.tenant_id) as tx:
            read = reading.read(tx)
            known = names.names(read.leaves)
            path.write_text("".join(journal(read, title="history")), encoding="utf-8")
        expected: dict[str, Decimal] = {
            known[done.ids[name]]: Money(leaf.debit - leaf.credit, leaf.currency).decimal
            for name, leaf in done.oracle.leaves.items()
            if leaf.debit != leaf.credit
        }
        assert program.check(path) == ""
        assert program.balances(path) == expected
        asked.append(len(done.oracle.entries))

    return ask


@pytest.mark.parametrize(
    ("journal", "program"),
    [
        pytest.param(beancount.journal, beancount_program, marks=beancount_program.needed, id="beancount"),
        pytest.param(hledger.journal, hledger_program, marks=hledger_program.needed, id="hledger"),
    ],
)
def test_an_independent_program_comes_to_the_oracles_balances(
    machine: Machine,
    tmp_path: Path,
    journal: Callable[..., Any],
    program: ModuleType,
) -> None:
    asked: list[int] = []
    ended = staticmethod(agreeing(journal, program, tmp_path / "book", asked))
    run(machine(at_the_end=ended), examples=at_ease(4, 60), steps=at_ease(40, 80))
    assert asked
