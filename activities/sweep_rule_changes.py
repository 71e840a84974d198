"""Rules of cash sweeps by four eyes: one writes or changes a rule, another approves it; to stop it one is enough.

A new rule is kept paused until its terms are approved. Each step is one transaction of the caller's, kept with who did
it, when and why; the database refuses terms that nobody approved.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from activities.sweep_outlook import ends_of
from activities.sweep_rules import say_why
from domain.day_close import Actor, four_eyes
from domain.errors import Conflict, Invalid
from domain.ids import NewId
from domain.sweeps import FxPolicy, RuleStatus, SweepRule, only_stops
from store import sweep_rule_changes as changes
from store import sweeps
from store.sweep_rule_changes import ChangeState, RuleChange
from store.sweeps import StoredRule, SweepEvent


@dataclass(frozen=True)
class RuleDesk:
    """The writing of rules, in the caller's transaction, by one person."""

    tx: Connection
    tenant_id: str
    actor: Actor
    new_id: NewId
    now: datetime

    def open(self, rule: SweepRule, *, reason: str) -> StoredRule:
        """Keep a new rule, paused, and propose that it sweeps; raises ``sweep_rule_invalid`` and ``reason_missing``."""
        say_why(reason)
        _fits(self.tx, rule)
        paused = replace(rule, status=RuleStatus.PAUSED)
        sweeps.add_rule(self.tx, paused, tenant_id=self.tenant_id, actor=self.actor.name, now=self.now)
        self._note(rule.id, "opened", reason, _terms(rule))
        if rule.status is RuleStatus.ACTIVE:
            self._propose(rule, 1, reason)
        return sweeps.get_rule(self.tx, rule.id)

    def change(self, rule: SweepRule, *, since: int, reason: str) -> StoredRule:
        """Propose other terms in the place of revision ``since``; what only pauses or retires the rule is done at once.

        A change that waits already is withdrawn for it. Raises ``sweep_rule_changed`` where somebody was faster,
        ``sweep_rule_invalid``, ``reason_missing``.
        """
        say_why(reason)
        stored = sweeps.get_rule(self.tx, rule.id, locked=True)
        before = stored.rule
        if (before.child_account_id, before.currency) != (rule.child_account_id, rule.currency):
            raise Invalid("sweep_rule_invalid", "A rule stays with its account.", fix="Retire it and write another.")
        _fits(self.tx, rule)
        _still(stored, since)
        waits = changes.waiting(self.tx).get(rule.id)
        if waits is not None:
            self._decide(waits, ChangeState.WITHDRAWN, "change_withdrawn", reason)
        if only_stops(before, rule):
            self._put(before, rule, since, self.actor.name, reason)
        else:
            self._propose(rule, since, reason)
        return sweeps.get_rule(self.tx, rule.id)

    def approve(self, change_id: str) -> StoredRule:
        """Put what another person proposed in the place of what it was proposed for.

        Raises ``four_eyes``, ``sweep_rule_change_decided``, ``sweep_rule_changed`` and ``sweep_rule_invalid``.
        """
        change = self._locked(change_id)
        four_eyes(change.proposed_by, self.actor)
        stored = sweeps.get_rule(self.tx, change.rule_id, locked=True)
        _fits(self.tx, change.terms)
        _still(stored, change.since)
        self._decide(change, ChangeState.APPROVED, "change_approved", "")
        self._put(stored.rule, change.terms, change.since, change.proposer, change.reason)
        return sweeps.get_rule(self.tx, change.rule_id)

    def turn_down(self, change_id: str, *, reason: str) -> StoredRule:
        """Leave the rule as it is: its author withdraws a change, another person declines it.

        Raises ``sweep_rule_change_decided`` and ``reason_missing``.
        """
        say_why(reason)
        change = self._locked(change_id)
        own = change.proposed_by == self.actor.id
        state = ChangeState.WITHDRAWN if own else ChangeState.DECLINED
        self._decide(change, state, f"change_{state.value}", reason)
        return sweeps.get_rule(self.tx, change.rule_id)

    # Inside -------------------------------------------------------------------------------------------------------

    def _propose(self, rule: SweepRule, since: int, reason: str) -> None:
        change = RuleChange(
            id=self.new_id("sweep_rule_change"),
            rule_id=rule.id,
            since=since,
            terms=rule,
            reason=reason,
            state=ChangeState.PROPOSED,
            proposed_by=self.actor.id,
            proposer=self.actor.name,
            proposed_at=self.now,
        )
        changes.add(self.tx, change, tenant_id=self.tenant_id)
        before = sweeps.get_rule(self.tx, rule.id).rule
        self._note(rule.id, "change_proposed", reason, {"change": change.id, **difference(before, rule)})

    def _put(self, before: SweepRule, rule: SweepRule, since: int, author: str, reason: str) -> None:
        sweeps.change_rule(self.tx, rule, since=since, actor=author, now=self.now)
        self._note(rule.id, "changed", reason, difference(before, rule), by=author)

    def _decide(self, change: RuleChange, state: ChangeState, kind: str, reason: str) -> None:
        changes.decide(self.tx, change.id, state, actor=self.actor, now=self.now, remark=reason)
        self._note(change.rule_id, kind, reason, {"change": change.id})

    def _locked(self, change_id: str) -> RuleChange:
        change = changes.get(self.tx, change_id, locked=True)
        if change.state is not ChangeState.PROPOSED:
            raise Conflict(
                "sweep_rule_change_decided",
                f"The change is {change.state.value} already.",
                fix="Look at the rule as it is now.",
                state=change.state.value,
            )
        return change

    def _note(self, rule_id: str, kind: str, reason: str, detail: dict[str, Any], *, by: str | None = None) -> None:
        event = SweepEvent(kind, by or self.actor.name, reason, detail, self.now)
        sweeps.note(self.tx, rule_id, event, tenant_id=self.tenant_id)


def _still(stored: StoredRule, since: int) -> None:
    if stored.revision != since or stored.rule.status is RuleStatus.RETIRED:
        raise Conflict(
            "sweep_rule_changed", "The rule was changed or retired meanwhile.", fix="Read it again, then change it."
        )


def _fits(tx: Connection, rule: SweepRule) -> None:
    """Refuse a rule that does not fit its account and parent."""
    ends = ends_of(tx, rule.child_account_id)
    if ends.child.currency != rule.currency:
        raise Invalid("sweep_rule_invalid", f"The account is kept in {ends.child.currency}, not {rule.currency}.")
    same = ends.parent.currency == rule.currency
    if same != (rule.fx_policy is FxPolicy.NONE) and rule.status is not RuleStatus.RETIRED:
        raise Invalid(
            "sweep_rule_invalid",
            f"The account is kept in {rule.currency}, its parent in {ends.parent.currency}.",
            fix="Between two currencies say how to exchange, or hold; within one there is nothing to exchange.",
        )


def difference(before: SweepRule, after: SweepRule) -> dict[str, Any]:
    """What a change changes: by name what was and what is to be, as plain documents."""
    was, is_now = _terms(before), _terms(after)
    return {name: [was[name], is_now[name]] for name in is_now if was[name] != is_now[name]}


def _terms(rule: SweepRule) -> dict[str, Any]:
    """A rule's terms as a plain document."""

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: plain(one) for name, one in value.items()}
        if isinstance(value, list | tuple):
            return [plain(one) for one in value]
        return value if value is None or isinstance(value, int) else str(value)

    found: dict[str, Any] = plain(asdict(rule))
    return found
