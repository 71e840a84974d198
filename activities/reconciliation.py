"""Reconciling a connection: what is open on both sides is compared, what is proved is confirmed and booked at once.

A run is one transaction for one connection, leg and currency. It takes up what earlier runs left open and what came
since, so it costs what is open and not what was ever booked. A dry run is the same run, taken back at its end.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection

from activities import expectations, match_effects
from activities.book import Book
from activities.differences import DifferenceDesk
from domain.errors import AfluenteError, Conflict
from domain.ids import NewId
from domain.matching.engine import reconcile
from domain.matching.outcome import Group, Outcome, Status
from domain.matching.reasons import Reason
from domain.matching.rules import RuleSet
from domain.reconciliation import STANDARD, Known, Leg, Policy, rules_of, sides
from store import contests, creditors, expected, payouts, recon_items, recon_totals, reconciliation
from store.creditors import PlatformConnection
from store.reconciliation import MatchGroup, Run, StoredRules

ENGINE: Final = "engine"
_PAST_DAYS: Final = 120
_AHEAD_DAYS: Final = 31


@dataclass(frozen=True, slots=True)
class Context:
    """What is compared in one run."""

    connection: PlatformConnection
    leg: Leg
    currency: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a run found: as it was kept, and what it left over with the reasons (by what is left over)."""

    run: Run
    groups: tuple[MatchGroup, ...]
    leftover: Mapping[str, Reason]
    dry: bool = False


@dataclass(frozen=True, slots=True)
class ReconciliationDesk:
    """Reconciliation of one tenant, in the caller's transaction."""

    tx: Connection
    new_id: NewId
    now: datetime

    def rules(self, connection_id: str, leg: Leg) -> tuple[RuleSet, Policy, int]:
        """The rule set and limits of a connection's leg, with their version; version 0 is the standard."""
        stored = reconciliation.newest_rules(self.tx, connection_id, leg)
        if stored is None:
            return *STANDARD[leg], 0
        return *rules_of(leg, stored.version, stored.rules, stored.policy), stored.version

    def set_rules(
        self, connection_id: str, leg: Leg, *, rules: Mapping[str, Any], policy: Mapping[str, Any], actor: str
    ) -> StoredRules:
        """State a connection's rules for a leg anew: a new version, which the next run uses; nothing is matched by it.

        Raises what ``domain.reconciliation.rules_of`` raises.
        """
        connection = creditors.get_connection(self.tx, connection_id)
        reconciliation.lock_context(self.tx, connection.creditor_id)
        before = reconciliation.newest_rules(self.tx, connection_id, leg)
        version = 1 if before is None else before.version + 1
        rules_of(leg, version, rules, policy)
        stored = StoredRules(
            connection_id, leg.value, version, connection.tenant_id, dict(rules), dict(policy), actor, self.now
        )
        reconciliation.add_rules(self.tx, stored)
        return stored

    def contexts(self, connection_id: str | None = None) -> list[Context]:
        """What there is to compare, with what was booked since the last runs taken up; in a fixed order."""
        listed = creditors.connections(self.tx)
        wanted = [one for one in listed if connection_id in (None, one.id)]
        for connection in wanted:
            self._take_up(connection)
        return [
            Context(connection, leg, currency)
            for leg in Leg
            for connection in wanted
            for currency in self._currencies(connection, leg)
        ]

    def _take_up(self, connection: PlatformConnection) -> None:
        for leg in (Leg.PLATFORM, Leg.BANK):
            last = reconciliation.last_run(self.tx, connection_id=connection.id, leg=leg)
            since = None if last is None else last.book_mark
            self._from_book(connection.id, leg, since)
        desk = DifferenceDesk(self.tx, self.new_id, self.now)
        desk.answered(connection)
        expectations.answer(desk, connection)

    def _from_book(self, connection_id: str, leg: Leg, since: datetime | None) -> None:
        """What was booked since the last run takes part; at a bank also claims that were lost of money in it."""
        recon_items.from_book(self.tx, connection_id=connection_id, leg=leg, since=since, now=self.now)
        if leg is Leg.BANK:
            lost = contests.lost_in_banks(self.tx, connection_id)
            recon_items.enter(
                self.tx,
                connection_id=connection_id,
                leg=leg,
                side="left",
                known=[_of_contest(one) for one in lost],
                now=self.now,
            )

    def _currencies(self, connection: PlatformConnection, leg: Leg) -> list[str]:
        if leg in (Leg.PLATFORM, Leg.BANK):
            return recon_items.currencies(self.tx, connection.id, leg)
        waiting = expected.waiting_currencies(self.tx, connection.id)
        if leg is Leg.TRANSIT:
            return waiting
        lacking = expectations.currencies(self.tx, connection, today=self.now.date())
        return sorted({*waiting, *lacking})

    def run(self, context: Context, *, actor: str, dry: bool = False) -> Found:
        """Compare one context. A dry run finds the same and leaves nothing.

        Raises ``reconciliation_incomplete`` where the sums of the run do not close: then nothing of it is kept.
        """
        reconciliation.lock_context(self.tx, context.connection.creditor_id)
        if not dry:
            return self._run(context, actor=actor)
        attempt = self.tx.begin_nested()
        try:
            return replace(self._run(context, actor=actor), dry=True)
        finally:
            attempt.rollback()

    def _run(self, context: Context, *, actor: str) -> Found:
        rules, policy, version = self.rules(context.connection.id, context.leg)
        opening = recon_totals.open_sums(self.tx, context.connection.id, context.leg, context.currency)
        last = reconciliation.last_run(
            self.tx, connection_id=context.connection.id, leg=context.leg, currency=context.currency
        )
        left, right = self.both_sides(context)
        outcome = reconcile(*sides(left, right), rules)
        run = self._kept(context, outcome, last, version=version, actor=actor)
        keeper = Keeper(self, context, run, rules, policy)
        groups = keeper.keep(outcome, {one.ref: one for one in (*left, *right)})
        leftover = {one.id: one.reason for one in (*outcome.leftover_left, *outcome.leftover_right)}
        desk = DifferenceDesk(self.tx, self.new_id, self.now)
        desk.after_run(
            context.connection,
            context.leg,
            context.currency,
            leftover=leftover,
            policy=policy,
            since=None if last is None else last.book_mark,
        )
        if context.leg is Leg.EXPECTED:
            expectations.miss(desk, context.connection, context.currency, patience_days=policy.patience_days)
        self._prove(context, outcome, opening)
        return Found(run, tuple(groups), leftover)

    def both_sides(self, context: Context) -> tuple[list[Known], list[Known]]:
        """What is open on both sides of a context."""
        tx, connection, currency = self.tx, context.connection, context.currency
        match context.leg:
            case Leg.PLATFORM | Leg.BANK:
                last = reconciliation.last_run(tx, connection_id=connection.id, leg=context.leg, currency=currency)
                since = None if last is None else last.book_mark
                self._from_book(connection.id, context.leg, since)
                asked: dict[str, Any] = {"connection_id": connection.id, "leg": context.leg, "currency": currency}
                return recon_items.open_book(tx, **asked), recon_items.open_lines(tx, **asked)
            case Leg.TRANSIT:
                sent = payouts.on_their_way(tx, creditor_id=connection.creditor_id, currency=currency)
                waiting = expected.waiting(tx, connection_id=connection.id, currency=currency, whole=True)
                return [_of_payout(payout) for payout in sent], waiting
            case Leg.EXPECTED:
                waiting = expected.waiting(tx, connection_id=connection.id, currency=currency, whole=False)
                return (self._expected(context) if waiting else []), waiting

    def _expected(self, context: Context) -> list[Known]:
        creditor_id, currency, today = context.connection.creditor_id, context.currency, self.now.date()
        reported = expected.agency_accounts(self.tx, creditor_id)
        return [
            *expected.of_debtors(
                self.tx,
                creditor_id=creditor_id,
                currency=currency,
                first=today - timedelta(days=_PAST_DAYS),
                last=today + timedelta(days=_AHEAD_DAYS),
            ),
            *(one for account in reported for one in expectations.outstanding(self.tx, account, currency)),
            *expected.advised(self.tx, creditor_id=creditor_id, currency=currency),
        ]

    def _kept(self, context: Context, outcome: Outcome, last: Run | None, *, version: int, actor: str) -> Run:
        """The run as it is kept; the same rows by the same rules on the same day are one run."""
        today = self.now.date()
        same = last is not None and (last.digest, last.rules_version, last.day) == (
            outcome.input_digest,
            version,
            today,
        )
        if last is not None and same:
            return last
        run = Run(
            id=self.new_id("recon_run"),
            tenant_id=context.connection.tenant_id,
            connection_id=context.connection.id,
            leg=context.leg.value,
            currency=context.currency,
            rules_version=version,
            day=self.now.date(),
            digest=outcome.input_digest,
            counts={
                "groups": [
                    {
                        "stage": one.stage.value,
                        "status": one.status.value,
                        "groups": one.groups,
                        "left_rows": one.left_rows,
                        "right_rows": one.right_rows,
                    }
                    for one in outcome.counts
                ],
                "leftover_left": len(outcome.leftover_left),
                "leftover_right": len(outcome.leftover_right),
            },
            identity=[
                {name: getattr(one, name) for name in one.__dataclass_fields__} | {"holds": one.holds}
                for one in outcome.balances
            ],
            book_mark=self.now,
            actor=actor,
            started_at=self.now,
        )
        reconciliation.add_run(self.tx, run)
        return run

    def _prove(self, context: Context, outcome: Outcome, opening: recon_totals.Sums) -> None:
        """Opening open items and new ones, less what was matched and settled, make the closing open items."""
        if context.leg in (Leg.PLATFORM, Leg.BANK):
            holds = recon_totals.closes(self.tx, context.connection.id, context.leg, context.currency, opening)
        else:
            holds = True
        if not (holds and outcome.complete):
            raise Conflict("reconciliation_incomplete", "The sums of the run do not close; nothing of it was kept.")


@dataclass(frozen=True, slots=True)
class Keeper:
    """Writes down what a run found."""

    desk: ReconciliationDesk
    context: Context
    run: Run
    rules: RuleSet
    policy: Policy

    def keep(self, outcome: Outcome, known: Mapping[str, Known]) -> list[MatchGroup]:
        """Keep the groups: what is proved as confirmed and booked, the rest as proposals; older proposals give way."""
        tx, context = self.desk.tx, self.context
        prints = {fingerprint(context.leg, (*group.left, *group.right)): group for group in outcome.groups}
        refused = reconciliation.refused(tx, list(prints))
        standing = reconciliation.standing(
            tx, connection_id=context.connection.id, leg=context.leg, currency=context.currency
        )
        wanted = {mark: group for mark, group in prints.items() if mark not in refused}
        kept = {mark for mark, group in wanted.items() if mark in standing and group.status is not Status.CONFIRMED}
        stale = [group_id for mark, group_id in standing.items() if mark not in kept]
        reconciliation.supersede(tx, stale, by=ENGINE, now=self.desk.now)
        fresh = {mark: group for mark, group in wanted.items() if mark not in kept}
        numbers = self._numbers(fresh.values(), known)
        found = [self._add(mark, group, numbers, known) for mark, group in fresh.items()]
        return [*found, *(reconciliation.get_group(tx, standing[mark]) for mark in sorted(kept))]

    def _numbers(self, groups: Any, known: Mapping[str, Known]) -> dict[str, int]:
        """The item of every member; what is compared where it is takes part from now on."""
        tx, context = self.desk.tx, self.context
        members = [(group.left, group.right) for group in groups]
        for side, refs in (
            ("left", [ref for left, _ in members for ref in left]),
            ("right", [ref for _, right in members for ref in right]),
        ):
            if context.leg in (Leg.TRANSIT, Leg.EXPECTED):
                recon_items.enter(
                    tx,
                    connection_id=context.connection.id,
                    leg=context.leg,
                    side=side,
                    known=[known[ref] for ref in refs],
                    now=self.desk.now,
                )
        refs = [ref for left, right in members for ref in (*left, *right)]
        return {ref: seq for ref, (seq, _) in recon_items.numbers(tx, context.leg, refs).items()}

    def _add(self, mark: str, found: Group, numbers: Mapping[str, int], known: Mapping[str, Known]) -> MatchGroup:
        """One group; where what follows from it cannot be booked, it waits for a person with the reason."""
        reasons = [reason.document() for reason in found.reasons]
        group = self._group(mark, found, reasons)
        amounts = {numbers[ref]: known[ref].amount_minor for ref in (*found.left, *found.right)}
        if found.status is not Status.CONFIRMED:
            reconciliation.add_group(self.desk.tx, group, amounts)
            return group
        try:
            with self.desk.tx.begin_nested():
                return self._confirm(group, amounts)
        except AfluenteError as error:
            told = {"code": "not_booked", "sentence": error.message, "values": {"code": error.code}}
            waiting = replace(group, status="proposed", reasons=[*reasons, told], decided_by=None, decided_at=None)
            reconciliation.add_group(self.desk.tx, waiting, amounts)
            return waiting

    def _confirm(self, group: MatchGroup, amounts: Mapping[int, int]) -> MatchGroup:
        tx = self.desk.tx
        reconciliation.add_group(tx, group, amounts)
        members = reconciliation.members(tx, [group.id])[group.id]
        book = Book(tx, self.desk.new_id, self.desk.now)
        effects = match_effects.apply(book, group, members, rules=self.rules, policy=self.policy)
        if effects:
            reconciliation.change_group(tx, group.id, effects=effects)
        DifferenceDesk(tx, self.desk.new_id, self.desk.now).after_match(
            group, members, rules=self.rules, policy=self.policy, actor=ENGINE
        )
        return replace(group, effects=effects)

    def _group(self, mark: str, found: Group, reasons: list[dict[str, Any]]) -> MatchGroup:
        confirmed = found.status is Status.CONFIRMED
        return MatchGroup(
            id=self.desk.new_id("match_group"),
            tenant_id=self.run.tenant_id,
            connection_id=self.run.connection_id,
            leg=self.run.leg,
            currency=self.run.currency,
            run_id=self.run.id,
            status=found.status.value,
            stage=found.stage.value,
            score=found.score,
            reasons=reasons,
            fingerprint=mark,
            made_by=ENGINE,
            made_at=self.desk.now,
            decided_by=ENGINE if confirmed else None,
            decided_at=self.desk.now if confirmed else None,
            note=None,
            effects=[],
        )


def fingerprint(leg: Leg, refs: Sequence[str]) -> str:
    """What names a group by its members, whatever found it."""
    return hashlib.sha256("\x1e".join((leg.value, *sorted(refs))).encode()).hexdigest()


def _of_contest(lost: contests.Contest) -> Known:
    return Known(
        ref=f"{lost.id}/lost/{lost.round}",
        amount_minor=-lost.amount_minor,
        currency=lost.currency,
        day=lost.told_at.date(),
        kind="chargeback",
    )


def _of_payout(payout: payouts.Payout) -> Known:
    return Known(
        ref=payout.id,
        amount_minor=payout.net_minor,
        currency=payout.currency,
        day=payout.value_date,
        kind="payout",
        identifiers=(payout.external_ref, *payout.references),
        text=payout.external_ref,
    )
