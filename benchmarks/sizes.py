"""How much is measured: enough to see in minutes, or the sizes that the claims are made for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sizes:
    """Rounds are interleaved; every figure is a median over them."""

    rounds: int
    batches: int  # of a hundred entries, for the book, in each round
    singles: int  # entries one by one, for the book, in each round
    replayed: int  # entries posted, then posted again
    postings: int  # in the book that is read from
    children: int  # under the parent that is read from
    reads: int  # of each kind
    matching: tuple[int, ...]  # rows a side
    webhooks: int  # of each platform, in each round
    steady_seconds: int  # of webhooks at half the rate
    drained: int  # deliveries that wait in the inbox


SHORT = Sizes(
    rounds=5,
    batches=30,
    singles=500,
    replayed=50_000,
    postings=200_000,
    children=10_000,
    reads=300,
    matching=(1_000, 10_000, 100_000),
    webhooks=400,
    steady_seconds=15,
    drained=5_000,
)
FULL = Sizes(
    rounds=5,
    batches=60,
    singles=1_000,
    replayed=1_000_000,
    postings=5_000_000,
    children=10_000,
    reads=300,
    matching=(1_000, 10_000, 100_000, 1_000_000),
    webhooks=2_000,
    steady_seconds=60,
    drained=200_000,
)
