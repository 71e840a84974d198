"""The sample portfolio: 76 overdue vehicle loans over four countries, the same for the same day.

Due dates hang on the day it is made for, so that the loans are overdue by 1 to 240 days whenever it is imported.
Run as ``python -m runtime.samples.make_portfolio DAY`` it rewrites the files beside it.
"""

from __future__ import annotations

import csv
import io
import sys
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from connectors.portfolio_files import template_csv
from domain.calendars import months_later
from domain.portfolio import COLUMNS
from domain.vehicles import vin_check_digit
from runtime.samples.markets import MARKETS, Market, Place

LOANS_PER_COUNTRY: Final = 19
DAYS_PAST_DUE: Final = (1, 3, 6, 10, 15, 21, 28, 31, 38, 45, 58, 61, 75, 89, 92, 118, 150, 181, 240)
TERMS: Final = (36, 48, 60)
SAFE_DAY: Final = 28  # every month has it, so counting months back and forth meets the same day
DOMAINS: Final = ("example.com", "example.org")
CHANNELS: Final = ("email", "letter", "")

VEHICLES: Final = (
    ("LGX", "BYD", "Marlin EV", "battery_electric"),
    ("LSJ", "MG", "Comet 4", "battery_electric"),
    ("LGW", "GWM", "Puma PHEV", "plug_in_hybrid"),
    ("LVV", "Chery", "Lynx 8", "combustion"),
    ("LB3", "Geely", "Aurora EV", "battery_electric"),
    ("LNN", "Omoda", "Zephyr HEV", "hybrid"),
    ("LMG", "GAC Aion", "Breeze", "battery_electric"),
)


@dataclass(frozen=True, slots=True)
class _Sample:
    """One loan of the sample: which of its country, whose, and when its oldest unpaid instalment fell due."""

    market: Market
    index: int
    today: date

    @property
    def debtor(self) -> int:
        """The debtor's number: the last two loans of a country belong to its first and third debtor."""
        parties = len(self.market.people) + len(self.market.companies)
        return self.index if self.index < parties else 2 * (self.index - parties)

    @property
    def product(self) -> str:
        return self.market.products[self.index % len(self.market.products)]

    @property
    def place(self) -> Place:
        return self.market.places[self.debtor % len(self.market.places)]

    @property
    def oldest_unpaid(self) -> date:
        due = self.today - timedelta(days=DAYS_PAST_DUE[self.index % len(DAYS_PAST_DUE)])
        return due.replace(day=min(due.day, SAFE_DAY))

    @property
    def paid_instalments(self) -> int:
        return 5 + self.index * 5 % 19


def make_portfolio(today: date) -> bytes:
    """The sample as a portfolio file in CSV (UTF-8): overdue on ``today``, and byte for byte the same for a day."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, [column.name for column in COLUMNS], restval="", lineterminator="\n")
    writer.writeheader()
    for market in MARKETS:
        for index in range(LOANS_PER_COUNTRY):
            sample = _Sample(market, index, today)
            writer.writerow({**_contract(sample), **_debtor(sample), **_vehicle(sample), **_money(sample)})
    return out.getvalue().encode()


def _contract(sample: _Sample) -> dict[str, str]:
    market, first = sample.market, months_later(sample.oldest_unpaid, -sample.paid_instalments)
    return {
        "contract_no": f"{market.country}-{first.year}-{sample.index + 1:04}",
        "creditor_ref": f"FIN-{market.country}-{7000 + sample.index * 13}",
        "country": market.country,
        "product": sample.product,
        "currency": market.currency,
        "first_due_date": first.isoformat(),
        "frequency": "monthly",
    }


def _debtor(sample: _Sample) -> dict[str, str]:
    market, number, place = sample.market, sample.debtor, sample.place
    person = number < len(market.people)
    name, mailbox = (market.people + market.companies)[number]
    scheme, make_id = market.person_id if person else market.company_id
    return {
        "debtor_name": name,
        "debtor_kind": "person" if person else "company",
        "id_scheme": scheme,
        "id_value": make_id(number + 1, place),
        "email": f"{mailbox}@{DOMAINS[number % len(DOMAINS)]}",
        "phone": market.phone(number + 1, place),
        "address": f"{place.street} {10 + number * 3}",
        "city": place.city,
        "postal_code": place.postal_code,
        "subdivision": place.subdivision,
        "preferred_locale": "en" if market.country == "AE" and name.isascii() else market.locale,
        "preferred_channel": CHANNELS[number % len(CHANNELS)],
    }


def _vehicle(sample: _Sample) -> dict[str, str]:
    serial = MARKETS.index(sample.market) * 100 + sample.index + 1
    maker, make, model, powertrain = VEHICLES[serial % len(VEHICLES)]
    year = sample.oldest_unpaid.year - 2
    unchecked = f"{maker}CE4CB0{'RSTVWXY'[year % 7]}A{serial:06}"
    return {
        "vin": unchecked[:8] + vin_check_digit(unchecked) + unchecked[9:],
        "make": make,
        "model": model,
        "year": str(year),
        "powertrain": powertrain,
        "plate": sample.market.plate(sample.index),
    }


def _money(sample: _Sample) -> dict[str, str]:
    market, count = sample.market, TERMS[sample.index % len(TERMS)]
    principal = market.price + market.step * sample.index
    instalment = principal * 118 // 100 // count // market.rounding * market.rounding + market.rounding
    late = instalment * 2 // 100 if sample.product == "loan" and sample.index % 4 == 0 else 0
    paid, paid_column = _paid(sample, instalment)
    residual = principal // 10 if sample.product == "lease" else instalment
    row = {
        "principal": _amount(principal),
        "instalment_amount": _amount(instalment),
        "instalments_total": str(count),
        "last_instalment_amount": _amount(residual) if residual != instalment else "",
        "late_fee": _amount(late) if late else "",
    }
    if sample.index % 3 == 0:
        row["outstanding"] = _amount(instalment * (count - 1) + residual - paid)
    return row | paid_column


def _paid(sample: _Sample, instalment: int) -> tuple[int, dict[str, str]]:
    """What is paid, and the column that says so: every way of saying it occurs, and some have paid a part."""
    number = sample.paid_instalments
    whole = number * instalment
    part = instalment // 3 if sample.index % 4 == 0 else 0
    ways = (
        {"paid_total": _amount(whole + part)},
        {"paid_instalments": str(number)},
        {"overdue_since": sample.oldest_unpaid.isoformat()},
        {"paid_total": _amount(whole)},
    )
    return whole + part, ways[sample.index % len(ways)]


def _amount(major: int) -> str:
    return f"{major}.00"


def main(arguments: list[str]) -> None:
    """Rewrite ``portfolio.csv`` for the day given as the first argument, and the empty template beside it."""
    folder = Path(__file__).parent
    (folder / "portfolio.csv").write_bytes(make_portfolio(date.fromisoformat(arguments[0])))
    (folder / "portfolio_template.csv").write_bytes(template_csv())


if __name__ == "__main__":
    main(sys.argv[1:])
