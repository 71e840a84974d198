"""What people write back: whoever opts out is left alone there by everybody; other texts are for people to read."""

from __future__ import annotations

from typing import Any

import pytest

from activities import contact
from activities.contact import Contact
from activities.incoming_texts import IncomingTexts
from activities.nudges import NudgeActivities
from connectors.channels import Delivery
from connectors.channels.texts import Incoming, Piece
from domain.contact_policy import Refusal
from domain.contacts import Actor, Channel
from runtime import clock
from store import incoming_messages, opt_outs, permits, timeline
from store.incoming_messages import IncomingMessage
from store.permits import Permit
from tests.activities.conftest import World, portfolio_file, row


@pytest.fixture
def debtor(thailand: Any) -> Any:
    """A Thai debtor with a number that nobody else in these tests has."""
    thailand.set_party(phone=number_of(thailand))
    return thailand


def number_of(world: Any) -> str:
    """A number of the world's own: tenants of other tests share the database."""
    return f"+668{int.from_bytes(world.tenant_id.encode()[-4:], 'big') % 10**8:08d}"


def hear(world: Any, text: str, *, name: str | None = None, sender: str | None = None, piece: Any = None) -> None:
    heard = Incoming("postman", name, sender or number_of(world), "28500", text, piece)
    IncomingTexts(world.database, world.nudges, clock.new_id, world.clock).hear(heard)


def ask(world: Any, channel: Channel, actor: Actor = Actor.CREDITOR, number: str | None = None) -> Permit | Refusal:
    with world.tx() as tx:
        asked = Contact(contact.load(tx, world.case()), channel, actor, number=number or number_of(world))
        return contact.issue_permit(tx, asked, new_id=clock.new_id, now=world.clock())


def kept(world: Any) -> list[IncomingMessage]:
    with world.tx() as tx:
        return incoming_messages.newest(tx, limit=10)


def history(world: Any) -> list[str]:
    with world.tx() as tx:
        return [line.kind for line in timeline.of_case(tx, world.case().id) if line.kind.startswith("debtor_")]


@pytest.mark.parametrize("actor", list(Actor))
def test_whoever_opts_out_is_texted_by_nobody_again(debtor: Any, actor: Actor) -> None:
    hear(debtor, "หยุด!")
    answer = ask(debtor, Channel.SMS, actor)
    assert isinstance(answer, Refusal)
    assert (answer.rule, answer.next_allowed_at) == ("th.opt_out_sms", None)
    assert history(debtor) == ["debtor_opted_out"]
    assert debtor.nudges.told[-1] == debtor.case().id


def test_an_opt_out_is_of_that_channel_and_that_number(debtor: Any) -> None:
    hear(debtor, "STOP")
    assert isinstance(ask(debtor, Channel.SMS, number="+66899999999"), Permit)
    debtor.clock.advance(days=1)
    assert isinstance(ask(debtor, Channel.EMAIL, number="somchai@debtor.example"), Permit)


def test_a_text_that_waits_is_refused_after_an_opt_out_and_the_case_knows(debtor: Any) -> None:
    debtor.set_party(channel="sms")
    debtor.turn()
    hear(debtor, "ยกเลิก")
    debtor.relay().batch(debtor.tenant_id)
    (notice,) = debtor.notices()
    assert (notice.state, notice.refusal["rule"], debtor.postman.carried) == ("refused", "th.opt_out_sms", [])


def test_a_case_that_plans_knows_of_an_opt_out_before_any_number_is_chosen(debtor: Any) -> None:
    hear(debtor, "STOP")
    with debtor.tx() as tx:
        known = contact.facts(tx, contact.load(tx, debtor.case()), now=debtor.clock())
    assert known.registries == {"opt_out_sms"}


def test_every_case_and_tenant_of_a_number_honours_an_opt_out(debtor: Any, new_tenant: Any) -> None:
    debtor.load(portfolio_file(row("TH", contract_no="TH-0002", debtor_name="มาลี", id_value="3100600445635")))
    second = debtor.case()
    with debtor.tx() as tx:
        tx.exec_driver_sql("UPDATE party SET phone_index = %s", (permits.number_index(number_of(debtor)),))
    other = World(debtor.database, new_tenant())
    other.connect_bank("TH")
    other.load(portfolio_file(row("TH", contract_no="TH-0009")))
    other.set_party(phone=number_of(debtor))
    hear(debtor, "stop")
    (message,) = kept(debtor)
    assert second.id in message.case_ids
    assert len(message.case_ids) == 2
    assert history(debtor) == ["debtor_opted_out"]
    assert isinstance(ask(other, Channel.SMS, number=number_of(debtor)), Refusal)


def test_a_text_is_read_by_those_who_wrote_to_the_number_lately(debtor: Any, new_tenant: Any) -> None:
    other = World(debtor.database, new_tenant())
    other.connect_bank("TH")
    other.load(portfolio_file(row("TH", contract_no="TH-0009")))
    other.set_party(phone=number_of(debtor))
    hear(debtor, "ใครส่งมา")
    assert (len(kept(debtor)), len(kept(other))) == (1, 1)  # nobody wrote to it: all who know it
    debtor.set_party(channel="sms")
    debtor.turn()
    debtor.relay().batch(debtor.tenant_id)
    hear(debtor, "จ่ายแล้วเมื่อวาน")
    assert ([one.text for one in kept(debtor)], len(kept(other))) == (["จ่ายแล้วเมื่อวาน", "ใครส่งมา"], 1)


def test_a_text_is_a_message_in_its_case_for_a_person_to_read(debtor: Any) -> None:
    hear(debtor, "จ่ายแล้วเมื่อวาน ช่วยตรวจสอบด้วย")
    (message,) = kept(debtor)
    assert (message.text, message.meaning) == ("จ่ายแล้วเมื่อวาน ช่วยตรวจสอบด้วย", "message")
    assert message.case_ids == [debtor.case().id]
    assert history(debtor) == ["debtor_wrote"]
    assert isinstance(ask(debtor, Channel.SMS), Permit)


def test_a_text_that_may_ask_to_stop_says_so_and_stops_nothing_by_itself(debtor: Any) -> None:
    hear(debtor, "กรุณาหยุดส่งข้อความได้ไหม")
    assert kept(debtor)[0].meaning == "perhaps_opt_out"
    with debtor.tx() as tx:
        index = permits.number_index(number_of(debtor))
        assert index is not None
        assert opt_outs.standing(tx, [index]) == {}


def test_an_answer_makes_the_text_before_it_a_contact(debtor: Any) -> None:
    debtor.set_party(channel="sms")
    debtor.turn()
    debtor.postman.answer = Delivery("accepted", "taken")
    debtor.relay().batch(debtor.tenant_id)
    debtor.clock.advance(days=7)
    hear(debtor, "OK")
    with debtor.tx() as tx:
        assert tx.exec_driver_sql("SELECT result FROM contact_permit").scalar_one() == "contact"


def test_an_answer_after_more_than_a_week_changes_nothing(debtor: Any) -> None:
    debtor.set_party(channel="sms")
    debtor.turn()
    debtor.relay().batch(debtor.tenant_id)
    debtor.clock.advance(days=7, seconds=1)
    hear(debtor, "OK")
    with debtor.tx() as tx:
        assert tx.exec_driver_sql("SELECT result FROM contact_permit").scalar_one() == "attempt"


def test_what_a_network_tells_twice_is_kept_once(debtor: Any) -> None:
    hear(debtor, "OK", name="mo-1")
    debtor.clock.advance(days=30)
    hear(debtor, "OK", name="mo-1")
    hear(debtor, "OK", name="mo-2")
    assert len(kept(debtor)) == 2


def test_the_same_words_without_a_name_are_the_same_text_for_five_minutes(debtor: Any) -> None:
    for seconds in (0, 300, 1):
        debtor.clock.advance(seconds=seconds)
        hear(debtor, "OK")
    assert len(kept(debtor)) == 2
    assert history(debtor) == ["debtor_wrote"] * 2


def test_parts_of_a_text_become_one_in_whatever_order(debtor: Any) -> None:
    hear(debtor, "ontem.", piece=Piece("09", 2, 3))
    assert kept(debtor)[0].text == "[…]ontem.[…]"
    hear(debtor, "Paguei ", piece=Piece("09", 1, 3))
    hear(debtor, "ontem.", piece=Piece("09", 2, 3))
    hear(debtor, " Obrigado", piece=Piece("09", 3, 3))
    assert [one.text for one in kept(debtor)] == ["Paguei ontem. Obrigado"]
    assert history(debtor) == ["debtor_wrote"]


def test_a_reference_that_is_used_again_begins_another_text(debtor: Any) -> None:
    for first in ("um ", "dois "):
        hear(debtor, first, piece=Piece("09", 1, 2))
        hear(debtor, f"{first}fim", piece=Piece("09", 2, 2))
        debtor.clock.advance(seconds=1)
    assert [one.text for one in kept(debtor)] == ["dois dois fim", "um um fim"]


def test_what_was_written_is_sealed(debtor: Any) -> None:
    hear(debtor, "segredo")
    with debtor.tx() as tx:
        stored = tx.exec_driver_sql("SELECT pieces, sender FROM incoming_message").one()
    assert b"segredo" not in bytes(stored.pieces)
    assert number_of(debtor).encode() not in bytes(stored.sender)


def test_a_closed_case_is_still_told(debtor: Any) -> None:
    case = debtor.case()
    with debtor.tx() as tx:
        tx.exec_driver_sql("UPDATE collection_case SET closed_at = now(), work_state = 'paid'")
    hear(debtor, "obrigado")
    assert kept(debtor)[0].case_ids == [case.id]


def test_a_stranger_is_read_by_the_tenant_that_came_first(debtor: Any) -> None:
    first = debtor.database.tenants()[0]
    hear(debtor, "who is this", sender="+66800000001")
    with debtor.database.tenant(first) as tx:
        (message,) = [one for one in incoming_messages.newest(tx, limit=50) if one.sender == "+66800000001"]
    assert message.case_ids == []


def test_a_number_without_its_mobile_prefix_is_the_same_line(brazil: Any) -> None:
    digits = number_of(brazil)[-7:]
    brazil.set_party(phone=f"+55119612{digits[:5]}")
    hear(brazil, "SAIR", sender=f"+5511612{digits[:5]}")
    answer = ask(brazil, Channel.SMS, number=f"+55119612{digits[:5]}")
    assert isinstance(answer, Refusal)
    assert answer.rule == "br.opt_out_sms"


def test_numbers_that_were_kept_before_they_could_be_found_are_made_findable(debtor: Any) -> None:
    with debtor.tx() as tx:
        tx.exec_driver_sql("UPDATE party SET phone_index = NULL")
    hear(debtor, "STOP")
    assert isinstance(ask(debtor, Channel.SMS), Permit)
    NudgeActivities(debtor.database, debtor.nudges, clock.new_id, debtor.clock).sweep()
    debtor.clock.advance(minutes=6)
    hear(debtor, "STOP")
    assert isinstance(ask(debtor, Channel.SMS), Refusal)
