"""Reports of networks: what became of a notice, in whatever order, and what that spends of the contact budget."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from activities.incoming_texts import IncomingTexts
from connectors.channels import Delivery
from connectors.channels.sms_smpp import Smpp, SmppSettings
from connectors.channels.texts import Report, Senders
from runtime import clock
from store import notice_messages, permits, timeline
from tests.fakes.hook_receiver import wait_until
from tests.fakes.message_centre import PASSWORD, MessageCentre, message_centre

PHONE = "+5511961234599"


@pytest.fixture
def texted(brazil: Any) -> Any:
    """A Brazilian debtor who was sent a text of two parts, which the network calls ``aa`` and ``ab``."""
    return send(brazil, Delivery("accepted", "taken", ("aa", "ab")))


def send(world: Any, answer: Delivery) -> Any:
    world.set_party(phone=PHONE, channel="sms")
    world.turn()
    world.postman.answer = answer
    world.postman.code = f"of {world.tenant_id}"  # names are the network's, and the tests share a database
    world.relay().batch(world.tenant_id)
    return world


def listener(world: Any) -> IncomingTexts:
    return IncomingTexts(world.database, world.nudges, clock.new_id, world.clock)


def tell(world: Any, name: str, state: Any, *, code: str = "", number: str | None = PHONE) -> None:
    listener(world).hear(Report(world.postman.code, name, state, code or state.upper(), number))


def stands(world: Any) -> tuple[str, str | None]:
    (notice,) = world.notices()
    return notice.state, notice.delivery


def result(world: Any) -> str:
    with world.tx() as tx:
        return str(tx.exec_driver_sql("SELECT result FROM contact_permit").scalar_one())


def history(world: Any) -> list[str]:
    with world.tx() as tx:
        return [row.kind for row in timeline.of_case(tx, world.case().id) if row.kind.startswith("notice_")]


def strays(world: Any) -> list[str]:
    with world.tx() as tx:
        return [report.message_id for report in notice_messages.strays(tx, limit=10)]


def test_a_text_that_was_taken_is_an_attempt_until_more_is_told(texted: Any) -> None:
    assert (stands(texted), result(texted)) == (("sent", "accepted"), "attempt")


def test_a_text_that_was_delivered_at_once_is_a_contact(brazil: Any) -> None:
    send(brazil, Delivery("delivered", "delivered", ("aa",)))
    assert (stands(brazil), result(brazil)) == (("sent", "delivered"), "contact")


def test_a_notice_is_delivered_with_its_last_part_and_is_a_contact_then(texted: Any) -> None:
    tell(texted, "aa", "delivered")
    assert (stands(texted), result(texted)) == (("sent", "accepted"), "attempt")
    tell(texted, "ab", "delivered")
    assert (stands(texted), result(texted)) == (("sent", "delivered"), "contact")
    assert history(texted) == ["notice_queued", "notice_sent", "notice_delivered"]
    assert texted.nudges.told[-1] == texted.case().id


def test_a_notice_of_which_a_part_failed_is_failed_for_good(texted: Any) -> None:
    tell(texted, "aa", "delivered")
    tell(texted, "ab", "failed", code="EXPIRED")
    (notice,) = texted.notices()
    assert (notice.state, notice.delivery, notice.refusal) == (
        "failed",
        "failed",
        {"rule": "undelivered", "reasons": ["EXPIRED"]},
    )
    assert (result(texted), history(texted)[-1]) == ("attempt", "notice_failed")


TOLD = [("aa", "delivered"), ("aa", "failed"), ("ab", "accepted"), ("ab", "delivered"), ("ab", "delivered")]


@pytest.mark.parametrize("order", itertools.islice(itertools.permutations(TOLD), 0, 120, 17))
def test_reports_end_the_same_in_any_order_and_however_often(texted: Any, order: Any) -> None:
    for name, state in order:
        tell(texted, name, state)
    assert (stands(texted), result(texted)) == (("sent", "delivered"), "contact")
    assert history(texted).count("notice_delivered") == 1


def test_a_report_of_an_unknown_message_is_kept(texted: Any) -> None:
    tell(texted, "zz", "delivered")
    tell(texted, "zz", "delivered")
    assert (strays(texted), stands(texted)) == (["zz"], ("sent", "accepted"))


def test_what_nobody_can_be_found_for_is_kept_by_the_tenant_that_came_first(texted: Any) -> None:
    first = texted.database.tenants()[0]
    tell(texted, "of-nobody", "failed", number="+66812345678")
    with texted.database.tenant(first) as tx:
        assert "of-nobody" in [report.message_id for report in notice_messages.strays(tx, limit=50)]


def test_the_very_name_goes_before_another_spelling_of_it(brazil: Any) -> None:
    send(brazil, Delivery("accepted", "taken", ("12", "18")))  # 18 is 12 in hexadecimal
    tell(brazil, "18", "delivered")
    with brazil.tx() as tx:
        messages = notice_messages.of_notice(tx, brazil.notices()[0].id)
    assert [one.state for one in messages] == ["accepted", "delivered"]


def test_a_number_that_the_network_writes_otherwise_does_not_hide_whose_name_it_is(texted: Any) -> None:
    for name in ("aa", "ab"):
        tell(texted, name, "delivered", number="11961234599")
    assert stands(texted) == ("sent", "delivered")


def test_a_name_of_long_ago_is_not_believed_for_another_number(texted: Any) -> None:
    texted.clock.advance(days=7, seconds=1)
    for name in ("aa", "ab"):
        tell(texted, name, "delivered", number="+66812345678")
    assert stands(texted) == ("sent", "accepted")


@pytest.mark.parametrize("told", ["aa", "170"])
def test_a_report_that_came_before_the_notice_was_known_is_applied_then(brazil: Any, told: str) -> None:
    send(brazil, Delivery("accepted", "taken"))
    tell(brazil, told, "delivered")
    assert (strays(brazil), stands(brazil)) == ([told], ("sent", None))
    (notice,) = brazil.notices()
    with brazil.tx() as tx:  # as the relay records it, which had not come so far
        index = permits.number_index(PHONE)
        assert index is not None
        message = notice_messages.NoticeMessage(
            "msg_1",
            brazil.tenant_id,
            notice.id,
            brazil.postman.code,
            1,
            "aa",
            index,
            "accepted",
            None,
            brazil.clock(),
            None,
        )
        notice_messages.add(tx, [replace(message, id=clock.new_id("notice_message"))])
    brazil.relay().batch(brazil.tenant_id)
    assert (strays(brazil), stands(brazil), result(brazil)) == ([], ("sent", "delivered"), "contact")


@pytest.mark.parametrize(
    ("sent", "told"), [("7b", "123"), ("123", "7B"), ("000000ab", "ab"), ("AB", "ab"), ("0000007b", "123")]
)
def test_a_network_that_spells_its_names_otherwise_is_understood_for_the_same_number(
    brazil: Any, sent: str, told: str
) -> None:
    send(brazil, Delivery("accepted", "taken", (sent,)))
    tell(brazil, told, "delivered", number="+66812345678")
    tell(brazil, told, "delivered", number=None)
    assert stands(brazil) == ("sent", "accepted")
    tell(brazil, told, "delivered")
    assert stands(brazil) == ("sent", "delivered")


def test_a_name_that_is_used_again_is_the_newest_notices(texted: Any) -> None:
    (notice,) = texted.notices()
    with texted.tx() as tx:
        older = notice_messages.of_notice(tx, notice.id)[0]
        tx.exec_driver_sql("UPDATE notice_message SET state = 'accepted'")
        notice_messages.add(tx, [replace(older, id=clock.new_id("notice_message"), part=3, accepted_at=clock.now())])
    tell(texted, "aa", "failed")
    with texted.tx() as tx:
        assert [one.state for one in notice_messages.of_notice(tx, notice.id)] == ["accepted", "accepted", "failed"]


def test_a_text_that_is_uncertain_is_cleared_up_by_its_report(brazil: Any) -> None:
    send(brazil, Delivery("uncertain", "no answer", ("aa",)))
    assert stands(brazil) == ("uncertain", "accepted")
    tell(brazil, "aa", "delivered")
    assert stands(brazil) == ("sent", "delivered")


def test_a_text_of_which_a_part_has_no_name_stays_uncertain(brazil: Any) -> None:
    send(brazil, Delivery("uncertain", "sms_partly_sent", ("aa", None)))
    for state in ("failed", "delivered"):
        tell(brazil, "aa", state)
        assert stands(brazil) == ("uncertain", "accepted")


# --- with a real message centre


@pytest.fixture(scope="module")
def centre() -> Iterator[MessageCentre]:
    with message_centre() as running:
        yield running


@pytest.fixture
def line(brazil: Any, centre: MessageCentre) -> Iterator[Smpp]:
    settings = SmppSettings("127.0.0.1", centre.port, "afluente", Senders.read("BR:28500"), PASSWORD, tls=False)
    transport = Smpp(settings, now=brazil.clock, listener=listener(brazil).hear)
    yield transport
    transport.close()


@pytest.mark.servers
@pytest.mark.parametrize(
    ("stat", "ends"),
    [("DELIVRD", ("sent", "delivered")), ("UNDELIV", ("failed", "failed")), ("EXPIRED", ("failed",) * 2)],
)
def test_a_text_goes_to_the_centre_and_its_receipts_come_back_to_the_notice(
    brazil: Any, centre: MessageCentre, line: Smpp, stat: str, ends: tuple[str, str]
) -> None:
    brazil.set_party(phone=PHONE, channel="sms")
    brazil.turn()
    assert brazil.relay([line]).batch(brazil.tenant_id).sent == 1
    with brazil.tx() as tx:
        names = [one.message_id for one in notice_messages.of_notice(tx, brazil.notices()[0].id)]
    for name in names:
        centre.receipt(str(name), stat, source=PHONE[1:])
    wait_until(lambda: stands(brazil) == ends)
    assert centre.next()["source"] == "28500"
