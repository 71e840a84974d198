"""Giving a Pix back over a Brazilian bank, and asking what became of one: callbacks and answers tell the same money."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import parse_qs

import pytest

from connectors.platforms.pix_api import payment_requests, refunds, status, webhooks
from domain.errors import Invalid, NotFound, Refused, Unavailable
from domain.money import Money
from domain.platforms import IssuedRefund, RefundOrder
from domain.receipts import ContestFact, PlatformFact, ReceiptFact, ReversalFact
from tests.connectors.platform_proof import Folder, code_of

CONFIG = {
    "base_url": "https://pix.example.com/api/v2",
    "token_url": "https://pix.example.com/oauth/token",
    "client_id": "id",
    "client_secret": "secret",
    "pix_key": "6f0e1b7c-2a3d-4d8e-9b21-0a7c5a5e1f10",
}
BANK = Folder("pix_api", CONFIG)
PIX = "E12345678202611240255Samplepix01"
RETURN = "D12345678202609091000abcde123456"  # the specification's own example


def given_back(amount: Money, *, original: str = PIX, name: str = "rfnd_01kaz8sample0000000000000001") -> Any:
    return refunds.build(RefundOrder(name, original, amount, amount, "overpaid"), CONFIG)


def test_a_part_of_a_pix_is_given_back_under_our_name() -> None:
    request = given_back(Money(789, "BRL"))
    assert request.method == "PUT"
    assert request.url == f"https://pix.example.com/api/v2/pix/{PIX}/devolucao/rfnd01kaz8sample0000000000000001"
    assert json.loads(request.body) == {"valor": "7.89", "descricao": "overpaid"}


def test_what_cannot_be_given_back_is_not_asked_for() -> None:
    assert code_of(lambda: given_back(Money(0, "BRL"))) == "amount_not_positive"
    assert code_of(lambda: given_back(Money(100, "USD"))) == "currency_not_brl"
    assert code_of(lambda: given_back(Money(10**12, "BRL"))) == "amount_out_of_range"
    for other in ("", PIX[:-1], f"{PIX}1", "../" + PIX[3:], f"{PIX[:-1]}/", f"{PIX[:-1]}é"):
        assert code_of(lambda: given_back(Money(1, "BRL"), original=other)) == "reference_malformed"  # noqa: B023
    assert code_of(lambda: given_back(Money(1, "BRL"), name="r" * 36)) == "reference_malformed"


def test_a_return_on_its_way_is_not_done() -> None:
    body = {"id": "1", "rtrId": RETURN, "valor": "7.89", "horario": {}, "status": "EM_PROCESSAMENTO"}
    assert BANK.refunded(body, 201) == IssuedRefund(RETURN, done=False)


def test_a_return_that_is_done_is_of_the_banks_own_day() -> None:
    times = {"solicitacao": "2026-11-25T02:30:00Z", "liquidacao": "2026-11-25T02:30:01Z"}
    body = {"id": "1", "rtrId": RETURN, "valor": "7.89", "horario": times, "status": "DEVOLVIDO"}
    at = datetime(2026, 11, 25, 2, 30, 1, tzinfo=UTC)
    assert BANK.refunded(body, 201) == IssuedRefund(RETURN, done=True, at=at, value_date=date(2026, 11, 24))


def test_a_return_that_will_not_be_is_refused() -> None:
    body = {"id": "1", "rtrId": RETURN, "valor": "7.89", "horario": {}}
    assert code_of(lambda: BANK.refunded({**body, "status": "NAO_REALIZADO"}, 201), Refused) == "refund_rejected"
    assert code_of(lambda: BANK.refunded({**body, "status": "FEITO"}, 201)) == "status_unknown"
    assert code_of(lambda: BANK.refunded({**body, "status": "DEVOLVIDO", "rtrId": "D1"}, 201)) == "body_malformed"
    again = {"type": "https://pix.bcb.gov.br/api/v2/error/PixDevolucaoInvalida", "title": "x", "status": 400}
    assert code_of(lambda: BANK.refunded(again, 400), Refused) == "platform_refused"
    assert code_of(lambda: BANK.refunded(again, 403), Refused) == "platform_credentials_refused"
    assert code_of(lambda: BANK.refunded(again, 404), NotFound) == "request_unknown"
    with pytest.raises(Unavailable) as failed:
        BANK.refunded(again, 503)
    assert failed.value.details["ambiguous"] is True


def test_an_answer_tells_the_same_money_as_the_callbacks() -> None:
    told: set[PlatformFact] = {
        fact for _, sample in BANK.samples() for fact in webhooks.parse(json.dumps(sample).encode())
    }
    for name, kinds in (
        ("received", [ReceiptFact]),
        ("returned", [ReceiptFact, ReversalFact]),
        ("returned_by_med", [ReceiptFact, ReversalFact, ContestFact]),
    ):
        answered = [fact for fact in BANK.told(BANK.answer(name)) if isinstance(fact, tuple(kinds))]
        assert [type(fact) for fact in answered] == kinds
        assert set(answered) <= told


def test_a_pix_is_asked_about_by_its_name_in_the_payment_system() -> None:
    request = status.build(PIX, CONFIG)
    assert (request.method, request.url) == ("GET", f"https://pix.example.com/api/v2/pix/{PIX}")
    with pytest.raises(Invalid):
        status.build(PIX + "?x", CONFIG)


@pytest.mark.parametrize("amount", ["0.00", "-1.00", "1", "1.234", "1e3"])
def test_an_amount_that_no_pix_has_is_refused(amount: str) -> None:
    assert code_of(lambda: BANK.told(BANK.answer("received") | {"valor": amount})) == "body_malformed"
    with pytest.raises(Invalid):
        BANK.parsed({"pix": [BANK.answer("received") | {"valor": amount}]})


def test_permissions_are_asked_for_as_the_bank_granted_them() -> None:
    def scope(config: dict[str, str]) -> list[str]:
        return parse_qs(payment_requests.authorise(config).body.decode())["scope"]

    assert scope(CONFIG) == ["cobv.read cobv.write"]
    assert scope(CONFIG | {"scope": "cobv.read cobv.write pix.read pix.write"}) == [
        "cobv.read cobv.write pix.read pix.write"
    ]
