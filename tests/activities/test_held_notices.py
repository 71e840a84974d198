"""Held notices: what is prohibited is never let through; facts are corrected, findings cleared by two, asked again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from activities import held_notices, notice_writing
from activities.held_notices import HeldDesk
from domain.day_close import Actor
from domain.errors import AfluenteError
from domain.notices import NoticeKind, RenderedNotice
from runtime import clock
from store import notices, timeline

THREAT = "Pague hoje ou a polícia irá buscar o seu carro. Aurora"
NAMELESS = "Lembramos que há um valor em atraso no seu contrato."


@contextmanager
def desk(world: Any, who: str = "ana") -> Iterator[HeldDesk]:
    with world.tx() as tx:
        yield HeldDesk(tx, world.tenant_id, Actor(who, who), clock.new_id, world.clock())


def only(world: Any) -> Any:
    (notice,) = world.notices()
    return notice


def told(world: Any) -> list[str]:
    with world.tx() as tx:
        return [row.kind for row in timeline.of_case(tx, world.case().id)]


def say(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Have every notice read so."""

    def preview(_tx: Any, notice: Any, *, now: datetime, pay_url: str | None = None) -> RenderedNotice:
        del now, pay_url
        return RenderedNotice(NoticeKind(notice.kind), "email", "pt_BR", "ltr", "1", "s", text, None, "0" * 64)

    monkeypatch.setattr("activities.relay.preview", preview)
    monkeypatch.setattr(notice_writing, "preview", preview)


def hold(world: Any) -> str:
    """A reminder that the relay holds."""
    world.turn()
    world.relay().batch(world.tenant_id)
    assert only(world).state == "held"
    return str(only(world).id)


def hold_for_address(world: Any) -> str:
    """A reminder that the relay holds, for the creditor's address is not known, which law wants stated."""
    with world.tx() as tx:
        tx.exec_driver_sql("UPDATE creditor SET address = NULL")
    return hold(world)


def test_what_is_prohibited_is_neither_released_nor_cleared(brazil: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    say(monkeypatch, THREAT)
    held = hold(brazil)
    with desk(brazil) as at, pytest.raises(AfluenteError, match="notice_still_held"):
        at.release(held)
    with desk(brazil) as at, pytest.raises(AfluenteError, match="wording_prohibited"):
        at.clear(held, reason="It is meant kindly.")


def test_a_notice_goes_out_once_its_words_were_changed(brazil: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as bad:
        say(bad, THREAT)
        held = hold(brazil)
    with desk(brazil) as at:
        assert at.release(held).state == "queued"
    assert brazil.relay().batch(brazil.tenant_id).sent == 1
    assert [kind for kind in told(brazil) if kind.startswith("notice_")] == [
        "notice_queued",
        "notice_held",
        "notice_released",
        "notice_sent",
    ]


def test_what_was_released_is_checked_again_at_sending(brazil: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as bad:
        say(bad, THREAT)
        held = hold(brazil)
    with desk(brazil) as at:
        at.release(held)
    say(monkeypatch, THREAT)
    brazil.relay().batch(brazil.tenant_id)
    assert only(brazil).state == "held"


def test_a_finding_that_is_none_is_cleared_by_two(brazil: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    say(monkeypatch, NAMELESS)
    held = hold(brazil)
    with desk(brazil) as at:
        clearance = at.clear(held, reason="The name stands in the picture above.")
    with desk(brazil) as at, pytest.raises(AfluenteError, match="four_eyes"):
        at.confirm(clearance.id)
    assert brazil.relay().batch(brazil.tenant_id).sent == 0
    with desk(brazil, "bo") as at:
        assert at.confirm(clearance.id).state == "queued"
    assert brazil.relay().batch(brazil.tenant_id).sent == 1


def test_the_database_asks_for_two_as_well(brazil: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    say(monkeypatch, NAMELESS)
    held = hold(brazil)
    with desk(brazil) as at:
        at.clear(held, reason="It is there.")
    with pytest.raises(DBAPIError, match="by_another"), brazil.tx() as tx:
        tx.exec_driver_sql("UPDATE notice_clearance SET confirmed_by = 'ana', confirmer = 'ana', confirmed_at = now()")


def test_a_clearance_does_not_cover_what_is_found_later(brazil: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as first:
        say(first, NAMELESS)
        held = hold(brazil)
        with desk(brazil) as at:
            clearance = at.clear(held, reason="It is there.")
    say(monkeypatch, THREAT.removesuffix(" Aurora"))
    with desk(brazil, "bo") as at, pytest.raises(AfluenteError, match="notice_still_held"):
        at.confirm(clearance.id)


def test_nothing_found_is_nothing_to_clear(brazil: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as bad:
        say(bad, THREAT)
        held = hold(brazil)
    with desk(brazil) as at, pytest.raises(AfluenteError, match="nothing_to_clear"):
        at.clear(held, reason="Nothing is wrong.")


def test_facts_are_corrected_for_one_notice_alone_and_it_stays_held(brazil: Any) -> None:
    held = hold_for_address(brazil)
    with desk(brazil) as at:
        found = at.correct(held, {"pay_by": "2026-12-18", "creditor_address": "Rua das Flores, 10"})
    assert found.rendered is not None
    assert ("18 de dezembro de 2026" in found.rendered.text, "Rua das Flores, 10" in found.rendered.text) == (
        True,
        True,
    )
    assert only(brazil).state == "held"
    with desk(brazil) as at:
        taken_back = at.correct(held, {"pay_by": None})
    assert taken_back.rendered is not None
    assert "18 de dezembro" not in taken_back.rendered.text


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"overdue": "1.00"}, "fact_not_correctable"),  # amounts come from the book
        ({"answer": "x"}, "fact_not_correctable"),
        ({"pay_by": "soon"}, "facts_malformed"),
    ],
)
def test_a_fact_that_is_not_to_be_stated_here_is_refused(brazil: Any, facts: dict[str, Any], code: str) -> None:
    held = hold_for_address(brazil)
    with desk(brazil) as at, pytest.raises(AfluenteError, match=code):
        at.correct(held, facts)


def test_a_day_that_has_passed_keeps_the_notice_held_with_the_reason(brazil: Any) -> None:
    held = hold_for_address(brazil)
    with desk(brazil) as at:
        found = at.correct(held, {"pay_by": "2026-11-23", "creditor_address": "Rua das Flores, 10"})
    assert found.refusal is not None
    assert found.refusal["rule"] == "facts_disagree"
    assert only(brazil).refusal["rule"] == "facts_disagree"


def test_a_notice_is_discarded_with_a_reason(brazil: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    say(monkeypatch, THREAT)
    held = hold(brazil)
    with desk(brazil) as at, pytest.raises(AfluenteError, match="reason_missing"):
        at.discard(held, reason="")
    with desk(brazil) as at:
        assert at.discard(held, reason="Written in error.").state == "cancelled"
    with desk(brazil) as at, pytest.raises(AfluenteError, match="notice_not_held"):
        at.release(held)


def test_the_ladder_waits_for_a_held_notice_and_goes_on_once_it_is_gone(
    brazil: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as bad:
        say(bad, THREAT)
        held = hold(brazil)
    brazil.clock.advance(days=20)
    brazil.turn()
    assert len(brazil.notices()) == 1
    with desk(brazil) as at:
        at.discard(held, reason="Too late.")
    brazil.turn()
    assert [notice.state for notice in brazil.notices()] == ["cancelled", "queued"]


def test_a_notice_about_what_is_paid_by_now_is_not_released(brazil: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as bad:
        say(bad, THREAT)
        held = hold(brazil)
    brazil.statement({"amount": "1000.00", "remittance": "BR-0001"})
    brazil.intake()
    with desk(brazil) as at, pytest.raises(AfluenteError, match="notice_over"):
        at.release(held)


def test_a_look_says_what_is_found_and_where(brazil: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    say(monkeypatch, THREAT)
    held = hold(brazil)
    with brazil.tx() as tx:
        found = held_notices.look(tx, notices.get(tx, held), now=brazil.clock())
    assert ("polícia", 18) in {(one.phrase, one.start) for one in found.findings}
    assert not found.clearable


def test_the_next_reminder_waits_for_one_that_was_held_for_long(brazil: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as bad:
        say(bad, THREAT)
        held = hold(brazil)
    brazil.clock.advance(days=20)
    with desk(brazil) as at:
        at.release(held)
    brazil.turn()
    brazil.relay().batch(brazil.tenant_id)
    brazil.clock.advance(days=6)
    brazil.turn()
    assert [notice.state for notice in brazil.notices()] == ["sent"]
    brazil.clock.advance(days=1)
    brazil.turn()
    assert [notice.kind for notice in brazil.notices()] == ["first_reminder", "second_reminder"]
