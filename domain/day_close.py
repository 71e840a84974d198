"""Closing a creditor's day: what is frozen, what must hold, who may close it, and what is booked by it.

A day is proposed by one person with its figures, closed by another, and opened again only when one asks and another
agrees; then a later close is a new version. Days close in order, and only once they are over where the creditor is.
A control that fails stands in the way unless it is accepted by its name, with a reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Any, Final

from domain.errors import Conflict, Invalid, Refused
from domain.fx_result import Holding
from domain.money import Money, total

SETTLES_WITHIN_DAYS: Final = 7
"""How long money may stay at a platform or on its way before a close names it; house policy."""
EXPLAINED_WITHIN_DAYS: Final = 5
"""How long money may stay unmatched before a close names it; house policy."""
MAX_REASON: Final = 500


class CloseState(StrEnum):
    """Where a day's close stands; a day of which nothing stands is open."""

    PROPOSED = "proposed"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"
    REOPENED = "reopened"


class StepKind(StrEnum):
    """What somebody did to a close."""

    PROPOSED = "proposed"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"
    REOPENING_ASKED = "reopening_asked"
    REOPENED = "reopened"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: ``id`` (a person's, or an API key's own) is what four eyes are told apart by, ``name`` is shown."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Control:
    """One thing that was compared at a close.

    ``name`` is unique among the controls of a day, ``code`` says what kind it is. ``expected`` and ``found`` are an
    amount with its currency, a day, or a number. What is broken in the book itself cannot be accepted.
    """

    name: str
    code: str
    ok: bool
    expected: str
    found: str
    acceptable: bool = True


@dataclass(frozen=True, slots=True)
class Acceptance:
    """A failed control that the proposer accepts, and why."""

    name: str
    reason: str

    def __post_init__(self) -> None:
        if not self.reason.strip():
            raise Invalid("reason_missing", f"{self.name} is accepted for a reason.", fix="Say why.")
        if len(self.reason) > MAX_REASON:
            raise Invalid("reason_too_long", f"A reason has at most {MAX_REASON} characters.", limit=MAX_REASON)


@dataclass(frozen=True, slots=True)
class CurrencyFigures:
    """One currency at a close. Of a foreign one the holding, what it is worth, and the results in the settlement one.

    ``realised`` is of the days since the last close, ``unrealised`` of everything held at this one, ``before`` what was
    unrealised at the close before. ``rate`` is text, with its source and the day it is of; ``refused`` says why there
    is none, by code.
    """

    held: Money
    converted: Money | None
    basis: Money | None = None
    realised: Money | None = None
    unrealised: Money | None = None
    before: Money | None = None
    rate: str | None = None
    source: str | None = None
    rate_of: date | None = None
    refused: str | None = None

    @property
    def holding(self) -> Holding | None:
        """The state that the next close carries on from; ``None`` for the settlement currency itself."""
        return None if self.basis is None else Holding(self.held, self.basis)


@dataclass(frozen=True, slots=True)
class ChildFigures:
    """What stood on a child account or the parent's own treasury: amounts by role, and since when the oldest waits."""

    account_id: str
    name: str
    currency: str
    clearing: Money
    bank: Money
    in_transit: Money
    suspense: Money  # unmatched, positive as money
    waits_since: date | None  # the oldest of what is at the platform or on its way
    unmatched_since: date | None


@dataclass(frozen=True, slots=True)
class Figures:
    """What is frozen when a day is proposed. ``rate_sets`` names the frozen rates of each day that needed some."""

    settlement_currency: str
    since: date | None  # the first day that is closed with this one; all that came before where nothing was closed yet
    day: date
    currencies: tuple[CurrencyFigures, ...]
    children: tuple[ChildFigures, ...]
    controls: tuple[Control, ...]
    rate_sets: Mapping[date, str] = field(default_factory=dict)

    @property
    def rate_set(self) -> str | None:
        """The set of rates that everything was converted at."""
        return self.rate_sets.get(self.day)

    @property
    def total(self) -> Money:
        """All that could be converted, in the settlement currency."""
        return self._sum([one.converted for one in self.currencies])

    @property
    def realised(self) -> Money:
        """What the days realised, over all currencies."""
        return self._sum([one.realised for one in self.currencies])

    @property
    def unrealised(self) -> Money:
        """What everything held is worth beyond its basis, over all currencies."""
        return self._sum([one.unrealised for one in self.currencies])

    @property
    def unrealised_change(self) -> Money:
        """What is unrealised now less what was at the close before."""
        return self.unrealised - self._sum([one.before for one in self.currencies])

    def holdings(self) -> dict[str, Holding]:
        """The state by currency, to carry on from."""
        return {one.held.currency: one.holding for one in self.currencies if one.holding is not None}

    def _sum(self, amounts: Iterable[Money | None]) -> Money:
        return total([one for one in amounts if one is not None], self.settlement_currency)


@dataclass(frozen=True, slots=True)
class Planned:
    """An entry that a close books in the settlement currency because of a foreign one.

    ``kind`` is ``fx_realised``, ``revaluation_undone`` (the last one's mirror) or ``revaluation``.
    """

    kind: str
    currency: str
    amount: Money


def planned(figures: Figures) -> tuple[Planned, ...]:
    """What a close of these figures books, in order."""
    found: list[Planned] = []
    for one in figures.currencies:
        undone = None if one.before is None else -one.before
        steps = (("fx_realised", one.realised), ("revaluation_undone", undone), ("revaluation", one.unrealised))
        found += [Planned(kind, one.held.currency, amount) for kind, amount in steps if amount]
    return tuple(found)


# When, in which order, by whom ------------------------------------------------------------------------------------


def last_day_over(now: datetime, zones: Sequence[tzinfo]) -> date:
    """The newest day that is over in every one of these zones, the last to reach midnight included."""
    return min(now.astimezone(zone).date() for zone in zones) - timedelta(days=1)


def check_order(day: date, *, closed_until: date | None, now: datetime, zones: Sequence[tzinfo]) -> None:
    """Refuse what cannot be closed now: ``day_closed``, ``earlier_day_open``, ``day_not_over``.

    Where nothing is closed yet any day may be the first; what was booked before it is closed with it.
    """
    if closed_until is not None and day <= closed_until:
        raise Conflict("day_closed", f"{day} is closed; the book is closed up to {closed_until}.")
    if closed_until is not None and day > closed_until + timedelta(days=1):
        first = closed_until + timedelta(days=1)
        raise Refused(
            "earlier_day_open",
            f"{first} is still open.",
            fix="Close days in their order.",
            first_open=first.isoformat(),
        )
    last = last_day_over(now, zones)
    if day > last:
        raise Refused(
            "day_not_over",
            f"{day} is not over where the creditor is; {last} is.",
            fix="Close it when it is.",
            last_over=last.isoformat(),
        )


def four_eyes(first: str, second: Actor) -> None:
    """Refuse with ``four_eyes`` that one and the same does both steps."""
    if first == second.id:
        raise Refused(
            "four_eyes", "Another person must do this than the one who began it.", fix="Ask somebody else to look."
        )


def check_acceptances(controls: Sequence[Control], accepted: Sequence[Acceptance]) -> None:
    """Refuse while a failed control is not accepted by name, and what accepts nothing.

    Raises ``book_broken`` (cannot be accepted), ``controls_failed`` with the ``names``, ``difference_unknown``.
    """
    failed = {control.name: control for control in controls if not control.ok}
    names = [one.name for one in accepted]
    unknown = sorted(name for name in names if name not in failed)
    if unknown or len(set(names)) != len(names):
        raise Invalid("difference_unknown", "What is accepted is not a difference of this day, once.", names=unknown)
    broken = [control.name for control in failed.values() if not control.acceptable]
    if broken:
        raise Refused("book_broken", "The book does not hold; no day is closed on it.", names=broken)
    left = [name for name in failed if name not in names]
    if left:
        raise Refused(
            "controls_failed",
            f"{len(left)} differences are not accepted: {', '.join(left)}.",
            fix="Mend them, or accept each by name with a reason.",
            names=left,
        )


# Figures as a document ---------------------------------------------------------------------------------------------


def as_document(figures: Figures) -> dict[str, Any]:
    """The figures as a JSON object; equal figures make equal objects."""
    return {
        "settlement_currency": figures.settlement_currency,
        "since": _day_text(figures.since),
        "day": figures.day.isoformat(),
        "currencies": [_written(one) for one in figures.currencies],
        "children": [_written(one) for one in figures.children],
        "controls": [asdict(control) for control in figures.controls],
        "rate_sets": {day.isoformat(): name for day, name in sorted(figures.rate_sets.items())},
    }


def of_document(document: Mapping[str, Any]) -> Figures:
    """The figures that ``as_document`` wrote."""
    since = document["since"]
    return Figures(
        settlement_currency=document["settlement_currency"],
        since=None if since is None else date.fromisoformat(since),
        day=date.fromisoformat(document["day"]),
        currencies=tuple(CurrencyFigures(**_read(one)) for one in document["currencies"]),
        children=tuple(ChildFigures(**_read(one)) for one in document["children"]),
        controls=tuple(Control(**one) for one in document["controls"]),
        rate_sets={date.fromisoformat(day): name for day, name in document["rate_sets"].items()},
    )


_DAYS: Final = frozenset({"rate_of", "waits_since", "unmatched_since"})


def _written(one: CurrencyFigures | ChildFigures) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in one.__dataclass_fields__:
        value = getattr(one, name)
        if isinstance(value, Money):
            found[name] = [value.minor, value.currency]
        else:
            found[name] = value.isoformat() if isinstance(value, date) else value
    return found


def _read(document: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in document.items():
        if isinstance(value, list):
            found[name] = Money(*value)
        else:
            found[name] = date.fromisoformat(value) if name in _DAYS and value is not None else value
    return found


def _day_text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
