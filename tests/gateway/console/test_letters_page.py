"""Letters: taken out in a batch under permits, printed from what is kept, posted, and what comes back."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pypdf
import pytest

from activities.relay import RelayActivities, RelayInput
from connectors.channels.outbox import Outbox
from runtime import clock
from store import cases, contact_stops, hand_carried, notices, permits
from store.notices import Notice
from tests.fakes.console_world import NoIssuer, World
from tests.gateway.console.conftest import Browser

NOON = datetime(2026, 11, 24, 15, tzinfo=UTC)  # a Tuesday


@pytest.fixture
def finance(world: World, signed_in: Callable[..., Browser]) -> Iterator[Browser]:
    """Somebody of finance on a working day; what they leave behind waits for nobody."""
    before = world.now.at
    world.now.at = NOON
    yield signed_in("finance")
    with world.database.tenant(world.tenant_id) as tx:
        tx.exec_driver_sql("UPDATE notice SET state = 'cancelled' WHERE channel = 'letter' AND state = 'queued'")
    world.now.at = before


@pytest.fixture
def batch(finance: Browser, case_of: Callable[[str], str]) -> str:
    """A batch with one letter to a Brazilian debtor, by its page's path."""
    queued(finance, case_of("BR"), "second_reminder")
    answer = finance.post("/letters", form_of="/letters")
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].removeprefix("/console").partition("?")[0]


def queued(finance: Browser, case_id: str, kind: str) -> None:
    found = re.search(r'name="command_id" value="(evt_\w+)"', finance.get(f"/cases/{case_id}").text)
    assert found
    answer = finance.post(
        f"/cases/{case_id}/by-hand",
        form_of=f"/cases/{case_id}",
        command_id=found[1],
        channel="letter",
        kind=kind,
    )
    assert answer.status_code == 303, answer.text


def letter(world: World, batch: str) -> Notice:
    with world.database.tenant(world.tenant_id) as tx:
        ((notice, _),) = hand_carried.letters_of(tx, batch.removeprefix("/letters/"))
    return notice


def permit_result(world: World, permit_id: str | None) -> tuple[str, bool]:
    with world.database.tenant(world.tenant_id) as tx:
        permit = permits.get(tx, permit_id or "")
    return permit.result, permit.settled_at is not None


def test_a_letter_stays_in_the_outbox_until_a_person_takes_it_out(
    finance: Browser, case_of: Callable[[str], str], world: World
) -> None:
    queued(finance, case_of("BR"), "first_reminder")
    relay = RelayActivities(world.database, NoIssuer(), [Outbox()], clock.new_id, world.now)  # type: ignore[arg-type] # nothing is issued
    relay.relay_batch(RelayInput(world.tenant_id))
    page = re.sub("<[^>]+>", "", finance.get("/letters").text)
    assert "1 letter may be posted now" in page
    assert "Take out 1 letter" in page


def test_taking_out_spends_a_permit_and_keeps_the_text(batch: str, world: World) -> None:
    notice = letter(world, batch)
    assert (notice.state, len(notice.sha256 or "")) == ("sending", 64)
    assert permit_result(world, notice.permit_id) == ("attempt", False)
    assert (notice.recipient or "").splitlines()[-1] == "BRAZIL"


def test_the_batch_is_printed_and_listed_for_the_mailing_house(finance: Browser, batch: str, world: World) -> None:
    notice = letter(world, batch)
    printed = finance.get(f"{batch}/letters.pdf")
    assert printed.headers["content-type"] == "application/pdf"
    text = pypdf.PdfReader(io.BytesIO(printed.content)).pages[0].extract_text()
    assert notice.id in text
    listed = finance.get(f"{batch}/letters.csv")
    assert notice.id in listed.text
    assert listed.content.startswith(b"\xef\xbb\xbf")


def test_a_posted_letter_settles_its_permit_and_keeps_its_tracking_number(
    finance: Browser, batch: str, world: World
) -> None:
    notice = letter(world, batch)
    answer = finance.post(f"{batch}/posted", form_of=batch, notice=notice.id, tracking="BR123456789CN")
    assert answer.status_code == 303
    assert letter(world, batch).state == "sent"
    assert permit_result(world, notice.permit_id) == ("attempt", True)
    assert "BR123456789CN" in finance.get(batch).text
    assert finance.post(f"{batch}/posted", form_of=batch, notice=notice.id).status_code == 409


def test_a_letter_that_was_not_posted_waits_again_and_gives_its_permit_back(
    finance: Browser, batch: str, world: World
) -> None:
    notice = letter(world, batch)
    assert finance.post(f"{batch}/put-back", form_of=batch, notice=notice.id).status_code == 303
    assert permit_result(world, notice.permit_id) == ("unused", True)
    with world.database.tenant(world.tenant_id) as tx:
        assert notices.get(tx, notice.id).state == "queued"
        assert hand_carried.find(tx, notice.id) is None


@pytest.mark.parametrize(
    ("reason", "state", "stopped"),
    [("unknown", "failed", True), ("unclaimed", "failed", False), ("refused", "sent", False)],
)
def test_a_letter_that_came_back_says_what_follows(
    finance: Browser, batch: str, world: World, reason: str, state: str, *, stopped: bool
) -> None:
    notice = letter(world, batch)
    early = finance.post(f"{batch}/returned", form_of=batch, notice=notice.id, reason=reason)
    assert early.status_code == 409
    finance.post(f"{batch}/posted", form_of=batch, notice=notice.id)
    assert finance.post(f"{batch}/returned", form_of=batch, notice=notice.id, reason=reason).status_code == 303
    assert letter(world, batch).state == state
    with world.database.tenant(world.tenant_id) as tx:
        stops = contact_stops.standing(tx, [notice.party_id]).get(notice.party_id, [])
        told = {event.ref for event in cases.pending_events(tx, notice.case_id)}
        for stop in stops:
            contact_stops.lift(tx, stop.id, by="test", because="for the others", now=world.now())
        tx.exec_driver_sql("DELETE FROM case_event WHERE kind = 'notice_failed'")
    assert [stop.reason for stop in stops] == (["returned_mail"] if stopped else [])
    assert (notice.id in told) is (state == "failed")


def test_who_may_only_look_takes_and_prints_nothing(
    batch: str, signed_in: Callable[..., Browser], world: World
) -> None:
    auditor = signed_in("auditor")
    assert auditor.get(batch).status_code == 200
    assert auditor.get(f"{batch}/letters.pdf").status_code == 403
    assert auditor.post(f"{batch}/posted", form_of=batch).status_code == 403
    assert letter(world, batch).state == "sending"


def test_on_a_sunday_no_letter_is_taken_out(
    finance: Browser, case_of: Callable[[str], str], world: World, signed_in: Callable[..., Browser]
) -> None:
    queued(finance, case_of("BR"), "first_reminder")
    world.now.at = datetime(2026, 11, 29, 15, tzinfo=UTC)
    sunday = signed_in("finance")
    assert "No letter may be posted now" in sunday.get("/letters").text
    assert sunday.post("/letters", form_of="/letters").status_code == 422
