"""Transfers as one text, an address after the pattern of RFC 8905 (``payto``): the amount, and where a fault is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from connectors.shared import digits
from domain.errors import Invalid
from domain.money import Money

_AMOUNT: Final = re.compile(r"([A-Z]{3}):([0-9]+(?:\.[0-9]+)?)")
_SCHEME: Final = "payto://"


def amount(text: str, currency: str) -> Money:
    """The amount of an address, ``BRL:150.00``; ``payto_amount`` for one of another form or currency."""
    found = _AMOUNT.fullmatch(text)
    if found is None or found.group(1) != currency:
        reason = f"{text[:40]!r} is not an amount in {currency}"
        raise Invalid("payto_amount", f"The transfer address is broken: {reason}.", tag="amount", reason=reason)
    money = Money.parse(found.group(2), currency)
    if not money.minor:
        raise Invalid(
            "payto_amount", f"The transfer address is broken: {(reason := 'the amount is zero')}.", reason=reason
        )
    return money


@dataclass(frozen=True, slots=True)
class Places:
    """Where the parts of an address stand, for refusals to point at."""

    address: str

    @contextmanager
    def of_target(self, name: str, *, behind: int = 0) -> Iterator[None]:
        """What refuses the account inside points to where it stands in the address, under this name.

        ``behind`` so many characters of the account's path another part of it begins.
        """
        with _pointing(name, min(self.address.find("/", len(_SCHEME)) + 1 + behind, len(self.address))):
            yield

    @contextmanager
    def of_option(self, option: str, *, tag: str | None = None) -> Iterator[None]:
        """The same of an option's value; ``tag`` is its name in the tree where that is another."""
        found = re.search(rf"[?&]{re.escape(option)}=", self.address)
        with _pointing(tag or option, len(self.address) if found is None else found.end()):
            yield


@contextmanager
def _pointing(tag: str, start: int) -> Iterator[None]:
    try:
        yield
    except Invalid as error:
        raise digits.placed(error, tag=tag, offset=start + (error.details.get("offset") or 0)) from None
