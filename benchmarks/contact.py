"""The pure contact decision: how many a second on one core, for each country, at an allowed moment."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from connectors import registry
from domain.contact_policy import Channel, ContactFacts, Permitted, contact_policy

SECONDS = 1.0


def main() -> None:
    """Measure decisions."""
    for country in registry.countries().values():
        subdivision = next(iter(country.zones), None)
        facts = ContactFacts(time_zone=country.zone_of(subdivision) or country.all_zones[0])
        moment = datetime(2026, 11, 23, tzinfo=UTC)
        for _ in range(7 * 24):
            decision = contact_policy(country, facts, channel=Channel.EMAIL, at=moment, subdivision=subdivision)
            if isinstance(decision, Permitted):
                break
            moment += timedelta(hours=1)
        count, started = 0, time.perf_counter()
        while time.perf_counter() - started < SECONDS:
            contact_policy(country, facts, channel=Channel.EMAIL, at=moment, subdivision=subdivision)
            count += 1
        print(f"contact decision {country.code}         {count / (time.perf_counter() - started):8.0f}/s")
