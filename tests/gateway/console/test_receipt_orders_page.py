"""The receipt page: money that waits is matched after a preview, or given back; only treasury may, and once."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from httpx import Response

from activities.receipts import Recorder
from domain.money import Money
from domain.receipts import ReceiptFact
from runtime import clock
from store import inbox, receipts
from store.database import Database
from tests.gateway.console.conftest import Browser

pytestmark = pytest.mark.servers

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def stranger(story: Any, database: Database) -> str:
    """150 reais in the bank that nothing explains; gives the receipt's identifier."""
    delivery = inbox.Delivery(
        id=clock.new_id("inbox"),
        tenant_id=story.tenant_id,
        connection_id=story.bank.id,
        platform=story.bank.platform,
        delivery_id="by-hand",
        filename="bank.csv",
        body=b"x",
        state="done",
        attempts=1,
        facts=1,
        received_at=AT,
        next_try_at=AT,
        processed_at=AT,
    )
    fact = ReceiptFact("E2E-1", Money(15_000, "BRL"), AT, AT.date(), ("SEM",), to_bank=True)
    with database.tenant(story.tenant_id) as tx:
        inbox.receive(tx, delivery)
        Recorder(tx, story.bank, delivery.id, clock.new_id, AT).receipt(fact)
        return str(tx.exec_driver_sql("SELECT id FROM receipt").scalar_one())


@pytest.fixture
def treasury(signed_in: Callable[..., Browser], story: Any) -> Browser:
    return signed_in("treasury", tenant_id=story.tenant_id)


def receipt(database: Database, story: Any, receipt_id: str) -> receipts.Receipt:
    with database.tenant(story.tenant_id) as tx:
        return receipts.get(tx, receipt_id)


def send(browser: Browser, receipt_id: str, step: str, **fields: str) -> Response:
    path = f"/receipts/{receipt_id}"
    return browser.post(
        f"{path}/{step}", form_of=path, **({"command_id": clock.new_id("money_event"), "reason": "By phone"} | fields)
    )


def contract(database: Database, story: Any) -> str:
    with database.tenant(story.tenant_id) as tx:
        return str(tx.exec_driver_sql("SELECT contract_no FROM loan").scalar_one())


def test_a_case_is_found_previewed_and_matched(
    treasury: Browser, story: Any, stranger: str, database: Database
) -> None:
    found = treasury.get(f"/receipts/{stranger}?find={contract(database, story)}").text
    (chosen,) = re.findall(r'href="/console(/receipts/[^"]+case=[^"#]+)', found)
    preview = treasury.get(chosen.replace("&amp;", "&")).text
    assert "What each instalment would get" in preview
    assert "150" in preview
    answer = send(treasury, stranger, "assign", case_id=story.case_id)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/console/receipts/{stranger}?done=assign")
    assert receipt(database, story, stranger).state == "matched"
    shown = treasury.get(f"/receipts/{stranger}").text
    assert "Matched to a case" in shown
    assert "By phone" in shown


def test_a_case_that_may_not_take_the_money_says_why(
    treasury: Browser, story: Any, stranger: str, database: Database
) -> None:
    with database.tenant(story.tenant_id) as tx:
        tx.exec_driver_sql("UPDATE collection_case SET currency = 'THB'")
    shown = treasury.get(f"/receipts/{stranger}?case={story.case_id}").text
    assert "The case is in another currency than the receipt." in shown
    assert "assign" not in shown


def test_nothing_is_found_where_nothing_fits(treasury: Browser, stranger: str) -> None:
    assert "No open case of this creditor fits." in treasury.get(f"/receipts/{stranger}?find=zzz").text


def test_money_is_given_back_and_that_is_confirmed(
    treasury: Browser, story: Any, stranger: str, database: Database
) -> None:
    assert send(treasury, stranger, "refund", amount="150.00").status_code == 303
    assert "Confirm that it was given back" in treasury.get(f"/receipts/{stranger}").text
    assert send(treasury, stranger, "refund-paid", amount="150.00").status_code == 303
    assert receipt(database, story, stranger).state == "reversed"


def test_a_form_that_is_sent_twice_is_done_once(
    treasury: Browser, story: Any, stranger: str, database: Database
) -> None:
    command = clock.new_id("money_event")
    for _ in range(2):
        assert send(treasury, stranger, "refund", amount="50.00", command_id=command).status_code == 303
    assert receipt(database, story, stranger).refunding_minor == 5_000


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"amount": "150.01"}, "The amount is more than what waits."),
        ({"amount": "150.00", "reason": ""}, "Say why."),
        ({"amount": "ten"}, "Write the amount in digits"),
    ],
)
def test_a_refusal_leads_back_to_the_form(treasury: Browser, stranger: str, fields: dict[str, str], words: str) -> None:
    answer = send(treasury, stranger, "refund", **fields)
    assert answer.status_code in (409, 422)
    assert words in answer.text
    assert f'value="{fields["amount"]}"' in answer.text


@pytest.mark.parametrize("role", ["finance", "auditor"])
def test_others_see_no_forms_and_may_send_none(
    signed_in: Callable[..., Browser], story: Any, stranger: str, role: str
) -> None:
    browser = signed_in(role, tenant_id=story.tenant_id)
    shown = browser.get(f"/receipts/{stranger}").text
    assert "Give back" not in shown
    token = re.search(r'name="form_token" value="([0-9a-f]+)"', shown)
    assert token
    fields = {"form_token": token.group(1), "command_id": clock.new_id("money_event"), "reason": "x"}
    answer = browser.client.post(f"/console/receipts/{stranger}/refund", data=fields)
    assert answer.status_code == 403
