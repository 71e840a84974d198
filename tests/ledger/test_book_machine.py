"""The book against an oracle: whatever is done in whatever order, both say the same, and the invariants hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import create_engine

from runtime.postgres import OWNER, EmbeddedPostgres
from store.database import Database
from tests.ledger.conftest import Book
from tests.ledger.machine import BookMachine
from tests.ledger.soaking import at_ease

Machine = Callable[..., type[BookMachine]]


@pytest.fixture
def machine(
    database: Database, postgres: EmbeddedPostgres, new_book: Callable[[], Book], leaf: Callable[..., str]
) -> Iterator[Machine]:
    """Makes a machine over this worker's server."""
    powerful = create_engine(postgres.url(OWNER))
    doors = {"database": database, "powerful": powerful, "open_book": staticmethod(new_book)}

    def made(**more: Any) -> type[BookMachine]:
        return type("Machine", (BookMachine,), {**doors, "open_leaf": staticmethod(leaf), **more})

    yield made
    powerful.dispose()


def run(machine: type[BookMachine], *, examples: int, steps: int) -> None:
    """Runs a machine so many times, so many steps each."""
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
            phases=at_ease((Phase.generate,), (Phase.generate, Phase.shrink)),  # shrinking takes minutes
        ),
    )


def test_the_book_does_what_the_oracle_says(machine: Machine) -> None:
    made = machine()
    run(made, examples=at_ease(30, 400), steps=at_ease(30, 60))
    print(f"{made.steps} steps")  # noqa: T201 (a soak says how long it was)
