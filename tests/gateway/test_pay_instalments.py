"""Instalments on the pay page: offered where the creditor's terms allow it, taken once, else left to people."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

import httpx
import pytest

from activities import instalments
from activities.arrangements import of_case
from domain.case_commands import HoldKind, PlaceHold
from domain.instalment_plans import InstalmentTerms
from domain.money import Money
from gateway.services import Services
from runtime import clock
from store import cases, notices, promises, timeline
from store.database import Database
from tests.fakes.pay_world import Page, small_world


@pytest.fixture
def page(database: Database, services: Services, new_tenant: Callable[[], str]) -> Page:
    return Page(database, services, small_world(database, new_tenant(), "BR"), "BR")


def state(page: Page, terms: InstalmentTerms | None) -> None:
    with page.tx() as tx:
        instalments.state_terms(
            tx,
            creditor_id=cases.get(tx, page.line.id).creditor_id,
            country="BR",
            currency="BRL",
            terms=terms,
            actor="tests",
            new_id=clock.new_id,
            now=page.world.now(),
        )


@pytest.fixture
def terms(page: Page) -> InstalmentTerms:
    found = InstalmentTerms(3, Money.parse("1", "BRL"), 7)
    state(page, found)
    return found


def names(page: Page) -> dict[str, str]:
    """The plans on the page: what the form calls each, by its number of payments."""
    found = re.findall(r'name="plan" value="((\d+)-[^"]*)"', page.look().text)
    return {count: name for name, count in found}


def counts(page: Page) -> list[str]:
    return list(names(page))


def take(page: Page, count: str, *, follow: bool = True) -> httpx.Response:
    return page.send("plan", follow, plan=names(page)[count])


def promised(page: Page) -> list[tuple[str, int, date, str]]:
    with page.tx() as tx:
        rows = sorted(promises.of_case(tx, page.line.id), key=lambda one: one.due_date)
    return [(one.state, one.amount_minor, one.due_date, one.taken_by) for one in rows]


def test_no_instalments_are_offered_where_the_creditor_stated_no_terms(page: Page) -> None:
    assert counts(page) == []
    assert page.send("plan", plan="2-0123456789abcdef").status_code == 409
    assert promised(page) == []


@pytest.mark.usefixtures("terms")
def test_every_plan_within_the_terms_is_shown_day_by_day(page: Page) -> None:
    text = page.look("?lang=en").text
    assert counts(page) == ["2", "3"]
    form = text[text.index('id="plan"') : text.index('id="hardship"')]
    assert len(re.findall("<li>", form)) == 2 + 3
    assert len(re.findall(r'<bdi class="amount">R\$', form)) == 2 + 3


@pytest.mark.usefixtures("terms")
def test_a_plan_is_taken_under_the_debtors_name_and_stands_on_the_page(page: Page) -> None:
    with page.tx() as tx:
        overdue = cases.get(tx, page.line.id).overdue_minor
    answer = take(page, "3", follow=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{page.path}?done=plan#done")
    taken = promised(page)
    assert [one[0] for one in taken] == ["open"] * 3
    assert sum(one[1] for one in taken) == overdue
    assert {one[3] for one in taken} == {"debtor"}
    assert taken[0][2] >= page.world.now().date() + timedelta(days=6)
    text = page.look("?lang=en&done=plan").text
    assert "You pay in instalments:" in text
    assert "Your plan is noted" in text
    assert counts(page) == []


@pytest.mark.usefixtures("terms")
def test_the_debtor_is_sent_the_plan(page: Page) -> None:
    take(page, "2")
    with page.tx() as tx:
        kinds = [one.kind for one in notices.of_case(tx, page.line.id)]
    assert "plan_confirmation" in kinds


@pytest.mark.usefixtures("terms")
def test_the_next_payment_is_what_another_amount_begins_with(page: Page) -> None:
    take(page, "2")
    entered = re.search(r'id="code-amount"[^>]* value="([^"]*)"', page.look().text)
    assert entered is not None
    assert entered.group(1) == f"{promised(page)[0][1] / 100:.2f}"


@pytest.mark.usefixtures("terms")
def test_the_same_form_twice_makes_one_plan(page: Page) -> None:
    hidden = dict(re.findall(r'name="(form_token|command_id)" value="([^"]*)"', page.look().text))
    plan = names(page)["2"]
    for _ in range(2):
        answer = page.client.post(f"{page.path}/plan", data={**hidden, "plan": plan}, follow_redirects=False)
        assert answer.headers["location"].endswith("?done=plan#done")
    assert len(promised(page)) == 2
    with page.tx() as tx:
        assert [row.kind for row in timeline.of_case(tx, page.line.id)].count("plan_agreed") == 1


@pytest.mark.usefixtures("terms")
@pytest.mark.parametrize("name", ["", "0", "2", "3-", "3-0123456789abcdef", "x" * 5_000, "²"])
def test_a_plan_that_was_not_offered_is_refused(page: Page, name: str) -> None:
    answer = page.send("plan", plan=name)
    assert answer.status_code == 409
    assert 'role="alert"' in answer.text
    assert promised(page) == []


@pytest.mark.usefixtures("terms")
def test_whoever_runs_a_plan_takes_no_second_one(page: Page) -> None:
    other = names(page)["2"]
    take(page, "3")
    refused = page.send("plan", plan=other)
    assert refused.status_code == 409
    assert len(promised(page)) == 3
    assert 'href="#plan"' not in refused.text  # the form that it would lead to is not there


@pytest.mark.usefixtures("terms")
def test_a_debtor_agrees_to_the_days_and_amounts_that_were_shown_or_to_nothing(page: Page) -> None:
    shown = names(page)["2"]
    page.world.now.at += timedelta(days=40)
    assert page.send("plan", plan=shown).status_code == 409
    assert promised(page) == []
    assert names(page)["2"] != shown


@pytest.mark.usefixtures("terms")
def test_a_plan_that_could_not_be_confirmed_is_left_to_a_person(page: Page) -> None:
    with page.tx() as tx:
        tx.exec_driver_sql(
            "UPDATE party SET email = NULL, phone = NULL, address = NULL WHERE id ="
            " (SELECT party_id FROM collection_case WHERE id = %s)",
            (page.line.id,),
        )
    assert counts(page) == []


@pytest.mark.usefixtures("terms")
@pytest.mark.parametrize("kind", list(HoldKind))
def test_under_any_hold_a_person_decides(page: Page, kind: HoldKind) -> None:
    today = page.world.now().date() - timedelta(days=1)
    command = PlaceHold(clock.new_id("event"), "tests", kind.value, today.isoformat(), None, "why")
    page.services.case_desk.command(page.line.id, command)
    assert counts(page) == []


@pytest.mark.usefixtures("terms")
@pytest.mark.parametrize(("state_of", "offered"), [("broken", False), ("partial", False), ("kept", True)])
def test_after_a_promise_that_was_not_kept_a_person_decides(page: Page, state_of: str, *, offered: bool) -> None:
    page.send("promise", amount="1.00", due_date=page.world.now().date().isoformat())
    with page.tx() as tx:
        for one in promises.of_case(tx, page.line.id):
            promises.resolve(tx, one.id, state=state_of, now=page.world.now())
    assert bool(counts(page)) == offered


@pytest.mark.usefixtures("terms")
def test_while_an_offer_to_settle_stands_no_instalments_are_offered(page: Page) -> None:
    with page.tx() as tx:
        desk = of_case(tx, page.line.id, actor="tests", new_id=clock.new_id, now=page.world.now())
        desk.offer_settlement(Money(100, "BRL"), until=desk.today)
    assert counts(page) == []
    page.world.now.at += timedelta(days=2)
    assert counts(page) == ["2", "3"]


@pytest.mark.usefixtures("terms")
def test_terms_that_ended_offer_nothing(page: Page) -> None:
    state(page, None)
    assert counts(page) == []
    state(page, InstalmentTerms(2, Money.parse("1", "BRL"), 7))
    assert counts(page) == ["2"]


@pytest.mark.usefixtures("terms")
def test_the_code_of_the_next_payment_comes_first_and_each_code_says_its_amount(page: Page) -> None:
    take(page, "3")
    each = f"{promised(page)[0][1] / 100:.2f}"
    page.send("code", rail="pix_static", amount=each)
    text = page.look("?lang=en").text
    shown = re.findall(r'<h3><bdi>Pix</bdi> <span class="part"><bdi class="amount">R\$([\d,.]+)</bdi>', text)
    assert len(shown) == 2
    assert shown[0].replace(",", "") == each
