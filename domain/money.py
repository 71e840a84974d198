"""Money: whole minor units of an ISO 4217 currency; no float, no silent rounding."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from typing import Final

from domain.errors import Invalid
from domain.iso4217 import CURRENCIES

MAX_MINOR: Final = 2**63 - 1
_MAX_DIGITS: Final = 19  # of MAX_MINOR; a number of more places before the dot fits in no currency
_PLAIN: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_EXACT: Final = Context(prec=100)  # wide enough that no product of an amount and a rate is rounded twice


def exponent(currency: str) -> int:
    """Digits of the minor unit by ISO 4217: 2 for BRL, 0 for CLP, 3 for KWD. Unknown code: ``currency_unknown``."""
    info = CURRENCIES.get(currency)
    if info is None:
        raise Invalid(
            "currency_unknown",
            f"{currency!r} is not an ISO 4217 currency code.",
            fix="Use three capital letters, such as BRL.",
        )
    return info.exponent


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount in minor units (centavos, satang, fils) of one currency."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        exponent(self.currency)
        if not isinstance(self.minor, int) or isinstance(self.minor, bool):
            raise Invalid("amount_not_whole", f"An amount is a whole number of minor units, not {self.minor!r}.")
        if abs(self.minor) > MAX_MINOR:
            raise Invalid("amount_too_large", "The amount does not fit into 64 bits of minor units.")

    @classmethod
    def parse(cls, text: str | Decimal | int, currency: str) -> Money:
        """Read a decimal amount in major units exactly, e.g. ``"1500.00"``; more digits than ISO allows are refused."""
        value = _decimal(text)
        digits = exponent(currency)
        if value and value.adjusted() >= _MAX_DIGITS:
            raise Invalid("amount_too_large", "The amount does not fit into 64 bits of minor units.")
        # Digits are compared, not computed with: arithmetic would round what lies beyond its precision.
        _, figures, power = value.as_tuple()
        surplus = -digits - int(power)
        if value and surplus > 0 and any(figures[max(0, len(figures) - surplus) :]):
            raise Invalid(
                "amount_too_precise",
                f"{text} has more than the {digits} decimals of {currency}.",
                fix=f"Round to {digits} decimals.",
            )
        return cls(int(value.scaleb(digits)) if value else 0, currency)

    @property
    def decimal(self) -> Decimal:
        """The amount in major units, with exactly the currency's decimals."""
        return Decimal(self.minor).scaleb(-exponent(self.currency))

    def __str__(self) -> str:
        return f"{self.decimal:f} {self.currency}"

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise Invalid("currency_mismatch", f"{self.currency} and {other.currency} cannot be added or compared.")

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor - other.minor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        self._same(other)
        return self.minor < other.minor

    def __le__(self, other: Money) -> bool:
        self._same(other)
        return self.minor <= other.minor

    def __gt__(self, other: Money) -> bool:
        return other < self

    def __ge__(self, other: Money) -> bool:
        return other <= self

    def __bool__(self) -> bool:
        return self.minor != 0

    def allocate(self, weights: Sequence[int]) -> tuple[Money, ...]:
        """Split by whole weights without losing a minor unit; remainders go to the largest fractions, then first."""
        total = sum(weights)
        if not weights or total <= 0 or any(weight < 0 for weight in weights):
            raise Invalid("weights_invalid", "Weights must be non-negative and not all zero.")
        sign = -1 if self.minor < 0 else 1
        pool = abs(self.minor)
        shares = [pool * weight // total for weight in weights]
        by_remainder = sorted(range(len(weights)), key=lambda i: (-(pool * weights[i] % total), i))
        for index in by_remainder[: pool - sum(shares)]:
            shares[index] += 1
        return tuple(Money(sign * share, self.currency) for share in shares)

    def convert(self, *, rate: Decimal, currency: str) -> Money:
        """The amount in ``currency`` at ``rate`` (units of ``currency`` for one unit of this one), rounded half up."""
        minor = _EXACT.multiply(self.decimal, rate).scaleb(exponent(currency), context=_EXACT)
        return Money(int(minor.to_integral_value(rounding=ROUND_HALF_UP)), currency)


def _decimal(text: object) -> Decimal:
    try:
        # A float is not exact and a truth value no number, though Decimal takes both.
        readable = not isinstance(text, float | bool) and (not isinstance(text, str) or _PLAIN.fullmatch(text))
        value = Decimal(text) if readable else None  # type: ignore[arg-type]  # whatever was given
    except (InvalidOperation, ValueError, TypeError):
        value = None
    if value is None or not value.is_finite():
        raise Invalid(
            "amount_malformed",
            f"{text!r} is not a decimal number.",
            fix="Write digits with a dot before the decimals, such as 1500.00.",
        )
    return value


def zero(currency: str) -> Money:
    """No money, in a currency."""
    return Money(0, currency)


def total(amounts: Sequence[Money], currency: str) -> Money:
    """The sum of amounts that all are in ``currency``; nothing sums to zero of it."""
    result = zero(currency)
    for amount in amounts:
        result = result + amount
    return result
