"""Three businesses and their files: how often which trap comes, and how the lines look."""

from __future__ import annotations

import random
from dataclasses import dataclass

from benchmarks.labelled import people, traps
from benchmarks.labelled.sheets import Labelled
from benchmarks.labelled.traps import Maker, Trap


@dataclass(frozen=True, slots=True)
class Shape:
    """A business: weights of traps, and what its lines have in common."""

    weights: tuple[tuple[Trap, int], ...]
    days: int
    most_minor: int
    firms: bool = False
    batches_named: bool = True


SHAPES = {
    "marketplace": Shape(  # a platform's report against the bank: few lines there, many here
        (
            (traps.payout, 30),
            (traps.payout_abroad, 8),
            (traps.fee_stated, 25),
            (traps.exact, 40),
            (traps.late_chargeback, 12),
            (traps.repeated_lines, 6),
            (traps.night_shift, 12),
            (traps.paid_twice, 4),
            (traps.noise_left, 8),
            (traps.noise_right, 8),
        ),
        days=45,
        most_minor=400_000,
    ),
    "payouts unnamed": Shape(  # the bank tells an amount and the platform's name, no more
        ((traps.payout, 20), (traps.exact, 30), (traps.noise_left, 5), (traps.noise_right, 5)),
        days=60,
        most_minor=400_000,
        batches_named=False,
    ),
    "statement": Shape(  # a book of many small debtors against a bank's statement
        (
            (traps.exact, 300),
            (traps.mistyped, 60),
            (traps.in_text, 80),
            (traps.cut_text, 30),
            (traps.no_reference, 60),
            (traps.words_only, 20),
            (traps.collision, 25),
            (traps.blind_collision, 15),
            (traps.wrong_twin, 12),
            (traps.next_invoice, 15),
            (traps.standing_order, 20),
            (traps.fee_unknown, 25),
            (traps.split_payment, 15),
            (traps.split_unnamed, 12),
            (traps.part_payment, 12),
            (traps.sum_listed, 20),
            (traps.sum_unnamed, 20),
            (traps.converted, 10),
            (traps.wrong_currency, 10),
            (traps.repeated_lines, 10),
            (traps.paid_twice, 8),
            (traps.late_chargeback, 15),
            (traps.night_shift, 20),
            (traps.noise_left, 40),
            (traps.noise_right, 40),
        ),
        days=90,
        most_minor=3_000_000,
    ),
    "treasury": Shape(  # few large lines between firms
        (
            (traps.exact, 30),
            (traps.in_text, 10),
            (traps.mistyped, 5),
            (traps.no_reference, 8),
            (traps.deposit, 8),
            (traps.sum_unnamed, 8),
            (traps.sum_listed, 5),
            (traps.several_for_several, 6),
            (traps.split_unnamed, 5),
            (traps.standing_order, 4),
            (traps.fee_unknown, 5),
            (traps.converted, 6),
            (traps.night_shift, 6),
            (traps.noise_left, 6),
            (traps.noise_right, 6),
        ),
        days=120,
        most_minor=90_000_000,
        firms=True,
    ),
}


def labelled(name: str, size: int, seed: int) -> Labelled:
    """A set of a shape with so many traps; the same seed gives the same set. Lines stand in no telling order."""
    shape = SHAPES[name]
    chance = random.Random(f"{name} {seed}")  # noqa: S311 (made-up money is no secret)
    made = Labelled(f"{name} {seed}")
    maker = Maker(
        chance,
        made,
        days=shape.days,
        most_minor=shape.most_minor,
        payer=people.company if shape.firms else people.person,
        batches_named=shape.batches_named,
    )
    kinds, weights = zip(*shape.weights, strict=True)
    for trap in chance.choices(kinds, weights, k=size):
        trap(maker)
    chance.shuffle(made.left)
    chance.shuffle(made.right)
    return made
