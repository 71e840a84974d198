"""Payment requests: for what is asked, over a rail that there is, and the same code while it lasts."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from activities import payment_requests
from activities.payment_requests import LEAST_LEFT
from domain.errors import Invalid, Refused, Unavailable
from domain.money import Money
from runtime import clock
from store import payment_requests as request_rows
from store.payment_requests import PaymentRequest


def ask(world: Any, minor: int | None = None, *, currency: str = "BRL", rail: str | None = None) -> PaymentRequest:
    amount = None if minor is None else Money(minor, currency)
    with world.tx() as tx:
        return payment_requests.create(
            tx, world.case(), amount=amount, rail=rail, now=world.clock(), new_id=clock.new_id
        )


@pytest.mark.parametrize(
    ("country", "rail", "currency"),
    [
        ("BR", "pix_static", "BRL"),
        ("ID", "qris", "IDR"),
        ("TH", "promptpay_bill", "THB"),
        ("AE", "iban_transfer", "AED"),
    ],
)
def test_each_country_makes_its_own_code(
    world: Any, loan_row: Any, as_file: Any, country: str, rail: str, currency: str
) -> None:
    world.connect_bank(country)
    world.load(as_file(loan_row(country, contract_no="C-1")))
    request = ask(world)
    code = payment_requests.code_of(request)
    assert (request.rail, request.currency, request.state, request.amount_minor) == (rail, currency, "issued", 100_000)
    assert code is not None
    assert request.reference in code.payload


def test_the_same_amount_shows_the_same_code_while_it_lasts(brazil: Any) -> None:
    first = ask(brazil)
    assert ask(brazil).id == first.id
    assert ask(brazil, 99_999).id != first.id
    brazil.clock.advance(days=30)
    assert ask(brazil).id != first.id


def test_a_request_lasts_thirty_days(brazil: Any) -> None:
    first = ask(brazil)
    assert first.expires_at == brazil.clock() + timedelta(days=30)
    brazil.clock.at = first.expires_at - LEAST_LEFT - timedelta(seconds=1)
    assert ask(brazil).id == first.id
    brazil.clock.at = first.expires_at - LEAST_LEFT
    assert ask(brazil).id != first.id


def test_a_rail_can_be_asked_for(brazil: Any) -> None:
    assert (ask(brazil, rail="card").rail, ask(brazil, rail="card").state) == ("card", "draft")


@pytest.mark.parametrize("minor", [0, -1])
def test_nothing_is_not_asked_for(brazil: Any, minor: int) -> None:
    with pytest.raises(Invalid, match="amount_not_positive"):
        ask(brazil, minor)


def test_another_currency_than_the_cases_is_not_asked_for(brazil: Any) -> None:
    with pytest.raises(Invalid, match="currency_mismatch"):
        ask(brazil, 5, currency="USD")


def test_a_rail_that_nobody_connected_is_refused(brazil: Any) -> None:
    with pytest.raises(Refused, match="no_rail"):
        ask(brazil, rail="boleto")


# Codes that only a platform can make --------------------------------------------------------------------------


def issue(world: Any, request: PaymentRequest, **answer: Any) -> PaymentRequest:
    """The request after Stripe was asked and answered with a page that takes money for a day."""
    page = {
        "id": f"cs_{request.id}",
        "object": "checkout.session",
        "status": "open",
        "url": f"https://checkout.example/{request.id}",
        "expires_at": int((world.clock() + timedelta(hours=24)).timestamp()),
    }
    world.platform_answers = lambda _request: httpx.Response(200, content=json.dumps(page | answer))
    issued: PaymentRequest = world.relay().issuer.issue(request)
    return issued


def test_a_card_is_paid_on_a_page_of_the_platforms(brazil: Any) -> None:
    request = issue(brazil, ask(brazil, rail="card"))
    code = payment_requests.code_of(request)
    assert code is not None
    assert (request.state, request.external_ref) == ("issued", f"cs_{request.id}")
    assert (code.payload, code.qr) == (f"https://checkout.example/{request.id}", False)


def test_the_platform_is_told_the_rail(brazil: Any) -> None:
    forms: list[dict[str, list[str]]] = []

    def answers(request: httpx.Request) -> httpx.Response:
        forms.append(parse_qs(request.content.decode()))
        return httpx.Response(503)

    brazil.platform_answers = answers
    with pytest.raises(Unavailable):
        brazil.relay().issuer.issue(ask(brazil, rail="card"))
    assert forms[0]["payment_method_types[0]"] == ["card"]


def test_a_page_that_ends_sooner_ends_its_request_and_the_next_one_gets_a_page_of_its_own(brazil: Any) -> None:
    first = issue(brazil, ask(brazil, rail="card"))
    assert first.expires_at == brazil.clock() + timedelta(hours=24)
    brazil.clock.at = first.expires_at - LEAST_LEFT - timedelta(seconds=1)
    assert ask(brazil, rail="card").id == first.id
    brazil.clock.at = first.expires_at - LEAST_LEFT
    again = ask(brazil, rail="card")
    assert (again.id != first.id, again.state) == (True, "draft")


def test_a_page_that_would_outlast_its_request_does_not_lengthen_it(brazil: Any) -> None:
    asked = ask(brazil, rail="card")
    later = int((asked.expires_at + timedelta(hours=1)).timestamp())
    assert issue(brazil, asked, expires_at=later).expires_at == asked.expires_at


@pytest.mark.parametrize("nothing", [None, ""])
def test_an_answer_with_neither_code_nor_page_issues_nothing(brazil: Any, nothing: str | None) -> None:
    asked = ask(brazil, rail="card")
    with pytest.raises(Unavailable, match="code_missing"):
        issue(brazil, asked, url=nothing)
    with brazil.tx() as tx:
        assert request_rows.get(tx, asked.id) == asked  # still a draft, without a code


def test_what_was_issued_without_a_code_is_asked_for_again_later(brazil: Any) -> None:
    asked = ask(brazil, rail="card")
    with pytest.raises(Unavailable):
        issue(brazil, asked, url=None)
    assert brazil.relay().issuer.issue_drafts(brazil.tenant_id) == 1
    brazil.clock.advance(minutes=10)
    assert issue(brazil, asked).state == "issued"
