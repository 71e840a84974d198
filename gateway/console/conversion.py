"""Amounts of several currencies stated in the currency of account, each with its rate, or with why it could not be."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from domain.errors import AfluenteError
from domain.fx import Converted, convert
from domain.money import Money, zero
from gateway.console.pages import Visit
from store import creditors


@dataclass(frozen=True)
class Conversion:
    """Conversion into one currency at one day's rates, each rate looked up once; failures are kept by currency."""

    here: Visit
    currency: str
    day: date
    _known: dict[str, Converted | AfluenteError] = field(default_factory=dict)

    def of(self, amount: Money) -> Converted | None:
        """The amount converted, or ``None`` where there is no usable rate."""
        unit = self._known.get(amount.currency)
        if unit is None:
            unit = self._known[amount.currency] = self._unit(amount.currency)
        return convert(amount, unit.rate) if isinstance(unit, Converted) else None

    def _unit(self, currency: str) -> Converted | AfluenteError:
        try:
            return convert(
                zero(currency),
                self.here.services.rates_of(self.here.person.tenant_id).rate(currency, self.currency, self.day),
            )
        except AfluenteError as error:
            return error

    @property
    def failures(self) -> dict[str, AfluenteError]:
        """Why currencies asked for so far could not be converted."""
        return {code: found for code, found in self._known.items() if isinstance(found, AfluenteError)}


def into_own_currency(here: Visit) -> Conversion:
    """Conversion into the settlement currency of the tenant's creditors at today's rates; US dollars without any."""
    with here.tx() as tx:
        owners = creditors.every(tx)
    currency = owners[0].settlement_currency if owners else "USD"
    return Conversion(here, currency, here.services.now().date())
