"""Two sides of a match beside each other: what agrees, what differs, the reasons, and other ways to see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from typing import Final

from markupsafe import Markup
from sqlalchemy import Connection

from domain.matching import names
from domain.matching.known_names import KnownNames
from domain.matching.names import Likeness
from domain.money import Money
from gateway.console.pages import Visit
from gateway.console.reason_words import Said, said
from gateway.console.voice import Voice
from store import recon_evidence, reconciliation
from store.recon_evidence import Evidence
from store.reconciliation import MatchGroup, Member

MOST_ALTERNATIVES: Final = 12
ROWS_SHOWN: Final = 60
"""So many rows of a side are listed; of a batch of thousands the sum tells more than the rows."""
_LEAST_NAME: Final = 4  # shorter names agree by chance


@dataclass(frozen=True, slots=True)
class Row:
    """One row with those of its names that the other side says too."""

    seen: Evidence
    agreeing: frozenset[str]

    @property
    def amount(self) -> Money:
        """Its amount before fees."""
        return Money(self.seen.amount_minor, self.seen.currency)

    @property
    def net(self) -> Money:
        """Its amount after the fees and taxes that it states."""
        return Money(self.seen.amount_minor - self.seen.fee_minor - self.seen.tax_minor, self.seen.currency)


@dataclass(frozen=True, slots=True)
class Feature:
    """One thing that both sides are compared by. ``agrees`` is ``None`` where a side says nothing of it."""

    code: str
    left: Markup
    right: Markup
    agrees: bool | None


@dataclass(frozen=True, slots=True)
class Alternative:
    """One of several ways to explain: the rows of both sides, by number."""

    left: tuple[int, ...]
    right: tuple[int, ...]
    words: Markup


@dataclass(frozen=True, slots=True)
class Side:
    """What all rows of a side come to, before and after fees, and the first and last of their days."""

    rows: int
    gross: Money
    net: Money
    days: tuple[date, ...]

    @classmethod
    def of(cls, members: Sequence[Member], currency: str) -> Side:
        """The sums of a side's members."""
        gross = sum(one.amount_minor for one in members)
        kept = sum(one.fee_minor + one.tax_minor for one in members)
        days = sorted({one.day for one in members})
        ends = tuple(dict.fromkeys((days[0], days[-1]))) if days else ()
        return cls(len(members), Money(gross, currency), Money(gross - kept, currency), ends)


@dataclass(frozen=True)
class SideBySide:
    """A group as a person judges it; of a batch of thousands the first rows are shown, and the sums of all."""

    group: MatchGroup
    left_side: Side
    right_side: Side
    left: tuple[Row, ...]
    right: tuple[Row, ...]
    features: tuple[Feature, ...]
    reasons: tuple[Said, ...]
    alternatives: tuple[Alternative, ...]

    @property
    def money(self) -> Money:
        """What it is about: what the other side says."""
        return self.right_side.gross if self.right_side.rows else self.left_side.gross

    @property
    def splits(self) -> bool:
        """Whether a person can put its rows into parts: there are some on both sides, and all are shown."""
        all_shown = self.left_side.rows + self.right_side.rows == len(self.left) + len(self.right)
        return bool(self.left and self.right) and all_shown


def may_see_payers(here: Visit) -> bool:
    """Whether the reader may see who paid."""
    return here.may("payers")


def of_groups(here: Visit, tx: Connection, groups: Sequence[MatchGroup]) -> list[SideBySide]:
    """Groups with the evidence of their rows."""
    members = reconciliation.members(tx, [group.id for group in groups])
    sides = {
        group.id: [[one for one in members[group.id] if one.side == side] for side in ("left", "right")]
        for group in groups
    }
    numbers = [one.seq for both in sides.values() for side in both for one in side[:ROWS_SHOWN]]
    found = visible(here, recon_evidence.of_items(tx, numbers))
    return [_beside(here.voice, group, sides[group.id], found) for group in groups]


def visible(here: Visit, found: Mapping[int, Evidence]) -> dict[int, Evidence]:
    """The evidence that the reader may see: without payers for those who only audit."""
    if may_see_payers(here):
        return dict(found)
    return {seq: replace(one, payer=None, text=None) for seq, one in found.items()}


def called(voice: Voice, one: Evidence) -> str:
    """What a row is called: by its own reference, else by where it stands."""
    if one.names:
        return one.names[0]
    if one.line_no is not None:
        return voice.gettext("line %(number)s", number=voice.count(one.line_no))
    return one.ref


def _beside(
    voice: Voice, group: MatchGroup, sides: Sequence[Sequence[Member]], found: Mapping[int, Evidence]
) -> SideBySide:
    left, right = ([found[one.seq] for one in side[:ROWS_SHOWN]] for side in sides)
    sums = [Side.of(side, group.currency) for side in sides]
    shown_left = tuple(Row(one, _agreeing(one, right)) for one in left)
    shown_right = tuple(Row(one, _agreeing(one, left)) for one in right)
    by_ref = {one.ref: one for one in (*left, *right)}

    def named(ref: str) -> str:
        return called(voice, by_ref[ref]) if ref in by_ref else ref

    return SideBySide(
        group,
        sums[0],
        sums[1],
        shown_left,
        shown_right,
        tuple(_features(voice, sums[0], sums[1], shown_left, shown_right)),
        tuple(said(voice, reason, group.currency, called=named) for reason in group.reasons),
        tuple(_alternatives(voice, group, left, right)),
    )


# What agrees ----------------------------------------------------------------------------------------------------------


def _plain(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def _agreeing(one: Evidence, others: Sequence[Evidence]) -> frozenset[str]:
    """The names of a row that the other side has too, or has in its text."""
    theirs = {_plain(name) for other in others for name in other.names}
    texts = [_plain(other.text) for other in others if other.text]
    return frozenset(
        name
        for name in one.names
        if _plain(name) in theirs or (len(_plain(name)) >= _LEAST_NAME and any(_plain(name) in text for text in texts))
    )


def _features(
    voice: Voice, left: Side, right: Side, left_rows: Sequence[Row], right_rows: Sequence[Row]
) -> list[Feature]:
    agrees = bool({left.gross, left.net} & {right.gross, right.net})
    found = [Feature("amount", voice.money(left.gross), voice.money(right.gross), agrees)]
    kept = [left.gross - left.net, right.gross - right.net]
    if any(kept):
        agrees_too = kept[0] == kept[1] if all(kept) else None
        found.append(Feature("kept", voice.money(kept[0]), voice.money(kept[1]), agrees_too))
    others = (_references(left_rows, right_rows), _payers(left_rows, right_rows), _days(voice, left, right))
    return [*found, *(one for one in others if one is not None)]


def _references(left: Sequence[Row], right: Sequence[Row]) -> Feature | None:
    sides = [tuple(dict.fromkeys(name for row in rows for name in row.seen.names)) for rows in (left, right)]
    if not any(sides):
        return None
    agrees = bool({name for row in (*left, *right) for name in row.agreeing}) if all(sides) else None
    if agrees is None and any(row.agreeing for row in (*left, *right)):
        agrees = True
    return Feature("reference", _listed(sides[0]), _listed(sides[1]), agrees)


def _payers(left: Sequence[Row], right: Sequence[Row]) -> Feature | None:
    sides = [_payers_of(left, right), _payers_of(right, left)]
    if not any(sides):
        return None
    pairs = [names.compare(names.key(one), names.key(other)) for one, other in product(sides[0][:9], sides[1][:9])]
    agrees = max(pairs) >= Likeness.CLOSE if pairs else None
    return Feature("payer", _listed(sides[0], ltr=False), _listed(sides[1], ltr=False), agrees)


def _payers_of(rows: Sequence[Row], others: Sequence[Row]) -> tuple[str, ...]:
    """The payers that a side names; where it names none, its texts that hold a payer of the other side."""
    stated = tuple(dict.fromkeys(row.seen.payer for row in rows if row.seen.payer))
    known = KnownNames.of({row.seen.payer for row in others if row.seen.payer})
    return stated or tuple(row.seen.text for row in rows if row.seen.text and known.stands_in(row.seen.text))


def _days(voice: Voice, left: Side, right: Side) -> Feature:
    words = [
        Markup(" \u2013 ").join(Markup("<bdi>{}</bdi>").format(voice.day(day)) for day in side.days)
        for side in (left, right)
    ]
    agrees = left.days == right.days if left.days and right.days else None
    return Feature("day", words[0] or Markup("\u2013"), words[1] or Markup("\u2013"), agrees)


def _listed(values: Sequence[str], *, ltr: bool = True) -> Markup:
    """The first values of a side, and that there are more."""
    shape = Markup('<bdi dir="ltr" class="ref">{}</bdi>') if ltr else Markup("<bdi>{}</bdi>")
    shown = Markup(" · ").join(shape.format(value) for value in values[:_LISTED])
    return shown + Markup(" …") if len(values) > _LISTED else shown or Markup("\u2013")


_LISTED: Final = 3


# Other ways -----------------------------------------------------------------------------------------------------------


def _alternatives(
    voice: Voice, group: MatchGroup, left: Sequence[Evidence], right: Sequence[Evidence]
) -> list[Alternative]:
    """The ways that an ambiguous group can be seen, each of which a person may take."""
    if group.status != "ambiguous":
        return []
    sets = next((one["values"].get("sets") for one in group.reasons if one["code"] == "several_sets"), None)
    ways = _sets(str(sets), left, right) if sets else _pairs(left, right)
    return [
        Alternative(
            tuple(one.seq for one in lefts),
            tuple(one.seq for one in rights),
            Markup('{} <span aria-hidden="true">=</span> {}').format(
                _row_names(voice, lefts), _row_names(voice, rights)
            ),
        )
        for lefts, rights in ways[:MOST_ALTERNATIVES]
    ]


Way = tuple[tuple[Evidence, ...], tuple[Evidence, ...]]


def _sets(told: str, left: Sequence[Evidence], right: Sequence[Evidence]) -> list[Way]:
    """The sets that the engine listed, each with a row of the other side that it comes to."""
    by_ref = {one.ref: one for one in (*left, *right)}
    ways: list[Way] = []
    for text in told.split("; "):
        rows = tuple(by_ref[ref] for ref in text.split(" + ") if ref in by_ref)
        others = right if rows and rows[0].side == "left" else left
        sums = {sum(one.amount_minor for one in rows), sum(_net_of(one) for one in rows)}
        target = next((one for one in others if {one.amount_minor, _net_of(one)} & sums), None)
        if rows and target is not None:
            ways.append((rows, (target,)) if rows[0].side == "left" else ((target,), rows))
    return ways


def _net_of(one: Evidence) -> int:
    return one.amount_minor - one.fee_minor - one.tax_minor


def _pairs(left: Sequence[Evidence], right: Sequence[Evidence]) -> list[Way]:
    """Each left row with each right row of its amount, the nearest in time first."""
    if len(left) * len(right) > MOST_ALTERNATIVES**2:
        return []
    fitting = [
        (one, other)
        for one, other in product(left, right)
        if {one.amount_minor, _net_of(one)} & {other.amount_minor, _net_of(other)}
    ]
    fitting.sort(key=lambda pair: (abs((pair[0].day - pair[1].day).days), pair[0].seq, pair[1].seq))
    return [((one,), (other,)) for one, other in fitting]


def _row_names(voice: Voice, rows: Sequence[Evidence]) -> Markup:
    shape = Markup('<bdi dir="ltr" class="ref">{}</bdi> <span class="meta-inline">{}</span>')
    return Markup(" + ").join(shape.format(called(voice, one), voice.day(one.day)) for one in rows)
