"""House policy on collecting that is the same in every country: what the house does where no law says what to do."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from connectors.shared.house_rules import HOUSE_SINCE
from domain.conduct import AgencyRule, Conduct, Duty, DutyKind, RecoveryStep, SenderRule
from domain.contacts import Channel, Confidence

_CALLS: Final = frozenset({Channel.PHONE})
_FIVE_YEARS: Final = 1827
_DUTIES: Final = (
    (
        DutyKind.DISCLOSE,
        "Whoever speaks names the creditor, the contract, the amount, how it is paid and where to complain.",
        None,
        ("creditor_name", "contract", "amount", "how_to_pay", "complaint"),
        None,
    ),
    (DutyKind.CALLER_ID, "The number that calls is shown and can be called back.", _CALLS, (), None),
    (DutyKind.RECORD, "Calls are recorded, and that is said at their start.", _CALLS, ("recorded",), None),
    (DutyKind.LANGUAGE, "A debtor is spoken and written to in a language that they understand.", None, (), None),
    (DutyKind.LOG, "Every contact is written down with its hour, channel, actor and outcome.", None, (), None),
    (DutyKind.RETENTION, "Records of collecting are kept for five years.", None, (), _FIVE_YEARS),
    (
        DutyKind.DATA_TRANSFER,
        "Personal data leave the country under a contract that binds who receives them, and no more than are needed.",
        None,
        (),
        None,
    ),
    (DutyKind.COMPLAINTS, "A complaint is answered within ten working days; contact stops until then.", None, (), 10),
)


def completed(prefix: str, conduct: Conduct) -> Conduct:
    """A country's conduct with the house's duties of every kind that its rules leave out.

    Agencies, the way to retake a vehicle and senders of texts are filled in too; charges and limitation are not: what
    no rule states there is refused.
    """
    stated = {duty.kind for duty in conduct.duties}
    duties = (
        Duty(
            id=f"{prefix}.house.{kind}",
            kind=kind,
            text=text,
            channels=channels,
            elements=elements,
            days=days,
            source="house policy: no rule of this kind was found in law",
            confidence=Confidence.POLICY,
            effective_from=HOUSE_SINCE,
        )
        for kind, text, channels, elements, days in _DUTIES
        if kind not in stated
    )
    return replace(
        conduct,
        duties=(*conduct.duties, *duties),
        recovery=conduct.recovery or (_by_a_court(prefix),),
        agencies=conduct.agencies or (_unknown_agencies(prefix),),
        senders=conduct.senders or (_plain_texts(prefix),),
    )


def _by_a_court(prefix: str) -> RecoveryStep:
    return RecoveryStep(
        id=f"{prefix}.house.recovery",
        order=1,
        code="court_order",
        form="court_order",
        wait_days=0,
        route="judicial",
        text="A vehicle is taken back by order of a court or enforcement office only, never by the lender's own hand.",
        source="house policy: no rule on retaking vehicles was found in law",
        confidence=Confidence.POLICY,
        effective_from=HOUSE_SINCE,
    )


def _unknown_agencies(prefix: str) -> AgencyRule:
    return AgencyRule(
        id=f"{prefix}.house.agencies",
        may_act=None,
        may_hold_money=False,
        text="Whether an agency may collect is not known; the debtor pays the creditor's own account only.",
        source="house policy: no rule on collection agencies was found in law",
        confidence=Confidence.POLICY,
        effective_from=HOUSE_SINCE,
    )


def _plain_texts(prefix: str) -> SenderRule:
    return SenderRule(
        id=f"{prefix}.house.sms",
        channel=Channel.SMS,
        links=False,
        personal_data=False,
        sender_registered=True,
        text="A text comes from a sender registered with the operators and carries no link and no identity number.",
        source="house policy: no rule on senders of texts was found",
        confidence=Confidence.POLICY,
        effective_from=HOUSE_SINCE,
    )
