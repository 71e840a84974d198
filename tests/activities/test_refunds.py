"""Refunds through the platform: two people above a limit, asked for once, booked once, put back where refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
import structlog

from activities import connections, refunds
from activities.book import Book
from activities.receipts import Recorder
from activities.refund_calls import Refunder
from connectors import registry
from connectors.transport import Transport
from domain.accounts import Role
from domain.day_close import Actor
from domain.errors import AfluenteError, Invalid, Refused
from domain.money import Money
from domain.receipts import ReceiptFact, ReversalFact, ReversalKind
from ledger import accounts, balances
from runtime import clock
from store import receipts, timeline
from store import refunds as kept
from store.receipts import Receipt
from store.refunds import Refund

pytestmark = pytest.mark.servers

ANA, BEN = Actor("usr_ana", "Ana"), Actor("usr_ben", "Ben")
PAYMENT = "1325550001"
Answer = Callable[[httpx.Request], httpx.Response]


def approved(request: httpx.Request, *, state: str = "approved") -> httpx.Response:
    amount = json.loads(request.content)["amount"]
    return httpx.Response(201, json={"id": 777, "payment_id": int(PAYMENT), "amount": amount, "status": state})


@dataclass
class Desk:
    """A receipt at Mercado Pago, people who refund it, and the platform that answers as a test wants."""

    world: Any
    connection: Any
    payment: str = PAYMENT
    asked: list[httpx.Request] = field(default_factory=list)
    answers: list[Answer | Exception] = field(default_factory=list)

    def paid(self, minor: int, reference: str = "BR-0001", *, to_bank: bool = False) -> None:
        fact = ReceiptFact(
            external_ref=self.payment,
            amount=Money(minor, "BRL"),
            at=self.world.clock(),
            value_date=self.world.clock().date(),
            references=(reference,),
            to_bank=to_bank,
        )
        self.recorded(lambda recorder: recorder.receipt(fact))

    def told(self, ref: str, minor: int) -> None:
        """The webhook: money went back."""
        at = self.world.clock()
        fact = ReversalFact(ref, self.payment, Money(minor, "BRL"), at, at.date(), ReversalKind.REFUND)
        self.recorded(lambda recorder: recorder.reversal(fact))

    def recorded(self, say: Callable[[Recorder], object]) -> None:
        inbox_id = self.world.deliver(self.connection, b"{}")
        with self.world.tx() as tx:
            say(Recorder(tx, self.connection, inbox_id, clock.new_id, self.world.clock()))

    def request(self, minor: int | None = None, *, who: Actor = ANA, name: str | None = None) -> Refund:
        amount = None if minor is None else Money(minor, "BRL")
        with self.world.tx() as tx:
            return refunds.request(
                Book(tx, clock.new_id, self.world.clock()),
                who,
                refund_id=name or clock.new_id("refund"),
                receipt_id=self.receipt.id,
                reason="paid twice",
                amount=amount,
            )

    def approve(self, refund: Refund, who: Actor = BEN) -> Refund:
        with self.world.tx() as tx:
            return refunds.approve(Book(tx, clock.new_id, self.world.clock()), who, refund.id)

    def ask(self, *answers: Answer | Exception) -> None:
        """The relay's turn; the platform answers in this order."""
        self.answers = list(answers)

        def answer(request: httpx.Request) -> httpx.Response:
            self.asked.append(request)
            found = self.answers.pop(0)
            if isinstance(found, Exception):
                raise found
            return found(request)

        client = httpx.Client(transport=httpx.MockTransport(answer))
        transport = Transport(client, structlog.get_logger("tests"), now=self.world.clock)
        Refunder(self.world.database, transport, clock.new_id, self.world.clock).ask_due(self.world.tenant_id)

    @property
    def receipt(self) -> Receipt:
        with self.world.tx() as tx:
            row = tx.exec_driver_sql("SELECT id FROM receipt WHERE external_ref = %s", (self.payment,))
            return receipts.get(tx, row.scalar_one())

    @property
    def refund(self) -> Refund:
        with self.world.tx() as tx:
            (found,) = kept.of_receipt(tx, self.receipt.id)
            return found

    def leaf(self, role: Role) -> int:
        with self.world.tx() as tx:
            found = accounts.leaf_of(
                tx, self.connection.child_account_id, role, new_id=clock.new_id, now=self.world.clock()
            )
            return balances.of_leaf(tx, found).minor

    def history(self) -> list[str]:
        with self.world.tx() as tx:
            rows = timeline.of_case(tx, self.world.case().id)
        return [row.kind for row in rows if row.kind.startswith("refund_")]


@pytest.fixture
def desk(brazil: Any) -> Desk:
    settings = {"api_key": "APP_USR-0123456789", "webhook_secret": "0123456789abcdef"}
    found = Desk(brazil, brazil.connect("mercadopago", settings=settings, rails=("pix",)))
    found.paid(350_000)
    return found


def limit(desk: Desk, amount: str) -> None:
    with desk.world.tx() as tx:
        connections.change_settings(tx, desk.connection.id, {connections.LIMIT_SETTING: amount})


def code_of(work: Callable[[], object]) -> str:
    with pytest.raises(AfluenteError) as refusal:
        work()
    return refusal.value.code


def test_what_is_over_is_proposed_approved_by_another_asked_for_and_booked_once(desk: Desk) -> None:
    proposed = desk.request()
    assert (proposed.state, proposed.amount_minor, desk.leaf(Role.REFUND_PAYABLE)) == ("proposed", 50_000, 0)
    desk.ask()
    assert desk.approve(proposed).state == "due"
    assert desk.leaf(Role.REFUND_PAYABLE) == -50_000
    desk.ask(approved)
    (asked,) = desk.asked
    assert (asked.url.path, asked.headers["X-Idempotency-Key"]) == (f"/v1/payments/{PAYMENT}/refunds", proposed.id)
    assert (desk.refund.state, desk.refund.external_ref) == ("paid", "777")
    desk.told("777", 50_000)
    assert (desk.leaf(Role.REFUND_PAYABLE), desk.leaf(Role.CLEARING)) == (0, 300_000)
    assert (desk.receipt.reversed_minor, desk.receipt.refunding_minor) == (50_000, 0)
    assert sorted(desk.history()) == ["refund_approved", "refund_paid", "refund_requested"]
    assert desk.world.broken() == []


def test_nobody_approves_their_own(desk: Desk) -> None:
    proposed = desk.request()
    assert code_of(lambda: desk.approve(proposed, ANA)) == "four_eyes"
    assert desk.refund.state == "proposed"


@pytest.mark.parametrize(("most", "state"), [("500.00", "due"), ("499.99", "proposed")])
def test_up_to_the_limit_one_person_is_enough(desk: Desk, most: str, state: str) -> None:
    limit(desk, most)
    assert desk.request().state == state


def test_the_same_request_is_one_refund(desk: Desk) -> None:
    name = clock.new_id("refund")
    assert desk.request(name=name) == desk.request(name=name)
    assert code_of(desk.request) == "refund_underway"


def test_a_withdrawn_refund_moved_nothing(desk: Desk) -> None:
    proposed = desk.request()
    with desk.world.tx() as tx:
        refunds.withdraw(Book(tx, clock.new_id, desk.world.clock()), ANA, proposed.id)
    assert (desk.refund.state, desk.receipt.suspense_minor) == ("withdrawn", 50_000)
    assert code_of(lambda: desk.approve(proposed)) == "refund_decided"


def test_its_webhook_may_come_before_its_answer(desk: Desk) -> None:
    limit(desk, "1000.00")
    desk.request()

    def told_first(request: httpx.Request) -> httpx.Response:
        desk.told("777", 50_000)
        return approved(request)

    desk.ask(told_first)
    assert desk.refund.state == "paid"
    assert (desk.leaf(Role.CLEARING), desk.receipt.reversed_minor) == (300_000, 50_000)


def test_a_refund_on_its_way_is_ended_by_its_webhook(desk: Desk) -> None:
    limit(desk, "1000.00")
    desk.request()
    desk.ask(lambda request: approved(request, state="in_process"))
    assert (desk.refund.state, desk.leaf(Role.REFUND_PAYABLE)) == ("sent", -50_000)
    desk.told("777", 50_000)
    assert (desk.refund.state, desk.leaf(Role.REFUND_PAYABLE), desk.leaf(Role.CLEARING)) == ("paid", 0, 300_000)


def _payment(*backs: tuple[int, float], status: str = "approved") -> Answer:
    """The platform's answer about the payment, with what went back, or how else that stands."""
    refunds_listed = [
        {"id": name, "amount": amount, "date_created": "2026-11-24T12:00:00.000-03:00", "status": status}
        for name, amount in backs
    ]
    document = {
        "id": int(PAYMENT),
        "status": "approved",
        "status_detail": "accredited",
        "currency_id": "BRL",
        "transaction_amount": 3500.0,
        "date_approved": "2026-11-24T10:05:00.000-03:00",
        "refunds": refunds_listed,
    }
    return lambda _request: httpx.Response(200, json=document)


def test_a_lost_answer_is_asked_back_and_never_paid_twice(desk: Desk) -> None:
    limit(desk, "1000.00")
    desk.request()
    desk.ask(httpx.ReadTimeout("lost"))
    assert (desk.refund.state, desk.leaf(Role.REFUND_PAYABLE)) == ("uncertain", -50_000)
    desk.ask()  # not before its time
    desk.world.clock.advance(minutes=2)
    desk.ask(_payment((777, 500.0)))
    assert [one.method for one in desk.asked] == ["POST", "GET"]
    assert (desk.refund.state, desk.leaf(Role.CLEARING)) == ("paid", 300_000)


def test_a_refund_that_was_taken_and_then_given_up_is_put_back(desk: Desk) -> None:
    limit(desk, "1000.00")
    before = {role: desk.leaf(role) for role in (Role.CLEARING, Role.SUSPENSE, Role.REFUND_PAYABLE)}
    desk.request()
    desk.ask(lambda request: approved(request, state="in_process"))
    desk.world.clock.advance(minutes=2)
    desk.ask(_payment((778, 500.0), status="rejected"))  # somebody else's
    assert desk.refund.state == "sent"
    desk.world.clock.advance(hours=1)
    desk.ask(_payment((777, 500.0), status="rejected"))
    assert (desk.refund.state, desk.refund.error_code) == ("refused", "refund_failed")
    assert {role: desk.leaf(role) for role in before} == before
    assert desk.world.broken() == []


def test_a_platform_that_lists_no_refunds_is_asked_about_the_refund_itself(brazil: Any) -> None:
    settings = {"x_login": "login", "x_trans_key": "trans", "secret_key": "0123456789abcdef"}
    settings["webhook_url"] = "https://pay.example/webhooks/dlocal/{connection}"
    settings["return_url"] = "https://pay.example/thanks"
    desk = Desk(brazil, brazil.connect("dlocal", settings=settings, rails=("card",)), payment="D-4-1")
    desk.paid(350_000, "nobody's")
    refund = desk.approve(desk.request())
    answered = {"id": "REF1", "payment_id": "D-4-1", "amount": 3500, "currency": "BRL", "order_refund_id": refund.id}
    desk.ask(lambda _: httpx.Response(200, json={**answered, "status": "PENDING"}))
    assert (desk.refund.state, desk.refund.external_ref) == ("sent", "REF1")
    desk.world.clock.advance(minutes=2)
    desk.ask(lambda _: httpx.Response(200, json={**answered, "status": "REJECTED", "status_detail": "No account."}))
    assert desk.asked[-1].url.path == "/refunds/REF1"
    assert (desk.refund.state, desk.receipt.suspense_minor) == ("refused", 350_000)
    assert brazil.broken() == []


def test_what_the_platform_knows_nothing_of_is_asked_for_again_under_the_same_key(desk: Desk) -> None:
    limit(desk, "1000.00")
    first = desk.request()
    desk.ask(httpx.ReadTimeout("lost"))
    desk.world.clock.advance(minutes=2)
    desk.ask(_payment(), approved)
    keys = [one.headers["X-Idempotency-Key"] for one in desk.asked if one.method == "POST"]
    assert keys == [first.id] * 2
    assert desk.refund.state == "paid"


def test_a_platform_without_a_key_is_not_asked_twice(desk: Desk) -> None:
    limit(desk, "1000.00")
    desk.request()
    desk.ask(httpx.ReadTimeout("lost"))
    desk.world.clock.advance(minutes=2)
    platform = registry.platforms()["mercadopago"]
    object.__setattr__(platform.refunds, "keyed", False)
    try:
        desk.ask(_payment())
    finally:
        object.__setattr__(platform.refunds, "keyed", True)
    assert [one.method for one in desk.asked] == ["POST", "GET"]
    assert (desk.refund.state, desk.refund.error_code) == ("uncertain", "refund_uncertain")


def test_a_platform_that_cannot_be_reached_is_asked_later(desk: Desk) -> None:
    limit(desk, "1000.00")
    desk.request()
    desk.ask(httpx.ConnectError("away"))
    assert (desk.refund.state, desk.refund.error_code) == ("due", "platform_unreachable")
    desk.world.clock.advance(minutes=2)
    desk.ask(approved)
    assert desk.refund.state == "paid"


def test_what_is_refused_is_put_back_where_it_was(desk: Desk) -> None:
    limit(desk, "10000.00")
    desk.request(350_000)
    assert (desk.receipt.allocated_minor, desk.leaf(Role.REFUND_PAYABLE)) == (0, -350_000)
    desk.ask(lambda _request: httpx.Response(400, json={"message": "too old"}))
    assert (desk.refund.state, desk.refund.error_code) == ("refused", "platform_refused")
    after = desk.receipt
    assert (after.allocated_minor, after.suspense_minor, after.refunding_minor) == (300_000, 50_000, 0)
    assert (desk.leaf(Role.REFUND_PAYABLE), desk.leaf(Role.CLEARING)) == (0, 350_000)
    assert [row.paid_minor for row in desk.world.instalments()] == [100_000] * 3
    assert desk.world.broken() == []


def test_an_uncertain_refund_is_given_up_by_a_person_alone(desk: Desk) -> None:
    limit(desk, "1000.00")
    refund = desk.request()

    def give_up() -> Refund:
        with desk.world.tx() as tx:
            book = Book(tx, clock.new_id, desk.world.clock())
            return refunds.give_up(book, BEN, refund.id, reason="not in the dashboard")

    assert code_of(give_up) == "refund_decided"
    desk.ask(httpx.ReadTimeout("lost"))
    assert give_up().state == "refused"
    assert desk.receipt.suspense_minor == 50_000


def test_another_refund_of_the_payment_does_not_end_ours(desk: Desk) -> None:
    limit(desk, "1000.00")
    desk.request()
    desk.ask(lambda request: approved(request, state="in_process"))
    desk.told("555", 20_000)
    assert (desk.refund.state, desk.receipt.refunding_minor) == ("sent", 50_000)
    desk.told("777", 50_000)
    assert (desk.refund.state, desk.receipt.reversed_minor, desk.receipt.refunding_minor) == ("paid", 70_000, 0)
    assert desk.world.broken() == []


def test_what_no_platform_gives_back_is_refused_at_once(desk: Desk) -> None:
    desk.world.stripe_paid("pi_1", 10_000)
    desk.world.intake()
    with desk.world.tx() as tx:
        book = Book(tx, clock.new_id, desk.world.clock())
        (stripe,) = [one for one in desk.world.receipts() if one.external_ref == "pi_1"]
        platform = registry.platforms()["stripe"]
        capability = platform.refunds
        object.__setattr__(platform, "refunds", None)
        try:
            with pytest.raises(Refused, match="cannot be given back"):
                refunds.request(book, ANA, refund_id=clock.new_id("refund"), receipt_id=stripe.id, reason="x")
        finally:
            object.__setattr__(platform, "refunds", capability)


@pytest.mark.parametrize("minor", [0, 350_001])
def test_no_more_goes_back_than_came(desk: Desk, minor: int) -> None:
    with pytest.raises(Invalid):
        desk.request(minor)


PIX = "E12345678202611240255Samplepix01"


TOKEN: Answer = lambda _: httpx.Response(200, json={"access_token": "t", "expires_in": 600})  # noqa: E731


def pix_answer(request: httpx.Request, *, status: str = "DEVOLVIDO") -> httpx.Response:
    name = request.url.path.rpartition("/")[2]
    return httpx.Response(201, json=pix_return(name, json.loads(request.content)["valor"], status=status))


def pix_return(name: str, amount: str, *, status: str = "DEVOLVIDO") -> dict[str, Any]:
    at = {"solicitacao": "2026-11-25T02:30:00Z", "liquidacao": "2026-11-25T02:30:01Z"}
    return {"id": name, "rtrId": f"D{PIX[1:]}", "valor": amount, "horario": at, "status": status}


def pix_told(*returns: dict[str, Any]) -> bytes:
    one = {"endToEndId": PIX, "valor": "3500.00", "horario": "2026-11-24T10:00:00-03:00", "devolucoes": list(returns)}
    return json.dumps({"pix": [one]}).encode()


@pytest.fixture
def pix(brazil: Any) -> Desk:
    settings = {
        "base_url": "https://pix.bank.example/v2",
        "token_url": "https://pix.bank.example/token",
        "client_id": "client",
        "client_secret": "secret",
        "pix_key": "pix@creditor.example",
        "webhook_secret": "0123456789abcdef0123456789abcdef",
    }
    desk = Desk(brazil, brazil.connect("pix_api", settings=settings, rails=("pix",)), payment=PIX)
    desk.paid(350_000, "nobody's", to_bank=True)
    return desk


def booked(desk: Desk) -> dict[str, int]:
    return {role.value: desk.leaf(role) for role in (Role.BANK, Role.SUSPENSE, Role.REFUND_PAYABLE)}


def test_a_pix_that_is_in_the_bank_already_is_given_back_by_that_bank(pix: Desk) -> None:
    before = pix.leaf(Role.BANK)
    pix.approve(pix.request(100_000))
    pix.ask(TOKEN, pix_answer)
    assert [request.url.path.rpartition("/")[0] for request in pix.asked] == ["", f"/v2/pix/{PIX}/devolucao"]
    assert (pix.refund.state, before - pix.leaf(Role.BANK)) == ("paid", 100_000)
    with pix.world.tx() as tx:
        days = tx.exec_driver_sql("SELECT value_date FROM reversal").scalars().all()
    assert [day.isoformat() for day in days] == ["2026-11-24"]  # by the bank's clock; in UTC it is the day after


def test_a_return_that_the_bank_took_and_then_gave_up_puts_the_money_back(pix: Desk) -> None:
    before = booked(pix)
    refund = pix.approve(pix.request(100_000))
    pix.ask(TOKEN, lambda request: pix_answer(request, status="EM_PROCESSAMENTO"))
    assert (pix.refund.state, pix.leaf(Role.REFUND_PAYABLE)) == ("sent", -100_000)
    pix.world.deliver(
        pix.connection, pix_told(pix_return(refund.id.replace("_", ""), "1000.00", status="NAO_REALIZADO"))
    )
    pix.world.intake()
    assert (pix.refund.state, pix.refund.error_code) == ("refused", "refund_failed")
    assert booked(pix) == before
    assert pix.world.broken() == []


def pix_asked(*returns: dict[str, Any]) -> Answer:
    """The bank's answer about the Pix, with these returns of it."""
    (one,) = json.loads(pix_told(*returns))["pix"]
    return lambda _: httpx.Response(200, json=one)


@pytest.mark.parametrize(("status", "state"), [("DEVOLVIDO", "paid"), ("NAO_REALIZADO", "refused")])
def test_a_return_whose_answer_was_lost_is_known_again_by_the_name_that_we_gave_it(
    pix: Desk, status: str, state: str
) -> None:
    refund = pix.approve(pix.request(100_000))
    pix.ask(TOKEN, httpx.ReadTimeout("lost"))
    assert (pix.refund.state, pix.refund.external_ref) == ("uncertain", None)
    pix.world.clock.advance(days=1)
    pix.ask(TOKEN, pix_asked(pix_return(refund.id.replace("_", ""), "1000.00", status=status)))
    assert pix.refund.state == state
    assert pix.leaf(Role.REFUND_PAYABLE) == 0


def test_a_return_that_somebody_made_at_the_bank_does_not_end_ours(pix: Desk) -> None:
    pix.approve(pix.request(100_000))
    pix.ask(TOKEN, httpx.ReadTimeout("lost"))
    assert pix.refund.state == "uncertain"
    pix.world.deliver(pix.connection, pix_told(pix_return("madeinbankapp1", "1000.00")))
    pix.world.intake()
    assert pix.refund.state == "uncertain"
    assert pix.leaf(Role.REFUND_PAYABLE) == -100_000
