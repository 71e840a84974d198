"""The JSON shapes that several endpoints share: money, texts, pages."""

from __future__ import annotations

from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from domain.money import Money

# Control characters are refused at the door: PostgreSQL cannot keep NUL, and none belongs into a name or a reason.
_PRINTABLE = r"^[^\x00-\x1f\x7f]*$"

ShortText = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=_PRINTABLE, strip_whitespace=True)]
LongText = Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern=_PRINTABLE, strip_whitespace=True)]
Identifier = Annotated[str, StringConstraints(max_length=64, pattern=r"^[a-z]+_[0-9a-z]+$")]
Code = Annotated[str, StringConstraints(max_length=64, pattern=r"^[a-z][a-z0-9_]*$")]
CountryCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
CurrencyCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]

ItemT = TypeVar("ItemT")


class Shape(BaseModel):
    """What is given out."""

    model_config = ConfigDict(frozen=True, extra="forbid", from_attributes=True)


class Body(BaseModel):
    """What is taken in: unknown fields are refused, so that a misspelt one is never lost."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Amount(Body):
    """Money: a decimal text in major units and an ISO 4217 code; never a number, for numbers lose digits."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_extra={"example": {"amount": "1500.00", "currency": "BRL"}}
    )

    amount: Annotated[str, StringConstraints(pattern=r"^-?[0-9]{1,16}(\.[0-9]{1,4})?$")]
    currency: CurrencyCode

    @classmethod
    def of(cls, money: Money) -> Amount:
        """The shape of an amount, with exactly the currency's decimals."""
        return cls(amount=f"{money.decimal:f}", currency=money.currency)

    @classmethod
    def minor(cls, minor: int, currency: str) -> Amount:
        """The shape of an amount that is stored in minor units."""
        return cls.of(Money(minor, currency))

    def money(self) -> Money:
        """The amount; raises ``currency_unknown``, ``amount_too_precise`` and ``amount_too_large``."""
        return Money.parse(self.amount, self.currency)


class Page(Shape, Generic[ItemT]):
    """One page of a list."""

    data: list[ItemT]
    next_cursor: Annotated[str | None, Field(description="Where the next page starts; null on the last one.")]


JsonObject = dict[str, Any]
