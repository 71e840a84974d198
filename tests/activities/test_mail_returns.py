"""Mail that comes back finds its notice by our own token, stops what is dead or unwanted, starts the fall-over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from activities.mail_returns import MailReturns
from activities.relay import RelayDone
from connectors.channels import Delivery
from domain.errors import Unavailable
from runtime import clock
from store import contact_stops, notice_tokens, notices, timeline
from store.mail_reports import MailReport
from tests.connectors.test_returned_mail import COMPLAINT, VACATION, dsn, group


def sent(world: Any) -> Any:
    """The case's first notice, gone out by e-mail."""
    world.turn()
    world.relay().batch(world.tenant_id)
    return world.notices()[0]


def take(world: Any, mail: bytes) -> MailReport:
    returns = MailReturns(world.database, clock.new_id, world.clock)
    return returns.take(mail, tenant_of_unknown=lambda: world.tenant_id)


def bounce_of(notice: Any, **fields: str) -> bytes:
    token = notice_tokens.token_of(notice.id, "return")
    return dsn(group(notice.recipient, **fields), to=f"bounces+{token}@exporter.example")


def stops(world: Any) -> list[tuple[str | None, str]]:
    with world.tx() as tx:
        party_id = world.case().party_id
        return [(one.channel, one.reason) for one in contact_stops.standing(tx, [party_id]).get(party_id, [])]


def history(world: Any) -> list[str]:
    with world.tx() as tx:
        return [row.kind for row in timeline.of_case(tx, world.case().id)]


def second(world: Any) -> Any:
    return next((notice for notice in world.notices() if notice.cause.startswith("over/")), None)


@pytest.fixture
def reachable(brazil: Any) -> Any:
    """A debtor with a mobile number beside the mail address, who prefers mail."""
    brazil.set_party(phone="+5511987654321", address=None)
    return brazil


def test_a_hard_bounce_fails_the_notice_and_stops_the_address(reachable: Any) -> None:
    notice = sent(reachable)
    report = take(reachable, bounce_of(notice))
    assert (report.kind, report.notice_id, report.status) == ("hard", notice.id, "5.1.1")
    assert (reachable.notices()[0].state, reachable.notices()[0].refusal["rule"]) == ("failed", "bounced")
    assert stops(reachable) == [(None, "hard_bounce")]


def test_a_soft_bounce_fails_the_notice_and_leaves_the_address(reachable: Any) -> None:
    notice = sent(reachable)
    assert take(reachable, bounce_of(notice, status="5.2.2", said="552 full")).kind == "soft"
    assert reachable.notices()[0].state == "failed"
    assert stops(reachable) == []


@pytest.mark.parametrize("action", ["delayed", "relayed"])
def test_what_is_under_way_changes_nothing(reachable: Any, action: str) -> None:
    notice = sent(reachable)
    take(reachable, bounce_of(notice, action=action, status="4.0.0"))
    assert reachable.notices()[0].state == "sent"


def test_a_complaint_is_an_opt_out_and_fails_nothing(reachable: Any) -> None:
    notice = sent(reachable)
    mail = (COMPLAINT % b"abuse").replace(b"+tok@", f"+{notice_tokens.token_of(notice.id, 'return')}@".encode())
    assert take(reachable, mail).kind == "complaint"
    assert stops(reachable) == [("email", "complaint")]
    assert reachable.notices()[0].state == "sent"


def test_the_same_mail_again_changes_nothing(reachable: Any) -> None:
    mail = bounce_of(sent(reachable))
    assert take(reachable, mail).id == take(reachable, mail).id
    assert history(reachable).count("notice_failed") == 1
    assert reachable.count("mail_report") == 1


def test_what_names_no_notice_of_ours_is_kept_whole_for_a_person(reachable: Any) -> None:
    notice = sent(reachable)
    token = notice_tokens.token_of(notice.id, "return")
    forged = dsn(group(notice.recipient), to=f"bounces+{token[:-1]}{'a' if token[-1] != 'a' else 'b'}@exporter.example")
    report = take(reachable, forged)
    assert (report.kind, report.notice_id) == ("unknown", None)
    assert "MAILER-DAEMON" in (report.mail or "")
    assert take(reachable, VACATION).kind == "unknown"
    assert reachable.notices()[0].state == "sent"


def test_a_token_to_unsubscribe_is_no_return_address(reachable: Any) -> None:
    notice = sent(reachable)
    token = notice_tokens.token_of(notice.id, "unsubscribe")
    assert notice_tokens.notice_of(token, "unsubscribe") == notice.id
    assert notice_tokens.notice_of(token, "return") is None
    assert notice_tokens.notice_of(token.upper(), "unsubscribe") == notice.id


def test_a_mail_handed_in_by_another_tenant_reaches_no_notice_here(
    reachable: Any, new_tenant: Callable[[], str]
) -> None:
    other = new_tenant()
    mail = bounce_of(sent(reachable))
    returns = MailReturns(reachable.database, clock.new_id, reachable.clock, only=other)
    assert returns.take(mail, tenant_of_unknown=lambda: other).kind == "unknown"
    assert reachable.notices()[0].state == "sent"


# Fall-over --------------------------------------------------------------------------------------------------------


def test_a_bounced_notice_goes_over_to_a_text_in_the_cases_next_turn(reachable: Any) -> None:
    notice = sent(reachable)
    take(reachable, bounce_of(notice))
    reachable.turn()
    over = second(reachable)
    assert (over.channel, over.kind, over.state) == ("sms", notice.kind, "queued")
    assert over.payment_request_id == notice.payment_request_id
    assert "notice_over" in history(reachable)


def test_it_goes_over_once_however_often_the_case_turns(reachable: Any) -> None:
    take(reachable, bounce_of(sent(reachable)))
    reachable.turn()
    reachable.turn()
    assert len(reachable.notices()) == 2


def test_it_is_sent_under_a_permit_of_its_own_inside_the_budget(reachable: Any) -> None:
    take(reachable, bounce_of(sent(reachable)))
    reachable.turn()
    over = second(reachable)
    assert over.not_before > reachable.clock()  # one touch a day: the failed one counts
    relay = reachable.relay()
    assert relay.batch(reachable.tenant_id) == RelayDone()
    reachable.clock.at = over.not_before
    assert relay.batch(reachable.tenant_id).sent == 1
    first, other = reachable.notices()
    assert first.permit_id != other.permit_id
    assert (first.state, other.state) == ("failed", "sent")


def test_a_text_that_fails_too_goes_over_to_no_channel_that_was_tried(reachable: Any) -> None:
    take(reachable, bounce_of(sent(reachable)))
    reachable.turn()
    reachable.clock.at = second(reachable).not_before
    reachable.postman.answer = Delivery("rejected", "no route")
    reachable.relay().batch(reachable.tenant_id)
    reachable.turn()
    channels = [notice.channel for notice in reachable.notices() if notice.cause.startswith(("over/", "step/0"))]
    assert channels == ["email", "sms", "phone"]


def test_what_is_uncertain_goes_over_to_nothing(reachable: Any) -> None:
    reachable.postman.answer = Delivery("uncertain", "lost")
    sent(reachable)
    reachable.turn()
    assert second(reachable) is None


def test_a_channel_that_is_away_is_tried_again_and_goes_over_to_nothing(reachable: Any) -> None:
    reachable.postman.answer = Unavailable("mail_away", "No mail server.")
    sent(reachable)
    reachable.turn()
    assert second(reachable) is None


def test_what_was_uncertain_goes_over_once_the_bounce_says_that_it_failed(reachable: Any) -> None:
    reachable.postman.answer = Delivery("uncertain", "lost")
    take(reachable, bounce_of(sent(reachable)))
    reachable.turn()
    assert second(reachable).channel == "sms"


def test_a_notice_whose_address_was_stopped_meanwhile_goes_over(reachable: Any) -> None:
    take(reachable, bounce_of(sent(reachable)))
    with reachable.tx() as tx:  # the ladder's next mail was queued before the bounce came
        notices.change(tx, reachable.notices()[0].id, state="queued", permit_id=None, refusal=None)
        tx.exec_driver_sql("DELETE FROM case_event")
    reachable.relay().batch(reachable.tenant_id)
    assert reachable.notices()[0].refusal["rule"] == "recipient_missing"
    reachable.turn()
    assert second(reachable).channel == "sms"


def test_while_a_promise_stands_nobody_is_reminded_over_another_channel(reachable: Any) -> None:
    from domain.case_commands import TakePromise  # noqa: PLC0415 (this test alone)

    notice = sent(reachable)
    due = (reachable.clock() + timedelta(days=5)).date().isoformat()
    reachable.turn(promises=[TakePromise("c1", "ana", 100_000, "BRL", due)])
    take(reachable, bounce_of(notice))
    reachable.turn()
    assert second(reachable) is None
    assert "notice_stays" in history(reachable)
