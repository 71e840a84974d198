"""The page on which treasury closes days: its answer, differences accepted by name, four eyes, the calendar."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from typing import Any

import pytest

from activities import creditors as opening
from domain.accounts import Role
from domain.journal import JournalEntry, Posting
from domain.money import Money
from gateway.console import close
from gateway.console.voice import voice
from ledger import accounts, posting
from runtime import clock
from store import day_closes
from store.database import Database
from tests.fakes.console_world import NOW, Clock, World, add_person

pytestmark = pytest.mark.servers

Enter = Callable[..., Any]
DAY = date(2026, 11, 10)


def words(text: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


@dataclass
class Days:
    """A creditor's days in a tenant of its own, and two browsers of treasury."""

    database: Database
    tenant_id: str
    creditor_id: str
    child: str
    first: Any
    second: Any

    def move(self, *lines: tuple[Role, int], day: date = DAY) -> None:
        with self.database.tenant(self.tenant_id) as tx:
            leaves = accounts.leaves_of(tx, self.child)
            entry_id = clock.new_id("entry")
            postings = tuple(Posting(leaves[role], Money(minor, "BRL")) for role, minor in lines)
            posting.post_one(tx, JournalEntry(entry_id, "receipt", entry_id, day, postings, "src"), now=NOW)

    def path(self, day: date = DAY) -> str:
        return f"/close?lang=en&creditor={self.creditor_id}&day={day}"

    def look(self, day: date = DAY, browser: Any = None) -> str:
        return words((browser or self.first).get(self.path(day)).text)

    def propose(self, day: date = DAY, **fields: str) -> Any:
        known = {"creditor": self.creditor_id, "day": day.isoformat()}
        return self.first.post("/close/propose?lang=en", form_of=self.path(day), **known, **fields)

    def standing(self, day: date = DAY) -> day_closes.DayClose:
        with self.database.tenant(self.tenant_id) as tx:
            found = day_closes.standing(tx, self.creditor_id, day)
        assert found
        return found

    def turn(self, step: str, browser: Any, day: date = DAY, **fields: str) -> Any:
        close_id = self.standing(day).id
        return browser.post(f"/close/{close_id}/{step}?lang=en", form_of=self.path(day), **fields)

    def close(self, day: date = DAY) -> None:
        self.propose(day)
        assert self.turn("approve", self.second, day).status_code == 303


@pytest.fixture
def days(database: Database, tenant_id: str, signed_in: Enter, world: World) -> Days:
    assert isinstance(world.now, Clock)
    with database.tenant(tenant_id) as tx:
        ids: dict[str, Any] = {"new_id": clock.new_id, "now": NOW - timedelta(days=60)}
        new = opening.NewCreditor("Aurora", "CN", None, "ask@aurora.example", "bank", "CNY")
        creditor = opening.open_creditor(tx, new, tenant_id=tenant_id, **ids)
        link = opening.connect(
            tx,
            opening.NewConnection(creditor.id, "bank_statement", "BR", "BRL", "Itaú", {"account": "1"}, {}),
            **ids,
        )
    add_person(database, tenant_id, role="treasury")
    first, second = signed_in("treasury", tenant_id=tenant_id), signed_in("admin", tenant_id=tenant_id)
    return Days(database, tenant_id, creditor.id, link.child_account_id, first, second)


def test_the_page_answers_first(days: Days) -> None:
    days.move((Role.BANK, 100_00), (Role.FEES, -100_00))
    said = days.look()
    assert "Tuesday, November 10, 2026 can be closed: 4 controls hold" in said
    assert "It would be the first close" in said
    assert re.search(r"100\.00 BRL \d+\.\d\d CNY", said)
    assert "European Central Bank" in said


def test_a_difference_is_accepted_by_name_with_a_reason(days: Days) -> None:
    days.move((Role.CLEARING, 50_00), (Role.SUSPENSE, -50_00), day=DAY - timedelta(days=6))
    assert "3 controls hold, 1 difference to accept" in days.look()
    refused = days.propose()
    assert refused.status_code == 409
    assert "A difference is not accepted" in words(refused.text)
    done = days.propose(**{f"why/explained/{days.child}": "The payer answers on Monday"})
    assert done.status_code == 303
    assert "The payer answers on Monday" in days.look()


def test_whoever_proposed_is_told_that_another_closes(days: Days) -> None:
    assert days.propose().headers["location"].endswith(f"day={DAY}&done=day_proposed")
    assert "You proposed it, so another person closes it." in days.look()
    refused = days.turn("approve", days.first)
    assert (refused.status_code, "You began this" in words(refused.text)) == (409, True)
    assert "Close the day" in days.look(browser=days.second)
    assert days.turn("approve", days.second).status_code == 303
    assert "Tuesday, November 10, 2026 is closed" in days.look()


def test_a_proposal_can_be_withdrawn(days: Days) -> None:
    days.propose()
    assert days.turn("withdraw", days.first).status_code == 303
    assert "can be closed" in days.look()


def test_a_closed_day_is_opened_again_by_two(days: Days) -> None:
    days.close()
    refused = days.turn("ask", days.first, reason=" ")
    assert (refused.status_code, "Say why." in words(refused.text)) == (422, True)
    days.turn("ask", days.first, reason="A refund was forgotten")
    assert "You asked, so another person agrees." in days.look()
    assert days.turn("reopen", days.first).status_code == 409
    assert days.turn("reopen", days.second).status_code == 303
    said = days.look()
    assert "can be closed" in said
    assert "A refund was forgotten" in said


def test_the_next_open_day_is_shown_by_itself(days: Days) -> None:
    days.close()
    said = words(days.first.get("/close?lang=en").text)
    assert "Wednesday, November 11, 2026 can be closed" in said


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (DAY + timedelta(days=2), "An earlier day is still open"),
        (date(2026, 11, 20), "An earlier day is still open"),
        (date(9999, 12, 31), "An earlier day is still open"),
        (date(1, 1, 1), "The day is closed."),
    ],
)
def test_a_day_out_of_turn_says_why(days: Days, day: date, said: str) -> None:
    days.close()
    assert said in days.look(day)


def test_a_day_that_is_not_over_says_so(days: Days) -> None:
    assert "The day is not over where the creditor is" in days.look(NOW.date())


def test_the_calendar_names_closed_days(days: Days) -> None:
    days.close()
    page = days.first.get(days.path()).text
    assert re.search(r'class="day closed"[^>]*aria-current="date"', page)
    assert len(re.findall(r'class="day closed"', page)) == 10
    assert 'class="day ahead"' in page


def test_results_of_closed_days_are_on_the_page_of_rates(days: Days) -> None:
    days.move((Role.BANK, 100_000_00), (Role.FEES, -100_000_00), day=DAY - timedelta(days=400))
    assert "Exchange results" not in words(days.first.get("/fx?lang=en").text)
    days.close()
    for by in ("", "&results=month"):
        said = words(days.first.get(f"/fx?lang=en{by}").text)
        assert re.search(r"Exchange (earned|lost) [\d,.]+ CNY on the closed days shown", said)
        assert "Unrealised at the end" in said


@pytest.mark.parametrize("role", ["auditor", "finance"])
def test_others_look_but_do_not_close(days: Days, signed_in: Enter, role: str) -> None:
    onlooker = signed_in(role, tenant_id=days.tenant_id)
    said = days.look(browser=onlooker)
    assert "can be closed" in said
    assert "Propose to close" not in said
    token = days.first.token(days.path())
    form = {"form_token": token, "creditor": days.creditor_id, "day": DAY.isoformat()}
    refused = onlooker.client.post("/console/close/propose?lang=en", data=form)
    assert (refused.status_code, "Your role may look at this" in words(refused.text)) == (403, True)


def test_treasury_finds_it_in_the_rail(days: Days) -> None:
    assert re.search(r'href="/console/close" aria-current="page"', days.first.get("/close").text)


@pytest.mark.parametrize("locale", ["en", "zh_CN", "pt_BR", "es_419", "ar", "id", "th"])
def test_the_page_opens_in_every_language(days: Days, locale: str) -> None:
    days.move((Role.CLEARING, 50_00), (Role.SUSPENSE, -50_00), day=DAY - timedelta(days=6))
    answer = days.first.get(f"/close?lang={locale}&creditor={days.creditor_id}&day={DAY}")
    assert answer.status_code == 200
    assert len(answer.content) < 150_000


def test_without_a_creditor_the_page_says_what_to_do(signed_in: Enter, new_tenant: Callable[[], str]) -> None:
    assert "There is no creditor yet" in words(signed_in("treasury", tenant_id=new_tenant()).get("/close?lang=en").text)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("1234.50 BRL", "1,234.50\u00a0BRL"),
        ("2026-11-10", "Nov 10, 2026"),
        ("1200", "1,200"),
        ("statement_unbalanced", "statement unbalanced"),
    ],
)
def test_what_was_compared_is_written_as_the_reader_writes_it(said: str, shown: str) -> None:
    assert close.token(voice("en", UTC), said) == shown
