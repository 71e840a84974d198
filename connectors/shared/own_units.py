"""Minor units of a platform's own, which differ from ISO 4217 for a few currencies, and the exact way between both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from domain.errors import Invalid
from domain.money import Money, exponent

_DEFAULT_EXPONENT: Final = 2


@dataclass(frozen=True, slots=True)
class OwnUnits:
    """How a platform writes amounts: without decimals in some currencies, with three (the last 0) in others, else two.

    ``largest`` is the most that it takes, in its own units; ``None`` where it states no bound.
    """

    platform: str
    zero_decimal: frozenset[str]
    three_decimal: frozenset[str]
    largest: int | None = None

    def exponent(self, currency: str) -> int:
        """How many decimals its amounts have in a currency (ISO code in capitals)."""
        if currency in self.zero_decimal:
            return 0
        return 3 if currency in self.three_decimal else _DEFAULT_EXPONENT

    def to_money(self, amount: int, currency: str) -> Money:
        """An amount of its own as money; ``amount_too_precise`` if ISO 4217 has no such fraction of the currency."""
        shift = exponent(currency) - self.exponent(currency)
        return Money(self._shifted(amount, shift=shift, currency=currency), currency)

    def from_money(self, money: Money) -> int:
        """Money as an amount of its own; ``amount_too_precise`` or ``amount_too_large`` if there is none."""
        code = money.currency
        amount = self._shifted(money.minor, shift=self.exponent(code) - exponent(code), currency=code)
        if code in self.three_decimal and amount % 10:
            raise self._too_precise(
                code, fix=f"Round to two decimals: {self.platform} wants the last of the three to be 0."
            )
        if self.largest is not None and amount > self.largest:
            digits = len(str(self.largest))
            raise Invalid("amount_too_large", f"{self.platform} takes amounts of {digits} digits at most.")
        return amount

    def _shifted(self, amount: int, *, shift: int, currency: str) -> int:
        """The amount times ten to the power of ``shift``, exactly."""
        factor = int(10 ** abs(shift))
        if shift >= 0:
            return amount * factor
        whole, rest = divmod(amount, factor)
        if rest:
            raise self._too_precise(currency, fix="Use whole units of this currency.")
        return whole

    def _too_precise(self, currency: str, *, fix: str) -> Invalid:
        message = f"{self.platform} and ISO 4217 cannot both state this amount of {currency}."
        return Invalid("amount_too_precise", message, fix=fix)
