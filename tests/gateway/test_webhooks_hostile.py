"""Every platform's webhook address under hostile calls: nothing unproved is kept, nothing proved breaks the gateway."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors import registry
from gateway.app import create_app
from gateway.services import Services
from runtime import clock
from store import creditors
from store.creditors import PlatformConnection
from store.database import Database

pytestmark = pytest.mark.servers

SECRET = "hostile-secret-0123456789abcdef"
DEEP = b"[" * 3_000 + b"]" * 3_000
NESTED = b'{"data":' * 600 + b"1" + b"}" * 600
BODIES = [
    b"",
    b"{}",
    b"null",
    b'{"id": 1e999999}',
    b'{"id": "\\ud800"}',
    b'{"id": NaN}',
    b'{"amount": ' + b"9" * 3_900 + b"}",
    DEEP[:4_000],
    NESTED[:4_000],
    '{"id": "é"}'.encode("utf-16"),
    '{"id": "é"}'.encode("latin-1"),
    b"\xef\xbb\xbf{}",
    gzip.compress(b'{"id": "evt_1"}'),
    b"id=evt_1&status=paid&amount=%FF%00",
    b"\x00" * 100,
]
TYPES = ["application/json", "application/x-www-form-urlencoded", "text/plain; charset=utf-16", "multipart/form-data"]
PROOFS = (
    "stripe-signature",
    "cko-signature",
    "x-callback-token",
    "x-webhook-token",
    "x-webhook-hmac",
    "x-signature",
    "x-khipu-signature",
    "x-openpix-signature",
    "x-webhook-signature",
    "x-payload-signature",
    "x-authenticity-token",
    "paymongo-signature",
    "omise-signature",
    "omise-signature-timestamp",
    "signature",
    "digest",
    "hashstring",
    "authorization",
    "x-date",
    "x-request-id",
    "x-event-checksum",
)
HEADERS: Any = st.dictionaries(
    st.sampled_from(PROOFS), st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=200), max_size=6
)
SENDERS = [platform.code for platform in registry.platforms().values() if platform.webhooks is not None]


@pytest.fixture
def client(services: Services) -> TestClient:
    return TestClient(create_app(services), raise_server_exceptions=False)


@pytest.fixture
def connections(story: Any, database: Database) -> dict[str, PlatformConnection]:
    """A connection to every platform that sends webhooks, whatever its settings, all with one secret."""
    found = {}
    with database.tenant(story.tenant_id) as tx:
        pattern = creditors.get_connection(tx, story.stripe.id)
        for code in SENDERS:
            hooks = registry.platform(code).webhooks
            assert hooks is not None
            secrets = json.dumps(dict.fromkeys(hooks.secret_fields, SECRET))
            found[code] = replace(
                pattern, id=clock.new_id("connection"), platform=code, name=f"hostile {code}", secrets=secrets
            )
            creditors.add_connection(tx, found[code])
    return found


def _kept(database: Database, tenant_id: str) -> int:
    with database.tenant(tenant_id) as tx:
        return int(tx.exec_driver_sql("SELECT count(*) FROM inbox").scalar_one())


def _chunks(body: bytes) -> Iterator[bytes]:
    """Sent without a length."""
    for start in range(0, max(len(body), 1), 700):
        yield body[start : start + 700]


def test_no_platform_takes_what_is_not_proved(
    client: TestClient, connections: dict[str, PlatformConnection], database: Database, story: Any
) -> None:
    for code, connection in connections.items():
        address = f"/webhooks/{code}/{connection.id}"
        for number, body in enumerate(BODIES):
            kind = TYPES[number % len(TYPES)]
            for content in (body, _chunks(body)):
                answer = client.post(address, content=content, headers={"Content-Type": kind})
                assert answer.status_code == 401, (code, body[:20], answer.text)
                assert answer.headers["content-type"] == "application/problem+json"
    assert _kept(database, story.tenant_id) == 0


@pytest.mark.parametrize("value", ["a" * 60_000, "t=1," + "v1=00," * 9_000, "=" * 9_000], ids=["long", "many", "="])
def test_huge_headers_are_refused_like_any_other(
    client: TestClient, connections: dict[str, PlatformConnection], value: str
) -> None:
    for code, connection in connections.items():
        answer = client.post(f"/webhooks/{code}/{connection.id}", content=b"{}", headers=dict.fromkeys(PROOFS, value))
        assert answer.status_code == 401, (code, answer.text)


def test_a_body_is_taken_as_it_comes_and_never_unpacked(
    client: TestClient, connections: dict[str, PlatformConnection]
) -> None:
    packed = gzip.compress(b'{"id": "evt_1"}')
    for code, connection in connections.items():
        for encoding in ("gzip", "br", "deflate, gzip", "nonsense"):
            answer = client.post(
                f"/webhooks/{code}/{connection.id}", content=packed, headers={"Content-Encoding": encoding}
            )
            assert answer.status_code == 401, (code, encoding, answer.text)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.sampled_from(BODIES) | st.binary(max_size=200), headers=HEADERS, kind=st.sampled_from(TYPES))
def test_no_call_makes_the_gateway_fail(
    client: TestClient,
    connections: dict[str, PlatformConnection],
    body: bytes,
    headers: dict[str, str],
    kind: str,
) -> None:
    for code, connection in connections.items():
        answer = client.post(
            f"/webhooks/{code}/{connection.id}/below?token=x&hmac=y",
            content=body,
            headers={**headers, "Content-Type": kind},
        )
        assert answer.status_code == 401, (code, answer.status_code, answer.text)


def test_what_is_proved_by_a_token_alone_is_kept_whatever_it_holds(
    client: TestClient, connections: dict[str, PlatformConnection]
) -> None:
    """Kept with its error, for a person to see: the platform need not send it again."""
    headers = {"x-callback-token": SECRET, "x-webhook-token": SECRET}
    for code in ("xendit", "pix_api"):
        for body in BODIES:
            answer = client.post(f"/webhooks/{code}/{connections[code].id}", content=body, headers=headers)
            assert answer.status_code == 202, (code, body[:20], answer.text)
