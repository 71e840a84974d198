"""Text messages through an HTTP gateway: what it is asked, signed and once, and what each answer means."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors.channels import Delivery, Outgoing
from connectors.channels.sms_http import HttpTexts, HttpTextsSettings, callbacks
from connectors.channels.texts import Incoming, Report, Senders
from connectors.webhook_sender import WebhookSender
from domain.errors import Invalid, Unauthenticated, Unavailable
from domain.outgoing_webhooks import headers, secret_of
from tests.fakes.hook_receiver import Receiver, closed_port, receiving, verifies

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
SECRET, OLDER = secret_of(b"n" * 32), secret_of(b"o" * 32)
NOTICE = Outgoing("ntc_1", "+5511961234599", "", "Olá, Maria", None, "pt_BR", "ltr")


@pytest.fixture(scope="module")
def server() -> Iterator[Receiver]:
    with receiving() as running:
        yield running


@pytest.fixture
def gateway(server: Receiver) -> Receiver:
    server.heard.clear()
    server.status, server.text, server.delay_seconds = 200, b"", 0.0
    return server


def channel(url: str, *, seconds: float = 5.0, private: bool = True) -> HttpTexts:
    settings = HttpTextsSettings(url, Senders.read("BR:28500"), (SECRET, OLDER))
    return HttpTexts(settings, WebhookSender(allow_private=private, seconds=seconds), lambda: NOW)


def failure(transport: HttpTexts, outgoing: Outgoing = NOTICE) -> str:
    with pytest.raises(Unavailable) as failed:
        transport.deliver(outgoing)
    return failed.value.code


def test_a_text_is_posted_signed_and_under_one_key(gateway: Receiver) -> None:
    by = NOW + timedelta(hours=2)
    assert channel(gateway.url()).deliver(replace(NOTICE, deliver_by=by)) == Delivery(
        "accepted", "accepted", ("ntc_1",)
    )
    (heard,) = gateway.heard
    assert json.loads(heard.body) == {
        "type": "text.send",
        "id": "ntc_1",
        "to": "+5511961234599",
        "from": "28500",
        "text": "Olá, Maria",
        "locale": "pt_BR",
        "deliver_by": "2026-11-24T17:00:00Z",
    }
    assert heard.headers["idempotency-key"] == heard.headers["webhook-id"] == "ntc_1"
    assert verifies(SECRET, heard.headers, heard.body, now=NOW.timestamp())
    assert not verifies(OLDER, heard.headers, heard.body)


@pytest.mark.parametrize(
    ("status", "text", "delivery"),
    [
        (200, b'{"state": "delivered", "code": "DELIVRD"}', Delivery("delivered", "delivered/DELIVRD", ("ntc_1",))),
        (202, b'{"state": "accepted"}', Delivery("accepted", "accepted", ("ntc_1",))),
        (200, b'{"state": "rejected", "code": "no_credit"}', Delivery("rejected", "rejected/no_credit")),
        (200, b'{"state": "rejected", "code": "Maria +5511"}', Delivery("rejected", "rejected")),
        (200, b'{"state": "what"}', Delivery("uncertain", "sms_answer_unreadable", ("ntc_1",))),
        (200, b"[1]", Delivery("accepted", "accepted", ("ntc_1",))),
        (204, b"", Delivery("accepted", "accepted", ("ntc_1",))),
        (400, b"", Delivery("rejected", "http_400")),
        (422, b'{"code": "bad_number"}', Delivery("rejected", "http_422/bad_number")),
        (409, b"", Delivery("uncertain", "http_409", ("ntc_1",))),
        (500, b"", Delivery("uncertain", "http_500", ("ntc_1",))),
        (504, b"", Delivery("uncertain", "http_504", ("ntc_1",))),
    ],
)
def test_an_outcome_that_must_not_be_tried_again(
    gateway: Receiver, status: int, text: bytes, delivery: Delivery
) -> None:
    gateway.status, gateway.text = status, b"" if status == 204 else text
    assert channel(gateway.url()).deliver(NOTICE) == delivery


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (301, "sms_unreachable"),
        (401, "sms_login_refused"),
        (403, "sms_login_refused"),
        (408, "sms_busy"),
        (425, "sms_busy"),
        (429, "sms_busy"),
        (503, "sms_busy"),
    ],
)
def test_a_failure_that_may_be_tried_again(gateway: Receiver, status: int, code: str) -> None:
    gateway.status = status
    assert failure(channel(gateway.url())) == code


def test_a_gateway_that_is_not_there_may_be_tried_again() -> None:
    assert failure(channel(f"http://127.0.0.1:{closed_port()}/")) == "sms_unreachable"


def test_a_gateway_that_breaks_off_after_it_was_asked_leaves_it_open(gateway: Receiver) -> None:
    gateway.delay_seconds = 5.0
    assert channel(gateway.url(), seconds=0.2).deliver(NOTICE) == Delivery("uncertain", "sms_no_answer", ("ntc_1",))
    assert len(gateway.heard) == 1


def test_a_gateway_on_the_inside_is_not_reached(gateway: Receiver) -> None:
    assert failure(channel(gateway.url(), private=False)) == "sms_unreachable"
    assert gateway.heard == []


def test_what_cannot_be_sent_is_not_posted(gateway: Receiver) -> None:
    transport = channel(gateway.url())
    assert transport.deliver(replace(NOTICE, to="+66812345678")) == Delivery("rejected", "sms_country_not_served")
    assert transport.deliver(replace(NOTICE, text="a" * 153 * 8 + "a")) == Delivery("rejected", "sms_too_long")
    assert failure(transport, replace(NOTICE, deliver_by=NOW)) == "sms_too_late"
    assert (gateway.heard, transport.serves(NOTICE.to), transport.serves("+66812345678")) == ([], True, False)


def test_a_gateway_without_a_secret_or_with_a_malformed_one_is_refused() -> None:
    for secrets, code in (((), "sms_secret_missing"), ((SECRET, "whsec_short"), "secret_malformed")):
        with pytest.raises(Invalid) as refused:
            HttpTextsSettings("https://gateway.example", Senders.read("BR:28500"), secrets)
        assert refused.value.code == code
    assert SECRET not in repr(HttpTextsSettings("https://gateway.example", Senders.read("BR:28500"), (SECRET,)))


# --- callbacks


def signed(raw: bytes, *secrets: str, at: datetime = NOW) -> dict[str, str]:
    return headers(secrets or (SECRET,), message_id="cb_1", timestamp=int(at.timestamp()), content=raw)


def prove(raw: bytes, given: dict[str, str], *, now: datetime = NOW) -> None:
    callbacks.verify(raw, given, secrets=(SECRET, OLDER), now=now)


@pytest.mark.parametrize("secrets", [(SECRET,), (OLDER,), (secret_of(b"x" * 32), SECRET)])
def test_a_callback_signed_with_any_of_the_secrets_is_believed(secrets: tuple[str, ...]) -> None:
    prove(b"{}", signed(b"{}", *secrets), now=NOW + timedelta(seconds=300))
    prove(b"{}", signed(b"{}", *secrets), now=NOW - timedelta(seconds=300))


Change = Callable[[dict[str, str]], dict[str, str]]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda given: {**given, "webhook-signature": "v1,AAAA"}, "signature_invalid"),
        (lambda given: {**given, "webhook-signature": ""}, "signature_invalid"),
        (lambda given: {**given, "webhook-signature": "é"}, "signature_invalid"),
        (lambda given: {**given, "webhook-id": "cb_2"}, "signature_invalid"),
        (lambda given: {**given, "webhook-timestamp": str(int(NOW.timestamp()) + 1)}, "signature_invalid"),
        (lambda given: {**given, "webhook-timestamp": str(int(NOW.timestamp()) - 301)}, "signature_expired"),
        (lambda given: {**given, "webhook-timestamp": str(int(NOW.timestamp()) + 301)}, "signature_expired"),
        (lambda given: {**given, "webhook-timestamp": "soon"}, "signature_expired"),
        (lambda given: {name: value for name, value in given.items() if name != "webhook-id"}, "signature_missing"),
        (lambda _given: signed(b"{}", secret_of(b"x" * 32)), "signature_invalid"),
    ],
)
def test_a_callback_that_does_not_prove_itself_is_refused(change: Change, code: str) -> None:
    with pytest.raises(Unauthenticated) as refused:
        prove(b"{}", change(signed(b"{}")))
    assert refused.value.code == code


def test_another_body_is_not_what_was_signed() -> None:
    with pytest.raises(Unauthenticated):
        prove(b"{ }", signed(b"{}"))


def body(**values: Any) -> bytes:
    return json.dumps(values).encode()


@pytest.mark.parametrize(
    ("raw", "heard"),
    [
        (
            body(type="text.report", id="ntc_1", state="failed", code="EXPIRED"),
            Report("sms_http", "ntc_1", "failed", "EXPIRED"),
        ),
        (
            body(type="text.report", id="ntc_1", state="delivered"),
            Report("sms_http", "ntc_1", "delivered", "delivered"),
        ),
        (
            body(type="text.received", id="mo1", **{"from": "5511961234599"}, to="28500", text="SAIR"),
            Incoming("sms_http", "mo1", "+5511961234599", "28500", "SAIR"),
        ),
    ],
)
def test_a_callback_tells_what_became_of_a_text_or_what_was_written(raw: bytes, heard: Any) -> None:
    assert callbacks.read(raw) == heard


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "callback_malformed"),
        (b"[]", "callback_malformed"),
        (b"[" * 100_000, "callback_malformed"),
        (body(type="text.sent"), "callback_type_unknown"),
        (body(id="x"), "callback_type_unknown"),
        (body(type="text.report", id="ntc_1", state="lost"), "callback_malformed"),
        (body(type="text.report", id="", state="failed"), "callback_malformed"),
        (body(type="text.report", id=7, state="failed"), "callback_malformed"),
        (body(type="text.report", id="x" * 256, state="failed"), "callback_malformed"),
        (body(type="text.received", id="x", **{"from": "1"}, to="2", text="a\0b"), "callback_malformed"),
        (body(type="text.received", id="x", to="2", text="a"), "callback_malformed"),
    ],
)
def test_a_callback_that_cannot_be_read_says_why(raw: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        callbacks.read(raw)
    assert refused.value.code == code
