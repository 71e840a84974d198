"""Finding differences: what runs left over past its time, fees beyond the contract, receipts that need a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection

from activities import creditors as opening
from activities import match_effects
from activities.book import Book
from domain.differences import DifferenceKind, Resolution, due_date
from domain.ids import NewId
from domain.matching import names
from domain.matching.names import Likeness
from domain.matching.reasons import Reason
from domain.matching.rules import RuleSet
from domain.money import Money
from domain.receipts import SuspenseReason
from domain.reconciliation import Leg, Policy
from store import creditors, differences, outgoing_events, recon_items, reconciliation, special_receipts
from store.creditors import PlatformConnection
from store.differences import Difference
from store.recon_items import Item
from store.reconciliation import WAITING, MatchGroup, Member
from store.special_receipts import Special

_SAID_TWICE: Final = frozenset({"already_matched", "duplicate_of", "conflicting_id"})
_OF_SUSPENSE: Final[Mapping[str, DifferenceKind]] = {
    SuspenseReason.NO_MATCH.value: DifferenceKind.UNIDENTIFIED,
    SuspenseReason.NEGATIVE_AMOUNT.value: DifferenceKind.MONEY_OUT,
    SuspenseReason.OVERPAYMENT.value: DifferenceKind.OVERPAID,
    SuspenseReason.CASE_CLOSED.value: DifferenceKind.AFTER_CLOSURE,
    SuspenseReason.CURRENCY_MISMATCH.value: DifferenceKind.WRONG_CURRENCY,
}
_ALIKE_WITHIN_DAYS: Final = 5
_PERHAPS_TWICE: Final = frozenset({DifferenceKind.OVERPAID, DifferenceKind.AFTER_CLOSURE})
_OF_RECEIPTS: Final = tuple({kind.value for kind in (*_OF_SUSPENSE.values(), DifferenceKind.DUPLICATE_PAYMENT)})


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a difference is about. ``amount`` is what the other side says more (or, negative, less) than the book."""

    kind: DifferenceKind
    subject: str
    amount: Money
    day: date
    reason: Mapping[str, Any]
    leg: str | None = None
    item: Item | None = None
    other_seq: int | None = None
    group_id: str | None = None
    receipt_id: str | None = None
    case_id: str | None = None


@dataclass(frozen=True, slots=True)
class DifferenceDesk:
    """Differences of one tenant, in the caller's transaction."""

    tx: Connection
    new_id: NewId
    now: datetime

    def open(self, connection: PlatformConnection, about: About, *, actor: str) -> Difference | None:
        """Open a difference, once for what it is about; ``None`` where one was opened before."""
        book = Book(self.tx, self.new_id, self.now)
        difference = Difference(
            id=self.new_id("difference"),
            tenant_id=connection.tenant_id,
            creditor_id=connection.creditor_id,
            connection_id=connection.id,
            account_id=opening.child_for(book, connection, about.amount.currency),
            kind=about.kind.value,
            subject=about.subject,
            leg=about.leg or (about.item.leg if about.item else None),
            item_seq=about.item.seq if about.item else None,
            other_seq=about.other_seq,
            group_id=about.group_id,
            receipt_id=about.receipt_id,
            case_id=about.case_id,
            amount_minor=about.amount.minor,
            currency=about.amount.currency,
            day=about.day,
            state="open",
            owner=None,
            due_date=due_date(about.day, self.now.date()),
            reason=dict(about.reason),
            opened_at=self.now,
            resolution=None,
            resolved_by=None,
            resolved_at=None,
            effects=[],
        )
        if not differences.add(self.tx, difference):
            return None
        differences.note(self.tx, difference, kind="opened", actor=actor, at=self.now, document_=difference.reason)
        payload = {
            "kind": difference.kind,
            "account_id": difference.account_id,
            "connection_id": difference.connection_id,
            "amount_minor": difference.amount_minor,
            "currency": difference.currency,
            "day": difference.day.isoformat(),
            "due_date": difference.due_date.isoformat(),
        }
        outgoing_events.emit(self.tx, "difference.opened", difference.id, payload, self.now)
        return difference

    def explain(self, difference: Difference, *, actor: str, by: str) -> None:
        """What was different is explained; ``by`` names what explains it."""
        differences.change(
            self.tx,
            difference.id,
            state="resolved",
            resolution=Resolution.EXPLAINED.value,
            resolved_by=actor,
            resolved_at=self.now,
        )
        differences.note(self.tx, difference, kind="explained", actor=actor, at=self.now, document_={"by": by})

    def reopen(self, difference: Difference, *, actor: str, note: str) -> None:
        """What had explained a difference is gone, or what was done about it is undone."""
        differences.change(
            self.tx, difference.id, state="open", resolution=None, resolved_by=None, resolved_at=None, effects=[]
        )
        differences.note(self.tx, difference, kind="reopened", actor=actor, at=self.now, text_=note)

    # After a match ------------------------------------------------------------------------------------------------

    def after_match(
        self, group: MatchGroup, members: Sequence[Member], *, rules: RuleSet, policy: Policy, actor: str
    ) -> None:
        """Differences of the members are explained; a fee beyond the contract and a remaining amount are new ones."""
        for member in members:
            for difference in differences.of_item(self.tx, member.seq):
                self.explain(difference, actor=actor, by=group.id)
        connection = creditors.get_connection(self.tx, group.connection_id)
        left = [one for one in members if one.side == "left"]
        right = [one for one in members if one.side == "right"]
        day = max(one.day for one in members)
        if group.leg == Leg.PLATFORM.value:
            found = match_effects.not_agreed(left, right, rules=rules, policy=policy)
            for what, (stated, says) in found.items():
                self._variance(connection, group, what=what, stated=stated, says=says, day=day, actor=actor)
        rest = sum(one.amount_minor for one in right) - sum(one.amount_minor for one in left)
        if rest and group.leg in (Leg.PLATFORM.value, Leg.BANK.value) and all(one.kind != "payout" for one in left):
            about = About(
                kind=DifferenceKind.AMOUNT,
                subject=group.id,
                amount=Money(rest, group.currency),
                day=day,
                reason={"code": "sum_differs", "values": {"difference_minor": rest}},
                leg=group.leg,
                group_id=group.id,
            )
            self.open(connection, about, actor=actor)

    def _variance(
        self,
        connection: PlatformConnection,
        group: MatchGroup,
        *,
        what: str,
        stated: int,
        says: int | None,
        day: date,
        actor: str,
    ) -> None:
        about = About(
            kind=DifferenceKind.FEE_VARIANCE if what == "fee" else DifferenceKind.TAX_VARIANCE,
            subject=group.id,
            amount=Money((says or 0) - stated, group.currency),
            day=day,
            leg=group.leg,
            reason={"code": f"{what}_not_agreed", "values": {"stated_minor": stated, "expected_minor": says}},
            group_id=group.id,
        )
        self.open(connection, about, actor=actor)

    # After a run --------------------------------------------------------------------------------------------------

    def after_run(
        self,
        connection: PlatformConnection,
        leg: Leg,
        currency: str,
        *,
        leftover: Mapping[str, Reason],
        policy: Policy,
        since: datetime | None,
    ) -> None:
        """Open differences for what a run left over, and for receipts that need a person."""
        limit = self.now.date() - timedelta(days=policy.patience_days)
        if leg in (Leg.PLATFORM, Leg.BANK):
            self._said_otherwise(connection, leg, currency, leftover)
            self._missed(connection, leg, leftover, limit=limit)
            self._strangers(connection, currency, since=since)
        if leg is Leg.EXPECTED:
            self._waiting(connection, limit=limit)

    def _said_otherwise(
        self, connection: PlatformConnection, leg: Leg, currency: str, leftover: Mapping[str, Reason]
    ) -> None:
        """Said twice, or with another amount: that is certain at once, whatever its age."""
        telling = {ref: why for ref, why in leftover.items() if why.code in _SAID_TWICE or why.code == "amount_differs"}
        for ref, (seq, minor) in recon_items.numbers(self.tx, leg, list(telling)).items():
            why, item = telling[ref], recon_items.get(self.tx, seq)
            if why.code == "amount_differs":
                other, gap = str(why.values[0]), int(why.values[1])
                theirs = recon_items.numbers(self.tx, leg, [other]).get(other)
                about = About(
                    kind=DifferenceKind.AMOUNT,
                    subject="|".join(sorted((ref, other))),
                    amount=Money(gap if item.side == "right" else -gap, currency),
                    day=item.day,
                    reason=why.document(),
                    item=item,
                    other_seq=None if theirs is None else theirs[0],
                )
            else:
                about = About(
                    kind=DifferenceKind.DUPLICATE,
                    subject=ref,
                    amount=Money(minor if item.side == "right" else -minor, currency),
                    day=item.day,
                    reason=why.document(),
                    item=item,
                )
            self.open(connection, about, actor="engine")

    def _missed(self, connection: PlatformConnection, leg: Leg, leftover: Mapping[str, Reason], *, limit: date) -> None:
        """Open past its time, and of a day that the other side has told; what is proposed waits for a person."""
        spoken = recon_items.spoken_until(self.tx, connection_id=connection.id, leg=leg)
        right = recon_items.aged(self.tx, connection_id=connection.id, leg=leg, side="right", before=limit)
        left = [] if spoken is None else self._left(connection, leg, before=min(limit, spoken + timedelta(days=1)))
        for item in (*right, *left):
            stands = differences.of_item(self.tx, item.seq)
            if stands or reconciliation.group_of_item(self.tx, item.seq, statuses=WAITING) is not None:
                continue
            why = leftover.get(item.ref)
            about = About(
                kind=self._missing(connection, leg, item),
                subject=f"{leg.value}/{item.ref}",
                amount=Money(item.amount_minor if item.side == "right" else -item.amount_minor, item.currency),
                day=item.day,
                reason=why.document() if why else {"code": "not_matched"},
                item=item,
                receipt_id=item.ref if item.ref.startswith("rcp_") else None,
            )
            self.open(creditors.get_connection(self.tx, item.connection_id), about, actor="engine")

    def _left(self, connection: PlatformConnection, leg: Leg, *, before: date) -> list[Item]:
        """What of the book the other side lacks; at a bank also what platforms say they have sent to the creditor."""
        own = recon_items.aged(self.tx, connection_id=connection.id, leg=leg, side="left", before=before)
        if leg is not Leg.BANK:
            return own
        others = creditors.connections(self.tx, creditor_id=connection.creditor_id)
        return own + [
            item
            for other in others
            if other.id != connection.id
            for item in recon_items.aged(self.tx, connection_id=other.id, leg=leg, side="left", before=before)
        ]

    def _missing(self, connection: PlatformConnection, leg: Leg, item: Item) -> DifferenceKind:
        if item.side == "left":
            return DifferenceKind.MISSING_AT_BANK if leg is Leg.BANK else DifferenceKind.MISSING_AT_PLATFORM
        if item.line_seq is None:
            return DifferenceKind.MISSING_IN_BOOK
        known = special_receipts.known_elsewhere(
            self.tx, creditor_id=connection.creditor_id, connection_id=connection.id, line_seq=item.line_seq
        )
        if known == "here" and leg is Leg.PLATFORM:  # its receipt is matched, or the engine would have found it
            return DifferenceKind.DUPLICATE
        return DifferenceKind.WRONG_ACCOUNT if known == "elsewhere" else DifferenceKind.MISSING_IN_BOOK

    def _waiting(self, connection: PlatformConnection, *, limit: date) -> None:
        """Receipts that wait past their time, by why they wait."""
        for receipt in special_receipts.waiting(self.tx, connection_id=connection.id, before=limit):
            kind = _OF_SUSPENSE.get(receipt.suspense_reason or "", DifferenceKind.UNIDENTIFIED)
            if kind in _PERHAPS_TWICE and special_receipts.paid_alike(self.tx, receipt, within_days=_ALIKE_WITHIN_DAYS):
                kind = DifferenceKind.DUPLICATE_PAYMENT
            self._of_receipt(connection, kind, receipt, minor=receipt.suspense_minor)

    def answered(self, connection: PlatformConnection) -> None:
        """Differences about receipts that wait no more are explained."""
        for difference in special_receipts.answered(self.tx, connection_id=connection.id, kinds=_OF_RECEIPTS):
            self.explain(difference, actor="engine", by=difference.subject)

    def _strangers(self, connection: PlatformConnection, currency: str, *, since: datetime | None) -> None:
        """Debts that somebody paid whose name is none of the parties' of the case."""
        for receipt in special_receipts.matched_since(
            self.tx, connection_id=connection.id, currency=currency, since=since
        ):
            payer = names.key(receipt.payer_name or "")
            parties = [names.key(name) for name in special_receipts.party_names(self.tx, receipt.case_id or "")]
            if payer and parties and all(names.compare(payer, one) is Likeness.DIFFERENT for one in parties):
                self._of_receipt(connection, DifferenceKind.THIRD_PARTY_PAYER, receipt, minor=receipt.allocated_minor)

    def _of_receipt(
        self, connection: PlatformConnection, kind: DifferenceKind, receipt: Special, *, minor: int
    ) -> None:
        about = About(
            kind=kind,
            subject=receipt.id,
            amount=Money(minor, receipt.currency),
            day=receipt.value_date,
            reason={"code": kind.value, "values": {"receipt": receipt.id}},
            receipt_id=receipt.id,
            case_id=receipt.case_id,
        )
        self.open(connection, about, actor="engine")
