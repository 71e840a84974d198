"""The debtor's pay page: opened by its link alone, saying no more than it must, and heard by everybody who collects."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
import structlog
from fastapi.testclient import TestClient

from activities import contact
from activities import pay_links as giving
from activities.payment_requests import Issuer
from connectors.transport import Transport
from domain.contact_policy import Actor, Channel, Refusal
from gateway.pay import guard
from gateway.pay.view import masked
from gateway.services import Services
from runtime import clock
from store import cases, holds, pay_links, promises, timeline
from store.database import Database
from tests.fakes.pay_world import Page, small_world

LARGEST_BYTES = 60_000


@pytest.fixture
def open_page(database: Database, services: Services, new_tenant: Callable[[], str]) -> Callable[..., Page]:
    def opened(country: str = "BR") -> Page:
        return Page(database, services, small_world(database, new_tenant(), country), country)

    return opened


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    return open_page()


# Who gets in --------------------------------------------------------------------------------------------------


def test_the_token_has_256_bits_and_only_its_digest_is_kept(page: Page) -> None:
    token = page.path.removeprefix("/pay/")
    assert len(token) == 43  # 32 bytes in base64url
    with page.tx() as tx:
        row = tx.exec_driver_sql("SELECT pay_link::text FROM pay_link").scalar_one()
    assert token not in row
    assert pay_links.digest(token).hex() in row


def test_a_link_opens_until_it_expires(page: Page) -> None:
    page.world.now.at = page.link.expires_at - timedelta(seconds=1)
    assert page.look().status_code == 200
    page.world.now.at = page.link.expires_at
    assert page.look().status_code == 404


def test_a_revoked_link_opens_nothing_and_takes_nothing(page: Page) -> None:
    assert page.look().status_code == 200
    with page.tx() as tx:
        giving.revoke(tx, page.link.id, actor="tests", now=page.world.now())
    assert page.look().status_code == 404
    assert page.client.post(f"{page.path}/cease", data={"form_token": "x"}).status_code == 404


@pytest.mark.parametrize("token", ["x", "A" * 43, "%2e%2e", "%00", "A" * 5000, "é" * 43])
def test_a_token_that_nobody_was_given_tells_nothing(page: Page, token: str) -> None:
    answer = page.client.get(f"/pay/{token}")
    assert answer.status_code in (404, 422)
    assert "Aurora" not in answer.text


def test_what_is_dead_and_what_never_was_look_the_same(page: Page) -> None:
    never = page.client.get(f"/pay/{'A' * 43}").text
    page.world.now.at = page.link.expires_at
    assert page.look().text == never


def test_whoever_guesses_is_stopped_while_a_link_that_opens_is_not(page: Page) -> None:
    guesser = TestClient(page.client.app, client=("203.0.113.9", 1))
    answers = [guesser.get(f"/pay/{number:043d}").status_code for number in range(guard.MISSES_PER_PLACE.amount + 1)]
    assert answers == [404] * guard.MISSES_PER_PLACE.amount + [429]
    assert guesser.get(page.path).status_code == 200  # many share an address behind a mobile network
    assert page.look().status_code == 200


def test_forms_of_one_link_are_counted(page: Page) -> None:
    posts = [
        page.client.post(f"{page.path}/cease", data={"form_token": "x"}).status_code
        for _ in range(guard.STEPS_PER_LINK.amount + 1)
    ]
    assert (posts[-2], posts[-1]) == (403, 429)


def test_looks_at_one_link_are_counted(page: Page) -> None:
    answers = [page.look().status_code for _ in range(guard.LOOKS_PER_LINK.amount + 1)]
    assert (answers[-2], answers[-1]) == (200, 429)


def test_nobody_keeps_finds_or_frames_the_page(page: Page) -> None:
    headers = page.look().headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Robots-Tag"].startswith("noindex, nofollow")
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    cookie = headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "Path=/pay" in cookie
    assert "SameSite=lax" in cookie


def test_a_dead_links_page_has_the_same_protection(page: Page) -> None:
    headers = page.client.get(f"/pay/{'A' * 43}").headers
    assert (headers["Cache-Control"], headers["Referrer-Policy"]) == ("no-store", "no-referrer")


def test_the_link_is_given_again_while_half_of_its_time_is_left(page: Page) -> None:
    page.world.now.at = page.link.expires_at - giving.LEAST_LEFT - timedelta(seconds=1)
    assert page.give().id == page.link.id
    page.world.now.at = page.link.expires_at - giving.LEAST_LEFT
    assert page.give().id != page.link.id


# What it says -------------------------------------------------------------------------------------------------


def test_it_says_who_asks_for_what_and_nothing_more_of_the_debtor(page: Page) -> None:
    with page.tx() as tx:
        debtor = contact.load(tx, cases.get(tx, page.line.id))
        tx.exec_driver_sql("UPDATE creditor SET address = 'Rua das Flores 1, São Paulo', document = '12345678000195'")
    text = page.look().text
    for said in ("Aurora Motors Finance", "collections@aurora.example", "Rua das Flores 1", "12345678000195"):
        assert said in text
    party = debtor.party
    for kept in (party.name, party.id_value, party.email, party.phone, party.address, party.city):
        assert kept is None or kept not in text


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("José Antônio da Silva", "J••• S•••"),
        ("Madonna", "M•••"),
        ("สมชาย ใจดี", "ส••• ใ•••"),
        ("سعيد بن راشد", "س••• ر•••"),
        ("  张伟 ", "张•••"),
    ],
)
def test_a_name_is_shown_by_its_first_letters(name: str, shown: str) -> None:
    assert masked(name) == shown


@pytest.mark.parametrize(
    ("country", "lang", "direction", "word"),
    [("BR", "pt-BR", "ltr", "em atraso"), ("TH", "th", "ltr", "ค้างชำระ"), ("AE", "ar", "rtl", "مبلغ متأخر")],
)
def test_it_speaks_the_debtors_language(
    open_page: Callable[..., Page], country: str, lang: str, direction: str, word: str
) -> None:
    text = open_page(country).look().text
    assert f'<html lang="{lang}" dir="{direction}">' in text
    assert word in text


def test_another_language_can_be_chosen_and_an_unknown_one_is_not_taken(page: Page) -> None:
    assert '<html lang="ar" dir="rtl">' in page.look("?lang=ar").text
    assert '<html lang="pt-BR"' in page.look("?lang=xx").text


def test_the_items_sum_to_what_is_overdue(page: Page) -> None:
    text = page.look("?lang=en").text
    table = text[text.index("<tbody>") : text.index("</table>")]
    amounts = [
        int(re.sub(r"\D", "", found)) for found in re.findall(r'<td class="num"><bdi class="amount">([^<]+)', table)
    ]
    assert len(amounts) > 1
    assert sum(amounts[:-1]) == amounts[-1]


def test_a_page_weighs_less_than_sixty_kilobytes_with_all_that_it_loads(page: Page) -> None:
    text = page.look().text
    loaded = re.findall(r'(?:href|src)="(/static/pay/[^"]+)"', text)
    assert sorted(one.partition("?")[0].rpartition(".")[2] for one in loaded) == ["css", "js"]
    weight = len(text.encode()) + sum(len(page.client.get(one).content) for one in loaded)
    assert weight < LARGEST_BYTES


def test_nothing_is_loaded_from_elsewhere_and_no_script_or_style_stands_in_the_page(page: Page) -> None:
    text = page.look().text
    assert re.findall(r'(?:src|href)="(?:https?:)?//[^"]*"', text) == []
    assert re.findall(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=", text) == []


# Paying -------------------------------------------------------------------------------------------------------


def test_the_code_is_the_same_on_every_look(page: Page) -> None:
    codes = {re.search(r'id="code-1"[^>]*>([^<]+)<', page.look().text).group(1) for _ in range(3)}  # type: ignore[union-attr]
    assert len(codes) == 1
    assert next(iter(codes)).startswith("000201")


def test_a_look_at_the_page_makes_no_second_request(page: Page) -> None:
    page.look()
    before = len(page.requests())
    page.look()
    assert len(page.requests()) == before


def test_another_amount_gets_a_code_of_its_own(page: Page) -> None:
    answer = page.send("code", rail="pix_static", amount="12.34")
    assert answer.status_code == 200
    assert (1_234, "pix_static") in [(one.amount_minor, one.rail) for one in page.requests()]
    assert "12,34" in answer.text


@pytest.mark.parametrize(
    ("amount", "status"), [("0", 422), ("-1", 422), ("1.001", 422), ("x", 422), ("99999999.00", 422), ("0.01", 200)]
)
def test_an_amount_is_above_zero_and_not_above_what_is_owed(page: Page, amount: str, status: int) -> None:
    answer = page.send("code", rail="pix_static", amount=amount)
    assert answer.status_code == status
    if status != 200:
        assert 'role="alert"' in answer.text


def test_all_that_is_owed_can_be_paid_and_no_cent_more(page: Page) -> None:
    with page.tx() as tx:
        owed = cases.get(tx, page.line.id).outstanding_minor
    assert page.send("code", rail="pix_static", amount=f"{owed / 100:.2f}").status_code == 200
    assert page.send("code", rail="pix_static", amount=f"{(owed + 1) / 100:.2f}").status_code == 422


@pytest.mark.parametrize("rail", ["", "nothing", "promptpay"])
def test_a_way_that_is_not_offered_here_is_refused(page: Page, rail: str) -> None:
    assert page.send("code", rail=rail).status_code == 422


def asking(page: Page, answer: Callable[[httpx.Request], httpx.Response]) -> None:
    client = httpx.Client(transport=httpx.MockTransport(answer))
    issuer = Issuer(page.database, Transport(client, structlog.get_logger("tests")), page.world.now)
    page.client.app.state.services = replace(page.services, issuer=issuer)  # type: ignore[attr-defined]


def test_a_platform_is_asked_while_the_debtor_waits(page: Page) -> None:
    expires_at = int((page.world.now() + timedelta(hours=24)).timestamp())
    document = {
        "id": "cs_1",
        "object": "checkout.session",
        "status": "open",
        "url": "https://pay.example/1",
        "expires_at": expires_at,
    }
    asking(page, lambda _request: httpx.Response(200, json=document))
    answer = page.send("code", rail="card")
    assert 'href="https://pay.example/1"' in answer.text
    assert 'rel="noreferrer noopener"' in answer.text


def test_a_platform_that_is_down_is_told_as_that_and_the_other_ways_stay(page: Page) -> None:
    asking(page, lambda _request: httpx.Response(503))
    answer = page.send("code", rail="card")
    assert answer.status_code == 503
    assert 'id="code-1"' in answer.text
    assert "Stripe" not in answer.text


# What the debtor says -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["dispute", "complaint", "hardship", "cease"])
def test_what_the_debtor_says_holds_the_case_under_the_debtors_name(page: Page, kind: str) -> None:
    answer = page.send(kind, follow=False, reason="O veículo foi devolvido.")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{page.path}?done={kind}#done")
    assert page.holds() == [(kind, "debtor")]
    with page.tx() as tx:
        placed = [row for row in timeline.of_case(tx, page.line.id) if row.kind == "hold_placed"]
    assert [(row.actor, row.detail["hold"]) for row in placed] == [("debtor", kind)]


@pytest.mark.parametrize("actor", list(Actor))
def test_a_debtor_who_wants_peace_has_it_from_everybody(page: Page, actor: Actor) -> None:
    page.send("cease")
    with page.tx() as tx:
        debtor = contact.load(tx, cases.get(tx, page.line.id))
        asked = contact.Contact(debtor, Channel.EMAIL, actor, number="a@b.example")
        permit = contact.issue_permit(tx, asked, new_id=clock.new_id, now=page.world.now())
    assert isinstance(permit, Refusal)
    assert permit.next_allowed_at is None or "cease" in str(permit)


def test_the_same_twice_is_told_as_noted_already(page: Page) -> None:
    page.send("dispute", reason="Já paguei.")
    answer = page.client.post(f"{page.path}/dispute", data=hidden(page) | {"reason": "Já paguei."})
    assert answer.status_code == 409
    assert "já está registrado" in answer.text
    assert page.holds() == [("dispute", "debtor")]


def hidden(page: Page) -> dict[str, str]:
    return dict(re.findall(r'name="(form_token|command_id)" value="([^"]*)"', page.look().text))


def test_an_objection_puts_the_ways_to_pay_out_of_the_way(page: Page) -> None:
    answer = page.send("dispute", reason="Já paguei.")
    assert "Se quiser pagar mesmo assim" in answer.text


@pytest.mark.parametrize("kind", ["insolvency", "death", "representation", "legal_hold"])
def test_who_may_not_be_asked_is_not_shown_how_to_pay(page: Page, kind: str) -> None:
    with page.tx() as tx:
        case = cases.get(tx, page.line.id)
        today = page.world.now().date()
        holds.place(
            tx, case, holds.HoldRow(clock.new_id("hold"), kind, today, None, "x", "tests", None), now=page.world.now()
        )
    assert "qr-box" not in page.look().text
    assert page.send("code", rail="pix_static").status_code == 409


@pytest.mark.parametrize("kind", ["dispute", "complaint", "hardship"])
def test_a_reason_is_asked_for_and_what_was_entered_stays(page: Page, kind: str) -> None:
    assert page.send(kind, reason="   ").status_code == 422
    answer = page.send(kind, reason="<b>" + "x" * 500)
    assert answer.status_code == 422
    assert "&lt;b&gt;xxx" in answer.text
    assert page.holds() == []


def test_a_reason_of_the_longest_length_is_taken(page: Page) -> None:
    assert page.send("dispute", reason="é" * 500).status_code == 200


@pytest.mark.parametrize(("days", "status"), [(-1, 422), (0, 200), (60, 200), (61, 422)])
def test_a_promise_is_for_today_up_to_sixty_days_ahead(page: Page, days: int, status: int) -> None:
    with page.tx() as tx:
        today = contact.load(tx, cases.get(tx, page.line.id)).today(page.world.now())
    answer = page.send("promise", amount="10.00", due_date=(today + timedelta(days=days)).isoformat())
    assert answer.status_code == status
    with page.tx() as tx:
        made = [(one.amount_minor, one.taken_by) for one in promises.of_case(tx, page.line.id)]
    assert made == ([(1_000, "debtor")] if status == 200 else [])


@pytest.mark.parametrize("day", ["", "31/12/2026", "2026-02-30"])
def test_a_promise_needs_a_day(page: Page, day: str) -> None:
    assert page.send("promise", amount="10.00", due_date=day).status_code == 422


def test_a_data_request_is_noted_once_for_a_person_to_answer(page: Page) -> None:
    fields = hidden(page) | {"right": "erasure", "reason": "Apaguem meu telefone."}
    for _ in range(2):
        assert page.client.post(f"{page.path}/data", data=fields).status_code == 200
    with page.tx() as tx:
        noted = [row for row in timeline.of_case(tx, page.line.id) if row.kind == "data_request"]
    assert [(row.actor, row.detail["kind"], row.detail["note"]) for row in noted] == [
        ("debtor", "erasure", "Apaguem meu telefone.")
    ]
    assert page.send("data", right="everything").status_code == 422


# Forms that are not ours --------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["promise", "dispute", "complaint", "hardship", "cease", "data", "code"])
def test_a_form_without_this_browsers_token_does_nothing(page: Page, form: str) -> None:
    fields = hidden(page) | {
        "reason": "x",
        "right": "access",
        "amount": "1.00",
        "due_date": "2026-11-25",
        "rail": "pix_static",
    }
    made = len(page.requests())
    stranger = TestClient(page.client.app)
    assert stranger.post(f"{page.path}/{form}", data=fields).status_code == 403
    assert page.client.post(f"{page.path}/{form}", data=fields | {"form_token": "0" * 64}).status_code == 403
    assert (page.holds(), len(page.requests())) == ([], made)


def test_a_token_of_another_link_does_not_serve(page: Page) -> None:
    other = next(line for line in page.world.cases() if line.id != page.line.id)
    with page.tx() as tx:
        link = giving.give(tx, cases.get(tx, other.id), created_by="t", now=page.world.now(), new_id=clock.new_id)
    assert page.client.post(f"{giving.path_of(link)}/cease", data=hidden(page)).status_code == 403


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"x=" + b"a" * 20_000, "application/x-www-form-urlencoded"),
        (b"{}", "application/json"),
        (b"&".join(b"f%d=1" % number for number in range(40)), "application/x-www-form-urlencoded"),
        (b"", "multipart/form-data; boundary=x"),
    ],
)
def test_what_is_no_form_of_the_page_is_refused(page: Page, content: bytes, kind: str) -> None:
    answer = page.client.post(f"{page.path}/cease", content=content, headers={"Content-Type": kind})
    assert 400 <= answer.status_code < 500


def test_nothing_is_asked_when_the_case_is_over(page: Page) -> None:
    with page.tx() as tx:
        cases.change(tx, page.line.id, work_state="paid", closed_at=page.world.now())
    text = page.look().text
    assert "qr-box" not in text
    assert 'id="promise"' not in text
    assert page.send("code", rail="pix_static").status_code == 409


ODD = [
    "\0",
    "a\0b",
    "\ud7ff\ufffe",
    "\u202e\u2066",
    "9" * 9000,
    "-0",
    "1e9",
    "NaN",
    "٣",
    "%00",
    "<script>",
    "'; --",
    "{{7*7}}",
]


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_whatever_is_typed_there_is_no_fault_of_ours(page: Page, odd: str) -> None:
    page.client.app.state.pay_guard = guard.PayGuard()  # type: ignore[attr-defined]
    fields = ("reason", "amount", "due_date", "rail", "right", "command_id", "form_token")
    given = hidden(page) | {"amount": "1.00", "due_date": "2026-11-30", "rail": "pix_static", "right": "access"}
    for form in ("promise", "dispute", "data", "code"):
        for name in fields:
            answer = page.client.post(f"{page.path}/{form}", data=given | {"reason": "x"} | {name: odd})
            assert (form, name, answer.status_code in (200, 403, 409, 422, 429)) == (form, name, True), (
                answer.status_code
            )
            assert "<script>" not in answer.text


def test_a_reason_keeps_its_lines_and_loses_control_characters(page: Page) -> None:
    page.send("dispute", reason="linha 1\n\0linha 2")
    with page.tx() as tx:
        (hold,) = holds.of_case(tx, page.line.id)
    assert hold.reason == "linha 1\nlinha 2"
