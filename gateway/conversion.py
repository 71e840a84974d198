"""Amounts of several currencies stated in one, each rate looked up once; what has no rate is kept and named apart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from domain.errors import AfluenteError
from domain.fx import Converted, Rate, convert
from domain.money import Money, zero
from ledger.balances import RateLookup


@dataclass(frozen=True)
class Conversion:
    """Conversion into one currency at one day's rates; why a currency could not be converted is kept by its code."""

    lookup: RateLookup = field(repr=False)
    currency: str
    day: date
    _known: dict[str, Rate | AfluenteError] = field(default_factory=dict)

    def of(self, amount: Money) -> Converted | None:
        """The amount converted, or ``None`` where there is no usable rate."""
        found = self._known.get(amount.currency)
        if found is None:
            found = self._known[amount.currency] = self._rate(amount.currency)
        return convert(amount, found) if isinstance(found, Rate) else None

    def total(self, amounts: Iterable[Money]) -> Money:
        """The sum of those amounts that could be converted."""
        summed = zero(self.currency)
        for amount in amounts:
            found = self.of(amount)
            summed = summed if found is None else summed + found.amount
        return summed

    def left_out(self, amounts: Iterable[Money]) -> dict[str, Money]:
        """What of these amounts could not be converted, by currency: to be named beside every total of them."""
        missing: dict[str, Money] = {}
        for amount in amounts:
            if amount and self.of(amount) is None:
                missing[amount.currency] = missing.get(amount.currency, zero(amount.currency)) + amount
        return missing

    def _rate(self, currency: str) -> Rate | AfluenteError:
        try:
            return self.lookup(currency, self.currency, self.day)
        except AfluenteError as error:
            return error

    @property
    def rates(self) -> dict[str, Rate]:
        """The rates used so far, by currency, without that of the currency in itself."""
        return {
            code: found
            for code, found in sorted(self._known.items())
            if isinstance(found, Rate) and code != self.currency
        }

    @property
    def failures(self) -> dict[str, AfluenteError]:
        """Why currencies asked for so far could not be converted."""
        return {code: found for code, found in self._known.items() if isinstance(found, AfluenteError)}
