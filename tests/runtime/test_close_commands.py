"""The commands that close days: plan, propose, approve by another, open again."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from activities import creditors as opening
from runtime import cli, clock, offices
from runtime.settings import Settings
from store.database import Database
from tests.fakes.console_world import add_person

pytestmark = pytest.mark.servers

Ask = Callable[..., tuple[int, Any]]


@pytest.fixture
def day() -> str:
    return (clock.now().date() - timedelta(days=3)).isoformat()


@pytest.fixture
def people(database: Database, tenant_id: str) -> dict[str, str]:
    """The e-mail addresses of an administrator, somebody of treasury and an auditor."""
    return {role: add_person(database, tenant_id, role=role).email for role in ("admin", "treasury", "auditor")}


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch, database: Database, tenant_id: str) -> Ask:
    monkeypatch.setattr(offices, "base", lambda: SimpleNamespace(database=database, settings=Settings()))
    with database.tenant(tenant_id) as tx:
        new = opening.NewCreditor("Aurora", "SG", None, "ask@aurora.example", "bank", "USD")
        opening.open_creditor(tx, new, tenant_id=tenant_id, new_id=clock.new_id, now=clock.now())

    def asked(*words: str) -> tuple[int, Any]:
        done = CliRunner().invoke(cli.app, ["book", "close", *words, "--tenant", tenant_id])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.exit_code, json.loads(done.stdout or done.stderr)

    return asked


def test_a_day_is_planned_proposed_closed_and_opened_again(ask: Ask, people: dict[str, str], day: str) -> None:
    code, plan = ask("plan", day)
    assert (code, plan["refusals"], plan["figures"]["total"]) == (0, [], {"amount": "0.00", "currency": "USD"})
    assert ask("propose", day, "--by", people["treasury"])[1]["state"] == "proposed"
    assert ask("approve", day, "--by", people["treasury"])[1]["code"] == "four_eyes"
    assert ask("approve", day, "--by", people["admin"])[1]["state"] == "closed"
    assert ask("plan", day)[1]["code"] == "day_closed"
    asked = ask("reopen", day, "--by", people["admin"], "--reason", "A refund was forgotten")[1]
    assert asked["steps"][-1]["reason"] == "A refund was forgotten"
    assert ask("reopen", day, "--by", people["treasury"], "--agree")[1]["state"] == "reopened"


def test_without_a_day_the_next_one_is_planned(ask: Ask) -> None:
    code, plan = ask("plan")
    assert (code, plan["closed_until"]) == (0, None)


@pytest.mark.parametrize("who", ["auditor", "nobody"])
def test_only_people_of_treasury_close(ask: Ask, people: dict[str, str], day: str, who: str) -> None:
    code, refused = ask("propose", day, "--by", people.get(who, "nobody@example.com"))
    assert (code, refused["code"]) == (2, "role_missing" if who == "auditor" else "person_unknown")


def test_a_person_of_another_tenant_is_unknown(
    ask: Ask, database: Database, new_tenant: Callable[[], str], day: str
) -> None:
    stranger = add_person(database, new_tenant(), role="treasury").email
    assert ask("propose", day, "--by", stranger)[1]["code"] == "person_unknown"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--accept", "statement"), "acceptance_malformed"),
        (("--accept", "statement="), "reason_missing"),
        (("--accept", "statement=why not"), "difference_unknown"),
        (("--creditor", "cre_1"), "creditor_unknown"),
    ],
)
def test_what_is_wrong_says_so(ask: Ask, people: dict[str, str], day: str, words: tuple[str, ...], code: str) -> None:
    assert ask("propose", day, "--by", people["treasury"], *words)[1]["code"] == code


@pytest.mark.parametrize("words", [(), ("--reason", "x", "--agree")])
def test_reopening_is_asked_or_agreed_to(ask: Ask, people: dict[str, str], day: str, words: tuple[str, ...]) -> None:
    ask("propose", day, "--by", people["treasury"])
    assert ask("reopen", day, "--by", people["treasury"], *words)[1]["code"] == "usage_wrong"


@pytest.mark.parametrize("step", ["approve", "reopen"])
def test_an_open_day_has_no_close_to_turn(ask: Ask, people: dict[str, str], day: str, step: str) -> None:
    words = () if step == "approve" else ("--agree",)
    assert ask(step, day, "--by", people["admin"], *words)[1]["code"] == "day_close_unknown"
