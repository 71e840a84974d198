"""The rate book: asks every source, goes through a third currency where it must, refuses what is too old."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Context, Decimal
from typing import Final

from domain import fx
from domain.errors import Unavailable
from domain.fx import Converted, Rate, RateProvider
from domain.money import Money, exponent

DEFAULT_LIMIT_DAYS: Final = 7  # daily sources pause over long holidays, not longer
PIVOTS: Final = ("USD", "EUR")
_EXACT: Final = Context(prec=18)


class RateBook:
    """Several sources as one, in order of preference.

    A pair is looked for as it stands, then inverted, then through the US dollar or the euro. The first answer
    young enough wins; ``limit_days`` holds other limits than the default by currency, and of a pair's two the
    stricter counts. One currency in itself is always 1.
    """

    def __init__(
        self,
        providers: Sequence[RateProvider],
        *,
        limit_days: Mapping[str, int] | None = None,
        default_limit_days: int = DEFAULT_LIMIT_DAYS,
    ) -> None:
        self._providers = tuple(providers)
        self._limits = dict(limit_days or {})
        self._default_limit_days = default_limit_days

    def rate(self, base: str, quote: str, on: date, *, limit_days: int | None = None) -> Rate:
        """The rate for a day; raises ``rate_missing``, ``rate_stale``, a source's own error or ``currency_unknown``.

        ``limit_days`` overrides every configured limit for this one question.
        """
        exponent(base)
        exponent(quote)
        limit = self._limit(base, quote) if limit_days is None else limit_days
        failures: list[Unavailable] = []
        newest: Rate | None = None
        for found in self._candidates(base, quote, on, failures):
            if (on - found.as_of).days <= limit:
                return found
            if newest is None or found.as_of > newest.as_of:
                newest = found
        if newest is None and failures:
            raise failures[0]
        return fx.fresh(newest, base=base, quote=quote, on=on, limit_days=limit)

    def convert(self, amount: Money, currency: str, on: date) -> Converted:
        """An amount in another currency at a day's rate, rounded half up; raises what ``rate`` raises."""
        return fx.convert(amount, self.rate(amount.currency, currency, on))

    def _limit(self, base: str, quote: str) -> int:
        return min(self._limits.get(currency, self._default_limit_days) for currency in (base, quote))

    def _candidates(self, base: str, quote: str, on: date, failures: list[Unavailable]) -> Iterator[Rate]:
        if base == quote:
            yield Rate(base, quote, Decimal(1), on, "identity", ())
            return
        yield from self._pair(base, quote, on, failures)
        for pivot in PIVOTS:
            if pivot in (base, quote):
                continue
            for first in self._pair(base, pivot, on, failures):
                for second in self._pair(pivot, quote, on, failures):
                    yield _chain(first, second)

    def _pair(self, base: str, quote: str, on: date, failures: list[Unavailable]) -> Iterator[Rate]:
        for provider in self._providers:
            direct = _ask(provider, base, quote, on, failures)
            if direct is not None:
                yield direct
                continue
            inverse = _ask(provider, quote, base, on, failures)
            if inverse is not None:
                yield _invert(inverse)


def _ask(provider: RateProvider, base: str, quote: str, on: date, failures: list[Unavailable]) -> Rate | None:
    """A source's answer; a source that cannot answer now is noted, and the others are asked."""
    try:
        return provider.rate(base, quote, on)
    except Unavailable as failure:
        failures.append(failure)
        return None


def _invert(rate: Rate) -> Rate:
    pairs = ("/".join(reversed(pair.split("/"))) for pair in reversed(rate.path))
    return Rate(rate.quote, rate.base, _EXACT.divide(Decimal(1), rate.value), rate.as_of, rate.source, tuple(pairs))


def _chain(first: Rate, second: Rate) -> Rate:
    """Two rates that meet in one currency, as one; as old as the older of the two."""
    return Rate(
        base=first.base,
        quote=second.quote,
        value=_EXACT.multiply(first.value, second.value),
        as_of=min(first.as_of, second.as_of),
        source="; ".join(dict.fromkeys((first.source, second.source))),
        path=first.path + second.path,
    )
