"""Exchange rates: where one came from, of what day, by what path; stale or missing is an error, never a guess."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Context, Decimal
from enum import StrEnum
from typing import Final, Protocol

from domain.contacts import Confidence
from domain.errors import AfluenteError, Conflict, Invalid, Unavailable
from domain.money import Money, exponent

EXACT: Final = Context(prec=18)
"""Rates keep 18 significant digits, whatever they were divided or multiplied from."""
IDENTITY: Final = "identity"
MOST_DIGITS: Final = 18
_LARGEST_POWER: Final = 12
_WIDE: Final = Context(prec=60)
_BASIS_POINTS: Final = 10_000


class Cadence(StrEnum):
    """How often a source speaks, which decides how old its rates may be. The order is that of preference."""

    STATED = "stated"  # a treasury's own rate
    PEG = "peg"  # held by a central bank; has no age
    DAILY = "daily"
    MONTHLY = "monthly"


@dataclass(frozen=True, slots=True)
class Leg:
    """One rate that a source published itself: ``value`` units of ``quote`` for one of ``base``, of ``as_of``."""

    base: str
    quote: str
    value: Decimal
    as_of: date
    source: str
    cadence: Cadence = Cadence.DAILY
    confidence: Confidence = Confidence.UNVERIFIED

    @property
    def pair(self) -> str:
        """The two currencies, such as ``BRL/USD``."""
        return f"{self.base}/{self.quote}"

    def inverted(self) -> Leg:
        """The same rate seen from the other currency."""
        value = EXACT.divide(Decimal(1), self.value)
        return Leg(self.quote, self.base, value, self.as_of, self.source, self.cadence, self.confidence)


@dataclass(frozen=True, slots=True)
class Rate:
    """``value`` units of ``quote`` for one unit of ``base`` on ``as_of``; ``path`` are the pairs it was made of.

    ``legs`` are the published rates behind it, one for each pair of ``path``; a rate that knows none is its own.
    """

    base: str
    quote: str
    value: Decimal
    as_of: date
    source: str
    path: tuple[str, ...]
    legs: tuple[Leg, ...] = ()

    def __post_init__(self) -> None:
        if self.legs and tuple(leg.pair for leg in self.legs) != self.path:
            raise Invalid("rate_path_wrong", f"The path {self.path} is not that of the rates it was made of.")


def of_legs(legs: Sequence[Leg]) -> Rate:
    """The rate that legs come to, end to end; as old as the oldest of them."""
    value = legs[0].value
    for leg in legs[1:]:
        value = EXACT.multiply(value, leg.value)
    return Rate(
        base=legs[0].base,
        quote=legs[-1].quote,
        value=value,
        as_of=min(leg.as_of for leg in legs),
        source="; ".join(dict.fromkeys(leg.source for leg in legs)),
        path=tuple(leg.pair for leg in legs),
        legs=tuple(legs),
    )


def inverted(rate: Rate) -> Rate:
    """The same rate seen from the other currency."""
    legs = tuple(leg.inverted() for leg in reversed(explain(rate)))
    value = EXACT.divide(Decimal(1), rate.value)
    return Rate(rate.quote, rate.base, value, rate.as_of, rate.source, tuple(leg.pair for leg in legs), legs)


def chained(first: Rate, second: Rate) -> Rate:
    """Two rates that meet in one currency, as one; as old as the older of the two."""
    legs = explain(first) + explain(second)
    return Rate(
        base=first.base,
        quote=second.quote,
        value=EXACT.multiply(first.value, second.value),
        as_of=min(first.as_of, second.as_of),
        source="; ".join(dict.fromkeys((first.source, second.source))),
        path=tuple(leg.pair for leg in legs),
        legs=legs,
    )


def explain(rate: Rate) -> tuple[Leg, ...]:
    """The published rates that a rate was made of, in order; none for a currency in itself."""
    if rate.legs or rate.base == rate.quote:
        return rate.legs
    return (Leg(rate.base, rate.quote, rate.value, rate.as_of, rate.source),)


class RateProvider(Protocol):
    """One source of rates."""

    code: str

    def rate(self, base: str, quote: str, on: date) -> Rate | None:
        """The rate last published on or before a day, or ``None`` where the source has none for the pair."""


@dataclass(frozen=True, slots=True)
class Converted:
    """An amount, and what it is in another currency at which rate."""

    original: Money
    amount: Money
    rate: Rate

    def steps(self) -> tuple[tuple[Leg, Money], ...]:
        """Each leg with what the amount is after it, rounded for show; the last is ``amount`` itself."""
        shown: list[tuple[Leg, Money]] = []
        product = Decimal(1)
        for leg in explain(self.rate):
            product = _WIDE.multiply(product, leg.value)
            shown.append((leg, self.original.convert(rate=product, currency=leg.quote)))
        return (*shown[:-1], (shown[-1][0], self.amount)) if shown else ()


def fresh(rate: Rate | None, *, base: str, quote: str, on: date, limit_days: int) -> Rate:
    """The rate if there is one not older than ``limit_days`` on ``on``; else ``rate_missing`` or ``rate_stale``."""
    if rate is None:
        raise Unavailable(
            "rate_missing",
            f"No source has a rate from {base} to {quote} on {on}.",
            fix="Add a rate from treasury or connect another source.",
            base=base,
            quote=quote,
        )
    age_days = (on - rate.as_of).days
    if age_days > limit_days:
        raise Unavailable(
            "rate_stale",
            f"The newest rate from {base} to {quote} is of {rate.as_of}, {age_days} days before {on}.",
            fix=f"Rates may be at most {limit_days} days old; refresh the source.",
            base=base,
            quote=quote,
            as_of=rate.as_of.isoformat(),
        )
    return rate


def convert(amount: Money, rate: Rate) -> Converted:
    """The amount at a rate, rounded half up to the quote currency's minor unit."""
    return Converted(amount, amount.convert(rate=rate.value, currency=rate.quote), rate)


@dataclass(frozen=True, slots=True)
class StatedRate:
    """A rate that a treasury states for a day, with where it has it from; refused unless it makes sense.

    Raises ``currency_unknown``, ``rate_pair_same``, ``rate_malformed`` and ``rate_source_missing``.
    """

    base: str
    quote: str
    value: Decimal
    as_of: date
    source: str

    def __post_init__(self) -> None:
        exponent(self.base)
        exponent(self.quote)
        if self.base == self.quote:
            raise Invalid("rate_pair_same", f"{self.base} against itself is always 1 and needs no rate.")
        digits = len(self.value.normalize(_WIDE).as_tuple().digits) if self.value.is_finite() else MOST_DIGITS + 1
        if digits > MOST_DIGITS or self.value <= 0 or abs(self.value.adjusted()) > _LARGEST_POWER:
            raise Invalid(
                "rate_malformed",
                "A rate is a positive decimal number of at most 18 digits.",
                fix="Write it with a dot before the decimals, such as 5.4321.",
            )
        if not self.source.strip():
            raise Invalid("rate_source_missing", "A stated rate says where it is from.", fix="Name its source.")


@dataclass(frozen=True, slots=True)
class FxQuote:
    """What a bank offers for an exchange: ``rate`` units of ``quote`` for one of ``base``, beside the ``mid`` rate.

    Good from ``quoted_at`` up to, not including, ``valid_until`` (aware moments).
    """

    id: str
    base: str
    quote: str
    rate: Decimal
    mid: Decimal
    source: str
    quoted_at: datetime
    valid_until: datetime

    def __post_init__(self) -> None:
        for value in (self.rate, self.mid):
            StatedRate(self.base, self.quote, value, self.quoted_at.date(), self.source)
        if self.valid_until <= self.quoted_at:
            raise Invalid("quote_over", "A quote must be good for some time after it was given.")

    @property
    def spread(self) -> Decimal:
        """What the bank keeps: units of ``quote`` for one of ``base``; negative where it pays above the middle."""
        return _WIDE.subtract(self.mid, self.rate)

    @property
    def spread_basis_points(self) -> Decimal:
        """The spread in hundredths of a percent of the middle, to two decimals."""
        return _WIDE.divide(self.spread * _BASIS_POINTS, self.mid).quantize(Decimal("0.01"))

    def usable(self, at: datetime) -> FxQuote:
        """The quote itself where it is good at a moment; else ``quote_expired``."""
        if not self.quoted_at <= at < self.valid_until:
            raise Conflict(
                "quote_expired",
                f"The quote was good until {self.valid_until.isoformat()}.",
                fix="Ask for a new one.",
                quote=self.id,
            )
        return self

    def apply(self, amount: Money) -> tuple[Money, Money]:
        """What an amount of ``base`` brings in ``quote``, and what of it at the middle rate is lost to the spread."""
        if amount.currency != self.base:
            raise Invalid("currency_mismatch", f"The quote is for {self.base}, not for {amount.currency}.")
        brought = amount.convert(rate=self.rate, currency=self.quote)
        return brought, amount.convert(rate=self.mid, currency=self.quote) - brought


@dataclass(frozen=True, slots=True)
class RateGap:
    """A currency that could not be converted when a set was frozen, and by which refusal."""

    currency: str
    code: str
    message: str


RateLookup = Callable[[str, str, date], Rate]


@dataclass(frozen=True, slots=True)
class RateSet:
    """Rates into one settlement currency as they stood at a moment, so that a report can be made again exactly."""

    settlement_currency: str
    as_of: date
    rates: tuple[Rate, ...]
    gaps: tuple[RateGap, ...] = ()

    @property
    def sources(self) -> tuple[str, ...]:
        """Every source that a rate of the set came from, in order of name."""
        return tuple(sorted({leg.source for rate in self.rates for leg in explain(rate)}))

    def rate(self, base: str, quote: str, on: date) -> Rate:
        """The frozen rate, or the refusal of then; ``rate_not_in_set`` for what the set does not speak of."""
        if base == quote:
            return Rate(base, quote, Decimal(1), on, IDENTITY, ())
        if quote == self.settlement_currency and on == self.as_of:
            for rate in self.rates:
                if rate.base == base:
                    return rate
            for gap in self.gaps:
                if gap.currency == base:
                    raise Unavailable(gap.code, gap.message, base=base, quote=quote)
        raise Unavailable(
            "rate_not_in_set",
            f"The set holds rates into {self.settlement_currency} as of {self.as_of}, none from {base} to {quote}.",
            fix="Freeze a set with this currency and day.",
        )

    @property
    def id(self) -> str:
        """A name made of the content: the same rates have the same name, and a changed rate has another."""
        content = json.dumps(
            [
                self.settlement_currency,
                self.as_of.isoformat(),
                sorted([rate.base, _plain(rate.value), [_leg_words(leg) for leg in rate.legs]] for rate in self.rates),
                sorted([gap.currency, gap.code] for gap in self.gaps),
            ],
            separators=(",", ":"),
        )
        return f"rts_{hashlib.sha256(content.encode()).hexdigest()[:32]}"


def freeze(currencies: Iterable[str], *, into: str, on: date, rate: RateLookup) -> RateSet:
    """Look up every currency once and keep what was found, or why nothing was."""
    exponent(into)
    rates: list[Rate] = []
    gaps: list[RateGap] = []
    for currency in sorted(set(currencies) - {into}):
        exponent(currency)
        try:
            rates.append(rate(currency, into, on))
        except AfluenteError as error:
            gaps.append(RateGap(currency, error.code, error.message))
    return RateSet(into, on, tuple(rates), tuple(gaps))


def _plain(value: Decimal) -> str:
    return f"{value.normalize(_WIDE):f}"


def _leg_words(leg: Leg) -> list[str]:
    return [leg.pair, _plain(leg.value), leg.as_of.isoformat(), leg.source, leg.cadence, leg.confidence]
