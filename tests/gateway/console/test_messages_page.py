"""What debtors write, as people of the console see it: in the case, in one list, and how far a notice got."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from activities.incoming_texts import IncomingTexts
from connectors.channels.texts import Incoming
from runtime import clock
from store import cases, notice_messages, notices, parties
from tests.fakes.console_world import World
from tests.fakes.nudging import Unmoved

pytestmark = pytest.mark.servers

Enter = Callable[..., Any]


@pytest.fixture
def wrote(world: World, case_of: Callable[[str], str]) -> str:
    """The case of somebody in Thailand who wrote, and then opted out."""
    case_id = case_of("TH")
    number = f"+668{int.from_bytes(world.tenant_id.encode()[-4:], 'big') % 10**8:08d}"
    with world.database.tenant(world.tenant_id) as tx:
        party_id = cases.get(tx, case_id).party_id
        parties.change(tx, party_id, now=world.now(), values={"phone": number})
    listener = IncomingTexts(world.database, Unmoved(), clock.new_id, world.now)
    for name, text in (("1", "<b>ช่วยหยุดส่งหน่อย"), ("2", "STOP")):
        listener.hear(Incoming("postman", f"{world.tenant_id}/{name}", number, "28500", text))
    return case_id


def test_a_case_shows_what_its_debtor_wrote(signed_in: Enter, wrote: str) -> None:
    text = signed_in("finance").get(f"/cases/{wrote}").text
    assert "&lt;b&gt;ช่วยหยุดส่งหน่อย" in text
    for said in ("What the debtor wrote", "May ask to be left alone", "Opted out", "Debtor opted out of this channel"):
        assert said in text, said


def test_every_message_is_in_one_list_and_leads_to_its_case(signed_in: Enter, wrote: str) -> None:
    text = signed_in("auditor").get("/messages").text
    assert "&lt;b&gt;ช่วยหยุดส่งหน่อย" in text
    assert f'href="/console/cases/{wrote}"' in text


def test_a_notice_says_how_far_its_network_took_it(signed_in: Enter, world: World) -> None:
    with world.database.tenant(world.tenant_id) as tx:
        sent = tx.exec_driver_sql("SELECT id FROM notice WHERE state = 'sent' ORDER BY id LIMIT 1").scalar_one()
        notices.change(tx, sent, delivery="delivered", delivery_at=world.now())
    text = signed_in("admin").get(f"/outbox/{sent}").text
    assert re.search(r"At the network</dt><dd><span class=\"badge done\">Delivered", text)
    assert "Delivered" in signed_in("admin").get("/outbox?state=sent").text


def test_a_report_that_nobody_knows_is_shown(signed_in: Enter, world: World) -> None:
    stray = notice_messages.StrayReport(
        clock.new_id("stray_report"), world.tenant_id, "sms_smpp", "7f3a", None, "failed", "EXPIRED", world.now(), None
    )
    with world.database.tenant(world.tenant_id) as tx:
        notice_messages.keep(tx, stray)
    text = signed_in("auditor").get("/messages").text
    assert "7f3a" in text
    assert "EXPIRED" in text
