"""The shapes of rules of cash sweeps, of papers attached to them, and of how banks name our accounts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Annotated, Any, Self

from pydantic import Field, StringConstraints
from sqlalchemy import Connection

from activities.sweep_rule_changes import difference
from domain.remittance import Purpose
from domain.sweep_schedules import Days, Schedule
from domain.sweeps import Direction, FxPolicy, RuleStatus, SweepKind, SweepRule
from gateway.shapes import Amount, Body, CountryCode, Identifier, LongText, Shape, ShortText
from store import sweep_rule_changes
from store.bank_accounts import BankAccount
from store.sweep_rule_changes import RuleChange
from store.sweeps import StoredRule, SweepDocument, SweepEvent

_HIGHEST = 2**31 - 1
_MOST_DAYS = 31
Count = Annotated[int, Field(ge=0, le=_HIGHEST)]
ZoneName = Annotated[str, StringConstraints(max_length=64, pattern=r"^[A-Za-z0-9_+/-]+$")]


class SweepTerms(Body):
    """The terms of a rule. Amounts are in the child account's currency; times by the zone's own clock."""

    direction: Annotated[Direction, Field(description="push: the child's bank is told to pay; pull: drawn.")]
    kind: SweepKind
    minimum: Amount
    approval_above: Annotated[Amount, Field(description="Above it a second person decides.")]
    trigger: Amount | None = None
    target: Annotated[Amount | None, Field(description="What stays in the account.")] = None
    zone: Annotated[ZoneName, Field(examples=["America/Sao_Paulo"])]
    opens: Annotated[time, Field(examples=["09:00"])]
    cut_off: Annotated[time, Field(examples=["16:00"])]
    days: Days = Days.BUSINESS
    day_numbers: Annotated[list[int], Field(max_length=_MOST_DAYS, description="Of the week (1 is Monday) or month.")]
    fx_policy: FxPolicy
    max_spread_basis_points: int | None = None
    purpose: Purpose = Purpose.OWN_FUNDS
    most_days_in_transit: int = 5
    active_from: date
    active_until: date | None = None
    reason: Annotated[LongText, Field(description="Why; kept with who and when.")]

    def rule(self, rule_id: str, account_id: str, currency: str, status: RuleStatus) -> SweepRule:
        """The rule; raises ``sweep_rule_invalid``, ``schedule_invalid`` and ``time_zone_unknown``."""
        return SweepRule(
            id=rule_id,
            child_account_id=account_id,
            direction=self.direction,
            kind=self.kind,
            currency=currency,
            minimum=self.minimum.money(),
            approval_above=self.approval_above.money(),
            trigger=None if self.trigger is None else self.trigger.money(),
            target=None if self.target is None else self.target.money(),
            schedule=Schedule(self.zone, self.opens, self.cut_off, self.days, tuple(self.day_numbers)),
            fx_policy=self.fx_policy,
            max_spread_basis_points=self.max_spread_basis_points,
            purpose=self.purpose,
            most_days_in_transit=self.most_days_in_transit,
            active_from=self.active_from,
            active_until=self.active_until,
            status=status,
        )


class NewSweepRule(SweepTerms):
    """A rule to write, for a child account."""

    child_account_id: Identifier


class ChangedSweepRule(SweepTerms):
    """A rule's terms and status, in the place of a revision."""

    status: RuleStatus
    revision: Annotated[Count, Field(description="The revision that was read; another one is a conflict.")]


class TurnDownBody(Body):
    """Why a change of a rule is withdrawn or declined."""

    reason: LongText


class SweepEventView(Shape):
    """Who changed what, when and why."""

    kind: str
    actor: str
    reason: str
    detail: dict[str, Any]
    at: datetime


def history(events: list[SweepEvent]) -> list[SweepEventView]:
    """The shapes of events."""
    return [SweepEventView.model_validate(one) for one in events]


class SweepRuleChangeView(Shape):
    """Terms that wait for a second person: what each was and is to be, who proposed them when and why."""

    id: str
    rule_id: str
    since: Annotated[int, Field(description="The revision in whose place they are put.")]
    proposer: str
    proposed_at: datetime
    reason: str
    changes: Annotated[dict[str, tuple[Any, Any]], Field(description="By term: as it stands, as it is to be.")]

    @classmethod
    def of(cls, change: RuleChange, stored: StoredRule) -> Self:
        """The shape of a change of a rule as it stands."""
        plain = ("id", "rule_id", "since", "proposer", "proposed_at", "reason")
        found = difference(stored.rule, change.terms)
        return cls(**{name: getattr(change, name) for name in plain}, changes=found)


class SweepRuleView(Shape):
    """A rule as it stands, with the change of it that waits for a second person."""

    id: str
    child_account_id: str
    status: str
    direction: str
    kind: str
    currency: str
    minimum: Amount
    approval_above: Amount
    trigger: Amount | None
    target: Amount | None
    zone: str
    opens: time
    cut_off: time
    days: str
    day_numbers: list[int]
    fx_policy: str
    max_spread_basis_points: int | None
    purpose: str
    most_days_in_transit: int
    active_from: date
    active_until: date | None
    revision: int
    created_by: str
    created_at: datetime
    changed_by: str
    changed_at: datetime
    pending: SweepRuleChangeView | None

    @classmethod
    def of(cls, stored: StoredRule, waiting: RuleChange | None) -> Self:
        """The shape of a rule."""
        rule, schedule = stored.rule, stored.rule.schedule
        plain = ("id", "child_account_id", "currency", "max_spread_basis_points", "most_days_in_transit")
        words = ("status", "direction", "kind", "fx_policy", "purpose")
        who = ("revision", "created_by", "created_at", "changed_by", "changed_at")
        return cls(
            **{name: getattr(rule, name) for name in (*plain, "active_from", "active_until")},
            **{name: getattr(rule, name).value for name in words},
            **{name: getattr(stored, name) for name in who},
            minimum=Amount.of(rule.minimum),
            approval_above=Amount.of(rule.approval_above),
            trigger=None if rule.trigger is None else Amount.of(rule.trigger),
            target=None if rule.target is None else Amount.of(rule.target),
            zone=schedule.zone,
            opens=schedule.opens,
            cut_off=schedule.cut_off,
            days=schedule.days.value,
            day_numbers=list(schedule.numbers),
            pending=None if waiting is None else SweepRuleChangeView.of(waiting, stored),
        )

    @classmethod
    def every(cls, tx: Connection, stored: Sequence[StoredRule]) -> list[Self]:
        """The shapes of rules, each with its change that waits."""
        waiting = sweep_rule_changes.waiting(tx)
        return [cls.of(one, waiting.get(one.rule.id)) for one in stored]


class SweepRuleDetail(SweepRuleView):
    """A rule with its history."""

    history: list[SweepEventView]


class SweepRuleList(Shape):
    """Every rule, the oldest first."""

    data: list[SweepRuleView]


class SweepDocumentView(Shape):
    """A paper attached to a rule, with the days of transfers that it covers."""

    id: str
    rule_id: str
    code: str
    first_day: date
    last_day: date | None
    filename: str
    sha256: str
    note: str
    attached_by: str
    attached_at: datetime

    @classmethod
    def of(cls, paper: SweepDocument) -> Self:
        """The shape of a paper."""
        return cls.model_validate(paper)


class SweepDocumentList(Shape):
    """A rule's papers, the newest first, and the codes that its country may ask for."""

    data: list[SweepDocumentView]
    known: dict[str, str]


class BankAccountBody(Body):
    """How a bank names one of our accounts: an IBAN, or else the bank's own number."""

    holder: ShortText
    country: CountryCode
    iban: ShortText | None = None
    local_id: ShortText | None = None
    bic: ShortText | None = None
    bank_name: ShortText | None = None
    town: ShortText | None = None
    reason: LongText


class BankAccountView(Shape):
    """A bank leaf as its bank names it."""

    account_id: str
    holder: str
    iban: str | None
    local_id: str | None
    bic: str | None
    bank_name: str | None
    country: str
    town: str | None
    stated_by: str
    stated_at: datetime

    @classmethod
    def of(cls, account: BankAccount) -> Self:
        """The shape of an account at a bank."""
        return cls.model_validate(account)
