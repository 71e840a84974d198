"""Banking days at both ends of a sweep: the child's country, and where the parent's currency is at home."""

from __future__ import annotations

from datetime import date

import pytest

from connectors import banking_days, registry
from domain.errors import NotFound, Unavailable


@pytest.mark.parametrize(
    ("currency", "day", "works"),
    [
        ("USD", date(2026, 11, 26), False),  # Thanksgiving
        ("USD", date(2026, 11, 27), True),
        ("EUR", date(2026, 4, 3), False),  # Good Friday, a TARGET holiday
        ("EUR", date(2026, 5, 14), True),  # Ascension is none
        ("CNY", date(2026, 2, 17), False),  # Spring Festival
        ("CNY", date(2026, 2, 14), False),  # a Saturday that is worked in offices
        ("QAR", date(2026, 11, 27), False),  # a Friday
        ("QAR", date(2026, 11, 29), True),  # a Sunday
        ("BRL", date(2026, 11, 20), False),  # a served country keeps its own calendar
    ],
)
def test_a_currency_is_settled_on_the_days_of_its_home(currency: str, day: date, *, works: bool) -> None:
    assert banking_days.of_currency(currency).is_working_day(day, None) is works


def test_a_currency_without_a_known_home_is_an_error() -> None:
    with pytest.raises(Unavailable, match="calendar_unknown"):
        banking_days.of_currency("XAF")


def test_both_ends_must_work() -> None:
    both = banking_days.between("AE", "USD")
    assert both(date(2026, 11, 24))
    assert not both(date(2026, 11, 26))  # no banks in the United States
    assert not both(date(2026, 12, 2))  # none in the Emirates


def test_a_country_that_is_not_served_is_an_error() -> None:
    with pytest.raises(NotFound, match="country_unknown"):
        banking_days.between("ZZ", "USD")


def test_every_fact_on_remittance_is_sourced() -> None:
    for country in registry.countries().values():
        known = country.remittance
        if known is None:
            continue
        sources = [known.source, *(one.source for one in known.documents), *(one.source for one in known.taxes)]
        assert all(source.strip() for source in sources), country.code
        assert all(document.code.isidentifier() and document.name for document in known.documents)
        assert len({document.code for document in known.documents}) == len(known.documents)
