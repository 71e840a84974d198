"""The workbench's pages: what waits, its evidence, what a person decides, and what is booked and taken back."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

import pytest
from python_calamine import load_workbook

from domain.accounts import Role
from domain.reconciliation import Leg
from ledger import accounts, balances
from store import differences, recon_items, reconciliation
from store.database import Database
from store.reconciliation import MatchGroup
from tests.fakes.console_world import World
from tests.fakes.workbench_world import BANK, PAID, STRIPE, Workbench

pytestmark = pytest.mark.servers

Enter = Callable[..., Any]
QUEUE = "/reconcile/proposals"


def words(text: str) -> str:
    """The page's words, as a reader sees them."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


@dataclass
class Bench:
    """A workbench over a creditor with Stripe and a bank, and a browser of treasury."""

    work: Workbench
    database: Database
    tenant_id: str
    browser: Any

    def look(self, path: str, browser: Any = None) -> str:
        answer = (browser or self.browser).get(f"{path}{'&' if '?' in path else '?'}lang=en")
        assert answer.status_code == 200, answer.text
        return words(answer.text)

    def post(self, path: str, *, form_of: str = QUEUE, **fields: str) -> Any:
        return self.browser.post(f"{path}?lang=en", form_of=form_of, **fields)

    def group(self, status: str, leg: Leg = Leg.PLATFORM) -> MatchGroup:
        return self.work.groups(status, leg=leg)[0]

    def again(self, group: MatchGroup) -> MatchGroup:
        with self.database.tenant(self.tenant_id) as tx:
            return reconciliation.get_group(tx, group.id)

    def seqs(self, group: MatchGroup, side: str) -> list[int]:
        return [one.seq for one in self.work.treasury.members(group.id) if one.side == side]

    def leaf(self, role: Role) -> int:
        with self.database.tenant(self.tenant_id) as tx:
            found = accounts.leaves_of(tx, self.work.world.links[STRIPE].child_account_id).get(role)
            return balances.of_leaf(tx, found).minor if found else 0

    def difference(self, **wanted: Any) -> Any:
        with self.database.tenant(self.tenant_id) as tx:
            return differences.page(tx, differences.DifferenceFilter(**wanted), limit=10)[-1]

    def open_item(self, side: str, minor: int) -> int:
        link = self.work.world.links[STRIPE].id
        with self.database.tenant(self.tenant_id) as tx:
            found = recon_items.open_items(tx, connection_id=link, leg=Leg.PLATFORM, side=side, after_seq=0, limit=100)
        return next(one.seq for one in found if one.amount_minor == minor)


@pytest.fixture
def bench(database: Database, story: Any, signed_in: Enter, world: World) -> Bench:
    links = {STRIPE: story.stripe, BANK: story.bank}
    small = SimpleNamespace(database=database, tenant_id=story.tenant_id, now=world.now, links=links)
    return Bench(Workbench(small).make(), database, story.tenant_id, signed_in("treasury", tenant_id=story.tenant_id))


_shared: list[Bench] = []


@pytest.fixture
def seen(request: pytest.FixtureRequest, signed_in: Enter) -> Bench:
    """A workbench that several tests only look at."""
    if not _shared:
        _shared.append(request.getfixturevalue("bench"))
    (one,) = _shared
    return replace(one, browser=signed_in("treasury", tenant_id=one.tenant_id))


# The board and the report ---------------------------------------------------------------------------------------------


def lane(page: str, state: str) -> str:
    found = re.search(rf'<section class="lane {state}".*?</section>', page, re.DOTALL)
    assert found
    return words(found[0])


def test_the_board_says_first_what_is_not_explained_and_where_to_begin(seen: Bench) -> None:
    page = seen.browser.get("/reconcile?lang=en").text
    said = words(page)
    assert re.search(r"\d+% of the value is verified; [\d,.]+ USD .* is not explained", said)
    assert "3 proposals wait for you" in said
    assert "stripe" in lane(page, "proposals")
    assert "pix_api" in lane(page, "todo")
    assert "No file has come yet" in lane(page, "todo")


def test_a_converted_amount_shows_its_rate_source_and_day(seen: Bench) -> None:
    page = seen.browser.get("/reconcile?lang=en").text
    tips = [words(one) for one in re.findall(r'role="tooltip">.*?</span></span>', page, re.DOTALL)]
    assert any(re.search(r"1 BRL = [\d.]+ USD, European Central Bank", one) for one in tips)


def test_the_board_is_filtered_by_account_and_days(seen: Bench) -> None:
    pix = seen.browser.get(f"/reconcile?lang=en&account={seen.work.world.links[BANK].id}").text
    assert "stripe" not in lane(pix, "proposals")
    assert "Nothing was to be compared on these days." in seen.look("/reconcile?from=2024-01-01&to=2024-01-02")


def test_an_account_without_anything_open_is_verified(bench: Bench) -> None:
    bank = bench.work.world.links[BANK].id
    proposal = bench.group("proposed", Leg.TRANSIT)
    bench.post(f"{QUEUE}/{proposal.id}/accept")
    bench.work.treasury.run_all()
    assert "bank_statement" in lane(bench.browser.get(f"/reconcile?lang=en&account={bank}").text, "verified")


def test_a_tenant_without_a_creditor_is_told_so(signed_in: Enter, new_tenant: Callable[[], str]) -> None:
    newcomer = signed_in("treasury", tenant_id=new_tenant())
    for path in ("/reconcile", "/reconcile/report"):
        assert "There is no creditor yet" in words(newcomer.get(f"{path}?lang=en").text)
    for path, said in (
        (QUEUE, "Everything that was found is decided"),
        ("/reconcile/differences", "agrees, or was explained"),
        ("/reconcile/items", "Every row of the book and of files has its other side"),
        ("/reconcile/runs", "Nothing was compared yet"),
    ):
        assert said in words(newcomer.get(f"{path}?lang=en").text), path


def test_the_report_goes_out_as_a_workbook(seen: Bench) -> None:
    said = seen.look("/reconcile/report")
    assert "Total: Platform and book" in said
    book = load_workbook(io.BytesIO(seen.browser.get("/reconcile/report.xlsx").content))
    rows = book.get_sheet_by_name("Accounts").to_python()
    stripe = next(row for row in rows if row[:2] == ["stripe", "platform"])
    assert dict(zip(rows[0], stripe, strict=True))["By T+1"] == 2050
    assert book.sheet_names == ["Accounts", "Totals"]


# The queue ------------------------------------------------------------------------------------------------------------


def test_a_proposal_stands_with_both_sides_and_its_reasons_in_words(seen: Bench) -> None:
    group = seen.group("proposed")
    page = seen.browser.get(f"{QUEUE}?at={group.id}&lang=en").text
    said = words(page)
    assert "The amounts are equal: 453.10 BRL" in said
    assert PAID in said
    assert "In the platform's report" in said
    assert re.search(r"Amount 453\.10 BRL 453\.10 BRL Agrees", said)
    assert re.search(r"Payer \u2013 J\. Silva One side is silent", said)


def test_what_agrees_is_marked(seen: Bench) -> None:
    group = seen.group("confirmed")
    page = seen.browser.get(f"{QUEUE}/{group.id}").text
    assert re.search(r'<mark class="agrees"><bdi[^>]*>pi_77004800', page)


def test_reasons_are_said_in_the_readers_direction_and_language_is_kept_in_the_address(seen: Bench) -> None:
    page = seen.browser.get(f"{QUEUE}?lang=ar&leg=platform").text
    assert 'dir="rtl"' in page
    assert "at=" in page
    assert "leg=platform" in page


def test_accepting_books_and_leads_on_to_the_next(bench: Bench) -> None:
    group = bench.group("proposed")
    fees = bench.leaf(Role.FEES)
    done = bench.post(f"{QUEUE}/{group.id}/accept", where="queue", following="match_group_next", back="leg=platform")
    assert done.status_code == 303
    assert "at=match_group_next" in done.headers["location"]
    assert "leg=platform" in done.headers["location"]
    assert f"last={group.id}" in done.headers["location"]
    assert bench.again(group).status == "confirmed"
    assert bench.leaf(Role.FEES) == fees + 1_314


def test_what_was_decided_meanwhile_is_refused_in_words(bench: Bench) -> None:
    group = bench.group("proposed")
    bench.post(f"{QUEUE}/{group.id}/accept")
    again = bench.post(f"{QUEUE}/{group.id}/accept", where="queue")
    assert (again.status_code, "Somebody has decided this already" in words(again.text)) == (409, True)


def test_what_accepting_would_book_is_shown_and_not_booked(seen: Bench) -> None:
    group = seen.group("proposed")
    fees = seen.leaf(Role.FEES)
    said = seen.look(f"{QUEUE}?at={group.id}&book=1")
    assert "What accepting would book" in said
    assert re.search(r"Platform fee .*13\.14 BRL", said)
    assert (seen.leaf(Role.FEES), seen.again(group).status) == (fees, "proposed")


@pytest.mark.parametrize(("note", "status", "state"), [("", 422, "proposed"), ("another payer", 303, "rejected")])
def test_a_proposal_is_rejected_for_a_reason(bench: Bench, note: str, status: int, state: str) -> None:
    group = bench.group("proposed")
    answer = bench.post(f"{QUEUE}/{group.id}/reject", where="queue", note=note)
    assert (answer.status_code, bench.again(group).status) == (status, state)
    if status == 422:
        assert "Say why." in words(answer.text)


def test_an_ambiguous_one_is_not_accepted_but_one_way_of_it_is(bench: Bench) -> None:
    group = bench.group("ambiguous")
    page = bench.browser.get(f"{QUEUE}?at={group.id}&lang=en").text
    assert "Each of these would explain it" in page
    assert page.count("Take this one") == 4
    assert f"{group.id}/accept" not in page
    refused = bench.post(f"{QUEUE}/{group.id}/accept")
    assert (refused.status_code, "Split it into parts" in words(refused.text)) == (409, True)
    left, right = bench.seqs(group, "left")[0], bench.seqs(group, "right")[1]
    fields = {f"part/left/{left}": "1", f"part/right/{right}": "1"}
    assert bench.post(f"{QUEUE}/{group.id}/split", **fields).status_code == 303
    assert bench.again(group).status == "split"
    (made,) = [one for one in bench.work.groups("confirmed") if one.stage == "by_hand"]
    assert (bench.seqs(made, "left"), bench.seqs(made, "right")) == ([left], [right])


def test_a_split_into_two_parts_confirms_both(bench: Bench) -> None:
    group = bench.group("ambiguous")
    fields = {
        f"part/{side}/{seq}": str(place)
        for side in ("left", "right")
        for place, seq in enumerate(bench.seqs(group, side), start=1)
    }
    assert bench.post(f"{QUEUE}/{group.id}/split", **fields).status_code == 303
    assert len([one for one in bench.work.groups("confirmed") if one.stage == "by_hand"]) == 2


def test_a_part_that_does_not_add_up_is_refused_and_what_was_chosen_is_kept(bench: Bench) -> None:
    group = bench.group("ambiguous")
    left, right = bench.seqs(group, "left"), bench.seqs(group, "right")
    fields = {f"part/left/{left[0]}": "1", f"part/left/{left[1]}": "1", f"part/right/{right[0]}": "1"}
    refused = bench.post(f"{QUEUE}/{group.id}/split", where="queue", **fields)
    assert refused.status_code == 409
    assert "do not come to the same" in words(refused.text)
    kept = re.search(rf'name="part/left/{left[1]}".*?</select>', refused.text, re.DOTALL)
    assert kept
    assert '<option value="1" selected>' in kept[0]
    assert bench.again(group).status == "ambiguous"


@pytest.mark.parametrize(("field", "code"), [("part/middle/1", 422), ("part/left/one", 422), ("part/left/9999", 422)])
def test_a_row_that_is_not_of_the_proposal_is_refused(seen: Bench, field: str, code: int) -> None:
    group = seen.group("ambiguous")
    assert seen.post(f"{QUEUE}/{group.id}/split", **{field: "1"}).status_code == code


def test_a_confirmed_match_is_taken_back_for_a_reason(bench: Bench) -> None:
    group = bench.group("proposed")
    bench.post(f"{QUEUE}/{group.id}/accept")
    booked = bench.leaf(Role.FEES)
    assert bench.post(f"{QUEUE}/{group.id}/revoke").status_code == 422
    assert bench.post(f"{QUEUE}/{group.id}/revoke", note="the wrong payment").status_code == 303
    assert (bench.again(group).status, bench.leaf(Role.FEES)) == ("revoked", booked - 1_314)
    assert "the wrong payment" in bench.look(f"{QUEUE}/{group.id}")


def test_filters_stand_in_the_address_and_their_export_follows_them(seen: Bench) -> None:
    said = seen.look(f"{QUEUE}?leg=bank")
    assert "No proposal fits these filters." in said
    rows = load_workbook(io.BytesIO(seen.browser.get(f"{QUEUE}.xlsx?status=confirmed&leg=platform").content))
    told = rows.get_sheet_by_index(0).to_python()
    assert {row[2] for row in told[1:]} == {"exact_key"}


# By hand --------------------------------------------------------------------------------------------------------------


def test_a_counterpart_is_found_by_words_and_put_together(bench: Bench) -> None:
    bench.work.pay("pi_7700500001", 6_120)
    bench.work.treasury.run(Leg.PLATFORM, STRIPE, dry=True)
    with bench.database.tenant(bench.tenant_id) as tx:
        bench.work.treasury.desk(tx).contexts()
    theirs, ours = bench.open_item("right", 6_120), bench.open_item("left", 6_120)
    asked = f"/reconcile/match?item={theirs}"
    assert "pi_7700500001" in bench.look(asked)
    assert "Maria das Dores" in bench.look(f"{asked}&q=albuquerque")
    assert "pi_7700500001" not in bench.look(f"{asked}&q=albuquerque")
    fields = {"leg": "platform", "left": str(ours), "right": str(theirs)}
    done = bench.post("/reconcile/match", form_of=asked, **fields)
    assert done.status_code == 303
    assert "A person put it together" in bench.look(done.headers["location"].removeprefix("/console"))


def test_rows_that_are_not_the_same_money_are_refused_and_kept_chosen(seen: Bench) -> None:
    theirs, ours = seen.open_item("right", 6_120), seen.open_item("left", 45_310)
    asked = f"/reconcile/match?item={theirs}"
    fields = {"leg": "platform", "left": str(ours), "right": str(theirs)}
    refused = seen.post("/reconcile/match", form_of=asked, **fields)
    assert (refused.status_code, "do not come to the same" in words(refused.text)) == (409, True)
    assert re.search(rf'value="{ours}"[^>]* checked', refused.text)
    one_side = seen.post("/reconcile/match", form_of=asked, leg="platform", item=str(theirs), right=str(theirs))
    assert (one_side.status_code, "Choose rows on both sides." in words(one_side.text)) == (422, True)


@pytest.mark.parametrize("query", ["", "?item=abc", "?item=999999999", "?group=match_group_unknown"])
def test_an_address_without_rows_says_so(seen: Bench, query: str) -> None:
    answer = seen.browser.get(f"/reconcile/match{query}")
    assert answer.status_code == 422


def test_open_rows_are_listed_filtered_and_exported(seen: Bench) -> None:
    assert "fee 11/2026" in seen.look("/reconcile/items?side=right")
    assert "fee 11/2026" not in seen.look("/reconcile/items?side=left")
    told = load_workbook(io.BytesIO(seen.browser.get("/reconcile/items.xlsx?side=right").content))
    rows = told.get_sheet_by_index(0).to_python()
    assert {"Maria das Dores Albuquerque"} <= {row[11] for row in rows[1:]}


# Many at once ---------------------------------------------------------------------------------------------------------

KIND = {"leg": "platform", "stage": "unique_window"}
BULK = "/reconcile/accept-all?leg=platform&stage=unique_window"


def bulk(bench: Bench, **changes: str) -> Any:
    mark = re.search(r'name="mark" value="([^"]*)"', bench.browser.get(BULK).text)
    assert mark
    return bench.post("/reconcile/accept-all", form_of=BULK, **({**KIND, "mark": mark[1]} | changes))


def test_many_are_accepted_after_a_preview_and_taken_back_together(bench: Bench) -> None:
    said = bench.look(BULK)
    assert "1 proposal of this kind waits" in said
    assert re.search(r"BRL 1 76 453\.10 BRL", said)
    fees, group = bench.leaf(Role.FEES), bench.group("proposed")
    done = bulk(bench)
    assert done.status_code == 303
    assert (bench.again(group).status, bench.leaf(Role.FEES)) == ("confirmed", fees + 1_314)
    after = done.headers["location"].removeprefix("/console")
    page = bench.browser.get(f"{after}&lang=en").text
    assert "1 proposal was accepted in one step" in words(page)
    decided = re.search(r'name="decided" value="([^"]*)"', page)
    assert decided
    undo = {**KIND, "decided": html.unescape(decided[1])}
    assert bench.post("/reconcile/accept-all/undo", form_of=after, **undo).status_code == 422
    assert bench.post("/reconcile/accept-all/undo", form_of=after, note="too soon", **undo).status_code == 303
    assert (bench.again(group).status, bench.leaf(Role.FEES)) == ("revoked", fees)


def test_others_than_were_shown_are_not_accepted(seen: Bench) -> None:
    refused = bulk(seen, mark="BRL9:1")
    assert (refused.status_code, seen.group("proposed").status) == (409, "proposed")
    assert "There are other proposals of this kind now" in words(refused.text)


def test_a_kind_that_does_not_exist_is_refused(seen: Bench) -> None:
    assert seen.browser.get("/reconcile/accept-all?leg=platform&stage=guess").status_code == 422


# Differences ----------------------------------------------------------------------------------------------------------


def page_of(bench: Bench) -> str:
    return f"/reconcile/differences/{bench.difference(kind='missing_in_book').id}"


def resolve(bench: Bench, resolution: str, *, note: str = "agreed with Stripe", mark: str | None = None) -> Any:
    path = page_of(bench)
    fields = {"resolution": resolution, "note": note}
    shown = bench.post(f"{path}/preview", form_of=path, **fields)
    if shown.status_code != 200:
        return shown
    found = re.search(r'name="mark" value="([^"]*)"', shown.text)
    assert found
    told = html.unescape(found[1]) if mark is None else mark
    return bench.post(f"{path}/resolve", form_of=path, mark=told, **fields)


def test_differences_are_listed_under_what_they_come_to(seen: Bench) -> None:
    said = seen.look("/reconcile/differences")
    assert re.search(r"\d+ differences of [\d,.]+ BRL", said)
    assert "Missing in the book" in said
    assert "in differences has stood for 6 days or more" in said
    assert "not yet matched has waited for 6 days or more" in said


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("?age=2", True),
        ("?age=1", False),
        ("?kind=missing_in_book", True),
        ("?kind=overpaid", False),
        ("?owner=Nobody", False),
        ("?state=accepted", False),
        ("?due=past", False),
    ],
)
def test_differences_are_filtered(seen: Bench, query: str, *, shown: bool) -> None:
    assert ("61.20 BRL" in seen.look(f"/reconcile/differences{query}")) is shown
    told = load_workbook(io.BytesIO(seen.browser.get(f"/reconcile/differences.xlsx{query}").content))
    amounts = {row[3] for row in told.get_sheet_by_index(0).to_python()[1:]}
    assert (61.2 in amounts) is shown


def test_a_difference_offers_only_what_its_kind_allows(seen: Bench) -> None:
    page = seen.browser.get(page_of(seen)).text
    offered = set(re.findall(r'name="resolution" value="(\w+)"', page))
    assert offered == {"book_fee", "book_tax", "book_line", "write_off", "claim", "accept"}
    refused = resolve(seen, "reassign")
    assert (refused.status_code, "not resolved so" in words(refused.text)) == (422, True)


def test_what_a_resolution_books_is_shown_first_then_done_then_taken_back(bench: Bench) -> None:
    path, fees = page_of(bench), bench.leaf(Role.FEES)
    fields = {"resolution": "write_off", "note": "too small to ask"}
    shown = bench.post(f"{path}/preview", form_of=path, **fields)
    assert re.search(r"Rounding .*61\.20 BRL", words(shown.text))
    assert (bench.leaf(Role.ROUNDING), bench.difference(kind="missing_in_book").state) == (0, "open")
    assert resolve(bench, "write_off").status_code == 303
    assert (abs(bench.leaf(Role.ROUNDING)), bench.leaf(Role.FEES)) == (6_120, fees)
    said = bench.look(path)
    assert "Written off" in said
    assert "agreed with Stripe" in said
    assert bench.post(f"{path}/undo", form_of=path).status_code == 422
    assert bench.post(f"{path}/undo", form_of=path, note="it was more").status_code == 303
    assert (bench.leaf(Role.ROUNDING), bench.difference(kind="missing_in_book").state) == (0, "open")


def test_something_else_than_was_shown_is_not_booked(seen: Bench) -> None:
    refused = resolve(seen, "write_off", mark="acc:1BRL")
    assert (refused.status_code, seen.leaf(Role.ROUNDING)) == (409, 0)
    assert "would book something else now" in words(refused.text)


def test_a_resolution_needs_a_reason_and_an_accepted_one_books_nothing(bench: Bench) -> None:
    assert resolve(bench, "accept", note="").status_code == 422
    assert resolve(bench, "").status_code == 422
    assert resolve(bench, "accept").status_code == 303
    assert bench.difference(kind="missing_in_book").state == "accepted"


def test_a_difference_is_given_to_somebody(bench: Bench) -> None:
    path = page_of(bench)
    assert bench.post(f"{path}/assign", form_of=path, owner="A stranger").status_code == 422
    assert bench.post(f"{path}/assign", form_of=path, owner="Wei Zhang", due="soon").status_code == 422
    assert bench.post(f"{path}/assign", form_of=path, owner="Wei Zhang", due="2026-11-25").status_code == 303
    found = bench.difference(kind="missing_in_book")
    assert (found.owner, found.due_date.isoformat()) == ("Wei Zhang", "2026-11-25")
    assert "61.20 BRL" in bench.look("/reconcile/differences?owner=Wei+Zhang")


def test_a_difference_that_nobody_knows_is_not_found(seen: Bench) -> None:
    assert seen.browser.get("/reconcile/differences/dif_unknown").status_code == 404


# Runs, close, home ----------------------------------------------------------------------------------------------------


def test_a_run_is_shown_with_its_proof(seen: Bench) -> None:
    said = seen.look("/reconcile/runs")
    assert "comparisons stand" in said
    assert "To the minor unit" in said
    assert re.search(r"In the platform's report 7 [\d,.]+ BRL", said)


def test_a_dry_run_shows_what_it_finds_and_leaves_nothing(bench: Bench) -> None:
    bench.work.pay("pi_7700999999", 6_120)
    before = [one.id for one in bench.work.groups()]
    shown = bench.post("/reconcile/runs", form_of="/reconcile/runs", dry="yes", leg="platform")
    assert shown.status_code == 200
    assert "It was a dry run" in words(shown.text)
    assert [one.id for one in bench.work.groups()] == before
    done = bench.post("/reconcile/runs", form_of="/reconcile/runs", leg="platform")
    assert done.status_code == 303
    assert bench.difference(kind="missing_in_book").resolution == "explained"


def test_the_close_lists_differences_by_name_with_the_way_to_each(seen: Bench) -> None:
    page = seen.browser.get("/close?lang=en").text
    found = seen.difference(kind="missing_in_book")
    assert "Differences that stand in the way" in page
    assert f'href="/console/reconcile/differences/{found.id}"' in page
    assert f'name="why/difference/{found.id}"' in page


def test_the_treasurers_home_leads_to_what_waits(seen: Bench) -> None:
    said = seen.look("")
    assert "3 proposals wait for you" in said
    assert re.search(r"\d+ differences are open", said)


def test_reconcile_is_one_of_treasurys_five_places(seen: Bench) -> None:
    page = seen.browser.get("/reconcile").text
    rail = re.search(r'<nav class="rail".*?</nav>', page, re.DOTALL)
    assert rail
    assert re.findall(r'href="/console(/?[\w/]*)"', rail[0]) == ["", "/reconcile", "/accounts", "/fx", "/close"]
    assert 'href="/console/reconcile" aria-current="page"' in rail[0]


# Who may do what ------------------------------------------------------------------------------------------------------

PAGES = ("/reconcile", QUEUE, "/reconcile/differences", "/reconcile/items", "/reconcile/runs", "/reconcile/report")


@pytest.mark.parametrize("role", ["auditor", "finance"])
def test_others_look_and_decide_nothing(seen: Bench, signed_in: Enter, role: str) -> None:
    onlooker = signed_in(role, tenant_id=seen.tenant_id)
    group, found = seen.group("proposed"), page_of(seen)
    for path in (*PAGES, f"{QUEUE}/{group.id}", found, BULK):
        page = onlooker.get(path)
        assert page.status_code == 200, path
        assert 'action="/console/reconcile' not in page.text.replace('method="get" action="/console/reconcile', "")
    token = onlooker.token(QUEUE)
    for path in (
        f"{QUEUE}/{group.id}/accept",
        f"{QUEUE}/{group.id}/reject",
        f"{QUEUE}/{group.id}/split",
        f"{QUEUE}/{group.id}/revoke",
        "/reconcile/runs",
        f"{found}/preview",
        f"{found}/resolve",
        f"{found}/assign",
        f"{found}/undo",
    ):
        answer = onlooker.client.post(f"/console{path}?lang=en", data={"form_token": token, "note": "x"})
        assert answer.status_code == 403, path
        assert "Your role may look at this, but not change it." in words(answer.text)
    answer = onlooker.client.post("/console/reconcile/accept-all", data={"form_token": token, **KIND, "mark": "x"})
    assert answer.status_code == 403
    assert seen.again(group).status == "proposed"


def test_an_auditor_does_not_see_who_paid(seen: Bench, signed_in: Enter) -> None:
    auditor, finance = (signed_in(role, tenant_id=seen.tenant_id) for role in ("auditor", "finance"))
    for path in (page_of(seen), "/reconcile/items"):
        assert "Maria das Dores" in finance.get(path).text
        assert "Maria das Dores" not in auditor.get(path).text
    rows = load_workbook(io.BytesIO(auditor.get("/reconcile/items.xlsx").content)).get_sheet_by_index(0).to_python()
    assert {row[11] for row in rows[1:]} == {""}
    theirs = seen.open_item("right", 6_120)
    assert "Maria" in finance.get(f"/reconcile/match?item={theirs}&q=maria").text
    searched = auditor.get(f"/reconcile/match?item={seen.open_item('left', 45_310)}&q=silva").text
    assert "J. Silva" not in searched
    assert "pi_7700481234ABCD" not in searched  # the search must not tell whose payment it is either


def test_an_agencys_people_see_nothing(seen: Bench, signed_in: Enter) -> None:
    agency = signed_in("agency", tenant_id=seen.tenant_id)
    for path in PAGES:
        answer = agency.get(f"{path}?lang=en")
        assert answer.status_code == 403
        assert "Your role has no console." in words(answer.text)
        assert "BRL" not in answer.text


def test_another_tenant_finds_nothing(seen: Bench, signed_in: Enter, new_tenant: Callable[[], str]) -> None:
    stranger = signed_in("treasury", tenant_id=new_tenant())
    assert stranger.get(f"{QUEUE}/{seen.group('proposed').id}").status_code == 404
    assert stranger.get(page_of(seen)).status_code == 404
    assert stranger.get(f"/reconcile/match?item={seen.open_item('right', 6_120)}").status_code == 422


def test_signed_out_readers_are_led_to_the_door(browser: Any) -> None:
    for path in PAGES:
        answer = browser.get(path)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/console/sign-in")
