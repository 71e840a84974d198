"""A country's tier follows from its evidence, step by step."""

from __future__ import annotations

import pytest

from domain.country_quality import Evidence, Tier, tier


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        (Evidence(0, 0, every_example=True), Tier.DRAFT),
        (Evidence(10, 4, every_example=True), Tier.DRAFT),
        (Evidence(10, 5, every_example=False), Tier.SOURCED),
        (Evidence(10, 5, every_example=True), Tier.TESTED),
        (Evidence(10, 9, every_example=True, contact_read=0), Tier.DRAFT),
        (Evidence(10, 5, every_example=True, live_cases=1), Tier.PROVEN),
        (Evidence(10, 5, every_example=True, live_cases=1, counsel_approved=True), Tier.REVIEWED),
        (Evidence(10, 5, every_example=True, counsel_approved=True), Tier.TESTED),
        (Evidence(10, 4, every_example=True, live_cases=1, counsel_approved=True), Tier.DRAFT),
    ],
)
def test_a_tier_needs_every_tier_before_it(evidence: Evidence, expected: Tier) -> None:
    assert tier(evidence) is expected
