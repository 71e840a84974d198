"""The relay: nothing goes out without a permit, nothing goes out twice, and what could not go out says why."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from activities.relay import RelayDone, RelayInput
from connectors import registry
from connectors.channels import Delivery
from domain.errors import Unavailable
from domain.notices import NoticeKind, RenderedNotice
from runtime import clock
from store import notices


def permits(world: Any) -> list[tuple[str, bool]]:
    """Every permit: its result, and whether it is settled."""
    with world.tx() as tx:
        rows = tx.exec_driver_sql("SELECT result, settled_at IS NOT NULL FROM contact_permit ORDER BY issued_at")
        return [(result, settled) for result, settled in rows]


def only(world: Any) -> Any:
    (notice,) = world.notices()
    return notice


def queue_again(world: Any) -> str:
    """A second notice of the same case, due now."""
    notice = only(world)
    again = replace(
        notice,
        id=clock.new_id("notice"),
        cause="again",
        state="queued",
        not_before=world.clock(),
        permit_id=None,
        sent_at=None,
        created_at=notice.created_at + timedelta(seconds=1),
    )
    with world.tx() as tx:
        notices.queue(tx, again)
    return str(again.id)


def test_a_due_notice_goes_out_once_under_a_permit(brazil: Any) -> None:
    brazil.turn()
    relay = brazil.relay()
    assert relay.batch(brazil.tenant_id) == RelayDone(sent=1)
    assert relay.batch(brazil.tenant_id) == RelayDone()
    notice = only(brazil)
    assert (notice.state, notice.transport, notice.sent_at) == ("sent", "postman", brazil.clock())
    assert permits(brazil) == [("attempt", True)]
    assert notice.permit_id is not None


def test_what_was_sent_is_what_is_kept_as_evidence(brazil: Any) -> None:
    brazil.turn()
    brazil.relay().batch(brazil.tenant_id)
    notice, (carried,) = only(brazil), brazil.postman.carried
    assert (carried.to, carried.subject, carried.text) == (notice.recipient, notice.subject, notice.body)
    assert (carried.locale, notice.locale, len(notice.sha256)) == ("pt_BR", "pt_BR", 64)
    assert "000201" in carried.text  # the Pix code


def test_a_notice_is_not_sent_before_its_moment(brazil: Any) -> None:
    brazil.turn()
    with brazil.tx() as tx:
        notices.change(tx, only(brazil).id, not_before=brazil.clock() + timedelta(seconds=1))
    relay = brazil.relay()
    assert relay.batch(brazil.tenant_id).sent == 0
    brazil.clock.advance(seconds=1)
    assert relay.batch(brazil.tenant_id).sent == 1


def test_every_tenant_is_relayed_in_turn(brazil: Any) -> None:
    brazil.turn()
    brazil.relay().relay_batch(RelayInput())
    assert only(brazil).state == "sent"


def test_a_text_is_to_be_given_up_when_the_lawful_hours_end(thailand: Any) -> None:
    thailand.set_party(phone="+66812345678", channel="sms")
    thailand.turn()
    thailand.relay().batch(thailand.tenant_id)
    (carried,) = thailand.postman.carried
    assert (carried.to, carried.deliver_by) == ("+66812345678", datetime(2026, 11, 24, 13, tzinfo=UTC))  # 20:00 there


# Refusals -----------------------------------------------------------------------------------------------------


def test_a_notice_that_law_refuses_now_waits_for_its_next_lawful_moment(thailand: Any) -> None:
    thailand.turn()
    thailand.clock.at = datetime(2026, 11, 24, 14, tzinfo=UTC)  # 21:00 in Bangkok: the queue was late
    assert thailand.relay().batch(thailand.tenant_id) == RelayDone(sent=0, put_off=1)
    notice = only(thailand)
    assert (notice.state, notice.not_before) == ("queued", datetime(2026, 11, 25, 1, tzinfo=UTC))
    assert notice.refusal["rule"] == "th.hours"
    assert (thailand.postman.carried, permits(thailand)) == ([], [])


def test_a_second_notice_on_a_day_waits_for_the_next(thailand: Any) -> None:
    thailand.turn()
    relay = thailand.relay()
    relay.batch(thailand.tenant_id)
    again = queue_again(thailand)
    assert relay.batch(thailand.tenant_id).sent == 0
    waiting = next(notice for notice in thailand.notices() if notice.id == again)
    assert (waiting.state, waiting.refusal["rule"]) == ("queued", "th.daily_attempts")
    thailand.clock.at = waiting.not_before
    assert relay.batch(thailand.tenant_id).sent == 1


def _threatening(_tx: Any, notice: Any, *, now: datetime, pay_url: str | None) -> Any:
    del now, pay_url
    text = "Pague hoje ou a polícia irá buscar o seu carro. Aurora"
    return RenderedNotice(NoticeKind(notice.kind), "email", "pt_BR", "ltr", "1", "s", text, None, "0" * 64)


def test_a_notice_that_threatens_waits_for_a_person_with_the_words_found(
    brazil: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    brazil.turn()
    monkeypatch.setattr("activities.relay.preview", _threatening)
    assert brazil.relay().batch(brazil.tenant_id) == RelayDone(sent=0, put_off=1)
    assert brazil.relay().batch(brazil.tenant_id) == RelayDone()
    notice = only(brazil)
    assert (notice.state, notice.refusal["rule"]) == ("held", "wording.threat")
    assert "polícia [18-25] threatens" in notice.refusal["reasons"]
    assert (brazil.postman.carried, permits(brazil)) == ([], [])


def test_a_held_notice_is_cancelled_with_the_others(brazil: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    brazil.turn()
    monkeypatch.setattr("activities.relay.preview", _threatening)
    brazil.relay().batch(brazil.tenant_id)
    with brazil.tx() as tx:
        assert notices.cancel_queued(tx, only(brazil).case_id) == 1
    assert only(brazil).state == "cancelled"


def test_a_notice_that_law_never_allows_is_refused(brazil: Any) -> None:
    brazil.turn()
    with brazil.tx() as tx:
        notices.change(tx, only(brazil).id, channel="whatsapp")
    brazil.relay().batch(brazil.tenant_id)
    assert (only(brazil).state, only(brazil).refusal["rule"]) == ("refused", "br.whatsapp")
    assert brazil.postman.carried == []


# What goes wrong ----------------------------------------------------------------------------------------------


def test_a_channel_that_is_away_gives_the_permit_back_and_tries_again(thailand: Any) -> None:
    thailand.turn()
    thailand.postman.answer = Unavailable("mail_away", "No mail server.")
    relay = thailand.relay()
    assert relay.batch(thailand.tenant_id) == RelayDone(sent=0, put_off=1)
    notice = only(thailand)
    assert (notice.state, notice.permit_id, permits(thailand)) == ("queued", None, [("unused", True)])
    thailand.postman.answer = Delivery("accepted", "taken")
    thailand.clock.at = notice.not_before
    assert relay.batch(thailand.tenant_id).sent == 1  # the one contact of the day was not lost


def test_a_channel_that_fails_after_the_notice_was_shown_as_uncertain_does_not_give_the_permit_back(
    thailand: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    thailand.turn()

    def long_after(_outgoing: Any) -> Delivery:
        thailand.clock.advance(minutes=16)
        other.batch(thailand.tenant_id)  # a second relay finds the first stranded
        raise Unavailable("mail_away", "No mail server.")

    other, relay = thailand.relay(), thailand.relay()
    monkeypatch.setattr(thailand.postman, "deliver", long_after)
    relay.batch(thailand.tenant_id)
    assert (only(thailand).state, permits(thailand)) == ("uncertain", [("attempt", True)])


def test_a_notice_that_is_turned_down_fails_and_counts_as_an_attempt(brazil: Any) -> None:
    brazil.turn()
    brazil.postman.answer = Delivery("rejected", "no such mailbox")
    brazil.relay().batch(brazil.tenant_id)
    assert (only(brazil).state, only(brazil).refusal["reasons"]) == ("failed", ["no such mailbox"])
    assert permits(brazil) == [("attempt", True)]


@pytest.mark.parametrize("answer", [Delivery("uncertain", "no answer"), RuntimeError("broke off")])
def test_what_may_have_gone_out_is_uncertain_and_never_sent_again(brazil: Any, answer: Any) -> None:
    brazil.turn()
    brazil.postman.answer = answer
    relay = brazil.relay()
    relay.batch(brazil.tenant_id)
    brazil.clock.advance(days=2)
    relay.batch(brazil.tenant_id)
    assert only(brazil).state == "uncertain"
    assert (len(brazil.postman.carried), permits(brazil)) == (1, [("attempt", True)])


class Crash(BaseException):
    """The process dies."""


def test_a_crash_while_sending_leaves_the_notice_uncertain_and_its_contact_spent(thailand: Any) -> None:
    thailand.turn()
    thailand.postman.deliver = _die
    relay = thailand.relay()
    with pytest.raises(Crash):
        relay.batch(thailand.tenant_id)
    assert only(thailand).state == "sending"
    del thailand.postman.deliver
    thailand.postman.answer = Delivery("accepted", "taken")
    thailand.clock.advance(minutes=15)
    relay.batch(thailand.tenant_id)
    assert only(thailand).state == "sending"  # it may still be on its way
    thailand.clock.advance(seconds=1)
    relay.batch(thailand.tenant_id)
    assert (only(thailand).state, thailand.postman.carried) == ("uncertain", [])
    queue_again(thailand)
    assert relay.batch(thailand.tenant_id).sent == 0  # the debtor may have been reached: today's contact is gone


def _die(_outgoing: Any) -> Delivery:
    raise Crash


def test_a_notice_that_breaks_the_relay_fails_and_spares_its_neighbours(
    brazil: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    brazil.turn()
    with brazil.tx() as tx:
        notices.change(tx, only(brazil).id, kind="thank_you", payment_request_id=None, receipt_id=None)
    queued = queue_again(brazil)
    with brazil.tx() as tx:
        notices.change(tx, queued, kind="first_reminder")
    first = brazil.notices()[0].id
    real = notices.change

    def breaks(tx: Any, notice_id: str, **values: Any) -> None:
        if notice_id == first and values.get("state") == "sending":
            raise KeyError(notice_id)
        real(tx, notice_id, **values)

    monkeypatch.setattr("activities.relay.notices.change", breaks)
    monkeypatch.setattr("activities.relay.preview", _preview)
    brazil.relay().batch(brazil.tenant_id)
    states = {notice.id: notice.state for notice in brazil.notices()}
    assert states == {first: "failed", queued: "sent"}
    assert permits(brazil) == [("attempt", True)]


def _preview(_tx: Any, notice: Any, *, now: datetime, pay_url: str | None) -> Any:
    assert now
    assert pay_url is None
    return RenderedNotice(NoticeKind(notice.kind), "email", "pt_BR", "ltr", "1", "s", "Aurora", None, "0" * 64)


def test_without_a_transport_the_notice_waits_with_its_reason(brazil: Any) -> None:
    brazil.turn()
    brazil.relay([]).batch(brazil.tenant_id)
    assert (only(brazil).state, only(brazil).refusal["rule"]) == ("failed", "channel_not_connected")
    assert permits(brazil) == []


def test_a_debtor_whose_address_is_gone_is_not_written_to(brazil: Any) -> None:
    brazil.turn()
    brazil.set_party(email=None)
    brazil.relay().batch(brazil.tenant_id)
    assert (only(brazil).state, only(brazil).refusal["rule"]) == ("failed", "recipient_missing")


# What changed since -------------------------------------------------------------------------------------------


def test_a_part_payment_since_it_was_queued_makes_a_new_code(brazil: Any) -> None:
    brazil.turn()
    before = only(brazil).payment_request_id
    brazil.statement({"amount": "400.00", "remittance": "BR-0001"})
    brazil.intake()
    brazil.relay().batch(brazil.tenant_id)
    after = only(brazil).payment_request_id
    assert after != before
    with brazil.tx() as tx:
        amount = tx.exec_driver_sql(f"SELECT amount_minor FROM payment_request WHERE id = '{after}'").scalar_one()
    assert amount == 60_000
    assert "5406600.00" in brazil.postman.carried[0].text  # the amount in the Pix code


def test_a_code_that_expired_since_is_made_anew(brazil: Any) -> None:
    brazil.turn()
    before = only(brazil).payment_request_id
    with brazil.tx() as tx:
        tx.exec_driver_sql("UPDATE payment_request SET state = 'expired'")
    brazil.relay().batch(brazil.tenant_id)
    assert only(brazil).payment_request_id != before


def test_a_reminder_of_nothing_is_cancelled(brazil: Any) -> None:
    brazil.turn()
    brazil.statement({"amount": "1000.00", "remittance": "BR-0001"})
    brazil.intake()
    brazil.relay().batch(brazil.tenant_id)
    assert (only(brazil).state, brazil.postman.carried) == ("cancelled", [])


def test_a_thank_you_says_what_arrived_though_the_case_is_over(brazil: Any) -> None:
    brazil.statement({"amount": "1000.00", "remittance": "BR-0001"})
    brazil.intake()
    brazil.turn()
    assert brazil.relay().batch(brazil.tenant_id).sent == 1
    assert "1.000,00" in brazil.postman.carried[0].text


def test_a_notice_is_in_the_language_that_its_debtor_prefers(thailand: Any) -> None:
    thailand.set_party(locale="zh_CN")
    thailand.turn()
    thailand.relay().batch(thailand.tenant_id)
    assert (only(thailand).locale, thailand.postman.carried[0].locale) == ("zh_CN", "zh_CN")


def test_a_language_that_law_demands_goes_before_the_one_preferred(
    brazil: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    demanding = replace(registry.country("BR"), required_locales=("pt_BR",))
    monkeypatch.setattr(registry, "country", lambda _code: demanding)
    brazil.set_party(locale="zh_CN")
    brazil.turn()
    brazil.relay().batch(brazil.tenant_id)
    assert (only(brazil).locale, brazil.postman.carried[0].locale) == ("pt_BR", "pt_BR")


# Codes that only a platform can make --------------------------------------------------------------------------


def stripe_only(world: Any) -> None:
    with world.tx() as tx:
        tx.exec_driver_sql("UPDATE connection SET state = 'paused' WHERE platform = 'bank_statement'")


def test_a_platform_that_is_away_delays_the_notice_and_not_the_code_forever(brazil: Any) -> None:
    stripe_only(brazil)
    brazil.turn()
    assert brazil.relay().batch(brazil.tenant_id).sent == 0
    assert (only(brazil).state, brazil.postman.carried, permits(brazil)) == ("queued", [], [])
    brazil.platform_answers = _page
    brazil.clock.advance(minutes=10)
    assert brazil.relay().batch(brazil.tenant_id).sent == 1
    assert "CODE-OF-100000" in brazil.postman.carried[0].text


def _page(request: httpx.Request) -> httpx.Response:
    """A payment page whose address names the amount asked for."""
    amount = parse_qs(request.content.decode())["line_items[0][price_data][unit_amount]"][0]
    session = {
        "id": f"cs_{amount}",
        "object": "checkout.session",
        "status": "open",
        "url": f"https://checkout.example/CODE-OF-{amount}",
        "expires_at": int(datetime(2026, 12, 31, tzinfo=UTC).timestamp()),
    }
    return httpx.Response(200, content=json.dumps(session))


def test_a_notice_whose_amount_changed_waits_for_the_platforms_new_code(brazil: Any) -> None:
    stripe_only(brazil)
    brazil.platform_answers = _page
    brazil.turn()
    brazil.statement({"amount": "400.00", "remittance": "BR-0001"})
    brazil.intake()
    for _ in range(3):
        brazil.relay().batch(brazil.tenant_id)
        brazil.clock.advance(minutes=10)
    assert ["CODE-OF-60000" in carried.text for carried in brazil.postman.carried] == [True]
