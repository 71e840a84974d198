"""Official pegs to the US dollar: currencies whose central bank keeps one fixed rate.

Pegs serve reports and sanity checks. Money that was truly exchanged is booked at the rate of the exchange.
Each peg answers only for days its source speaks of; a peg has no fixing day, so ``as_of`` is the day asked for.
The Kuwaiti dinar is absent on purpose: it follows a basket and moves.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from domain.contacts import Confidence
from domain.fx import Cadence, Leg, Rate, of_legs

DOLLAR: Final = "USD"


@dataclass(frozen=True, slots=True)
class Peg:
    """Units of ``currency`` for one US dollar, from which day our source lets us say so, and how sure we are."""

    currency: str
    per_dollar: Decimal
    since: date
    source: str
    confidence: Confidence


PEGS: Final = (
    Peg(
        "AED",
        Decimal("3.6725"),
        date(1997, 12, 1),
        "Central Bank of the UAE peg since November 1997 (currentaffairs.adda247.com; wikisum.wiki)",
        Confidence.SECONDARY,
    ),
    Peg(
        "SAR",
        Decimal("3.75"),
        date(1987, 1, 1),
        "Saudi Central Bank peg since 1986; agrees with IMF rates of 2022-09-19 (www.brecorder.com/news/40198627)",
        Confidence.SECONDARY,
    ),
    Peg(
        "QAR",
        Decimal("3.64"),
        date(2022, 9, 19),
        "Qatar Central Bank peg, as in IMF rates of 2022-09-19 (www.brecorder.com/news/40198627)",
        Confidence.SECONDARY,
    ),
    Peg(
        "OMR",
        Decimal("0.3845"),
        date(1987, 1, 1),
        "Central Bank of Oman peg since 1986; agrees with IMF rates of 2022-09-19 (www.brecorder.com/news/40198627)",
        Confidence.SECONDARY,
    ),
    Peg(
        "BHD",
        Decimal("0.376"),
        date(2002, 1, 1),
        "Central Bank of Bahrain peg; to be checked against Decree-Law 48 of 2001",
        Confidence.UNVERIFIED,
    ),
    Peg(
        "JOD",
        Decimal("0.709"),
        date(1996, 1, 1),
        "Central Bank of Jordan peg, the middle of its band 0.708 to 0.710; to be checked on its exchange-rate page",
        Confidence.UNVERIFIED,
    ),
)


class PegRates:
    """The official pegs as a source of rates: one US dollar in each pegged currency, and no other pair."""

    code = "pegs"

    def __init__(self, pegs: tuple[Peg, ...] = PEGS) -> None:
        self._pegs = {peg.currency: peg for peg in pegs}

    def rate(self, base: str, quote: str, on: date) -> Rate | None:
        """The peg of ``quote`` where ``base`` is the US dollar and the peg is known to hold on the day."""
        peg = self._pegs.get(quote)
        if base != DOLLAR or peg is None or on < peg.since:
            return None
        source = f"{peg.source} [{peg.confidence}]"
        return of_legs([Leg(base, quote, peg.per_dollar, on, source, Cadence.PEG, peg.confidence)])
