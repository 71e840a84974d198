"""Notices offer the pay page where their channel may carry a link, and never where law says that it may not."""

from __future__ import annotations

from typing import Any

import pytest

from activities import contact, notice_writing, pay_links
from activities.relay import RelayActivities
from domain.contact_policy import Channel
from domain.errors import Conflict
from runtime import clock
from store import cases
from store import pay_links as link_rows


def offered(world: Any, monkeypatch: pytest.MonkeyPatch, public_url: str | None) -> list[str | None]:
    """What the notices of the case's first turn had to offer."""
    world.turn()
    told: list[str | None] = []
    real = notice_writing.render

    def render(*args: Any, **facts: Any) -> Any:
        told.append(facts["facts"].pay_url)
        return real(*args, **facts)

    monkeypatch.setattr(notice_writing, "render", render)
    usual = world.relay()
    RelayActivities(world.database, usual.issuer, usual.transports, usual.new_id, usual.now, public_url).batch(
        world.tenant_id
    )
    return told


def test_a_notice_is_offered_the_debtors_page(brazil: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    (url,) = offered(brazil, monkeypatch, "https://pay.example")
    with brazil.tx() as tx:
        link = link_rows.standing(tx, brazil.case().id, now=brazil.clock())
    assert link is not None
    assert url == f"https://pay.example{pay_links.path_of(link)}"


def test_without_a_public_address_no_link_is_made(brazil: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert offered(brazil, monkeypatch, None) == [None]
    assert brazil.count("pay_link") == 0


def test_a_text_message_in_thailand_carries_no_link(thailand: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    thailand.set_party(channel="sms", phone="+66812345678")
    assert offered(thailand, monkeypatch, "https://pay.example") == [None]


@pytest.mark.parametrize(("channel", "may"), [(Channel.SMS, False), (Channel.EMAIL, True)])
def test_the_rule_is_of_the_channel(thailand: Any, *, channel: Channel, may: bool) -> None:
    with thailand.tx() as tx:
        debtor = contact.load(tx, thailand.case())
    assert pay_links.may_carry(debtor, channel, now=thailand.clock()) is may


def test_a_closed_case_gets_no_link(brazil: Any) -> None:
    with brazil.tx() as tx:
        cases.change(tx, brazil.case().id, closed_at=brazil.clock())
    with brazil.tx() as tx, pytest.raises(Conflict, match="case_closed"):
        pay_links.give(tx, brazil.case(), created_by="t", now=brazil.clock(), new_id=clock.new_id)
