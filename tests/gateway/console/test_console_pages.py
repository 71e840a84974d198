"""The console's pages: each opens, says its answer, obeys roles, and does what its forms say without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import gateway
from store import cases, listings, promises, timeline
from store.database import Database
from store.listings import CaseFilter, InboxFilter, OutboxFilter, ReceiptFilter
from tests.fakes.console_world import NOW, World

PLACES = (
    "",
    "/cases",
    "/cases?closed=1",
    "/cases?q=%25&age=9&sort=odd",
    "/outbox",
    "/requests",
    "/instalments",
    "/import",
    "/receipts",
    "/inbox",
    "/files",
    "/files?state=refused&connection=con_none",
    "/accounts",
    "/accounts?as_of=2026-11-01&all=1",
    "/accounts?as_of=nonsense",
    "/countries",
    "/countries/BR",
    "/countries/ae",
)
LOCALES = ("en", "zh_CN", "pt_BR", "es_419", "ar", "id", "th")
MOST_BYTES = 150_000

Enter = Callable[..., Any]


@pytest.mark.parametrize("path", PLACES)
def test_a_place_opens(signed_in: Enter, path: str) -> None:
    answer = signed_in("admin").get(path)
    assert answer.status_code == 200, answer.text[-2000:]
    assert len(answer.content) < MOST_BYTES


@pytest.mark.parametrize("path", PLACES)
def test_a_place_opens_with_nothing_in_it(signed_in: Enter, new_tenant: Callable[[], str], path: str) -> None:
    answer = signed_in("admin", tenant_id=new_tenant()).get(path)
    assert answer.status_code == 200, answer.text[-2000:]


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("path", ["", "/cases", "/accounts", "/outbox"])
def test_a_place_opens_in_every_language(signed_in: Enter, path: str, locale: str) -> None:
    text = signed_in("admin").get(f"{path}?lang={locale}").text
    assert ('dir="rtl"' in text.split("<head>", maxsplit=1)[0]) == (locale == "ar")


def test_pages_forbid_scripts_and_styles_of_others(signed_in: Enter) -> None:
    answer = signed_in("admin").get("")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert answer.headers["cache-control"] == "no-store"
    assert "unsafe-inline" not in policy
    assert not re.search(r"<style|style=|<script>|onclick=|https?://(?!www.w3.org)", answer.text)


def test_what_pages_may_load_is_written_once_for_the_console_and_once_for_debtors() -> None:
    sources = Path(gateway.__file__).parent.rglob("*.py")
    told = {path.name for path in sources if "base-uri 'none'" in path.read_text(encoding="utf-8")}
    assert told == {"doorway.py", "visits.py"}


def test_a_row_leads_to_its_page(signed_in: Enter) -> None:
    browser = signed_in("admin")
    for path in ("/cases", "/outbox", "/receipts", "/inbox", "/import", "/accounts"):
        href = re.search(r'<a class="row" href="/console([^"]+)"', browser.get(path).text)
        assert href, path
        answer = browser.get(href.group(1))
        assert answer.status_code == 200, answer.text[-2000:]


def test_every_case_opens(signed_in: Enter, world: World) -> None:
    browser = signed_in("admin")
    sizes = [len(browser.get(f"/cases/{line.id}").content) for line in world.cases()[:12]]
    assert max(sizes) < MOST_BYTES


def test_an_unknown_page_is_told_as_a_page(signed_in: Enter) -> None:
    answer = signed_in("admin").get("/nowhere")
    assert (answer.status_code, "There is nothing here" in answer.text) == (404, True)


def test_another_tenants_case_is_not_found(signed_in: Enter, new_tenant: Callable[[], str], world: World) -> None:
    other = signed_in("admin", tenant_id=new_tenant())
    assert other.get(f"/cases/{world.cases()[0].id}").status_code == 404


@pytest.mark.parametrize(("role", "places"), [("finance", 5), ("treasury", 5)])
def test_the_rail_has_the_places_of_the_role(signed_in: Enter, role: str, places: int) -> None:
    rail = re.search(r'<nav class="rail".*?</nav>', signed_in(role).get("").text, re.DOTALL)
    assert rail
    assert rail.group().count("<a ") == places


def test_home_says_what_is_overdue_and_what_needs_a_person(signed_in: Enter) -> None:
    text = re.sub(r"<[^>]+>", "", signed_in("finance").get("").text)
    assert re.search(r"\d+ open cases owe [\d,]+\sCNY overdue", text)
    assert "messages were not understood" in text


def test_a_promise_that_is_recorded_stands_in_the_case(
    signed_in: Enter, case_of: Callable[[str], str], database: Database, world: World
) -> None:
    browser, case_id = signed_in("finance"), case_of("TH")
    day = (NOW.date() + timedelta(days=10)).isoformat()
    fields = {"command_id": command_id(browser, case_id), "amount": "1000.50", "due_date": day}
    answer = browser.post(f"/cases/{case_id}/promise", form_of=f"/cases/{case_id}", **fields)
    assert answer.headers["location"] == f"/console/cases/{case_id}?done=promise", answer.text[-3000:]
    with database.tenant(world.tenant_id) as tx:
        assert [row.amount_minor for row in promises.of_case(tx, case_id)] == [100_050]


@pytest.mark.parametrize(
    ("amount", "day", "said"),
    [
        ("0", "2026-12-01", "above zero"),
        ("12.345", "2026-12-01", "more decimals"),
        ("many", "2026-12-01", "in digits"),
        ("10", "someday", "Choose a day"),
        ("10", "2026-11-01", "day of the promise has passed"),
        ("10", "2027-11-01", "at most sixty days"),
    ],
)
def test_a_promise_that_is_refused_says_why_and_keeps_what_was_entered(
    signed_in: Enter, case_of: Callable[[str], str], amount: str, day: str, said: str
) -> None:
    browser, case_id = signed_in("finance"), case_of("BR")
    fields = {"command_id": command_id(browser, case_id), "amount": amount, "due_date": day}
    answer = browser.post(f"/cases/{case_id}/promise", form_of=f"/cases/{case_id}", **fields)
    assert answer.status_code in {409, 422}
    assert said in answer.text
    assert f'value="{amount}"' in answer.text


def test_a_hold_is_placed_and_released(signed_in: Enter, case_of: Callable[[str], str]) -> None:
    browser, case_id = signed_in("finance"), case_of("ID")
    fields = {"kind": "hardship", "start": NOW.date().isoformat(), "end": "", "reason": "Lost work in October."}
    page = f"/cases/{case_id}"
    placed = browser.post(f"{page}/hold", form_of=page, command_id=command_id(browser, case_id), **fields)
    assert placed.headers["location"].endswith("done=hold"), placed.text[-3000:]
    hold_id = re.search(r'name="hold_id" value="(\w+)"', browser.get(page).text)
    assert hold_id
    released = browser.post(
        f"{page}/release", form_of=page, command_id=command_id(browser, case_id), hold_id=hold_id.group(1)
    )
    assert released.headers["location"].endswith("done=release"), released.text[-3000:]


def test_a_hold_needs_a_reason(signed_in: Enter, case_of: Callable[[str], str]) -> None:
    browser, case_id = signed_in("finance"), case_of("AE")
    fields = {"kind": "hardship", "start": NOW.date().isoformat(), "reason": " "}
    page = f"/cases/{case_id}"
    answer = browser.post(f"{page}/hold", form_of=page, command_id=command_id(browser, case_id), **fields)
    assert (answer.status_code, "Say why." in answer.text) == (422, True)


def test_a_payment_code_is_made_for_an_amount(signed_in: Enter, case_of: Callable[[str], str]) -> None:
    browser, case_id = signed_in("finance"), case_of("TH")
    page = f"/cases/{case_id}"
    answer = browser.post(f"{page}/payment-request", form_of=page, amount="123.45")
    assert answer.headers["location"].endswith("done=request"), answer.text[-3000:]
    text = browser.get(page).text
    assert "123.45" in text
    assert '<svg class="qr"' in text or 'class="qr"' in text


@pytest.mark.parametrize("role", ["auditor", "treasury"])
def test_who_may_only_look_sees_no_forms_and_cannot_post(
    signed_in: Enter, case_of: Callable[[str], str], role: str
) -> None:
    browser, page = signed_in(role), f"/cases/{case_of('BR')}"
    assert f'action="/console{page}/promise"' not in browser.get(page).text
    answer = browser.post(f"{page}/promise", form_of=page, command_id="evt_x", amount="1", due_date="2026-12-01")
    assert answer.status_code == 403


def test_a_failed_message_is_read_again(signed_in: Enter, database: Database, world: World) -> None:
    browser = signed_in("treasury")
    with database.tenant(world.tenant_id) as tx:
        failed = listings.inbox(tx, InboxFilter(state="error")).rows[-1]
    answer = browser.post(f"/inbox/{failed.id}/retry", form_of="/inbox")
    assert answer.headers["location"].endswith("done=retry")
    again = browser.post(f"/inbox/{failed.id}/retry", form_of="/inbox")
    assert (again.status_code, "nothing to retry" in again.text) == (409, True)


def upload(browser: Any, path: str, content: bytes, **fields: str) -> Any:
    token = browser.token(path)
    return browser.client.post(
        f"/console{path}", data={"form_token": token, **fields}, files={"file": ("file.csv", content)}
    )


def test_a_portfolio_is_tried_before_it_is_written(signed_in: Enter, database: Database, world: World) -> None:
    browser = signed_in("finance")
    template = browser.get("/import/template.csv").text.lstrip("\ufeff").strip()
    bad = template + "\n" + "BR-1,,XX,loan" + "," * (template.count(",") - 3) + "\n"
    tried = upload(browser, "/import", bad.encode(), creditor=world.creditor_id)
    page = tried.headers["location"].removeprefix("/console")
    text = browser.get(page).text
    assert "What is wrong" in text
    assert "<code>country</code>" in text
    with database.tenant(world.tenant_id) as tx:
        assert not listings.cases(tx, CaseFilter(words="BR-1,")).rows


def test_a_template_of_an_unknown_kind_is_not_found(signed_in: Enter) -> None:
    assert signed_in("finance").get("/import/template.exe").status_code == 404


def test_pages_of_a_list_hold_every_row_once(database: Database, world: World) -> None:
    seen: list[str] = []
    after = None
    with database.tenant(world.tenant_id) as tx:
        while True:
            listed = listings.cases(tx, CaseFilter(), after=after, limit=7)
            seen += [row.id for row in listed.rows]
            after = listed.next
            if after is None:
                break
    assert sorted(seen) == sorted(line.id for line in world.cases())


@pytest.mark.parametrize("age", range(5))
def test_ageing_steps_part_the_cases(database: Database, world: World, age: int) -> None:
    firsts = (0, 30, 60, 90, 120, 10**6)
    with database.tenant(world.tenant_id) as tx:
        days = [row.days_past_due for row in listings.cases(tx, CaseFilter(age=age)).rows]
    assert all(firsts[age] <= day < firsts[age + 1] for day in days)


def test_lists_page_by_moment_too(database: Database, world: World) -> None:
    with database.tenant(world.tenant_id) as tx:
        for read, wanted in (
            (listings.receipts, ReceiptFilter()),
            (listings.outbox, OutboxFilter()),
            (listings.inbox, InboxFilter()),
        ):
            first = read(tx, wanted, limit=3)  # type: ignore[operator]
            second = read(tx, wanted, after=first.next, limit=3)  # type: ignore[operator]
            assert not {row.id for row in first.rows} & {row.id for row in second.rows}


def test_a_made_up_cursor_is_refused(signed_in: Enter) -> None:
    assert signed_in("admin").get("/cases?after=bm9uc2Vuc2U").status_code == 422


def command_id(browser: Any, case_id: str) -> str:
    found = re.search(r'name="command_id" value="(\w+)"', browser.get(f"/cases/{case_id}").text)
    assert found
    return found.group(1)


def test_a_long_history_is_turned_back_page_by_page(
    signed_in: Enter, database: Database, world: World, case_of: Callable[[str], str]
) -> None:
    case_id = case_of("TH")
    with database.tenant(world.tenant_id) as tx:
        case = cases.get(tx, case_id)
        for number in range(timeline.MOST + 1):
            detail = {"note": f"line {number} of many"}
            timeline.note(tx, case, at=world.now(), actor="tests", kind="hold_placed", detail=detail)
    browser = signed_in("finance")
    newest = browser.get(f"/cases/{case_id}").text
    assert "line 500 of many" in newest
    assert "line 0 of many" not in newest.partition('id="timeline"')[2].partition("</section>")[0]
    older = re.search(r'href="/console(/cases/[^"]*\?before=\d+)#timeline"', newest)
    assert older is not None
    assert "line 0 of many" in browser.get(older.group(1)).text.partition('id="timeline"')[2].partition("</section>")[0]
