"""What a person decides of proposals: accept, reject, split, put together by hand, and take back what was confirmed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy.exc import IntegrityError

from activities import match_effects
from activities.book import Book
from activities.differences import DifferenceDesk
from activities.reconciliation import Context, ReconciliationDesk, fingerprint
from activities.undoing import undo
from domain.errors import AfluenteError, Conflict, Invalid, Refused
from domain.matching.outcome import Stage
from domain.reconciliation import Leg
from store import creditors, differences, recon_items, recon_listings, reconciliation
from store.recon_items import Item
from store.reconciliation import WAITING, MatchGroup

MOST_MEMBERS: Final = 500
MOST_AT_ONCE: Final = 500
BY_HAND: Final = "by_hand"


@dataclass(frozen=True, slots=True)
class Part:
    """Items of both sides that a person says are the same money."""

    left: tuple[int, ...]
    right: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of one proposal of many: confirmed, or the code of why not."""

    group_id: str
    refused: str | None = None


@dataclass(frozen=True, slots=True)
class MatchDesk:
    """Decisions of a person in the caller's transaction."""

    desk: ReconciliationDesk
    actor: str

    def accept(self, group_id: str, *, note: str | None = None) -> MatchGroup:
        """Confirm a proposal; what follows in the book is booked with it.

        Raises ``match_group_decided``, ``group_ambiguous`` (split it), ``match_item_taken`` and what the bookings
        raise.
        """
        group = self._waiting(group_id)
        if group.status == "ambiguous":
            raise Refused("group_ambiguous", "Which row is which is open.", fix="Split it into groups that say which.")
        return self._confirm(replace(group, note=note))

    def accept_all(
        self, *, connection_id: str | None = None, leg: Leg | None = None, stage: Stage | None = None, limit: int
    ) -> list[Accepted]:
        """Accept what waits of one kind, oldest first; one that cannot be booked does not keep the others back."""
        found = []
        for group_id in recon_listings.proposed(
            self.desk.tx, connection_id=connection_id, leg=leg, stage=stage, limit=min(limit, MOST_AT_ONCE)
        ):
            try:
                with self.desk.tx.begin_nested():
                    self.accept(group_id)
                found.append(Accepted(group_id))
            except AfluenteError as error:
                found.append(Accepted(group_id, error.code))
        return found

    def reject(self, group_id: str, *, note: str) -> MatchGroup:
        """Say that a proposal is wrong; the same is not proposed again. Raises ``match_group_decided``."""
        group = self._waiting(group_id)
        self._decide(group, status="rejected", note=_said(note))
        return reconciliation.get_group(self.desk.tx, group.id)

    def split(self, group_id: str, parts: Sequence[Part]) -> list[MatchGroup]:
        """Confirm parts of a proposal; what of it is in no part is open again.

        Raises ``match_group_decided``, ``item_not_of_group``, ``match_part_empty``, ``match_amounts_differ`` and
        what the bookings raise; then nothing is changed.
        """
        group = self._waiting(group_id)
        members = {one.seq: one for one in reconciliation.members(self.desk.tx, [group.id])[group.id]}
        chosen = [seq for part in parts for seq in (*part.left, *part.right)]
        if set(chosen) - set(members) or len(set(chosen)) != len(chosen):
            raise Invalid("item_not_of_group", "A part names an item that is not of the group, or one twice.")
        self._decide(group, status="split", note=None)
        return [self._by_hand(group, part) for part in parts]

    def match(self, part: Part, *, leg: Leg) -> MatchGroup:
        """Confirm items that a person found to be the same money; they are open and of one leg and currency.

        Raises ``match_part_empty``, ``match_amounts_differ``, ``match_item_taken``, ``recon_item_unknown``.
        """
        items = [recon_items.get(self.desk.tx, seq) for seq in (*part.left, *part.right)]
        if not items or len({(one.leg, one.currency) for one in items}) != 1 or items[0].leg != leg.value:
            raise Invalid("match_part_empty", "A group has items of one leg and currency on both sides.")
        connection_id = next((one.connection_id for one in items if one.side == "right"), items[0].connection_id)
        connection = creditors.get_connection(self.desk.tx, connection_id)
        reconciliation.lock_context(self.desk.tx, connection.creditor_id)
        return self._by_hand(_model(items[0], connection_id, connection.tenant_id), part)

    def revoke(self, group_id: str, *, note: str) -> MatchGroup:
        """Take back a confirmed group: what it booked is mirrored, its items and their differences are open again.

        The same is not confirmed again by itself. Raises ``match_group_not_confirmed`` and ``changed_since``.
        """
        group = self._locked(group_id)
        if group.status != "confirmed":
            raise Conflict("match_group_not_confirmed", f"The group is {group.status}.")
        tx = self.desk.tx
        members = reconciliation.members(tx, [group.id])[group.id]
        book = Book(tx, self.desk.new_id, self.desk.now)
        undo(book, group.effects, key=f"revoke/{group.id}", day=self.desk.now.date())
        self._decide(group, status="revoked", note=_said(note))
        found = DifferenceDesk(tx, self.desk.new_id, self.desk.now)
        for difference in differences.explained_by(tx, [one.seq for one in members]):
            found.reopen(difference, actor=self.actor, note=note)
        for difference in differences.of_group(tx, group.id):
            found.explain(difference, actor=self.actor, by=f"revoke/{group.id}")
        return reconciliation.get_group(tx, group.id)

    def unexplained(self, item: Item) -> None:
        """Refuse to book a line by hand while something explains it.

        The comparison is made anew and taken back: only a line that it leaves over, with every sum of its neighbours
        looked through, may be booked. Raises ``line_explained`` and ``line_not_searched``.
        """
        connection = creditors.get_connection(self.desk.tx, item.connection_id)
        for leg in (Leg(item.leg), Leg.TRANSIT):
            context = Context(connection, leg, item.currency)
            found = self.desk.run(context, actor=self.actor, dry=True)
            if leg is Leg(item.leg):
                why = found.leftover.get(item.ref)
                if why is None:
                    raise Refused(
                        "line_explained",
                        "The line is explained by what is in the book, or there is a proposal for it.",
                        fix="Decide the proposal first; booking the line would book the money twice.",
                    )
                if why.code == "unknown_budget":
                    raise Refused("line_not_searched", f"{why.sentence} Match it by hand, or raise the budgets.")

    # Inside -------------------------------------------------------------------------------------------------------

    def _locked(self, group_id: str) -> MatchGroup:
        group = reconciliation.get_group(self.desk.tx, group_id)
        connection = creditors.get_connection(self.desk.tx, group.connection_id)
        reconciliation.lock_context(self.desk.tx, connection.creditor_id)
        return reconciliation.get_group(self.desk.tx, group_id, lock=True)

    def _waiting(self, group_id: str) -> MatchGroup:
        group = self._locked(group_id)
        if group.status not in WAITING:
            raise Conflict("match_group_decided", f"The group is {group.status}.")
        return group

    def _decide(self, group: MatchGroup, *, status: str, note: str | None, **values: Any) -> None:
        reconciliation.change_group(
            self.desk.tx,
            group.id,
            status=status,
            decided_by=self.actor,
            decided_at=self.desk.now,
            note=note,
            **values,
        )

    def _confirm(self, group: MatchGroup) -> MatchGroup:
        tx = self.desk.tx
        try:
            with tx.begin_nested():
                self._decide(group, status="confirmed", note=group.note)
        except IntegrityError as cause:
            raise _taken() from cause
        return self._follow(reconciliation.get_group(tx, group.id))

    def _follow(self, group: MatchGroup) -> MatchGroup:
        """Book what follows from a group that is confirmed now."""
        tx = self.desk.tx
        members = reconciliation.members(tx, [group.id])[group.id]
        others = reconciliation.waiting_with(tx, [one.seq for one in members])
        reconciliation.supersede(tx, others, by=self.actor, now=self.desk.now)
        rules, policy, _ = self.desk.rules(group.connection_id, Leg(group.leg))
        book = Book(tx, self.desk.new_id, self.desk.now)
        effects = match_effects.apply(book, group, members, rules=rules, policy=policy)
        if effects:
            reconciliation.change_group(tx, group.id, effects=effects)
        DifferenceDesk(tx, self.desk.new_id, self.desk.now).after_match(
            group, members, rules=rules, policy=policy, actor=self.actor
        )
        return reconciliation.get_group(tx, group.id)

    def _by_hand(self, model: MatchGroup, part: Part) -> MatchGroup:
        tx = self.desk.tx
        if not part.left or not part.right or len(part.left) + len(part.right) > MOST_MEMBERS:
            raise Invalid("match_part_empty", f"A group has items on both sides, at most {MOST_MEMBERS}.")
        items = {seq: recon_items.get(tx, seq) for seq in (*part.left, *part.right)}
        _check_sides(items, part)
        group = replace(
            model,
            id=self.desk.new_id("match_group"),
            run_id=None,
            status="confirmed",
            stage=BY_HAND,
            score=100,
            reasons=[{"code": BY_HAND, "sentence": "A person put it together.", "values": {}}],
            fingerprint=fingerprint(Leg(model.leg), [item.ref for item in items.values()]),
            made_by=self.actor,
            made_at=self.desk.now,
            decided_by=self.actor,
            decided_at=self.desk.now,
            note=None,
            effects=[],
        )
        others = reconciliation.waiting_with(tx, list(items))
        reconciliation.supersede(tx, others, by=self.actor, now=self.desk.now)
        try:
            with tx.begin_nested():
                reconciliation.add_group(tx, group, {seq: item.amount_minor for seq, item in items.items()})
        except IntegrityError as cause:
            raise _taken() from cause
        return self._follow(group)


def _check_sides(items: dict[int, Item], part: Part) -> None:
    sides = [{items[seq].side for seq in chosen} for chosen in (part.left, part.right)]
    if sides != [{"left"}, {"right"}]:
        raise Invalid("match_part_empty", "Left items stand on the left, right ones on the right.")
    left, right = (_could_be(items, chosen) for chosen in (part.left, part.right))
    if not left & right:
        raise Refused(
            "match_amounts_differ",
            f"The left side comes to {sorted(left)}, the right side to {sorted(right)} in minor units.",
            fix="Leave out what is not of it; what then remains is a difference.",
        )


def _could_be(items: dict[int, Item], chosen: Sequence[int]) -> set[int]:
    """What a side comes to before and after the fees and taxes that it states."""
    gross = sum(items[seq].amount_minor for seq in chosen)
    return {gross, gross - sum(items[seq].fee_minor + items[seq].tax_minor for seq in chosen)}


def _model(item: Item, connection_id: str, tenant_id: str) -> MatchGroup:
    return MatchGroup(
        id="",
        tenant_id=tenant_id,
        connection_id=connection_id,
        leg=item.leg,
        currency=item.currency,
        run_id=None,
        status="confirmed",
        stage=BY_HAND,
        score=100,
        reasons=[],
        fingerprint="",
        made_by="",
        made_at=item.seen_at,
        decided_by=None,
        decided_at=None,
        note=None,
        effects=[],
    )


def _said(note: str) -> str:
    if not note.strip():
        raise Invalid("reason_missing", "A reason is needed.", fix="Say why.")
    return note.strip()


def _taken() -> Conflict:
    return Conflict("match_item_taken", "Another group holds one of the items.", fix="Look at that group first.")
