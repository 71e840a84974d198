"""Payment requests: for what is asked, over a rail that there is, and the same code while it lasts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from activities import payment_requests
from domain.errors import Invalid, Refused
from domain.money import Money
from runtime import clock
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
    brazil.clock.at = first.expires_at - timedelta(seconds=1)
    assert ask(brazil).id == first.id


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
