"""The fake world and the connectors understand each other: asked, paid, told, given back, reported, without a database.

The world is written from the platforms' documentation and not from the connectors, so each proves the other.
"""

from __future__ import annotations

import ast
import io
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from activities.platform_calls import exchange
from connectors import registry, statement_files
from connectors.transport import Transport
from domain.errors import AfluenteError, Refused, Unauthenticated
from domain.money import Money
from domain.platforms import IssuedRequest, PaymentRequestOrder, RefundOrder
from domain.receipts import Announced, ContestFact, PayoutFact, PlatformFact, ReceiptFact, ReversalFact
from domain.statement_files import FileLine, LineKind
from tests.peers import fake_world
from tests.peers.fake_world.server import Server, running

RAILS = {
    "stripe": ("AE", "AED", "card"),
    "pix_api": ("BR", "BRL", "pix"),
    "xendit": ("ID", "IDR", "qris"),
    "mercadopago": ("BR", "BRL", "pix"),
    "omise": ("TH", "THB", "promptpay"),
    "tap": ("KW", "KWD", "knet"),
}
WHOLE_ALONE = {"omise", "tap"}
TELLS_PAYOUTS = {"stripe"}
by_platform = pytest.mark.parametrize("code", list(RAILS))


@dataclass
class House:
    """What a merchant's system is here: it asks for money and keeps what it is told."""

    server: Server
    transport: Transport
    code: str
    url: str
    merchant: dict[str, Any]
    told: list[tuple[bytes, dict[str, str]]] = field(default_factory=list)
    asked: int = 0

    @property
    def platform(self) -> Any:
        return registry.platform(self.code)

    @property
    def config(self) -> dict[str, str]:
        return dict(self.merchant["settings"])

    def order(self, minor: int = 123_00) -> PaymentRequestOrder:
        self.asked += 1
        _, currency, rail = RAILS[self.code]
        return PaymentRequestOrder(
            request_id=f"req_{self.asked:026}",
            reference=f"{self.asked:026}",
            amount=Money(minor, currency),
            description="Instalment 11",
            payer_name="Maria Souza",
            payer_document="39053344705",
            payer_email="maria@debtor.example",
            due_date=datetime.now(UTC).date(),
            expires_at=datetime.now(UTC) + timedelta(days=20),
            rail=rail,
        )

    def ask(self, order: PaymentRequestOrder) -> IssuedRequest:
        asking = self.platform.payment_requests
        request = asking.build(order, self.config)
        issued: IssuedRequest = asking.read(exchange(self.transport, self.platform, request, self.config))
        return issued

    def facts(self, expected: int) -> list[PlatformFact]:
        """What the messages of the last act say once they have arrived, proved, and asked about where that is due."""
        assert self.server.world.post.quiet(20)
        told, self.told = self.told, []
        assert len(told) == expected
        found: list[PlatformFact] = []
        for raw, headers in told:
            self.prove(raw, headers)
            for one in self.platform.webhooks.parse(raw):
                found.extend(self.ask_about(one.reference) if isinstance(one, Announced) else (one,))
        return list({(type(one), getattr(one, "external_ref", ""), one): one for one in found}.values())

    def prove(self, raw: bytes, headers: dict[str, str]) -> None:
        webhooks = self.platform.webhooks
        secrets = tuple(self.config[name] for name in webhooks.secret_fields if name in self.config)
        webhooks.verify(raw, headers, secrets, datetime.now(UTC))

    def ask_about(self, reference: str) -> tuple[PlatformFact, ...]:
        query = self.platform.status
        request = query.build(reference, self.config)
        facts: tuple[PlatformFact, ...] = query.read(exchange(self.transport, self.platform, request, self.config))
        return facts


@pytest.fixture(scope="module")
def world() -> Iterator[Server]:
    with running(seed=11) as server:
        yield server


@pytest.fixture
def house(world: Server, httpserver: HTTPServer, code: str) -> Iterator[House]:
    country, currency, _ = RAILS[code]
    merchant = world.control.act("POST", "merchants", {}, {"platform": code, "country": country, "currency": currency})
    with httpx.Client() as client:
        transport = Transport(client, structlog.get_logger(), now=lambda: datetime.now(UTC), allow_private=True)
        made = House(world, transport, code, httpserver.url_for("/hook"), merchant)

        def hook(request: Request) -> Response:
            headers = dict(request.headers)
            for name, given in (("token", "x-webhook-token"), ("hmac", "x-webhook-hmac")):
                if name in request.args:
                    headers[given] = request.args[name]
            try:
                made.prove(request.get_data(), headers)
            except Unauthenticated:
                return Response(status=401)
            made.told.append((request.get_data(), headers))
            return Response(status=202)

        for path in ("/hook", "/hook/pix"):
            httpserver.expect_request(path, method="POST").respond_with_handler(hook)
        world.control.act("POST", f"merchants/{merchant['id']}", {}, {"webhook_url": made.url})
        yield made


def of_kind(facts: list[PlatformFact], kind: type) -> list[Any]:
    return [one for one in facts if isinstance(one, kind)]


@by_platform
def test_what_was_asked_for_is_paid_and_told(house: House) -> None:
    order = house.order()
    issued = house.ask(order)
    assert issued.payload or issued.url
    payment = house.server.world.pay(issued.external_ref)
    (receipt,) = of_kind(house.facts(1), ReceiptFact)
    assert (receipt.external_ref, receipt.amount) == (payment.id, order.amount)
    assert {order.request_id, order.reference} & set(receipt.references)


@pytest.mark.parametrize("code", [code for code in RAILS if code != "tap"])  # which knows no repeat
def test_asked_again_there_is_one_request(house: House) -> None:
    order = house.order()
    assert house.ask(order).external_ref == house.ask(order).external_ref
    assert len(house.server.world.merchants[house.merchant["id"]].asked) == 1


@by_platform
def test_wrong_credentials_are_refused(house: House) -> None:
    house.merchant["settings"] = {
        name: f"{value[:-3]}xxx" if name in ("api_key", "client_secret") else value
        for name, value in house.config.items()
    }
    with pytest.raises(AfluenteError) as refused:
        house.ask(house.order())
    assert refused.value.code == "platform_credentials_refused"


@by_platform
@pytest.mark.parametrize(("fault", "code_of"), [("500", "platform_failed"), ("hang_up", "platform_unreachable")])
def test_a_platform_that_fails_may_have_acted(house: House, fault: str, code_of: str) -> None:
    order = house.order()
    house.server.world.merchants[house.merchant["id"]].faults.append(fault)
    with pytest.raises(AfluenteError) as failed:
        house.ask(order)
    assert (failed.value.code, failed.value.details["ambiguous"]) == (code_of, True)
    assert house.ask(order).external_ref
    made = len(house.server.world.merchants[house.merchant["id"]].asked)
    assert made == (2 if (house.code, fault) == ("tap", "hang_up") else 1)


@by_platform
def test_a_wrong_signature_is_refused_and_the_message_comes_again(house: House) -> None:
    issued = house.ask(house.order())
    house.server.world.pay(issued.external_ref, bad_signature=True)
    assert len(of_kind(house.facts(1), ReceiptFact)) == 1
    assert house.server.world.post.letters[-1].attempts == [401, 202]


@by_platform
def test_copies_out_of_order_are_one_receipt(house: House) -> None:
    issued = house.ask(house.order())
    payment = house.server.world.pay(issued.external_ref, duplicates=2)
    facts = house.facts(3)
    assert [one.external_ref for one in of_kind(facts, ReceiptFact)] == [payment.id]


@by_platform
def test_a_refund_names_what_it_gives_back(house: House) -> None:
    issued = house.ask(house.order())
    payment = house.server.world.pay(issued.external_ref)
    house.facts(1)
    refund = house.server.world.refund(payment.id, amount=Decimal(5), backwards=True)
    facts = house.facts(2 if house.code == "stripe" else 1)
    told = {(one.external_ref, one.original_ref, one.amount.decimal) for one in of_kind(facts, ReversalFact)}
    assert told == {(refund.id, payment.id, Decimal(5))}


@pytest.mark.parametrize("code", [code for code in RAILS if registry.platform(code).refunds])
def test_money_is_given_back_over_the_api_once(house: House) -> None:
    """Asked twice under one name, it goes back once; more than is left is refused."""
    issued = house.ask(house.order())
    payment = house.server.world.pay(issued.external_ref)
    (receipt,) = of_kind(house.facts(1), ReceiptFact)

    whole = receipt.amount.minor if house.code in WHOLE_ALONE else 23_00

    def give_back(refund_id: str, minor: int) -> Any:
        order = RefundOrder(refund_id, payment.id, Money(minor, receipt.amount.currency), receipt.amount, "asked")
        request = house.platform.refunds.build(order, house.config)
        return house.platform.refunds.read(exchange(house.transport, house.platform, request, house.config))

    first = give_back("rfd_1", whole)
    facts = house.facts(2 if house.code == "stripe" else 1)
    told = {(one.external_ref, one.amount.minor) for one in of_kind(facts, ReversalFact)}
    assert told == {(first.external_ref, whole)}
    with suppress(Refused):  # what knows no repeat refuses one
        assert give_back("rfd_1", whole) == first
    with pytest.raises(Refused) as refused:
        give_back("rfd_2", receipt.amount.minor)
    assert (refused.value.code, house.told) == ("platform_refused", [])


@pytest.mark.parametrize("code", ["stripe", "pix_api"])
def test_who_tells_and_is_asked_says_the_same(house: House) -> None:
    """Both book what they are told; asked about it, they say no other money."""
    issued = house.ask(house.order())
    payment = house.server.world.pay(issued.external_ref)
    house.server.world.refund(payment.id, amount=Decimal(5))
    told = house.facts(3 if house.code == "stripe" else 2)
    assert set(house.ask_about(payment.id)) == {one for one in told if isinstance(one, ReceiptFact | ReversalFact)}


@pytest.mark.parametrize("code", [code for code in RAILS if code not in ("xendit", "tap")])
@pytest.mark.parametrize("phase", ["won", "lost"])
def test_a_contest_is_told_from_beginning_to_end(house: House, phase: str) -> None:
    issued = house.ask(house.order())
    payment = house.server.world.pay(issued.external_ref)
    house.facts(1)
    contest = house.server.world.contest(payment.id)
    opened = {(one.external_ref, one.phase) for one in of_kind(settled(house), ContestFact)}
    house.server.world.contest(payment.id, phase)
    ended = {(one.external_ref, one.phase) for one in of_kind(settled(house), ContestFact)}
    assert (opened, ended) == ({(contest.id, "opened")}, {(contest.id, phase)})


def settled(house: House) -> list[PlatformFact]:
    """Every fact of the last act, however many messages told it."""
    deadline = time.monotonic() + 20
    while not house.told and time.monotonic() < deadline:
        house.server.world.post.quiet(1)
    return house.facts(len(house.told))


@pytest.mark.parametrize("code", [code for code in RAILS if registry.platform(code).reports])
def test_a_batch_and_the_report_agree_to_the_unit(house: House) -> None:
    world, merchant = house.server.world, house.merchant["id"]
    paid = [world.pay(house.ask(house.order(minor)).external_ref) for minor in (100_00, 250_50)]
    house.facts(2)
    world.refund(paid[0].id, amount=Decimal(40))
    settled(house)
    if house.code != "xendit":
        world.contest(paid[1].id)
        settled(house)
    payout = world.pay_out(merchant)
    assert payout is not None
    report = world.players[house.code].report(world.merchants[merchant].moves)
    lines = [one for one in statement_files.detect(report).read(io.BytesIO(report)) if isinstance(one, FileLine)]
    assert sum(line.net.minor for line in lines) == 0
    payments = {name for line in lines if line.kind is LineKind.PAYMENT for name in line.references}
    assert {one.id for one in paid} <= payments
    if house.code in TELLS_PAYOUTS:
        assert [one.net.decimal for one in of_kind(settled(house), PayoutFact)] == [payout.amount]


def test_the_world_shares_no_code_with_the_product() -> None:
    """Neither can be wrong in the same way as the other."""
    product = {"domain", "store", "ledger", "connectors", "activities", "workflows", "gateway", "runtime"}
    files = list(Path(fake_world.__file__).parent.rglob("*.py"))
    named = {
        (alias.name if isinstance(node, ast.Import) else node.module or "").partition(".")[0]
        for file in files
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert len(files) > 10
    assert named & product == set()
