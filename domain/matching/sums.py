"""Which sets of whole numbers make a total: searched exactly, and counted so that "the only one" is a proof."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import combinations
from math import comb
from typing import Final, NamedTuple

HALVES_UP_TO: Final = 20  # values; above it sets are searched by size
_SHOWN: Final = 4  # sets kept once there are several
_MOST_CHECKS: Final = 20_000  # of parts that make the total but may overlap; equal amounts make many
_PAIR: Final = 2
_CAPS: Final = (0, 30, 100, 300, 1_000, 3_000, 10_000, 30_000)  # look-ups for one search, from none to many


class Limits(NamedTuple):
    """How far one search goes: rows of a set, sets looked through, look-ups."""

    set_rows: int
    sets: int
    units: int


def most_of(count: int, limits: Limits) -> int:
    """The largest set size that can be searched whole among ``count`` values; less than 2 where none can."""
    most, looked = 1, 0
    for size in range(_PAIR, min(limits.set_rows, count) + 1):
        looked += comb(count, size)
        if looked > limits.sets or cost(count, size) > limits.units:
            break
        most = size
    return most


@cache
def cost(count: int, most: int) -> int:
    """Look-ups that a search for sets of up to ``most`` of ``count`` values takes."""
    by_size = sum(comb(count, size) for size in range(1, (most + 1) // 2 + 1))
    return min(by_size, int(2 ** ((count + 1) // 2))) if count <= HALVES_UP_TO else by_size


def fair_cap(sizes: Mapping[int, int], limits: Limits, budget: int) -> int:
    """The most look-ups that every search may take so that all together stay within a budget, whatever their order.

    ``sizes`` are the numbers of searches by number of values.
    """
    for cap in reversed(_CAPS):
        allowed = limits._replace(units=cap)
        if sum(many * cost(count, most_of(count, allowed)) for count, many in sizes.items()) <= budget:
            return cap
    return 0


class Pool:
    """Values among which sets are searched for many totals; partial sums are made once."""

    __slots__ = ("_by_sum", "_halves", "most", "units", "values")

    def __init__(self, values: Sequence[int], most: int) -> None:
        self.values = values
        self.most = most
        self.units = 0
        half = (most + 1) // 2
        self._halves = len(values) <= HALVES_UP_TO and cost(len(values), most) == 2 ** ((len(values) + 1) // 2)
        self._by_sum = self._lower_half() if self._halves else self._small_sets(half)

    @property
    def looked(self) -> int:
        """How many sets of two values or more a search looks through."""
        return sum(comb(len(self.values), size) for size in range(_PAIR, self.most + 1))

    def _lower_half(self) -> dict[int, list[tuple[int, ...]]]:
        found: dict[int, list[tuple[int, ...]]] = {}
        middle = len(self.values) // 2
        for mask, value in enumerate(_all_sums(self.values[:middle])):
            found.setdefault(value, []).append((mask,))
        self.units += 2**middle
        return found

    def _small_sets(self, half: int) -> dict[int, list[tuple[int, ...]]]:
        found: dict[int, list[tuple[int, ...]]] = {}
        for size in range(1, half + 1):
            sums = map(sum, combinations(self.values, size))
            for part, value in zip(combinations(range(len(self.values)), size), sums, strict=True):
                found.setdefault(value, []).append(part)
        self.units += len(found)
        return found

    def find(self, total: int) -> tuple[tuple[int, ...], ...] | None:
        """Sets of 2 to ``most`` values that make the total, at most four; ``None`` where too many parts overlap."""
        return self._by_halves(total) if self._halves else self._by_size(total)

    def _by_halves(self, total: int) -> tuple[tuple[int, ...], ...] | None:
        middle = len(self.values) // 2
        upper = _all_sums(self.values[middle:])
        self.units += len(upper)
        lower = self._by_sum
        found: list[tuple[int, ...]] = []
        checks = 0
        for mask in [mask for mask, value in enumerate(upper) if total - value in lower]:
            for (other,) in lower[total - upper[mask]]:
                checks += 1
                chosen = mask << middle | other
                if _PAIR <= chosen.bit_count() <= self.most:
                    found.append(_places(chosen, len(self.values)))
            if len(found) >= _SHOWN or checks > _MOST_CHECKS:
                break
        return _shown(found, checks)

    def _by_size(self, total: int) -> tuple[tuple[int, ...], ...] | None:
        """Every set is split once, at its middle: the upper part goes on where the lower one ends."""
        lower = self._by_sum
        self.units += len(lower)
        found: list[tuple[int, ...]] = []
        checks = 0
        for value in [value for value in lower if total - value in lower]:
            for part in lower[value]:
                for other in lower[total - value]:
                    checks += 1
                    size = len(part)
                    if other[-1] < part[0] and size - 1 <= len(other) <= size and len(other) + size <= self.most:
                        found.append(other + part)
                if len(found) >= _SHOWN or checks > _MOST_CHECKS:
                    return _shown(found, checks)
        return _shown(found, checks)


def _shown(found: list[tuple[int, ...]], checks: int) -> tuple[tuple[int, ...], ...] | None:
    if checks > _MOST_CHECKS and len(found) < _PAIR:
        return None
    return tuple(sorted(found)[:_SHOWN])


def _all_sums(values: Sequence[int]) -> list[int]:
    """The sum of every subset, by bit mask."""
    sums = [0]
    for value in values:
        sums += [known + value for known in sums]
    return sums


def balanced(left: Sequence[int], right: Sequence[int], *, most: int) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """The smallest sets of both sides, two values or more on each, with equal sums; several where they tie."""
    by_sum: dict[int, list[int]] = {}
    for mask, value in enumerate(_all_sums(left)):
        if mask.bit_count() >= _PAIR:
            by_sum.setdefault(value, []).append(mask)
    found: list[tuple[int, int, int]] = []
    for mask, value in enumerate(_all_sums(right)):
        if mask.bit_count() >= _PAIR:
            for other in by_sum.get(value, ())[:_SHOWN]:
                size = mask.bit_count() + other.bit_count()
                if size <= most:
                    found.append((size, other, mask))
    smallest = min((size for size, _, _ in found), default=0)
    return [(_places(one, len(left)), _places(other, len(right))) for size, one, other in found if size == smallest][
        :_SHOWN
    ]


def _places(mask: int, count: int) -> tuple[int, ...]:
    return tuple(place for place in range(count) if mask >> place & 1)
