"""Wompi: its example passes and nothing beside it, links are asked for in hundredths, transactions read as they are."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Refused
from domain.money import Money
from domain.platforms import IssuedRequest
from domain.receipts import Announced, Ignored, ReceiptFact, ReversalFact
from tests.connectors.platform_proof import (
    REQUEST,
    Folder,
    code_of,
    every_bit_counts,
    every_letter_of_the_secret_counts,
)
from tests.connectors.test_platform_signatures import Vector, refused, verify

WOMPI = Folder("wompi", {"api_key": "prv_test_ofthetests"})
SECRET = "prod_events_OcHnIzeBl5socpwByQ4hA52Em3USQ93Z"
CHECKSUM = "5A18EC5E8FDB7DF463E9F94774CBA8F583BA21BD04A09CEFF2EA68A4BC0AEFBE"
PROPERTIES = ["transaction.id", "transaction.status", "transaction.amount_in_cents"]
TRANSACTION = {"id": "1234-1610641025-49201", "status": "APPROVED", "amount_in_cents": 4490000}


def event(transaction: Any, properties: Any = None, checksum: str = CHECKSUM, timestamp: Any = 1530291411) -> bytes:
    signature = {"properties": PROPERTIES if properties is None else properties, "checksum": checksum}
    body = {"event": "transaction.updated", "data": {"transaction": transaction}, "environment": "prod"}
    return json.dumps(body | {"signature": signature, "timestamp": timestamp}).encode()


def signed(text: str, transaction: Any, properties: list[str]) -> bytes:
    return event(transaction, properties, hashlib.sha256(f"{text}1530291411{SECRET}".encode()).hexdigest())


EXAMPLE = Vector(
    "wompi",
    event(TRANSACTION),
    {},
    SECRET,
    body_counts=False,
    parts=(b"1234-1610641025-49201", b"APPROVED", b"4490000", b"1530291411"),
)


def test_the_published_example_is_accepted_and_nothing_beside_it() -> None:
    every_bit_counts(EXAMPLE)
    every_letter_of_the_secret_counts(EXAMPLE)


def test_every_letter_of_the_checksum_counts_but_not_its_case() -> None:
    verify(EXAMPLE, body=event(TRANSACTION, checksum=CHECKSUM.lower()))
    for index, letter in enumerate(CHECKSUM):
        other = "0" if letter != "0" else "1"
        body = event(TRANSACTION, checksum=CHECKSUM[:index] + other + CHECKSUM[index + 1 :])
        assert refused(EXAMPLE, body=body) == "signature_invalid"


def test_the_list_of_what_is_signed_is_the_events_own() -> None:
    more = TRANSACTION | {"currency": "COP"}
    verify(
        EXAMPLE,
        body=signed(
            "1234-1610641025-49201COPAPPROVED", more, ["transaction.id", "transaction.currency", PROPERTIES[1]]
        ),
    )
    assert refused(EXAMPLE, body=event(TRANSACTION, [*PROPERTIES, "transaction.currency"])) == "signature_invalid"
    assert refused(EXAMPLE, body=event(TRANSACTION, PROPERTIES[1:])) == "signature_invalid"


def test_a_signed_text_is_not_cut_elsewhere() -> None:
    """The same text and checksum, but the identifier ends a digit early and another value takes the digit up."""
    cut = TRANSACTION | {"id": "1234-1610641025-4920", "rest": "1"}
    properties = ["transaction.id", "transaction.rest", *PROPERTIES[1:]]
    assert refused(EXAMPLE, body=event(cut, properties)) == "signature_invalid"
    first = TRANSACTION | {"id": "34-1610641025-49201", "rest": "12"}
    assert refused(EXAMPLE, body=event(first, ["transaction.rest", *PROPERTIES])) == "signature_invalid"
    last = signed("APPROVED1234-1610641025-49201", TRANSACTION, [PROPERTIES[1], PROPERTIES[0]])
    assert refused(EXAMPLE, body=last) == "signature_invalid"


def test_an_event_that_does_not_cover_its_transaction_is_refused() -> None:
    body = signed("APPROVED", TRANSACTION, ["transaction.status"])
    assert refused(EXAMPLE, body=body) == "signature_invalid"
    assert refused(EXAMPLE, body=b'{"event":"transaction.updated"}') == "signature_missing"


@pytest.mark.parametrize("value", [None, True, 1.5, [], {}, ""])
def test_a_value_that_has_no_one_notation_is_not_signed(value: Any) -> None:
    assert refused(EXAMPLE, body=event(TRANSACTION | {"status": value})) == "signature_invalid"
    assert refused(EXAMPLE, body=event(TRANSACTION, timestamp=value)) == "signature_invalid"


@given(st.data())
def test_a_garbled_delivery_is_read_or_refused(data: st.DataObject) -> None:
    raw = WOMPI.garbled(data)
    WOMPI.unreadable(raw)
    assert refused(EXAMPLE, body=raw)


def test_a_delivery_announces_and_tells_nothing() -> None:
    told = {name: WOMPI.parsed(sample) for name, sample in WOMPI.samples()}
    assert told["transaction_approved"] == (Announced("12015602-1795532680-78650", settled=True),)
    assert told["transaction_declined"] == (Announced("12015602-1795532682-78652", settled=False),)
    assert told["nequi_token"] == (Ignored("nequi_token.updated"),)


@given(st.integers(1, 10**13))
def test_hundredths_of_a_peso_are_asked_for_and_read_again(minor: int) -> None:
    request, document = WOMPI.asked("pse", Money(minor, "COP"))
    assert (request.method, request.url) == ("POST", "https://production.wompi.co/v1/payment_links")
    assert document["amount_in_cents"] == minor
    answer = WOMPI.answer("approved")
    answer["data"]["amount_in_cents"] = document["amount_in_cents"]
    receipt = WOMPI.told(answer)[0]
    assert isinstance(receipt, ReceiptFact)
    assert receipt.amount == Money(minor, "COP")


def test_a_link_is_for_one_payment_until_the_request_expires() -> None:
    request, document = WOMPI.asked("pse", Money(15000050, "COP"))
    assert document["single_use"] is True
    assert document["expires_at"] == "2026-12-31T03:00:00.000Z"
    assert document["sku"] == REQUEST
    assert request.headers["Authorization"] == "Bearer prv_test_ofthetests"


def test_what_cannot_be_asked_for_is_refused() -> None:
    assert code_of(lambda: WOMPI.asked("pse", Money(100, "USD"))) == "method_currency_mismatch"
    for minor in (0, -1):
        assert code_of(lambda: WOMPI.asked("pse", Money(minor, "COP"))) == "amount_not_positive"  # noqa: B023


def test_a_links_page_is_given() -> None:
    link = {"id": "VPOS_kp6q1M", "active": True}
    expected = IssuedRequest("VPOS_kp6q1M", None, "https://checkout.wompi.co/l/VPOS_kp6q1M")
    assert WOMPI.issued({"data": link}, 201) == expected
    assert code_of(lambda: WOMPI.issued({"data": link | {"active": False}}), Refused) == "request_cancelled"
    assert code_of(lambda: WOMPI.issued({"data": {"id": "../x"}})) == "body_malformed"


def test_a_transaction_tells_what_it_means_and_no_more() -> None:
    kinds = {name: [type(fact) for fact in WOMPI.told(answer)] for name, answer in WOMPI.samples("answers")}
    assert kinds == {
        "approved": [ReceiptFact],
        "approved_card": [ReceiptFact],
        "voided": [ReceiptFact, ReversalFact],
        "declined": [Ignored],
        "pending": [Ignored],
    }


def test_a_receipt_names_the_link_that_was_paid() -> None:
    receipt = WOMPI.told(WOMPI.answer("approved"))[0]
    assert isinstance(receipt, ReceiptFact)
    assert receipt.references[0] == "VPOS_kp6q1M"
    assert (receipt.payer_name, receipt.rail) == ("María Gómez", "pse")


def test_a_void_gives_back_what_the_receipt_was_of() -> None:
    approved, (receipt, void) = WOMPI.told(WOMPI.answer("approved_card"))[0], WOMPI.told(WOMPI.answer("voided"))
    assert approved == receipt
    assert isinstance(receipt, ReceiptFact)
    assert isinstance(void, ReversalFact)
    assert (void.original_ref, void.amount) == (receipt.external_ref, receipt.amount)
    odd = WOMPI.answer("approved")
    odd["data"]["status"] = "VOIDED"
    assert code_of(lambda: WOMPI.told(odd)) == "body_malformed"


def test_another_currency_is_not_guessed_at_and_days_are_those_of_bogota() -> None:
    answer = WOMPI.answer("approved")
    answer["data"]["finalized_at"] = "2026-11-25T04:59:59.999Z"
    receipt = WOMPI.told(answer)[0]
    assert isinstance(receipt, ReceiptFact)
    assert receipt.value_date == date(2026, 11, 24)
    answer["data"]["currency"] = "USD"
    assert code_of(lambda: WOMPI.told(answer)) == "body_malformed"


@given(st.one_of(st.text(max_size=20), st.none(), st.integers(), st.booleans()))
def test_an_unknown_status_is_never_guessed_at(status: Any) -> None:
    answer = WOMPI.answer("approved")
    answer["data"]["status"] = status
    if status not in {"PENDING", "APPROVED", "DECLINED", "VOIDED", "ERROR"}:
        assert code_of(lambda: WOMPI.told(answer)) == "status_unknown"


def test_it_is_not_said_to_give_money_back() -> None:
    assert WOMPI.platform.refunds is None
    assert WOMPI.platform.sandbox_base_url == "https://sandbox.wompi.co"
