"""Webhooks out: the scheme's own vector, what an answer means, and the schedule of tries."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Invalid
from domain.outgoing_webhooks import (
    FIRST_RETRY,
    LONGEST_RETRY,
    MOST_TRIES,
    Answer,
    Verdict,
    body,
    headers,
    retry_delay,
    secret_of,
    signature,
)

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)
# The example of the Standard Webhooks reference libraries (github.com/standard-webhooks/standard-webhooks).
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
MESSAGE = "msg_p5jXN8AQM9LWM0D4loKWxJek"
TIMESTAMP = 1614265330
CONTENT = b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def accepts(secret: str, sent: dict[str, str], content: bytes) -> bool:
    """A receiver of its own, by the standard library and the published scheme."""
    signed = b".".join([sent["webhook-id"].encode(), sent["webhook-timestamp"].encode(), content])
    key = base64.b64decode(secret.split("_", 1)[1])
    wanted = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return any(hmac.compare_digest(wanted, one) for one in sent["webhook-signature"].split(" "))


def test_the_published_example_is_signed_as_published() -> None:
    assert signature(SECRET, message_id=MESSAGE, timestamp=TIMESTAMP, content=CONTENT) == SIGNATURE


@pytest.mark.parametrize("at", range(len(CONTENT)))
def test_a_flipped_byte_of_the_body_is_noticed_by_a_receiver(at: int) -> None:
    sent = headers([SECRET], message_id=MESSAGE, timestamp=TIMESTAMP, content=CONTENT)
    flipped = CONTENT[:at] + bytes([CONTENT[at] ^ 1]) + CONTENT[at + 1 :]
    assert accepts(SECRET, sent, CONTENT)
    assert not accepts(SECRET, sent, flipped)


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp"])
def test_another_identifier_or_time_is_noticed_by_a_receiver(name: str) -> None:
    sent = headers([SECRET], message_id=MESSAGE, timestamp=TIMESTAMP, content=CONTENT)
    assert not accepts(SECRET, sent | {name: sent[name][:-1] + "9"}, CONTENT)


def test_both_secrets_sign_while_both_are_valid() -> None:
    new = secret_of(bytes(range(32)))
    sent = headers([new, SECRET], message_id=MESSAGE, timestamp=TIMESTAMP, content=CONTENT)
    assert accepts(new, sent, CONTENT)
    assert accepts(SECRET, sent, CONTENT)
    assert sent["webhook-signature"].split(" ")[1] == SIGNATURE
    assert not accepts(secret_of(bytes(32)), sent, CONTENT)


@pytest.mark.parametrize("length", [24, 64])
def test_keys_of_24_to_64_bytes_sign(length: int) -> None:
    assert signature(secret_of(bytes(length)), message_id="m", timestamp=1, content=b"").startswith("v1,")


@pytest.mark.parametrize("secret", [secret_of(bytes(23)), secret_of(bytes(65)), SECRET[6:], "whsec_", "whsec_!", ""])
def test_what_is_no_secret_does_not_sign(secret: str) -> None:
    with pytest.raises(Invalid, match="secret_malformed"):
        signature(secret, message_id="m", timestamp=1, content=b"")


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (199, Verdict.RETRY),
        (200, Verdict.DELIVERED),
        (299, Verdict.DELIVERED),
        (300, Verdict.RETRY),
        (302, Verdict.RETRY),
        (404, Verdict.RETRY),
        (409, Verdict.RETRY),
        (410, Verdict.GONE),
        (411, Verdict.RETRY),
        (429, Verdict.RETRY),
        (500, Verdict.RETRY),
        (None, Verdict.RETRY),
    ],
)
def test_what_an_answer_means(status: int | None, verdict: Verdict) -> None:
    assert Answer(status=status).verdict is verdict


@pytest.mark.parametrize(
    ("status", "text", "wait"),
    [
        (429, "120", timedelta(seconds=120)),
        (503, " 0 ", timedelta()),
        (503, "Tue, 24 Nov 2026 15:10:00 GMT", timedelta(minutes=10)),
        (503, "Tue, 24 Nov 2026 14:10:00 GMT", timedelta()),
        (429, "86400", timedelta(hours=24)),
        (429, "86401", timedelta(hours=24)),
        (429, "9" * 90, timedelta(hours=24)),
        (429, "soon", None),
        (429, "-5", None),
        (429, None, None),
        (500, "120", None),
    ],
)
def test_what_a_receiver_asks_to_wait_is_understood(status: int, text: str | None, wait: timedelta | None) -> None:
    assert Answer(status=status, retry_after=text).asked_wait(NOW) == wait


def test_tries_grow_apart_for_at_least_three_days_and_then_end() -> None:
    delays = [retry_delay(tries, chance=0.0) for tries in range(1, MOST_TRIES + 1)]
    assert delays[:3] == [FIRST_RETRY, 3 * FIRST_RETRY, 9 * FIRST_RETRY]
    assert delays[-1] is None
    waited = [delay for delay in delays if delay is not None]
    assert waited == sorted(waited)
    assert waited[-1] == LONGEST_RETRY
    assert sum(waited, timedelta()) >= timedelta(days=3)


@given(st.integers(1, MOST_TRIES - 1), st.floats(0, 1, exclude_max=True))
def test_chance_makes_a_try_later_by_a_fifth_at_most_and_never_earlier(tries: int, chance: float) -> None:
    plain, drawn = retry_delay(tries, chance=0.0), retry_delay(tries, chance=chance)
    assert plain is not None
    assert drawn is not None
    assert plain <= drawn <= plain * 1.2


def test_what_the_receiver_asked_for_is_waited_out_and_never_shortens_a_wait() -> None:
    assert retry_delay(1, chance=0.5, asked=timedelta(hours=2)) == timedelta(hours=2)
    assert retry_delay(9, chance=0.0, asked=timedelta(seconds=1)) == LONGEST_RETRY
    assert retry_delay(MOST_TRIES, chance=0.0, asked=timedelta(hours=2)) is None


def test_a_body_is_thin_and_states_amounts_as_the_api_does() -> None:
    payload = {"amount_minor": 12345, "currency": "KWD", "case_id": None}
    told = body("receipt.unmatched", subject_id="rcp_1", payload=payload, at=NOW)
    assert json.loads(told) == {
        "type": "receipt.unmatched",
        "timestamp": "2026-11-24T15:00:00Z",
        "data": {"receipt_id": "rcp_1", "case_id": None, "amount": {"amount": "12.345", "currency": "KWD"}},
    }
    assert told == body("receipt.unmatched", subject_id="rcp_1", payload=payload, at=NOW)


def test_an_event_without_an_amount_states_none() -> None:
    told = json.loads(body("day.closed", subject_id="dcl_1", payload={"day": "2026-11-23", "version": 1}, at=NOW))
    assert told["data"] == {"day_close_id": "dcl_1", "day": "2026-11-23", "version": 1}
