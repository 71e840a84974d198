"""The notice about the vehicle: prescribed by law that was read, and only as the first step of its route."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from domain.conduct import Conduct, RecoveryStep
from domain.contacts import Confidence
from domain.recovery import opens_the_way, prescribed, unpaid_first

SINCE = date(2020, 1, 1)
NOTICE = RecoveryStep(
    id="xx.notice",
    text="A notice.",
    source="An act",
    confidence=Confidence.SECONDARY,
    effective_from=SINCE,
    order=2,
    code="notice",
    form="written_notice",
    wait_days=30,
)
FORM = replace(NOTICE, id="xx.form", form="schedule", order=1, after_unpaid=2)


def test_a_notice_is_prescribed_from_the_day_its_rule_holds() -> None:
    conduct = Conduct(recovery=(NOTICE,))
    assert prescribed(conduct, product="loan", on=SINCE) is NOTICE
    assert prescribed(conduct, product="loan", on=date(2019, 12, 31)) is None


def test_what_was_not_read_prescribes_nothing() -> None:
    unread = replace(NOTICE, confidence=Confidence.UNVERIFIED)
    assert prescribed(Conduct(recovery=(unread,)), product="loan", on=SINCE) is None


def test_a_notice_after_a_step_of_another_form_does_not_open_the_way() -> None:
    assert opens_the_way(Conduct(recovery=(NOTICE,)), NOTICE)
    assert not opens_the_way(Conduct(recovery=(FORM, NOTICE)), NOTICE)
    assert opens_the_way(Conduct(recovery=(replace(FORM, route="court"), NOTICE)), NOTICE)


def test_the_route_says_how_many_instalments_are_unpaid_first() -> None:
    assert unpaid_first(Conduct(recovery=(FORM, NOTICE)), NOTICE) == 2
    assert unpaid_first(Conduct(recovery=(NOTICE, replace(FORM, order=3))), NOTICE) == 0
