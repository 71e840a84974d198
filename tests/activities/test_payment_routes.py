"""A request finds its way: the next platform where one is away or refuses, the next rail where a limit says no."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from activities import creditors as opening
from activities import payment_requests
from activities.payment_requests import Issuer
from connectors import registry
from domain.errors import Conflict, Invalid, Refused, Unavailable
from domain.money import Money
from runtime import clock
from store import connection_health
from store import payment_requests as request_rows
from store.creditors import PlatformConnection
from store.payment_requests import PaymentRequest

NOON = datetime(2026, 11, 24, 15, tzinfo=UTC)  # where the worlds' clock stands


def connect(world: Any, name: str, **terms: str) -> PlatformConnection:
    """A Stripe account of its own that takes cards."""
    settings = {
        "api_key": "sk_test_12345678",
        "webhook_secret": "whsec_of_the_tests",
        "return_url": "https://aurora.example/thank-you",
        "base_url": f"https://{name}.example",
    }
    new = opening.NewConnection(
        world.creditor.id, "stripe", "BR", "BRL", name, settings, {}, ("card",), {"card": terms} if terms else {}
    )
    with world.tx() as tx:
        made: PlatformConnection = opening.connect(tx, new, new_id=clock.new_id, now=world.clock())
    return made


@pytest.fixture
def cards(world: Any, loan_row: Any, as_file: Any) -> tuple[Any, dict[str, PlatformConnection]]:
    """A Brazilian debtor and two Stripe accounts, of which the first is cheaper."""
    world.load(as_file(loan_row("BR", contract_no="BR-0001")))
    first = connect(world, "first", cost_percent="1", most="1500.00")
    second = connect(world, "second", cost_percent="2")
    return world, {"first": first, "second": second}


class Platforms:
    """Two hosts that answer as a test says, and remember who was asked under which key."""

    def __init__(self, world: Any, **answers: Callable[[], httpx.Response]) -> None:
        self.asked: list[tuple[str, str]] = []
        self.answers = answers
        world.platform_answers = self.answer

    def answer(self, request: httpx.Request) -> httpx.Response:
        host = request.url.host.partition(".")[0]
        self.asked.append((host, request.headers["Idempotency-Key"]))
        return self.answers[host]()


def page(host: str) -> Callable[[], httpx.Response]:
    numbers = itertools.count(1)

    def answer() -> httpx.Response:
        document = {
            "id": f"cs_{host}_{next(numbers)}",
            "object": "checkout.session",
            "status": "open",
            "url": f"https://pay.example/{host}",
            "expires_at": int((NOON + timedelta(hours=24)).timestamp()),
        }
        return httpx.Response(200, json=document)

    return answer


def down() -> httpx.Response:
    return httpx.Response(503)


def unreachable() -> httpx.Response:
    raise httpx.ConnectError("refused")


def too_slow() -> httpx.Response:
    raise httpx.ReadTimeout("nothing came")


def refuses() -> httpx.Response:
    return httpx.Response(402, json={"error": {"type": "invalid_request_error", "code": "amount_too_large"}})


def ask(world: Any, minor: int | None = None, **wishes: Any) -> PaymentRequest:
    amount = None if minor is None else Money(minor, "BRL")
    with world.tx() as tx:
        return payment_requests.create(
            tx, world.case(), amount=amount, now=world.clock(), new_id=clock.new_id, **{"rail": None, **wishes}
        )


def issuer(world: Any) -> Issuer:
    found: Issuer = world.relay().issuer
    return found


def test_the_cheapest_is_asked_alone_while_it_answers(cards: Any) -> None:
    world, links = cards
    platforms = Platforms(world, first=page("first"), second=page("second"))
    request = issuer(world).issue(ask(world))
    assert (request.connection_id, request.external_ref) == (links["first"].id, "cs_first_1")
    assert platforms.asked == [("first", request.id)]


@pytest.mark.parametrize("trouble", [down, unreachable, too_slow, refuses])
def test_where_the_first_does_not_make_a_code_the_next_does(cards: Any, trouble: Callable[[], httpx.Response]) -> None:
    world, links = cards
    platforms = Platforms(world, first=trouble, second=page("second"))
    asked = ask(world)
    request = issuer(world).issue(asked)
    assert (request.id, request.state, request.connection_id) == (asked.id, "issued", links["second"].id)
    assert platforms.asked == [("first", asked.id), ("second", asked.id)]  # our identifier is the key at both


def test_the_limit_of_the_cheapest_leads_to_the_next(cards: Any) -> None:
    world, links = cards
    assert ask(world, 150_000).connection_id == links["first"].id
    assert ask(world, 150_001).connection_id == links["second"].id


def test_where_nobody_answers_it_says_so_and_the_draft_is_tried_again(cards: Any) -> None:
    world, _ = cards
    platforms = Platforms(world, first=down, second=down)
    request = ask(world)
    with pytest.raises(Unavailable) as nobody:
        issuer(world).issue(request)
    assert (nobody.value.code, nobody.value.details["rails"]) == ("no_platform_answered", ["card", "card"])
    platforms.answers["second"] = page("second")
    assert issuer(world).issue_drafts(world.tenant_id) == 0
    with world.tx() as tx:
        assert request_rows.get(tx, request.id).state == "issued"


def test_who_refused_a_request_is_not_asked_for_it_again(cards: Any) -> None:
    world, _ = cards
    platforms = Platforms(world, first=refuses, second=refuses)
    request = ask(world)
    for _ in range(2):
        with world.tx() as tx:
            standing = request_rows.get(tx, request.id)
        with pytest.raises((Unavailable, Refused)):
            issuer(world).issue(standing)
    assert [host for host, _ in platforms.asked] == ["first", "second"]


def test_who_refused_is_not_gone_back_to_when_the_next_is_down(cards: Any) -> None:
    world, links = cards
    platforms = Platforms(world, first=refuses, second=down)
    request = ask(world)
    for _ in range(2):
        with world.tx() as tx:
            standing = request_rows.get(tx, request.id)
        with pytest.raises(Unavailable):
            issuer(world).issue(standing)
    with world.tx() as tx:
        assert request_rows.get(tx, request.id).connection_id == links["second"].id
    assert [host for host, _ in platforms.asked] == ["first", "second", "second"]


def test_a_code_of_a_connection_that_was_closed_is_not_given_again(cards: Any) -> None:
    world, links = cards
    first = ask(world)
    with world.tx() as tx:
        tx.exec_driver_sql("UPDATE connection SET state = 'closed' WHERE id = %s", (links["first"].id,))
    again = ask(world)
    assert (first.connection_id, again.connection_id) == (links["first"].id, links["second"].id)


def test_a_rail_that_was_asked_for_is_not_left_for_another(cards: Any) -> None:
    world, _ = cards
    world.connect_bank()
    Platforms(world, first=down, second=down)
    request = ask(world, rail="card")
    with pytest.raises(Unavailable, match="no_platform_answered"):
        issuer(world).issue(request)
    with world.tx() as tx:
        assert request_rows.get(tx, request.id).rail == "card"


def test_without_a_wish_the_last_resort_is_a_code_made_here(cards: Any) -> None:
    world, _ = cards
    world.connect_bank()
    Platforms(world, first=down, second=down)
    request = issuer(world).issue(ask(world))
    code = payment_requests.code_of(request)
    assert (request.rail, request.state, request.issued_at) == ("pix_static", "issued", world.clock())
    assert code is not None
    assert request.reference in code.payload


def test_three_failures_in_a_row_put_a_platform_behind_the_others_until_its_time_is_over(cards: Any) -> None:
    world, links = cards
    Platforms(world, first=down, second=page("second"))
    for minor in (1_000, 2_000):
        issuer(world).issue(ask(world, minor))
    assert ask(world, 2_999).connection_id == links["first"].id
    issuer(world).issue(ask(world, 3_000))
    assert ask(world, 4_000).connection_id == links["second"].id
    world.clock.advance(minutes=1)
    assert ask(world, 5_000).connection_id == links["first"].id


def test_an_answer_makes_failures_forgotten(cards: Any) -> None:
    world, links = cards
    platforms = Platforms(world, first=down, second=page("second"))
    issuer(world).issue(ask(world, 1_000))
    platforms.answers["first"] = page("again")
    issuer(world).issue(ask(world, 2_000))
    with world.tx() as tx:
        assert connection_health.of(tx, links["first"].id) is None


def test_a_refusal_is_no_sign_of_ill_health(cards: Any) -> None:
    world, links = cards
    Platforms(world, first=refuses, second=page("second"))
    issuer(world).issue(ask(world, 1_000))
    with world.tx() as tx:
        assert connection_health.of(tx, links["first"].id) is None


def test_the_code_stays_the_same_after_falling_over_and_when_the_first_is_back(cards: Any) -> None:
    world, _ = cards
    platforms = Platforms(world, first=down, second=page("second"))
    issued = issuer(world).issue(ask(world))
    platforms.answers["first"] = page("first")
    again = ask(world)
    assert (again.id, again.code) == (issued.id, issued.code)


def test_a_request_that_was_called_off_while_the_platform_was_asked_stays_called_off(cards: Any) -> None:
    world, _ = cards
    request = ask(world)

    def meanwhile() -> httpx.Response:
        with world.tx() as tx:
            payment_requests.cancel(tx, request.id, actor="tests", now=world.clock())
        return page("first")()

    Platforms(world, first=meanwhile, second=page("second"))
    assert issuer(world).issue(request).state == "cancelled"


def test_terms_are_checked_when_a_connection_is_made(world: Any) -> None:
    with pytest.raises(Invalid, match="terms_invalid"):
        connect(world, "first", least="2.00", most="1.00")


def test_a_code_that_was_asked_for_by_its_rails_name_is_given_to_who_names_none(brazil: Any) -> None:
    named = ask(brazil, rail="pix_static")
    assert ask(brazil).id == named.id
    assert ask(brazil, rail="card").id != named.id


# Open amounts, cancelling, re-issuing, expiring ---------------------------------------------------------------


@pytest.mark.parametrize("country", ["BR", "TH", "AE"])
def test_an_open_amount_leaves_the_code_without_one(world: Any, loan_row: Any, as_file: Any, country: str) -> None:
    world.connect_bank(country)
    world.load(as_file(loan_row(country, contract_no="C-1")))
    request = ask(world, amount_open=True)
    code = payment_requests.code_of(request)
    assert code is not None
    assert request.amount_open
    read = [rail.decode(code.payload) for rail in registry.country(country).rails if code.qr]
    assert [one.amount for one in read if one is not None] == ([None] if code.qr else [])


def test_fixed_and_open_codes_are_not_mistaken_for_each_other(brazil: Any) -> None:
    fixed, left_open = ask(brazil), ask(brazil, amount_open=True)
    assert fixed.id != left_open.id
    assert (ask(brazil).id, ask(brazil, amount_open=True).id) == (fixed.id, left_open.id)
    assert ask(brazil, 5_000, amount_open=True).id == left_open.id  # it has no amount that could differ


def test_a_platform_without_open_codes_is_refused(cards: Any) -> None:
    world, _ = cards
    with pytest.raises(Refused, match="open_amount_not_possible"):
        ask(world, amount_open=True)


def test_a_cancelled_request_is_not_given_again_and_not_cancelled_twice(brazil: Any) -> None:
    request = ask(brazil)
    with brazil.tx() as tx:
        assert payment_requests.cancel(tx, request.id, actor="Wei", now=brazil.clock()).state == "cancelled"
    assert ask(brazil).id != request.id
    with brazil.tx() as tx, pytest.raises(Conflict, match="request_not_live"):
        payment_requests.cancel(tx, request.id, actor="Wei", now=brazil.clock())


def test_a_request_issued_again_takes_the_place_of_the_first(brazil: Any) -> None:
    request = ask(brazil, 70_000, rail="pix_static")
    with brazil.tx() as tx:
        again = payment_requests.reissue(tx, request.id, actor="Wei", now=brazil.clock(), new_id=clock.new_id)
        assert request_rows.get(tx, request.id).state == "cancelled"
    assert again.id != request.id
    assert (again.amount_minor, again.rail, again.state) == (70_000, "pix_static", "issued")
    assert ask(brazil, 70_000, rail="pix_static").id == again.id


def test_what_is_paid_is_not_issued_again(brazil: Any) -> None:
    request = ask(brazil)
    with brazil.tx() as tx:
        request_rows.change(tx, request.id, state="paid", paid_at=brazil.clock())
    with brazil.tx() as tx, pytest.raises(Conflict, match="request_paid"):
        payment_requests.reissue(tx, request.id, actor="Wei", now=brazil.clock(), new_id=clock.new_id)


def test_a_request_past_its_time_ends_as_expired(brazil: Any) -> None:
    request = ask(brazil)
    for moment, state in ((request.expires_at - timedelta(seconds=1), "issued"), (request.expires_at, "expired")):
        brazil.clock.at = moment
        issuer(brazil).issue_drafts(brazil.tenant_id)
        with brazil.tx() as tx:
            assert request_rows.get(tx, request.id).state == state


def test_money_for_a_cancelled_request_is_still_matched(brazil: Any) -> None:
    request = ask(brazil)
    with brazil.tx() as tx:
        payment_requests.cancel(tx, request.id, actor="Wei", now=brazil.clock())
    brazil.statement({"amount": "1000.00", "remittance": f"PIX {request.reference}"})
    brazil.intake()
    (receipt,) = brazil.receipts()
    assert (receipt.state, receipt.case_id) == ("matched", brazil.case().id)


# An answer that was lost ------------------------------------------------------------------------------------------


class PixBank:
    """A bank that hangs up after making a charge, and refuses a number that it knows."""

    def __init__(self, world: Any) -> None:
        self.made: dict[str, int] = {}
        self.is_lost = True
        self.reads = 0
        world.platform_answers = self.answer

    def answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/token":
            return httpx.Response(200, json={"access_token": "t", "token_type": "Bearer", "expires_in": 60})
        txid = request.url.path.rpartition("/")[2]
        charge = {"status": "ATIVA", "txid": txid, "pixCopiaECola": f"code-of-{txid}"}
        if request.method == "GET":
            self.reads += 1
            return httpx.Response(200 if txid in self.made else 404, json=charge)
        if txid in self.made:
            return httpx.Response(409, json={"type": "https://pix.bcb.gov.br/api/v2/error/CobVOperacaoInvalida"})
        self.made[txid] = 1
        if self.is_lost:
            raise httpx.RemoteProtocolError("The bank hung up.")
        return httpx.Response(201, json=charge)


@pytest.fixture
def pix(world: Any, loan_row: Any, as_file: Any) -> tuple[Any, PixBank]:
    settings = {
        "base_url": "https://pix.bank.example",
        "token_url": "https://pix.bank.example/token",
        "client_id": "id",
        "client_secret": "secret",
        "pix_key": "aurora@example.com",
        "webhook_secret": "token-of-the-tests-0123456789abcdef",
    }
    world.load(as_file(loan_row("BR", contract_no="BR-0001")))
    world.connect("pix_api", settings=settings, rails=("pix",))
    return world, PixBank(world)


def pix_request(world: Any) -> PaymentRequest:
    with world.tx() as tx:
        made: PaymentRequest = payment_requests.create(
            tx, world.case(), amount=None, rail="pix", now=world.clock(), new_id=clock.new_id
        )
    return made


def test_a_charge_whose_answer_was_lost_is_found_at_a_bank_that_refuses_to_make_it_again(
    pix: tuple[Any, PixBank],
) -> None:
    world, bank = pix
    request, issuer = pix_request(world), world.relay().issuer
    with pytest.raises(Unavailable):
        issuer.issue(request)
    issued = issuer.issue(request)
    assert (issued.state, issued.external_ref, list(bank.made)) == ("issued", request.reference, [request.reference])


def test_a_refusal_that_no_charge_explains_stays_one(pix: tuple[Any, PixBank]) -> None:
    world, bank = pix
    request = pix_request(world)
    refusing = bank.answer

    def answer(asked: httpx.Request) -> httpx.Response:
        return httpx.Response(400, json={}) if asked.method == "PUT" else refusing(asked)

    world.platform_answers = answer
    with pytest.raises(Refused) as refused:
        world.relay().issuer.issue(request)
    assert (refused.value.code, bank.reads) == ("platform_refused", 1)
