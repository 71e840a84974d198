"""The rate book: asks every source, goes through a third currency where it must, refuses what is too old."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from domain import fx
from domain.errors import Unavailable
from domain.fx import Cadence, Converted, Leg, Rate, RateProvider
from domain.money import Money, exponent

DEFAULT_LIMIT_DAYS: Final = 7  # daily sources pause over long holidays, not longer
MONTHLY_LIMIT_DAYS: Final = 62  # the rate of a month serves through it and, until the next is known, one more
PIVOTS: Final = ("USD", "EUR", "GBP")

_PREFERENCE: Final = {Cadence.STATED: 0, Cadence.PEG: 1, Cadence.DAILY: 1, Cadence.MONTHLY: 2}
_WORST: Final = max(_PREFERENCE.values())


@dataclass(frozen=True, slots=True)
class Standing:
    """How a pair stands on a day. ``state`` is fresh, stale, missing or unreachable; ages and limits in days.

    ``limit_days`` is that of the leg nearest to its own limit, and ``None`` where only pegs are used.
    """

    base: str
    quote: str
    state: str
    rate: Rate | None
    age_days: int | None
    limit_days: int | None


@dataclass(frozen=True, slots=True)
class _Found:
    rate: Rate | None  # young enough
    newest: Rate | None  # otherwise, the newest there is
    failures: tuple[Unavailable, ...]


class RateBook:
    """Several sources as one.

    A pair is looked for as it stands, inverted, and through the US dollar, the euro or the pound. A path is as good
    as its weakest leg: treasury's own rates come first, then official pegs and daily sources, then monthly ones.
    Among equals the fewest legs win, then more legs of treasury's own, then the freshest, then the source named first.

    Each leg must be young enough by how its source speaks: ``default_limit_days`` for daily sources and treasury,
    ``monthly_limit_days`` for monthly ones; a peg has no age. ``limit_days`` holds other limits by currency, and of
    a pair's two the stricter counts. One currency in itself is always 1.
    """

    def __init__(
        self,
        providers: Sequence[RateProvider],
        *,
        limit_days: Mapping[str, int] | None = None,
        default_limit_days: int = DEFAULT_LIMIT_DAYS,
        monthly_limit_days: int = MONTHLY_LIMIT_DAYS,
    ) -> None:
        self._providers = tuple(providers)
        self._limits = dict(limit_days or {})
        self._default_limit_days = default_limit_days
        self._monthly_limit_days = monthly_limit_days

    def beside(self, provider: RateProvider) -> RateBook:
        """The same book with one more source, named before the others."""
        return RateBook(
            [provider, *self._providers],
            limit_days=self._limits,
            default_limit_days=self._default_limit_days,
            monthly_limit_days=self._monthly_limit_days,
        )

    def rate(self, base: str, quote: str, on: date, *, limit_days: int | None = None) -> Rate:
        """The rate for a day; raises ``rate_missing``, ``rate_stale``, a source's own error or ``currency_unknown``.

        ``limit_days`` overrides every configured limit for this one question.
        """
        found = self._search(base, quote, on, limit_days)
        if found.rate is not None:
            return found.rate
        if found.newest is None:
            if found.failures:
                raise found.failures[0]
            return fx.fresh(None, base=base, quote=quote, on=on, limit_days=0)
        limit = self._passed(found.newest, on, limit_days)
        return fx.fresh(found.newest, base=base, quote=quote, on=on, limit_days=limit)

    def standing(self, base: str, quote: str, on: date) -> Standing:
        """How a pair stands, without raising for a rate that is stale, missing or out of reach."""
        found = self._search(base, quote, on, None)
        rate = found.rate or found.newest
        if rate is None:
            return Standing(base, quote, "unreachable" if found.failures else "missing", None, None, None)
        state = "fresh" if found.rate is not None else "stale"
        return Standing(base, quote, state, rate, (on - rate.as_of).days, self._nearest(rate, on))

    def convert(self, amount: Money, currency: str, on: date) -> Converted:
        """An amount in another currency at a day's rate, rounded half up; raises what ``rate`` raises."""
        return fx.convert(amount, self.rate(amount.currency, currency, on))

    def limit_of(self, leg: Leg, *, base: str, quote: str) -> int | None:
        """How many days old a leg may be within a pair; ``None`` for a peg, which has no age."""
        match leg.cadence:
            case Cadence.PEG:
                return None
            case Cadence.MONTHLY:
                usual = self._monthly_limit_days
            case Cadence.STATED | Cadence.DAILY:
                usual = self._default_limit_days
        return min(self._limits.get(currency, usual) for currency in (base, quote))

    def _search(self, base: str, quote: str, on: date, override: int | None) -> _Found:
        exponent(base)
        exponent(quote)
        if base == quote:
            return _Found(Rate(base, quote, Decimal(1), on, fx.IDENTITY, ()), None, ())
        failures: list[Unavailable] = []
        found: list[Rate] = []
        for tier in self._tiers(base, quote, on, failures):
            found.extend(tier)
            young = [rate for rate in found if self._young(rate, on, override)]
            best = min(young, key=_rank, default=None)
            # A single leg cannot be outdone by a way round; only monthly legs can still be replaced by better ones.
            if best is not None and len(fx.explain(best)) == 1 and _preference(best) < _WORST:
                return _Found(best, None, ())
        best = min((rate for rate in found if self._young(rate, on, override)), key=_rank, default=None)
        newest = max(found, key=lambda rate: rate.as_of, default=None)
        return _Found(best, newest, tuple(failures))

    def _tiers(self, base: str, quote: str, on: date, failures: list[Unavailable]) -> Iterator[list[Rate]]:
        """First the pair itself, then ways round; each is asked for only where the one before did not suffice."""
        yield list(self._pair(base, quote, on, failures))
        for pivot in PIVOTS:
            if pivot not in (base, quote):
                firsts = list(self._pair(base, pivot, on, failures))
                seconds = list(self._pair(pivot, quote, on, failures)) if firsts else []
                yield [fx.chained(first, second) for first in firsts for second in seconds]

    def _pair(self, base: str, quote: str, on: date, failures: list[Unavailable]) -> Iterator[Rate]:
        for provider in self._providers:
            direct = _ask(provider, base, quote, on, failures)
            if direct is not None:
                yield direct
                continue
            inverse = _ask(provider, quote, base, on, failures)
            if inverse is not None:
                yield fx.inverted(inverse)

    def _excess(self, rate: Rate, on: date, override: int | None) -> Iterator[tuple[int, int]]:
        """For each leg that ages: by how many days it is within its limit (negative: beyond), and the limit."""
        for leg in fx.explain(rate):
            limit = self.limit_of(leg, base=rate.base, quote=rate.quote)
            if limit is not None:
                allowed = limit if override is None else override
                yield allowed - (on - leg.as_of).days, allowed

    def _young(self, rate: Rate, on: date, override: int | None) -> bool:
        return all(left >= 0 for left, _ in self._excess(rate, on, override))

    def _passed(self, rate: Rate, on: date, override: int | None) -> int:
        """The limit that a rate is furthest beyond."""
        return min(self._excess(rate, on, override))[1]

    def _nearest(self, rate: Rate, on: date) -> int | None:
        return min(self._excess(rate, on, None), default=(0, None))[1]


def _preference(rate: Rate) -> int:
    return max(_PREFERENCE[leg.cadence] for leg in fx.explain(rate))


def _rank(rate: Rate) -> tuple[int, int, int, int]:
    legs = fx.explain(rate)
    better_legs = sum(_PREFERENCE[leg.cadence] for leg in legs)  # of equal ways, the one over treasury's own rate
    return _preference(rate), len(legs), better_legs, -rate.as_of.toordinal()


def _ask(provider: RateProvider, base: str, quote: str, on: date, failures: list[Unavailable]) -> Rate | None:
    """A source's answer; a source that cannot answer now is noted, and the others are asked."""
    try:
        return provider.rate(base, quote, on)
    except Unavailable as failure:
        failures.append(failure)
        return None


def standings(book: RateBook, currencies: Iterable[str], *, into: str, on: date) -> list[Standing]:
    """How every currency stands against one, in order of code."""
    return [book.standing(currency, into, on) for currency in sorted(set(currencies) - {into})]
