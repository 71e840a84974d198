"""Webhooks: proved, kept once, answered 202; what cannot be read is kept with its error; nothing breaks the gateway."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.platforms import doku, paymob
from connectors.platforms.doku import signatures
from domain.platforms import Webhooks
from gateway.letterbox import name_of
from store import inbox
from store.database import Database

pytestmark = pytest.mark.servers

SECRET = "whsec_of_the_tests"
TOKEN = "token-of-the-tests-0123456789abcdef"
EVENT = json.dumps({"id": "evt_1", "object": "event", "type": "x", "data": {"object": {}}}).encode()

_DOCUMENTS: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@pytest.fixture
def platform(app: FastAPI) -> TestClient:
    return TestClient(app)


def _signature(body: bytes, secret: str = SECRET) -> dict[str, str]:
    now = int(time.time())
    digest = hmac.new(secret.encode(), f"{now}.".encode() + body, hashlib.sha256).hexdigest()
    return {"Stripe-Signature": f"t={now},v1={digest}"}


def _kept(database: Database, tenant_id: str, inbox_id: str) -> inbox.Delivery:
    with database.tenant(tenant_id) as tx:
        return inbox.get(tx, inbox_id)


def test_a_signed_delivery_is_kept_raw(platform: TestClient, story: Any, database: Database) -> None:
    answer = platform.post(f"/webhooks/stripe/{story.stripe.id}", content=EVENT, headers=_signature(EVENT))
    assert answer.status_code == 202, answer.text
    assert answer.json()["duplicate"] is False
    kept = _kept(database, story.tenant_id, answer.json()["id"])
    assert (kept.body, kept.delivery_id, kept.state) == (EVENT, "evt_1", "new")


def test_the_inbox_is_nudged_after_a_delivery(platform: TestClient, story: Any, desk: Any) -> None:
    platform.post(f"/webhooks/stripe/{story.stripe.id}", content=EVENT, headers=_signature(EVENT))
    assert desk.nudges == [story.tenant_id]


def test_a_repeated_delivery_is_answered_with_the_first_ones_identifier(platform: TestClient, story: Any) -> None:
    first, second = (
        platform.post(f"/webhooks/stripe/{story.stripe.id}", content=EVENT, headers=_signature(EVENT)).json()
        for _ in range(2)
    )
    assert second == {"id": first["id"], "duplicate": True}


def test_deliveries_at_once_are_kept_once(platform: TestClient, story: Any) -> None:
    def deliver(_: int) -> Any:
        return platform.post(f"/webhooks/stripe/{story.stripe.id}", content=EVENT, headers=_signature(EVENT)).json()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(deliver, range(4)))
    assert sorted(answer["duplicate"] for answer in answers) == [False, True, True, True]
    assert len({answer["id"] for answer in answers}) == 1


def test_a_wrong_signature_is_refused_and_nothing_kept(platform: TestClient, story: Any, admin: TestClient) -> None:
    answer = platform.post(f"/webhooks/stripe/{story.stripe.id}", content=EVENT, headers=_signature(EVENT, "wrong"))
    assert (answer.status_code, answer.json()["code"]) == (401, "signature_invalid")
    assert admin.get("/v1/inbox").json()["data"] == []


def test_a_signature_that_is_sent_twice_proves_nothing(platform: TestClient, story: Any, admin: TestClient) -> None:
    (name, sound), *_ = _signature(EVENT).items()
    twice = [(name, sound), (name, "t=1,v1=00")]
    for headers in (twice, twice[::-1]):
        answer = platform.post(f"/webhooks/stripe/{story.stripe.id}", content=EVENT, headers=headers)
        assert answer.status_code == 401
    assert admin.get("/v1/inbox").json()["data"] == []


@pytest.mark.parametrize(
    "address", ["stripe/con_nothing", "nothing/{stripe}", "pix_api/{stripe}", "bank_statement/{bank}"]
)
def test_an_address_that_no_connection_has_is_not_found(platform: TestClient, story: Any, address: str) -> None:
    path = address.format(stripe=story.stripe.id, bank=story.bank.id)
    answer = platform.post(f"/webhooks/{path}", content=EVENT, headers=_signature(EVENT))
    assert (answer.status_code, answer.json()["code"]) == (404, "webhook_unknown")


@pytest.mark.parametrize(("size", "status"), [(4096, 202), (4097, 413)])
def test_a_body_may_reach_the_limit_but_not_pass_it(
    platform: TestClient, story: Any, *, size: int, status: int
) -> None:
    body = EVENT + b" " * (size - len(EVENT))
    answer = platform.post(f"/webhooks/stripe/{story.stripe.id}", content=body, headers=_signature(body))
    assert answer.status_code == status


def test_a_body_without_a_stated_length_is_refused_once_it_passes_the_limit(platform: TestClient, story: Any) -> None:
    answer = platform.post(f"/webhooks/stripe/{story.stripe.id}", content=(b"x" * 1000 for _ in range(10)))
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


@pytest.mark.parametrize("body", [b"{", b"", b"[]", b"{}", b'{"id": 7}', b"\xff\x00", b"[" * 3000])
def test_what_cannot_be_read_is_kept_with_its_error(
    platform: TestClient, story: Any, database: Database, body: bytes
) -> None:
    answer = platform.post(f"/webhooks/stripe/{story.stripe.id}", content=body, headers=_signature(body))
    assert answer.status_code == 202
    kept = _kept(database, story.tenant_id, answer.json()["id"])
    assert (kept.state, kept.error_code, kept.body) == ("error", "body_malformed", body)
    assert (kept.error or "").startswith("body_malformed: ")  # as what intake could not understand is told
    assert kept.delivery_id == f"raw:{hashlib.sha256(body).hexdigest()}"


@pytest.mark.parametrize("name", ["", "evt_\u0000", "\ud800", "e" * 256])
def test_a_name_that_cannot_be_kept_is_replaced_by_the_contents_digest(name: str) -> None:
    named, problem = name_of(b"body", _named(name))
    assert named == f"raw:{hashlib.sha256(b'body').hexdigest()}"
    assert problem is not None
    assert problem[0] == "delivery_id_malformed"


def test_the_longest_name_is_kept() -> None:
    assert name_of(b"body", _named("e" * 255)) == ("e" * 255, None)


def test_a_fault_of_a_platforms_reader_is_an_error_of_the_delivery() -> None:
    def broken(raw: bytes) -> str:
        raise ZeroDivisionError(raw)

    _, problem = name_of(b"body", Webhooks(verify=_nobody, delivery_id=broken, parse=lambda _: ()))
    assert problem == ("body_unreadable", "The body could not be read (ZeroDivisionError).")


def _named(name: str) -> Webhooks:
    return Webhooks(verify=_nobody, delivery_id=lambda _: name, parse=lambda _: ())


def _nobody(*_: object) -> None:
    """Verifies nothing: these bodies never arrive."""


def test_a_pix_token_in_the_address_proves_the_bank(platform: TestClient, story: Any) -> None:
    answer = platform.post(f"/webhooks/pix_api/{story.pix.id}/pix?token={TOKEN}", json={"pix": []})
    assert answer.status_code == 202, answer.text


def test_a_wrong_pix_token_is_refused(platform: TestClient, story: Any) -> None:
    answer = platform.post(f"/webhooks/pix_api/{story.pix.id}/pix?token={TOKEN}x", json={"pix": []})
    assert (answer.status_code, answer.json()["code"]) == (401, "token_invalid")


def test_a_signature_in_the_address_proves_the_platform(platform: TestClient, story: Any, admin: TestClient) -> None:
    secret = "04DC1A9490B8CC2094C011FC055ADCDB"
    connected = admin.post(
        "/v1/connections",
        json={
            "creditor_id": story.creditor.id,
            "platform": "paymob",
            "country": "EG",
            "currency": "EGP",
            "name": "Paymob",
            "settings": {
                "api_key": "key-of-the-tests-0123456789",
                "hmac_secret": secret,
                "integration_ids": "4097558",
                "mode": "test",
            },
        },
    )
    assert connected.status_code == 201, connected.text
    sample = Path(paymob.__file__).parent / "samples" / "transaction_paid.json"
    body = sample.read_bytes()
    signed = (
        "1500502026-11-24T23:33:44.592345EGPfalsefalse1920364654097558truefalsefalsefalsetruefalse"
        "217503754302852false2346MasterCardcardtrue"
    )
    proof = hmac.new(secret.encode(), signed.encode(), hashlib.sha512).hexdigest()
    address = f"/webhooks/paymob/{connected.json()['id']}"
    assert platform.post(f"{address}?hmac={proof}", content=body).status_code == 202
    for wrong in (f"{address}?hmac={proof[:-1]}", address, f"{address}?token={proof}"):
        assert platform.post(wrong, content=body).status_code == 401


def test_the_token_is_in_no_log(platform: TestClient, story: Any, capsys: pytest.CaptureFixture[str]) -> None:
    platform.post(f"/webhooks/pix_api/{story.pix.id}/pix?token={TOKEN}", json={"pix": []})
    written = capsys.readouterr()
    assert "/webhooks/{platform}/{connection}" in written.out
    assert TOKEN not in written.out + written.err


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=200) | _DOCUMENTS.map(lambda value: json.dumps(value).encode()[:4096]))
def test_no_body_makes_the_gateway_fail(platform: TestClient, story: Any, body: bytes) -> None:
    stripe = platform.post(f"/webhooks/stripe/{story.stripe.id}", content=body, headers=_signature(body))
    pix = platform.post(f"/webhooks/pix_api/{story.pix.id}/pix?token={TOKEN}", content=body)
    assert (stripe.status_code, pix.status_code) == (202, 202)


def test_a_failed_delivery_is_read_again_after_a_fix(
    platform: TestClient, story: Any, admin: TestClient, desk: Any
) -> None:
    body = b"{"
    answer = platform.post(f"/webhooks/stripe/{story.stripe.id}", content=body, headers=_signature(body)).json()
    retried = admin.post(f"/v1/inbox/{answer['id']}/retry")
    assert (retried.status_code, retried.json()["state"]) == (200, "new")
    assert desk.nudges == [story.tenant_id] * 2


def test_a_delivery_that_has_not_failed_is_not_read_again(platform: TestClient, story: Any, admin: TestClient) -> None:
    answer = platform.post(f"/webhooks/stripe/{story.stripe.id}", content=EVENT, headers=_signature(EVENT)).json()
    refused = admin.post(f"/v1/inbox/{answer['id']}/retry")
    assert (refused.status_code, refused.json()["code"]) == (409, "delivery_not_failed")


def test_the_inbox_is_listed_by_state(platform: TestClient, story: Any, admin: TestClient) -> None:
    for body in (EVENT, b"{"):
        platform.post(f"/webhooks/stripe/{story.stripe.id}", content=body, headers=_signature(body))
    listed = admin.get("/v1/inbox", params={"state": "error"}).json()["data"]
    assert [delivery["error_code"] for delivery in listed] == ["body_malformed"]


def test_the_path_that_is_signed_is_the_one_that_was_called(
    platform: TestClient, story: Any, admin: TestClient
) -> None:
    """DOKU signs it; what a caller states of it in a header is written over."""
    secret = "SK-of-the-tests"
    connected = admin.post(
        "/v1/connections",
        json={
            "creditor_id": story.creditor.id,
            "platform": "doku",
            "country": "ID",
            "currency": "IDR",
            "name": "DOKU",
            "settings": {
                "client_id": "MCH-0001",
                "secret_key": secret,
                "webhook_url": "https://gateway.example/webhooks/doku/{connection}",
                "return_url": "https://aurora.example/thank-you",
            },
        },
    )
    assert connected.status_code == 201, connected.text
    path = connected.json()["webhook_path"]
    body = (Path(doku.__file__).parent / "samples" / "paid.json").read_bytes()
    named = {"client_id": "MCH-0001", "request_id": "d895fb53", "timestamp": "2026-11-24T03:00:00Z"}
    for signed, stated, expected in ((path, "/elsewhere", 202), ("/elsewhere", "/elsewhere", 401)):
        headers = {
            "Client-Id": named["client_id"],
            "Request-Id": named["request_id"],
            "Request-Timestamp": named["timestamp"],
            "Request-Target": stated,
            "Signature": signatures.signature(**named, target=signed, body=body, key=secret.encode()),
        }
        assert platform.post(path, content=body, headers=headers).status_code == expected
