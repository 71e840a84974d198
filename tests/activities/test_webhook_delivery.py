"""Delivering webhooks: signed, tried again, at least once; one endpoint's trouble is its own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from activities import webhook_delivery
from activities.webhook_delivery import EACH, LEASE, DeliveryDone, DeliveryInput, WebhookActivities
from activities.webhook_endpoints import KEPT_DAYS, EndpointWish, WebhookDesk
from connectors.webhook_sender import WebhookSender
from domain.errors import Conflict, Invalid, NotFound
from domain.outgoing_webhooks import EVENT_TYPES, MOST_TRIES, Answer
from runtime import clock
from store import outgoing_events, webhook_deliveries, webhook_endpoints
from store.database import Database
from store.webhook_deliveries import WebhookDelivery
from store.webhook_endpoints import WebhookEndpoint
from tests.fakes.hook_receiver import Receiver, closed_port, receiving, verifies, wait_until

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)
HERE = WebhookSender(allow_private=True, seconds=1.0)


@dataclass
class Hooks:
    """A tenant with endpoints, a clock to set, and the sender's activity."""

    database: Database
    tenant_id: str
    at: datetime = NOW
    sender: Any = field(default_factory=lambda: HERE)

    def desk(self, act: Callable[[WebhookDesk], Any]) -> Any:
        with self.database.tenant(self.tenant_id) as tx:
            return act(WebhookDesk(tx, self.tenant_id, clock.new_id, self.at))

    def register(self, url: str, *types: str) -> WebhookEndpoint:
        wish = EndpointWish(url, types or EVENT_TYPES)
        return self.desk(lambda desk: desk.register(wish, actor="ana"))

    def emit(self, subject: str = "rcp_1", type_: str = "receipt.matched") -> str:
        payload = {"amount_minor": 100, "currency": "BRL", "case_id": None}
        with self.database.tenant(self.tenant_id) as tx:
            return outgoing_events.emit(tx, type_, subject, payload, self.at)

    def activities(self) -> WebhookActivities:
        return WebhookActivities(self.database, self.sender, lambda: 0.0, lambda: self.at)

    def batch(self) -> DeliveryDone:
        return self.activities().deliver_webhooks(DeliveryInput(self.tenant_id))

    def endpoint(self, endpoint: WebhookEndpoint) -> WebhookEndpoint:
        with self.database.tenant(self.tenant_id) as tx:
            return webhook_endpoints.get(tx, endpoint.id)

    def deliveries(self, endpoint: WebhookEndpoint) -> list[WebhookDelivery]:
        """An endpoint's deliveries, the oldest first."""
        with self.database.tenant(self.tenant_id) as tx:
            return list(reversed(webhook_deliveries.newest(tx, endpoint.id, limit=1000)))

    def attempts(self, delivery: WebhookDelivery) -> list[webhook_deliveries.Attempt]:
        with self.database.tenant(self.tenant_id) as tx:
            return webhook_deliveries.attempts(tx, delivery.id)


@pytest.fixture
def hooks(database: Database, tenant_id: str) -> Hooks:
    return Hooks(database, tenant_id)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@dataclass
class Scripted:
    """Answers each post as told, and remembers what it posted."""

    answer: Callable[[str, Mapping[str, str]], Answer]
    posted: list[tuple[str, str]] = field(default_factory=list)

    def post(self, url: str, headers: Mapping[str, str], content: bytes) -> Answer:
        del content
        self.posted.append((url, headers["webhook-id"]))
        return self.answer(url, headers)


def always(**answer: Any) -> Scripted:
    return Scripted(lambda _url, _headers: Answer(**answer))


def test_an_event_is_brought_signed_and_thin_and_its_answer_is_kept(hooks: Hooks, receiver: Receiver) -> None:
    receiver.status, receiver.text = 202, b"kept as 17"
    endpoint = hooks.register(receiver.url())
    event_id = hooks.emit()
    assert hooks.batch() == DeliveryDone(delivered=1)
    (heard,) = receiver.heard
    assert heard.id == event_id
    assert endpoint.secret is not None
    assert verifies(endpoint.secret, heard.headers, heard.body, now=NOW.timestamp())
    assert not verifies(endpoint.secret, heard.headers, heard.body.replace(b"1.00", b"9.00"))
    assert json.loads(heard.body) == {
        "type": "receipt.matched",
        "timestamp": "2026-11-24T15:00:00Z",
        "data": {"receipt_id": "rcp_1", "case_id": None, "amount": {"amount": "1.00", "currency": "BRL"}},
    }
    (delivery,) = hooks.deliveries(endpoint)
    assert (delivery.state, delivery.attempts, delivery.last_status) == ("delivered", 1, 202)
    (attempt,) = hooks.attempts(delivery)
    assert (attempt.status, attempt.answer, attempt.verdict) == (202, b"kept as 17", "delivered")
    assert hooks.endpoint(endpoint).last_success_at == NOW
    assert hooks.batch() == DeliveryDone()


def test_an_endpoint_is_told_of_what_it_wants_and_of_nothing_before_it_was_there(
    hooks: Hooks, receiver: Receiver
) -> None:
    hooks.emit()
    endpoint = hooks.register(receiver.url(), "receipt.unmatched", "day.closed")
    for type_ in ("receipt.matched", "receipt.unmatched"):
        hooks.emit(type_=type_)
    hooks.batch()
    assert [one.event_type for one in hooks.deliveries(endpoint)] == ["receipt.unmatched"]
    assert len(receiver.heard) == 1


def test_an_event_that_is_rolled_back_is_due_to_nobody(hooks: Hooks, receiver: Receiver) -> None:
    endpoint = hooks.register(receiver.url())
    with hooks.database.tenant(hooks.tenant_id) as tx:
        outgoing_events.emit(tx, "day.closed", "dcl_1", {}, NOW)
        tx.rollback()
    assert hooks.deliveries(endpoint) == []


def test_a_failure_is_tried_again_later_with_the_same_identifier_and_body(hooks: Hooks, receiver: Receiver) -> None:
    receiver.status, receiver.text = 500, b"oops"
    endpoint = hooks.register(receiver.url())
    hooks.emit()
    assert hooks.batch() == DeliveryDone(failed=1)
    (delivery,) = hooks.deliveries(endpoint)
    assert (delivery.state, delivery.next_try_at) == ("pending", NOW + timedelta(seconds=30))
    assert hooks.endpoint(endpoint).failing_since == NOW
    hooks.at += timedelta(seconds=29)
    assert hooks.batch() == DeliveryDone()
    hooks.at += timedelta(seconds=1)
    receiver.status = 200
    assert hooks.batch() == DeliveryDone(delivered=1)
    first, second = receiver.heard
    assert (first.id, first.body) == (second.id, second.body)
    assert int(second.headers["webhook-timestamp"]) - int(first.headers["webhook-timestamp"]) == 30
    assert [one.status for one in hooks.attempts(delivery)] == [500, 200]
    assert hooks.endpoint(endpoint).failing_since is None


def test_tries_end_after_more_than_three_days_and_say_so(hooks: Hooks) -> None:
    hooks.sender = always(status=500)
    endpoint = hooks.register("http://127.0.0.1:1/")
    hooks.emit()
    while (delivery := hooks.deliveries(endpoint)[0]).state == "pending":
        hooks.at = delivery.next_try_at
        hooks.batch()
    assert (delivery.state, delivery.attempts) == ("failed", MOST_TRIES)
    assert hooks.at - NOW >= timedelta(days=3)
    assert hooks.endpoint(endpoint).state == "enabled"


@pytest.mark.parametrize(("status", "asked", "waits"), [(429, "7200", 7200), (503, "120", 120), (503, None, 60)])
def test_a_busy_endpoint_is_left_alone_as_long_as_it_asks(
    hooks: Hooks, receiver: Receiver, status: int, asked: str | None, waits: int
) -> None:
    receiver.status, receiver.headers = status, {"Retry-After": asked} if asked else {}
    endpoint = hooks.register(receiver.url())
    hooks.emit()
    hooks.batch()
    hooks.emit("rcp_2")
    hooks.at += timedelta(seconds=waits - 1)
    assert hooks.batch() == DeliveryDone()
    receiver.status, receiver.headers = 200, {}
    hooks.at += timedelta(seconds=1)
    assert hooks.batch() == DeliveryDone(delivered=2)
    assert hooks.endpoint(endpoint).paused_until is None


def test_an_endpoint_that_is_gone_is_switched_off_and_what_waited_is_skipped(hooks: Hooks, receiver: Receiver) -> None:
    receiver.status = 410
    endpoint = hooks.register(receiver.url())
    hooks.emit()
    hooks.batch()
    hooks.emit("rcp_2")
    after = hooks.endpoint(endpoint)
    assert (after.state, after.disabled_reason, after.disabled_at) == ("disabled", "gone", NOW)
    assert [one.state for one in hooks.deliveries(endpoint)] == ["failed", "skipped"]
    assert hooks.batch() == DeliveryDone()
    assert len(receiver.heard) == 1


@pytest.mark.parametrize(("age", "state"), [(timedelta(days=5), "disabled"), (timedelta(days=4, hours=23), "enabled")])
def test_an_endpoint_that_fails_for_days_is_switched_off_with_its_reason(
    hooks: Hooks, age: timedelta, state: str
) -> None:
    hooks.sender = always(status=404)
    endpoint = hooks.register("http://127.0.0.1:1/")
    hooks.emit()
    hooks.batch()
    hooks.at += age
    hooks.batch()
    after = hooks.endpoint(endpoint)
    assert (after.state, after.disabled_reason) == (state, "failing" if state == "disabled" else None)


def test_a_success_between_failures_keeps_an_endpoint_on(hooks: Hooks) -> None:
    hooks.sender = always(status=404)
    endpoint = hooks.register("http://127.0.0.1:1/")
    hooks.emit()
    hooks.batch()
    hooks.at += timedelta(days=3)
    hooks.sender = always(status=200)
    hooks.batch()
    hooks.at += timedelta(days=3)
    hooks.sender = always(status=404)
    hooks.emit("rcp_2")
    hooks.batch()
    assert hooks.endpoint(endpoint).state == "enabled"


def test_a_redirect_is_a_failure(hooks: Hooks, receiver: Receiver) -> None:
    receiver.status, receiver.headers = 307, {"Location": receiver.url("/elsewhere")}
    endpoint = hooks.register(receiver.url())
    hooks.emit()
    assert hooks.batch() == DeliveryDone(failed=1)
    assert hooks.deliveries(endpoint)[0].last_status == 307
    assert [one.path for one in receiver.heard] == ["/hook"]


@pytest.mark.parametrize("trouble", ["hangs", "nobody"])
def test_a_dead_endpoint_is_given_a_rest_and_holds_up_no_other(hooks: Hooks, receiver: Receiver, trouble: str) -> None:
    with receiving() as dead:
        dead.delay_seconds = 60
        url = dead.url() if trouble == "hangs" else f"http://127.0.0.1:{closed_port()}/"
        broken, healthy = hooks.register(url), hooks.register(receiver.url())
        for number in range(20):
            hooks.emit(f"rcp_{number}")
        done = hooks.batch()
        dead.released.set()
    assert done.delivered == 20
    assert not done.more
    left = hooks.deliveries(broken)
    assert {one.state for one in left} == {"pending"}
    assert 1 <= sum(one.attempts for one in left) <= webhook_delivery.AT_ONCE
    assert {one.state for one in hooks.deliveries(healthy)} == {"delivered"}
    assert hooks.batch() == DeliveryDone()


def test_a_batch_takes_so_many_of_each_endpoint_and_says_that_there_are_more(hooks: Hooks) -> None:
    hooks.sender = always(status=200)
    one, other = hooks.register("http://127.0.0.1:1/"), hooks.register("http://127.0.0.1:2/")
    for number in range(EACH + 1):
        hooks.emit(f"rcp_{number}")
    assert hooks.batch() == DeliveryDone(delivered=2 * EACH, more=True)
    assert hooks.batch() == DeliveryDone(delivered=2)
    assert {one.state for endpoint in (one, other) for one in hooks.deliveries(endpoint)} == {"delivered"}


def test_two_senders_at_once_send_each_delivery_once(hooks: Hooks, receiver: Receiver) -> None:
    hooks.sender = WebhookSender(allow_private=True, seconds=30.0)  # on a busy machine nobody is given up for slowness
    hooks.register(receiver.url())
    wanted = {hooks.emit(f"rcp_{number}") for number in range(EACH * 3)}
    with ThreadPoolExecutor(2) as threads:
        for _ in range(3):
            list(threads.map(lambda _: hooks.batch(), range(2)))
    assert len(receiver.heard) == EACH * 3
    assert {one.id for one in receiver.heard} == wanted


def test_a_sender_that_dies_after_sending_sends_again_under_the_same_identifier(
    hooks: Hooks, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint = hooks.register(receiver.url())
    event_id = hooks.emit()

    def dies(*_args: Any, **_kwargs: Any) -> None:
        raise SystemExit("the worker was killed")

    with monkeypatch.context() as patched:
        patched.setattr(WebhookActivities, "_record", dies)
        with pytest.raises(SystemExit):
            hooks.batch()
    assert hooks.deliveries(endpoint)[0].state == "sending"
    hooks.at += LEASE - timedelta(seconds=1)
    assert hooks.batch() == DeliveryDone()
    hooks.at += timedelta(seconds=1)
    assert hooks.batch() == DeliveryDone(delivered=1)
    assert [one.id for one in receiver.heard] == [event_id, event_id]


def test_the_result_of_a_sender_that_was_given_up_does_not_count(hooks: Hooks) -> None:
    """It comes back after its lease: another has sent the delivery since, and that one's result stands."""
    endpoint = hooks.register("http://127.0.0.1:1/")
    hooks.emit()
    late: list[DeliveryDone] = []

    def slow(_url: str, _headers: Mapping[str, str]) -> Answer:
        hooks.at += LEASE
        hooks.sender = always(status=200)
        late.append(hooks.batch())
        return Answer(status=500)

    hooks.sender = Scripted(slow)
    hooks.batch()
    assert late == [DeliveryDone(delivered=1)]
    (delivery,) = hooks.deliveries(endpoint)
    assert (delivery.state, delivery.attempts) == ("delivered", 1)
    assert hooks.endpoint(endpoint).failing_since is None


def test_a_late_result_does_not_settle_what_another_is_sending_now(hooks: Hooks) -> None:
    endpoint = hooks.register("http://127.0.0.1:1/")
    hooks.emit()

    def slow(_url: str, _headers: Mapping[str, str]) -> Answer:
        hooks.at += LEASE
        with hooks.database.tenant(hooks.tenant_id) as tx:
            assert webhook_deliveries.claim(tx, now=hooks.at, until=hooks.at + LEASE, each=EACH)
        return Answer(status=500)

    hooks.sender = Scripted(slow)
    hooks.batch()
    (delivery,) = hooks.deliveries(endpoint)
    assert (delivery.state, delivery.attempts, delivery.claims) == ("sending", 0, 2)


def test_what_a_slow_batch_does_not_reach_is_given_back_untried(hooks: Hooks) -> None:
    endpoint = hooks.register("http://127.0.0.1:1/")
    for number in range(20):
        hooks.emit(f"rcp_{number}")

    def slow(_url: str, _headers: Mapping[str, str]) -> Answer:
        hooks.at += timedelta(minutes=5)
        return Answer(status=200)

    hooks.sender = Scripted(slow)
    done = hooks.batch()
    states = [one.state for one in hooks.deliveries(endpoint)]
    assert done.more
    assert done.failed == 0
    assert 1 <= states.count("delivered") == done.delivered <= webhook_delivery.AT_ONCE
    assert states.count("pending") == 20 - done.delivered


def test_an_endpoint_deleted_while_it_is_told_leaves_nothing_open(hooks: Hooks) -> None:
    endpoint = hooks.register("http://127.0.0.1:1/")
    hooks.emit()

    def deleted(_url: str, _headers: Mapping[str, str]) -> Answer:
        hooks.desk(lambda desk: desk.delete(endpoint.id))
        return Answer(status=500)

    hooks.sender = Scripted(deleted)
    hooks.batch()
    assert [one.state for one in hooks.deliveries(endpoint)] == ["skipped"]
    with pytest.raises(NotFound, match="endpoint_unknown"):
        hooks.endpoint(endpoint)


# Rotation ---------------------------------------------------------------------------------------------------------


def test_while_both_secrets_are_valid_either_verifies_and_then_the_new_one_alone(
    hooks: Hooks, receiver: Receiver
) -> None:
    old = hooks.register(receiver.url())
    new = hooks.desk(lambda desk: desk.rotate(old.id, overlap_hours=24))
    assert new.secret != old.secret
    hooks.emit()
    hooks.at += timedelta(hours=24) - timedelta(seconds=1)
    hooks.batch()
    hooks.emit("rcp_2")
    hooks.at += timedelta(seconds=1)
    hooks.batch()
    during, after = receiver.heard
    assert verifies(old.secret, during.headers, during.body)
    assert verifies(new.secret, during.headers, during.body)
    assert verifies(new.secret, after.headers, after.body)
    assert not verifies(old.secret, after.headers, after.body)


def test_a_secret_replaced_without_overlap_is_worth_nothing_at_once(hooks: Hooks, receiver: Receiver) -> None:
    old = hooks.register(receiver.url())
    hooks.desk(lambda desk: desk.rotate(old.id, overlap_hours=0))
    hooks.emit()
    hooks.batch()
    assert old.secret is not None
    assert not verifies(old.secret, receiver.heard[0].headers, receiver.heard[0].body)


@pytest.mark.parametrize("hours", [-1, 169])
def test_both_secrets_are_not_valid_for_ever(hooks: Hooks, hours: int) -> None:
    endpoint = hooks.register("http://127.0.0.1:1/")
    with pytest.raises(Invalid, match="overlap_out_of_range"):
        hooks.desk(lambda desk: desk.rotate(endpoint.id, overlap_hours=hours))


def test_a_secret_is_not_replaced_by_somebody_who_did_not_see_the_last(hooks: Hooks) -> None:
    endpoint = hooks.register("http://127.0.0.1:1/")
    hooks.at += timedelta(minutes=1)
    hooks.desk(lambda desk: desk.rotate(endpoint.id, overlap_hours=24, replacing=endpoint.secret_set_at))
    with pytest.raises(Conflict, match="secret_changed"):
        hooks.desk(lambda desk: desk.rotate(endpoint.id, overlap_hours=24, replacing=endpoint.secret_set_at))


def test_secrets_are_sealed_at_rest(hooks: Hooks) -> None:
    endpoint = hooks.register("http://127.0.0.1:1/")
    hooks.desk(lambda desk: desk.rotate(endpoint.id, overlap_hours=24))
    with hooks.database.tenant(hooks.tenant_id) as tx:
        (kept,) = tx.execute(text("SELECT secret || previous_secret FROM webhook_endpoint")).scalars()
    assert b"whsec_" not in bytes(kept)
    assert endpoint.secret not in repr(endpoint)


# Sending again ----------------------------------------------------------------------------------------------------


def test_a_delivery_is_sent_again_under_its_identifier(hooks: Hooks, receiver: Receiver) -> None:
    endpoint = hooks.register(receiver.url())
    event_id = hooks.emit()
    hooks.batch()
    (delivery,) = hooks.deliveries(endpoint)
    hooks.desk(lambda desk: desk.replay_delivery(delivery.id))
    hooks.batch()
    assert [one.id for one in receiver.heard] == [event_id, event_id]
    assert hooks.deliveries(endpoint)[0].attempts == 2


def test_a_delivery_that_waits_for_hours_is_sent_now_and_begins_anew(hooks: Hooks) -> None:
    hooks.sender = always(status=500)
    endpoint = hooks.register("http://127.0.0.1:1/")
    hooks.emit()
    for _ in range(6):
        hooks.at = hooks.deliveries(endpoint)[0].next_try_at
        hooks.batch()
    (delivery,) = hooks.deliveries(endpoint)
    assert delivery.next_try_at > hooks.at + timedelta(hours=1)
    hooks.desk(lambda desk: desk.replay_delivery(delivery.id))
    assert hooks.batch() == DeliveryDone(failed=1)
    (delivery,) = hooks.deliveries(endpoint)
    assert (delivery.tries, delivery.attempts, delivery.next_try_at) == (1, 7, hooks.at + timedelta(seconds=30))


def test_an_event_is_sent_again_to_all_that_want_it_or_to_one_that_never_had_it(
    hooks: Hooks, receiver: Receiver
) -> None:
    event_id = hooks.emit()
    wanting = hooks.register(receiver.url("/a"), "receipt.matched")
    other = hooks.register(receiver.url("/b"), "day.closed")
    assert hooks.desk(lambda desk: desk.replay_event(event_id)) == 1
    assert hooks.desk(lambda desk: desk.replay_event(event_id, endpoint_id=other.id)) == 1
    hooks.batch()
    assert sorted((one.path, one.id) for one in receiver.heard) == [("/a", event_id), ("/b", event_id)]
    assert hooks.deliveries(wanting)[0].created_at == NOW
    with pytest.raises(NotFound, match="event_unknown"):
        hooks.desk(lambda desk: desk.replay_event("oev_1"))


def test_all_that_failed_since_a_moment_is_sent_again_and_nothing_else(hooks: Hooks) -> None:
    hooks.sender = Scripted(lambda _url, _headers: Answer(status=410 if len(hooks.sender.posted) == 2 else 200))
    endpoint = hooks.register("http://127.0.0.1:1/")
    hooks.emit("rcp_good")
    hooks.batch()
    hooks.emit("rcp_failed")
    hooks.batch()
    hooks.at += timedelta(hours=1)
    hooks.emit("rcp_skipped")
    assert [one.state for one in hooks.deliveries(endpoint)] == ["delivered", "failed", "skipped"]
    with pytest.raises(Conflict, match="endpoint_disabled"):
        hooks.desk(lambda desk: desk.replay_missed(endpoint.id, since=NOW))
    hooks.desk(lambda desk: desk.change(endpoint.id, EndpointWish(endpoint.url, EVENT_TYPES)))
    assert hooks.desk(lambda desk: desk.replay_missed(endpoint.id, since=NOW + timedelta(seconds=1))) == 1
    assert hooks.desk(lambda desk: desk.replay_missed(endpoint.id, since=NOW)) == 1
    assert hooks.batch() == DeliveryDone(delivered=2)
    assert [one.state for one in hooks.deliveries(endpoint)] == ["delivered"] * 3


def test_what_is_no_longer_kept_cannot_be_asked_for_by_time(hooks: Hooks) -> None:
    endpoint = hooks.register("http://127.0.0.1:1/")
    hooks.desk(lambda desk: desk.replay_missed(endpoint.id, since=NOW - timedelta(days=KEPT_DAYS)))
    with pytest.raises(Invalid, match="since_too_early"):
        hooks.desk(lambda desk: desk.replay_missed(endpoint.id, since=NOW - timedelta(days=KEPT_DAYS, seconds=1)))


def test_a_test_goes_to_the_endpoint_it_is_about_alone(hooks: Hooks, receiver: Receiver) -> None:
    endpoint = hooks.register(receiver.url("/a"), "day.closed")
    hooks.register(receiver.url("/b"))
    event_id = hooks.desk(lambda desk: desk.test(endpoint.id))
    hooks.batch()
    (heard,) = receiver.heard
    assert (heard.path, heard.id) == ("/a", event_id)
    assert json.loads(heard.body)["type"] == "webhook.test"
    assert json.loads(heard.body)["data"] == {"endpoint_id": endpoint.id}


def test_a_person_does_not_wait_for_the_rest_that_an_endpoint_was_given(hooks: Hooks, receiver: Receiver) -> None:
    receiver.status, receiver.headers = 503, {"Retry-After": "3600"}
    endpoint = hooks.register(receiver.url())
    hooks.emit()
    hooks.batch()
    receiver.status = 200
    hooks.desk(lambda desk: desk.test(endpoint.id))
    assert hooks.batch() == DeliveryDone(delivered=1)


# Endpoints --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("types", "code"), [([], "event_types_missing"), (["receipt.matched", "receipt.eaten"], "event_type_unknown")]
)
def test_an_endpoint_wants_known_events(hooks: Hooks, types: list[str], code: str) -> None:
    with pytest.raises(Invalid, match=code):
        hooks.desk(lambda desk: desk.register(EndpointWish("http://127.0.0.1:1/", types), actor="ana"))


def test_an_address_is_registered_once_until_it_is_deleted(hooks: Hooks) -> None:
    first, second = hooks.register("http://127.0.0.1:1/"), hooks.register("http://127.0.0.1:2/")
    with pytest.raises(Conflict, match="endpoint_exists"):
        hooks.register(first.url)
    with pytest.raises(Conflict, match="endpoint_exists"):
        hooks.desk(lambda desk: desk.change(second.id, EndpointWish(first.url, EVENT_TYPES)))
    hooks.desk(lambda desk: desk.delete(first.id))
    assert hooks.register(first.url).id != first.id


def test_a_tenant_has_a_bounded_number_of_endpoints(hooks: Hooks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("activities.webhook_endpoints.MOST_ENDPOINTS", 2)
    for port in (1, 2):
        hooks.register(f"http://127.0.0.1:{port}/")
    with pytest.raises(Conflict, match="endpoints_too_many"):
        hooks.register("http://127.0.0.1:3/")


def test_switched_off_nothing_is_sent_and_what_is_missed_is_shown(hooks: Hooks, receiver: Receiver) -> None:
    endpoint = hooks.register(receiver.url())
    hooks.emit()
    off = EndpointWish(endpoint.url, EVENT_TYPES, enabled=False)
    hooks.desk(lambda desk: desk.change(endpoint.id, off))
    hooks.emit("rcp_2")
    hooks.batch()
    assert [one.state for one in hooks.deliveries(endpoint)] == ["skipped", "skipped"]
    assert hooks.endpoint(endpoint).disabled_reason == "person"
    with pytest.raises(Conflict, match="endpoint_disabled"):
        hooks.desk(lambda desk: desk.test(endpoint.id))
    hooks.desk(lambda desk: desk.change(endpoint.id, EndpointWish(endpoint.url, EVENT_TYPES)))
    hooks.emit("rcp_3")
    assert hooks.batch() == DeliveryDone(delivered=1)


def test_switched_on_again_its_days_of_failure_count_from_anew(hooks: Hooks) -> None:
    hooks.sender = always(status=410)
    endpoint = hooks.register("http://127.0.0.1:1/")
    hooks.emit()
    hooks.batch()
    hooks.at += timedelta(days=9)
    hooks.desk(lambda desk: desk.change(endpoint.id, EndpointWish(endpoint.url, EVENT_TYPES)))
    hooks.sender = always(status=500)
    hooks.emit("rcp_2")
    hooks.batch()
    after = hooks.endpoint(endpoint)
    assert (after.state, after.failing_since) == ("enabled", hooks.at)


def test_a_strangers_endpoints_are_neither_seen_nor_told(
    hooks: Hooks, receiver: Receiver, new_tenant: Callable[[], str]
) -> None:
    endpoint = hooks.register(receiver.url())
    stranger = Hooks(hooks.database, new_tenant())
    stranger.emit()
    stranger.batch()
    assert receiver.heard == []
    with pytest.raises(NotFound, match="endpoint_unknown"):
        stranger.desk(lambda desk: desk.test(endpoint.id))
    hooks.emit()
    (delivery,) = hooks.deliveries(endpoint)
    with pytest.raises(NotFound, match="webhook_delivery_unknown"):
        stranger.desk(lambda desk: desk.replay_delivery(delivery.id))
    with pytest.raises(NotFound, match="event_unknown"):
        stranger.desk(lambda desk: desk.replay_event(delivery.event_id))
    assert stranger.batch() == DeliveryDone()


# Keeping ----------------------------------------------------------------------------------------------------------


def test_what_was_settled_long_ago_is_forgotten_with_its_tries(hooks: Hooks) -> None:
    hooks.sender = always(status=200)
    endpoint = hooks.register("http://127.0.0.1:1/")
    hooks.emit()
    hooks.batch()
    hooks.at += timedelta(days=1)
    hooks.sender = always(status=500)
    hooks.emit("rcp_waits")
    hooks.batch()
    hooks.at = NOW + timedelta(days=KEPT_DAYS)
    assert hooks.activities().forget(hooks.tenant_id) == 0
    hooks.at += timedelta(seconds=1)
    assert hooks.activities().forget(hooks.tenant_id) == 1
    assert [one.subject_id for one in hooks.deliveries(endpoint)] == ["rcp_waits"]
    with hooks.database.tenant(hooks.tenant_id) as tx:
        assert tx.execute(text("SELECT count(*) FROM webhook_attempt")).scalar_one() == 1


def test_the_sweep_visits_every_tenant(hooks: Hooks, new_tenant: Callable[[], str]) -> None:
    other = Hooks(hooks.database, new_tenant())
    for one, port in ((hooks, 1), (other, 2)):
        one.register(f"http://127.0.0.1:{port}/")
        one.emit()
    hooks.sender = always(status=200)
    hooks.activities().deliver_webhooks(DeliveryInput())
    assert {"http://127.0.0.1:1/", "http://127.0.0.1:2/"} <= {url for url, _ in hooks.sender.posted}


def test_events_are_written_while_an_endpoint_is_being_changed(hooks: Hooks) -> None:
    """The lock of whoever changes an endpoint does not hold up intake, whose events refer to it."""
    endpoint = hooks.register("http://127.0.0.1:1/")
    with ThreadPoolExecutor(1) as threads, hooks.database.tenant(hooks.tenant_id) as tx:
        webhook_endpoints.get(tx, endpoint.id, lock=True)
        written = threads.submit(hooks.emit)
        wait_until(written.done)
        assert written.result().startswith("oev_")
