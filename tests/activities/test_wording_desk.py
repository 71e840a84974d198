"""Wording is approved by two; a change needs another approval; what nobody approved is not sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from activities import wording_desk
from connectors.wording.catalogs import translations
from domain.errors import AfluenteError
from store import timeline, wording_approvals
from store.wording_approvals import ApprovalState, Variant

FIRST = Variant("BR", "first_reminder", "email", "pt")


@pytest.fixture
def strict(brazil: Any) -> Any:
    """The Brazilian debtor of a tenant that approves each wording itself, with a reminder in the outbox."""
    with brazil.tx() as tx:
        brazil.wording(tx).trust(shipped_approved=False, reason="We read it ourselves.")
    brazil.turn()
    return brazil


def approve(world: Any, variant: Variant = FIRST) -> str:
    with world.tx() as tx:
        proposal = world.wording(tx, "ana").propose(variant)
        return world.wording(tx, "bo").approve(proposal.id).id


def sent(world: Any) -> str:
    world.relay().batch(world.tenant_id)
    (notice,) = world.notices()
    return str(notice.state)


def test_wording_that_nobody_approved_is_held_with_its_reason(strict: Any) -> None:
    assert sent(strict) == "held"
    (notice,) = strict.notices()
    assert (notice.refusal["rule"], strict.postman.carried) == ("wording.not_approved", [])


def test_a_tenant_that_said_nothing_has_nothing_approved(strict: Any, new_tenant: Callable[[], str]) -> None:
    version = wording_desk.current(FIRST, today=strict.clock().date())
    with strict.database.tenant(new_tenant()) as tx:
        assert wording_desk.approved_by(tx, FIRST, version.sha256) is None


def test_wording_approved_by_two_is_sent_and_its_version_is_pinned(strict: Any) -> None:
    approval = approve(strict)
    assert sent(strict) == "sent"
    (notice,) = strict.notices()
    with strict.tx() as tx:
        version = wording_desk.current(FIRST, today=strict.clock().date())
        (told,) = [row for row in timeline.of_case(tx, notice.case_id) if row.kind == "notice_sent"]
    assert (notice.approval_id, notice.wording_sha256) == (approval, version.sha256)
    assert notice.template_version == version.version
    assert (told.detail["wording"], told.detail["approval"], told.detail["text"]) == (
        version.sha256,
        approval,
        notice.sha256,
    )


def test_what_waited_for_its_wording_goes_on_once_that_is_approved(strict: Any) -> None:
    assert sent(strict) == "held"
    approve(strict, replace(FIRST, kind="second_reminder"))
    assert sent(strict) == "held"
    approve(strict)
    assert sent(strict) == "sent"


def test_who_proposed_does_not_approve(strict: Any) -> None:
    with strict.tx() as tx:
        proposal = strict.wording(tx, "ana").propose(FIRST)
        with pytest.raises(AfluenteError, match="four_eyes"):
            strict.wording(tx, "ana").approve(proposal.id)


def test_the_database_holds_anybody_to_it(strict: Any) -> None:
    with strict.tx() as tx:
        proposal = strict.wording(tx, "ana").propose(FIRST)
    with pytest.raises(DBAPIError, match="by_another"), strict.tx() as tx:
        tx.exec_driver_sql(
            "UPDATE wording_approval SET state = 'approved', decided_by = 'ana', decider = 'ana', decided_at = now()"
        )
    with pytest.raises(DBAPIError, match="permission denied"), strict.tx() as tx:
        tx.exec_driver_sql(f"UPDATE wording_approval SET text = 'x' WHERE id = '{proposal.id}'")


def test_a_changed_sentence_needs_another_approval(strict: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    approve(strict)
    _change(monkeypatch)
    assert sent(strict) == "held"
    approve(strict)
    with strict.tx() as tx:
        assert len(wording_approvals.history(tx, FIRST)) == 2


def test_what_was_changed_since_it_was_proposed_is_not_approved(strict: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with strict.tx() as tx:
        proposal = strict.wording(tx, "ana").propose(FIRST)
    _change(monkeypatch)
    with strict.tx() as tx, pytest.raises(AfluenteError, match="wording_changed"):
        strict.wording(tx, "bo").approve(proposal.id)


def _change(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another translation of one sentence of the reminder."""
    monkeypatch.setattr("connectors.wording.versions._remembered", {})
    words = translations("pt_BR", "notices", strict=True)
    own = words.gettext

    def gettext(message: str) -> str:
        return own(message) + " " if message.startswith("We kindly ask you to pay it by") else own(message)

    monkeypatch.setattr("gettext.GNUTranslations.gettext", lambda _self, message: gettext(message))


def test_one_is_enough_to_take_an_approval_back(strict: Any) -> None:
    approval = approve(strict)
    with strict.tx() as tx:
        assert strict.wording(tx, "bo").revoke(approval, reason="A word is wrong.").state is ApprovalState.REVOKED
    assert sent(strict) == "held"


def test_who_trusts_releases_may_still_turn_one_version_down(brazil: Any) -> None:
    brazil.turn()
    with brazil.tx() as tx:
        proposal = brazil.wording(tx, "ana").propose(FIRST)
        assert brazil.wording(tx, "bo").turn_down(proposal.id, reason="Too long.").state is ApprovalState.DECLINED
    assert sent(brazil) == "held"


def test_a_proposal_taken_back_by_its_author_is_withdrawn_and_may_be_made_again(strict: Any) -> None:
    with strict.tx() as tx:
        desk = strict.wording(tx, "ana")
        assert desk.turn_down(desk.propose(FIRST).id, reason="Not yet.").state is ApprovalState.WITHDRAWN
        assert desk.propose(FIRST).state is ApprovalState.PROPOSED


@pytest.mark.parametrize(("again", "code"), [("propose", "wording_approved"), ("approve", "wording_decided")])
def test_what_is_decided_is_not_decided_again(strict: Any, again: str, code: str) -> None:
    approval = approve(strict)
    with strict.tx() as tx:
        desk = strict.wording(tx, "cleo")
        act = {"propose": lambda: desk.propose(FIRST), "approve": lambda: desk.approve(approval)}[again]
        with pytest.raises(AfluenteError, match=code):
            act()


def test_a_reason_is_asked_of_whoever_stops_something(strict: Any) -> None:
    approval = approve(strict)
    with strict.tx() as tx, pytest.raises(AfluenteError, match="reason_missing"):
        strict.wording(tx).revoke(approval, reason=" ")


@pytest.mark.parametrize(
    ("variant", "code"),
    [
        (replace(FIRST, kind="whim"), "notice_kind_unknown"),
        (replace(FIRST, kind="case_closed", channel="phone"), "channel_not_written"),
        (replace(FIRST, kind="repossession_notice"), "channel_not_written"),  # no law prescribes one in Brazil
        (replace(FIRST, country="XX"), "country_unknown"),
    ],
)
def test_a_variant_that_does_not_exist_is_refused(strict: Any, variant: Variant, code: str) -> None:
    with strict.tx() as tx, pytest.raises(AfluenteError, match=code):
        strict.wording(tx).propose(variant)


def test_everything_of_a_country_is_proposed_and_approved_at_once(strict: Any) -> None:
    with strict.tx() as tx:
        every = wording_desk.of_country(tx, "BR", today=strict.clock().date())
        assert {one.approved_by for one in every} == {None}
        made = strict.wording(tx, "ana").propose_all(one.variant for one in every)
        done, left = strict.wording(tx, "bo").approve_all([one.id for one in made])
        assert (len(done), left) == (len(every), [])
        after = wording_desk.of_country(tx, "BR", today=strict.clock().date())
        assert all(one.approval and one.approved_by == one.approval.id for one in after)
        assert strict.wording(tx, "ana").propose_all(one.variant for one in every) == []
