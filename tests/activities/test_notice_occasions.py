"""Each notice is queued when what it speaks of happens, with the facts that it needs, and is written as it is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from activities import arrangements, contact, courtesies, notice_writing
from activities import cases as case_files
from domain.case_commands import CloseCase, PlaceHold, TakePromise
from domain.errors import AfluenteError
from domain.loans import arrears
from domain.money import Money
from domain.notices import RenderedNotice
from runtime import clock
from store import cases, notices, promises, timeline

TODAY = date(2026, 11, 24)


def hold(kind: str) -> PlaceHold:
    return PlaceHold(f"h-{kind}", "debtor", kind, TODAY.isoformat(), None, "The car was returned.")


def of_kind(world: Any, kind: str) -> Any:
    (found,) = [notice for notice in world.notices() if notice.kind == kind]
    return found


def written(world: Any, kind: str) -> RenderedNotice:
    """The notice as it would go out now."""
    with world.tx() as tx:
        made = notice_writing.preview(tx, of_kind(world, kind), now=world.clock())
    assert made is not None
    return made


def desk(world: Any, tx: Any) -> arrangements.Arrangements:
    return arrangements.of_case(tx, world.case().id, actor="ana", new_id=clock.new_id, now=world.clock())


def reals(text: str) -> Money:
    return Money.parse(text, "BRL")


# What the debtor says -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["complaint", "dispute"])
def test_a_complaint_and_an_objection_are_acknowledged_though_everybody_else_is_silent(brazil: Any, kind: str) -> None:
    brazil.turn(holds=[hold(kind)])
    text = written(brazil, f"{kind}_acknowledgement").text
    assert "4 de dezembro de 2026" in text  # ten days, as house policy has it for Brazil
    assert brazil.relay().batch(brazil.tenant_id).sent == 1  # the hold does not silence its own acknowledgement
    assert [notice.kind for notice in brazil.notices()] == [f"{kind}_acknowledgement"]


def test_a_hold_of_our_own_is_not_acknowledged(brazil: Any) -> None:
    brazil.turn(holds=[hold("legal_hold")])
    assert brazil.notices() == []


def test_a_time_that_law_gives_for_the_answer_is_the_one_that_is_told(indonesia: Any) -> None:
    indonesia.turn(holds=[hold("complaint")])
    assert "4 Desember 2026" in written(indonesia, "complaint_acknowledgement").text  # POJK: ten working days at most


def test_a_promise_is_confirmed_with_a_code_for_what_was_promised(brazil: Any) -> None:
    due = TODAY + timedelta(5)
    brazil.turn(promises=[TakePromise("c1", "debtor", 40_000, "BRL", due.isoformat())])
    text = written(brazil, "promise_confirmation").text
    assert "R$ 400,00" in text.replace("\xa0", " ")
    assert "29 de novembro de 2026" in text
    assert "5406400.00" in text  # the amount in the Pix code


def test_each_promise_that_broke_is_told_with_its_own_amount_and_day(brazil: Any) -> None:
    brazil.turn(promises=[TakePromise("c1", "debtor", 40_000, "BRL", TODAY.isoformat())])
    brazil.clock.advance(days=2)
    brazil.turn()
    assert not [notice for notice in brazil.notices() if notice.kind == "broken_promise"]  # days of grace
    brazil.clock.advance(days=1)
    brazil.turn()
    text = written(brazil, "broken_promise").text.replace("\xa0", " ")
    assert ("R$ 400,00" in text, "24 de novembro de 2026" in text) == (True, True)


# The end --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("reason", "told"), [("withdrawn", True), ("settled", True), ("written_off", False)])
def test_who_is_told_that_the_case_is_closed(brazil: Any, reason: str, *, told: bool) -> None:
    brazil.turn(closings=[CloseCase("x1", "ana", reason, "note")])
    assert [notice.kind for notice in brazil.notices()] == (["case_closed"] if told else [])


def test_a_case_closed_by_money_is_thanked_for_and_told(brazil: Any) -> None:
    brazil.statement({"amount": "1000.00", "remittance": "BR-0001"})
    brazil.intake()
    brazil.turn()
    assert "Agradecemos" in written(brazil, "case_closed").text
    relay = brazil.relay()
    assert relay.batch(brazil.tenant_id).sent == 1  # one contact a day by the house's own cap
    brazil.clock.at = of_kind(brazil, "case_closed").not_before
    assert relay.batch(brazil.tenant_id).sent == 1
    assert [notice.state for notice in brazil.notices()] == ["sent", "sent"]


def test_that_a_case_is_closed_is_not_told_once_it_is_open_again(brazil: Any) -> None:
    brazil.statement({"amount": "1000.00", "reference": "E2E-1", "remittance": "BR-0001"})
    brazil.intake()
    brazil.turn()
    closed = brazil.case()
    brazil.statement({"amount": "-1000.00", "reversal_of": "E2E-1"})
    brazil.intake()
    brazil.relay().batch(brazil.tenant_id)
    with brazil.tx() as tx:
        found = {one.kind: one.state for one in notices.of_case(tx, closed.id)}
    assert found["case_closed"] == "cancelled"


# Plans ----------------------------------------------------------------------------------------------------------


def plan(world: Any, *amounts: str, first: int = 5, apart: int = 30) -> str:
    payments = [(TODAY + timedelta(first + apart * n), reals(amount)) for n, amount in enumerate(amounts)]
    with world.tx() as tx:
        return desk(world, tx).agree_plan(payments)


def states(world: Any) -> list[str]:
    with world.tx() as tx:
        return [row.state for row in sorted(promises.of_case(tx, world.case().id), key=lambda row: row.due_date)]


def test_a_plan_is_confirmed_payment_by_payment_and_silences_reminders(brazil: Any) -> None:
    brazil.turn()
    plan(brazil, "400.00", "600.00")
    assert brazil.turn().stage == "promise"
    assert of_kind(brazil, "first_reminder").state == "cancelled"
    text = written(brazil, "plan_confirmation").text.replace("\xa0", " ")
    assert all(amount in text for amount in ("R$ 400,00", "R$ 600,00", "R$ 1.000,00", "29 de novembro de 2026"))
    assert "5406400.00" in text  # the code asks for the first payment


def test_money_keeps_the_payments_of_a_plan_in_their_order(brazil: Any) -> None:
    plan(brazil, "400.00", "600.00")
    brazil.turn()
    brazil.statement({"amount": "400.00", "remittance": "BR-0001"})
    brazil.intake()
    brazil.turn()
    assert states(brazil) == ["kept", "open"]


def test_a_payment_of_a_plan_that_is_missed_is_told(brazil: Any) -> None:
    plan(brazil, "400.00", "600.00")
    brazil.turn()
    brazil.clock.advance(days=8)
    brazil.turn()
    assert states(brazil) == ["broken", "open"]
    assert of_kind(brazil, "broken_promise").state == "queued"


def test_a_plan_takes_the_place_of_promises_that_are_open(brazil: Any) -> None:
    brazil.turn(promises=[TakePromise("c1", "debtor", 100, "BRL", (TODAY + timedelta(1)).isoformat())])
    plan(brazil, "400.00")
    assert states(brazil) == ["cancelled", "open"]


def test_a_debtor_in_hardship_is_sent_the_plan_that_they_agreed_to(brazil: Any) -> None:
    brazil.turn(holds=[hold("hardship")])
    plan(brazil, "400.00", "600.00")
    assert brazil.relay().batch(brazil.tenant_id).sent == 1
    assert of_kind(brazil, "plan_confirmation").state == "sent"


# The vehicle ----------------------------------------------------------------------------------------------------


def vehicle_notice(world: Any, *, unpaid: int) -> bool:
    """Whether the notice is due with so many instalments unpaid."""
    with world.tx() as tx:
        tx.exec_driver_sql(f"UPDATE instalment SET due_date = '2026-09-01'::date + number WHERE number <= {unpaid}")
        debtor = contact.load(tx, world.case())
        today = debtor.today(world.clock())
        owed = arrears(case_files.debt(tx, debtor.case).instalments, currency="THB", as_of=today)
        return arrangements.vehicle_notice_is_due(tx, debtor, owed, today=today)


@pytest.mark.parametrize(("unpaid", "due"), [(2, False), (3, True)])
def test_in_thailand_the_notice_about_the_vehicle_asks_for_three_unpaid(
    thailand: Any, unpaid: int, *, due: bool
) -> None:
    assert vehicle_notice(thailand, unpaid=unpaid) is due


def test_where_no_law_prescribes_it_there_is_no_notice_about_the_vehicle(brazil: Any) -> None:
    with brazil.tx() as tx:
        debtor = contact.load(tx, brazil.case())
        owed = arrears(case_files.debt(tx, debtor.case).instalments, currency="BRL", as_of=date(2027, 6, 1))
        assert not arrangements.vehicle_notice_is_due(tx, debtor, owed, today=date(2027, 6, 1))


# Settlements ----------------------------------------------------------------------------------------------------


def offered(world: Any, amount: str = "700.00", days: int = 10) -> None:
    with world.tx() as tx:
        desk(world, tx).offer_settlement(reals(amount), until=TODAY + timedelta(days))


def test_an_offer_is_sent_with_its_amount_its_last_day_and_a_code_for_it(brazil: Any) -> None:
    brazil.turn()
    offered(brazil)
    brazil.turn()
    assert brazil.relay().batch(brazil.tenant_id).sent == 1
    (carried,) = brazil.postman.carried
    assert ("700,00" in carried.text, "4 de dezembro de 2026" in carried.text) == (True, True)
    assert "5406700.00" in carried.text
    assert of_kind(brazil, "first_reminder").state == "cancelled"


@pytest.mark.parametrize(("amount", "stage"), [("700.00", "settled"), ("699.99", "active")])
def test_money_of_an_offer_ends_the_case_and_less_does_not(brazil: Any, amount: str, stage: str) -> None:
    offered(brazil)
    brazil.statement({"amount": amount, "remittance": "BR-0001"})
    brazil.intake()
    assert brazil.turn().stage == stage


@pytest.mark.parametrize(
    ("amount", "days", "code"),
    [
        ("1000.00", 10, "settlement_invalid"),  # all of it is no settlement
        ("0.00", 10, "settlement_invalid"),
        ("1.00", -1, "settlement_day_invalid"),
        ("1.00", 91, "settlement_day_invalid"),
    ],
)
def test_an_offer_that_makes_no_sense_is_refused(brazil: Any, amount: str, days: int, code: str) -> None:
    with pytest.raises(AfluenteError, match=code):
        offered(brazil, amount, days)


@pytest.mark.parametrize(("amount", "days"), [("999.99", 0), ("0.01", 90)])
def test_an_offer_at_its_edges_is_made(brazil: Any, amount: str, days: int) -> None:
    offered(brazil, amount, days)
    assert of_kind(brazil, "settlement_offer").state == "queued"


def test_under_a_hold_no_offer_is_made(brazil: Any) -> None:
    brazil.turn(holds=[hold("dispute")])
    with pytest.raises(AfluenteError, match="contact_refused"):
        offered(brazil)


# Personal data --------------------------------------------------------------------------------------------------


def ask(world: Any) -> int:
    with world.tx() as tx:
        case = cases.get(tx, world.case().id)
        timeline.note(tx, case, at=world.clock(), actor="debtor", kind="data_request", detail={"kind": "access"})
        return timeline.of_case(tx, case.id)[-1].seq


def test_a_request_about_data_is_answered_once_in_full_though_no_contact_is_wished(brazil: Any) -> None:
    brazil.turn(holds=[hold("cease")])
    seq = ask(brazil)
    with brazil.tx() as tx:
        desk(brazil, tx).answer_data_request(seq, "Guardamos o seu nome e o seu contrato.")
    with brazil.tx() as tx, pytest.raises(AfluenteError, match="data_request_answered"):
        desk(brazil, tx).answer_data_request(seq, "Outra vez.")
    assert brazil.relay().batch(brazil.tenant_id).sent == 1
    assert "Guardamos o seu nome e o seu contrato." in brazil.postman.carried[0].text


@pytest.mark.parametrize(("seq", "answer", "code"), [(0, "x", "data_request_unknown"), (None, " ", "answer_invalid")])
def test_an_answer_to_nothing_or_of_nothing_is_refused(brazil: Any, seq: int | None, answer: str, code: str) -> None:
    asked = ask(brazil) if seq is None else seq
    with brazil.tx() as tx, pytest.raises(AfluenteError, match=code):
        desk(brazil, tx).answer_data_request(asked, answer)


# The day to pay by ----------------------------------------------------------------------------------------------


def test_a_reminder_gives_seven_days_and_ends_on_a_working_day(brazil: Any) -> None:
    brazil.turn()
    assert "1 de dezembro de 2026" in written(brazil, "first_reminder").text
    brazil.clock.advance(days=4)  # Saturday, 28 November: seven days later is a Saturday
    assert "7 de dezembro de 2026" in written(brazil, "first_reminder").text


# Before the due date --------------------------------------------------------------------------------------------


def courtesies_queued(world: Any) -> int:
    with world.tx() as tx:
        return courtesies.queue_due(tx, new_id=clock.new_id, now=world.clock())


@pytest.fixture
def cured(brazil: Any) -> Any:
    """The Brazilian debtor has caught up; the next instalment falls due on 10 December."""
    brazil.statement({"amount": "1000.00", "remittance": "BR-0001"})
    brazil.intake()
    assert brazil.turn().stage == "cured"
    return brazil


@pytest.mark.parametrize(("day", "queued"), [(6, 0), (7, 1), (9, 1), (10, 0)])
def test_who_was_late_is_reminded_in_the_three_days_before_the_next_due_date(cured: Any, day: int, queued: int) -> None:
    cured.clock.at = datetime(2026, 12, day, 15, tzinfo=UTC)
    assert courtesies_queued(cured) == queued


def test_a_courtesy_names_its_instalment_carries_its_code_and_comes_once(cured: Any) -> None:
    cured.clock.at = datetime(2026, 12, 7, 15, tzinfo=UTC)
    courtesies_queued(cured)
    assert courtesies_queued(cured) == 0
    text = written(cured, "courtesy").text.replace("\xa0", " ")
    assert all(words in text for words in ("R$ 1.000,00", "10 de dezembro de 2026", "54071000.00"))
    assert "atraso" not in text


def test_a_courtesy_for_what_was_paid_meanwhile_is_not_sent(cured: Any) -> None:
    cured.clock.at = datetime(2026, 12, 7, 15, tzinfo=UTC)
    courtesies_queued(cured)
    with cured.tx() as tx:
        tx.exec_driver_sql("UPDATE instalment SET paid_minor = amount_minor WHERE number = 2")
    cured.relay().batch(cured.tenant_id)
    assert of_kind(cured, "courtesy").state == "cancelled"


def test_who_is_late_again_is_reminded_by_the_ladder_alone(cured: Any) -> None:
    with cured.tx() as tx:
        tx.exec_driver_sql("UPDATE instalment SET paid_minor = 0, due_date = '2026-11-20' WHERE number = 1")
    cured.clock.at = datetime(2026, 12, 7, 15, tzinfo=UTC)
    assert courtesies_queued(cured) == 0
