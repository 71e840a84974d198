"""From the debtor's phone to the closed day, on a stack that runs for real beside a fake world of platforms and banks.

One stack and one world serve all tests of this module; each takes debtors that no other has touched.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.test_console_browser import browser
from tests.e2e.test_pay_browser import PHONE
from tests.e2e.test_stack import Asker, Stack
from tests.e2e.world_town import Creditor, Later, Town, later, post
from tests.peers.fake_world.client import started

__all__ = ["browser"]  # a fixture that modules share

pytestmark = [pytest.mark.servers, pytest.mark.xdist_group("stack")]

DAYS_LATER = 6  # by then what is open is a difference


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    stack = Stack(tmp_path_factory.mktemp("town") / "data")
    stack.env["AFLUENTE_PLATFORM_PRIVATE_ADDRESSES"] = "true"
    with started(seed=7, compression=8_000.0) as world:
        stack.start()
        yield Town(stack, Asker(stack), world)
        if stack.process is not None and stack.process.poll() is None:
            stack.stop()


@pytest.fixture(scope="module")
def aurora(town: Town) -> Creditor:
    """A creditor whose platforms and banks agree."""
    return town.creditor("Aurora Export")


@pytest.fixture(scope="module")
def codes(town: Town, aurora: Creditor) -> dict[str, list[dict[str, Any]]]:
    """Codes by country for debtors whom the browser does not play, asked for at once."""
    chosen = {country: town.cases(aurora, country)[4:8] for country in ("AE", "BR")}
    made = town.asked([case for some in chosen.values() for case in some])
    return {"AE": made[:4], "BR": made[4:]}


@pytest.fixture(scope="module")
def boreal(town: Town) -> Creditor:
    """A creditor whose platform and bank get things wrong."""
    return town.creditor("Boreal Export")


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=PHONE, is_mobile=True, has_touch=True)
    yield context.new_page()
    context.close()


def open_page(town: Town, phone: Page, case_id: str) -> None:
    link = town.post("/pay-links", json={"case_id": case_id})
    phone.goto(f"{town.address}{link['path']}")


def have_the_code(phone: Page) -> None:
    """Ask for the first way's code; not where a reminder that waits to be sent has had it made already."""
    ask, made = phone.locator("#method-1 form button"), phone.locator("#method-1 code, #method-1 a.primary")
    expect(ask.or_(made).first).to_be_visible()
    if ask.is_visible():
        ask.tap()
    expect(made).to_be_visible()


def promised(town: Town, case_id: str) -> dict[str, Any]:
    """All that is overdue, promised for tomorrow, which has not begun anywhere."""
    case = town.get(f"/cases/{case_id}")
    body = {"amount": case["overdue"], "due_date": (datetime.now(UTC) + timedelta(days=1)).date().isoformat()}
    town.post(f"/cases/{case_id}/promises", json=body)
    overdue: dict[str, Any] = case["overdue"]
    return overdue


def kept(town: Town, case_id: str) -> dict[str, Any]:
    """The case, once the promise is kept and the case has ended by itself."""

    def look() -> Any:
        case = town.get(f"/cases/{case_id}")
        return case if [one["state"] for one in case["promises"]] == ["kept"] and case["closed_at"] else None

    found: dict[str, Any] = town.until(look, "the promise to be kept and the case to end")
    return found


@pytest.mark.browser
def test_a_debtor_pays_by_pix_from_the_phone(town: Town, aurora: Creditor, phone: Page) -> None:
    case_id = town.cases(aurora, "BR")[0]
    overdue = promised(town, case_id)
    open_page(town, phone, case_id)
    have_the_code(phone)
    code = phone.locator("#code-1").text_content()
    phone.goto(f"{town.world.base_url}/bank-app")
    phone.locator("#code").fill(code or "")
    phone.get_by_role("button", name="Pay").tap()
    expect(phone.locator("#said")).to_have_text(f"Paid {overdue['amount']} BRL.")
    assert kept(town, case_id)["work_state"] == "cured"
    (receipt,) = town.receipts(case_id)
    assert (receipt["state"], receipt["amount"]) == ("matched", overdue)


@pytest.mark.browser
def test_a_debtor_pays_by_card_on_the_platforms_page(town: Town, aurora: Creditor, phone: Page) -> None:
    case_id = town.cases(aurora, "AE")[0]
    overdue = promised(town, case_id)
    open_page(town, phone, case_id)
    have_the_code(phone)
    phone.locator("#method-1 a.primary").tap()
    expect(phone.locator("#amount")).to_have_text(f"{overdue['amount']} AED")
    phone.get_by_role("button", name="Pay now").tap()
    expect(phone.locator("#done")).to_contain_text("were paid")
    assert kept(town, case_id)["work_state"] == "cured"
    (receipt,) = town.receipts(case_id)
    assert (receipt["state"], receipt["amount"]) == ("matched", overdue)


def paid_once(town: Town, case_id: str, payment: dict[str, Any]) -> dict[str, Any]:
    """The one receipt of a case, once the post has delivered everything."""
    town.world.quiet()
    (receipt,) = town.until(lambda: town.receipts(case_id), "the receipt")
    assert (receipt["external_ref"], receipt["amount"]["amount"]) == (payment["id"], payment["amount"])
    return dict(receipt)


def test_what_goes_wrong_on_the_way_lands_once(town: Town, codes: dict[str, list[dict[str, Any]]]) -> None:
    """Copies, a wrong signature, and a database that dies while they arrive: retried until kept, booked once."""
    for country, first in (("BR", {401}), ("AE", {500, 503})):
        request = codes[country].pop()
        if country == "AE":
            town.stack.child("bin/postgres").kill()
        payment = town.world.pay(request["external_ref"], duplicates=3, bad_signature=country == "BR")
        paid_once(town, request["case_id"], payment)
        attempts = [one["attempts"] for one in town.world.get("letters")[-4:]]
        assert all(one[-1] == 202 for one in attempts)
        assert first & {status for one in attempts for status in one[:-1]}


def test_what_is_paid_beyond_the_debt_waits(town: Town, codes: dict[str, list[dict[str, Any]]]) -> None:
    request = codes["BR"].pop()
    claims = town.get(f"/cases/{request['case_id']}")["claims"]
    loans = [town.get(f"/loans/{one['id']}") for one in claims]
    owed = sum(Decimal(one["balance"]["amount"]) for one in loans)
    payment = town.world.pay(request["external_ref"], amount=str(owed + 10))
    receipt = paid_once(town, request["case_id"], payment)
    assert (receipt["suspense"]["amount"], receipt["suspense_reason"]) == ("10.00", "overpayment")


@pytest.mark.parametrize("country", ["AE", "BR"])
def test_money_that_is_claimed_back_reaches_the_case(
    town: Town, aurora: Creditor, codes: dict[str, list[dict[str, Any]]], country: str
) -> None:
    """A chargeback of a card and a claim by Pix's special return mechanism."""
    request = codes[country].pop()
    payment = town.world.pay(request["external_ref"])
    receipt = paid_once(town, request["case_id"], payment)

    def stands() -> Any:
        return town.get(f"/receipts/{receipt['id']}")

    town.world.post(f"contest/{payment['id']}", backwards=True)
    town.until(lambda: [one["state"] for one in stands()["contests"]] == ["opened"], "the contest")
    assert stands()["contested"] == receipt["amount"]
    town.world.post(f"contest/{payment['id']}", phase="lost")
    town.until(lambda: stands()["state"] == "reversed", "the loss")
    debtor = town.get(f"/cases/{request['case_id']}")["debtor"]["id"]

    def again() -> list[str]:
        return [one for one in town.cases(aurora, country) if town.get(f"/cases/{one}")["debtor"]["id"] == debtor]

    (standing,) = town.until(again, "the case to stand again")
    assert town.get(f"/cases/{standing}")["overdue"] == request["amount"]


def spoken(town: Town, creditor: Creditor, treasury: Later, **wrong: str) -> list[dict[str, Any]]:
    """The platform's report and both banks' statements, handed in; ``wrong`` says what each gets wrong."""
    card, pix = creditor.merchants["stripe"], creditor.merchants["pix_api"]
    files = {
        "report": (creditor.connections["stripe"], "report.csv", f"report/{card['id']}", {}),
        "bank": (creditor.banks["stripe"], "bank.xml", f"statement/{card['bank_account']}", {"form": "camt053"}),
        "pix": (creditor.banks["pix_api"], "pix.sta", f"statement/{pix['bank_account']}", {"form": "mt940"}),
    }
    read = []
    for name, (connection, filename, path, query) in files.items():
        asked = query | ({"wrong": wrong[name]} if name in wrong else {})
        content = town.world.file(path, **asked)
        read.append(treasury.hand_in(connection, filename, content))
        assert (read[-1]["state"], read[-1]["error"]) == ("read", None)
        assert treasury.hand_in(connection, f"again-{filename}", content)["id"] == read[-1]["id"]
    return read


def failed_controls(treasury: Later, creditor: Creditor, day: str) -> list[dict[str, Any]]:
    plan = treasury.first.ask("GET", "/v1/day-closes/plan", params={"creditor_id": creditor.id, "day": day})
    assert plan["refusals"] == []
    return [one for one in plan["figures"]["controls"] if not one["ok"]]


@pytest.fixture(scope="module")
def treasury(town: Town) -> Iterator[Later]:
    with later(town, hours=24 * DAYS_LATER) as found:
        yield found


def understood(town: Town) -> None:
    """Wait until the worker has understood everything that was handed in."""
    town.until(lambda: set(town.get("/status")["inbox"]) <= {"done", "ignored"}, "the inbox to be understood")


def settle(town: Town, creditor: Creditor, treasury: Later, **how: Any) -> str:
    """The platform pays out, everybody hands in what they say, and all of it is compared; the day that it is of."""
    wrong = {name: how[name] for name in ("report", "bank", "pix") if name in how}
    short = {"short": how["short"]} if "short" in how else {}
    town.world.quiet()
    assert town.world.post(f"payout/{creditor.merchants['stripe']['id']}", **short)["id"]
    town.world.quiet()
    understood(town)
    spoken(town, creditor, treasury, **wrong)
    understood(town)
    treasury.compare()
    return datetime.now(UTC).date().isoformat()


def kinds_of(treasury: Later, creditor: Creditor) -> list[str]:
    """The kinds of a creditor's open differences, apart from what debtors have not paid."""
    listed = treasury.first.ask("GET", "/v1/differences", params={"state": "open", "limit": 100})["data"]
    return sorted(one["kind"] for one in listed if one["creditor_id"] == creditor.id and one["kind"] != "missing")


def closed(treasury: Later, creditor: Creditor, day: str, accepted: list[dict[str, str]]) -> str:
    """A day is proposed with one key and closed with the other; its state."""
    body = {"creditor_id": creditor.id, "day": day, "accepted": accepted}
    proposed = post(treasury.first, "/day-closes", json=body)
    return str(post(treasury.second, f"/day-closes/{proposed['id']}/approve")["state"])


def test_platform_book_and_bank_agree_and_the_day_closes(town: Town, aurora: Creditor, treasury: Later) -> None:
    """Over all that the tests before have done to this creditor."""
    day = settle(town, aurora, treasury)
    # Nothing but what the debtor of a test before has paid too much, who is owed ten back; it opens as it ages.
    assert set(kinds_of(treasury, aurora)) <= {"overpaid"}
    failed = failed_controls(treasury, aurora, day)
    assert len(failed) <= 1
    accepted = [{"name": one["name"], "reason": "It is given back next week."} for one in failed]
    assert closed(treasury, aurora, day, accepted) == "closed"
    assert town.stack.command("book", "check")["holds"] is True


def test_what_disagrees_keeps_the_day_open_until_it_is_accepted(town: Town, boreal: Creditor, treasury: Later) -> None:
    """A report that states another amount, a bank that keeps a fee, and one whose statement lacks a line."""
    cases = [*town.cases(boreal, "AE")[:2], *town.cases(boreal, "BR")[:2]]
    for request in town.asked(cases):
        town.world.pay(request["external_ref"])
    day = settle(town, boreal, treasury, report="wrong_amount", pix="missing_line", bank="unknown_fee", short="9.00")
    found = kinds_of(treasury, boreal)
    assert {"amount", "missing_at_bank", "money_out"} <= set(found), found
    named = failed_controls(treasury, boreal, day)
    refused = treasury.first.http.post(
        "/v1/day-closes",
        json={"creditor_id": boreal.id, "day": day},
        headers={"Idempotency-Key": "too-soon"},
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "controls_failed")
    accepted = [{"name": one["name"], "reason": "Asked the bank and the platform."} for one in named]
    assert closed(treasury, boreal, day, accepted) == "closed"
