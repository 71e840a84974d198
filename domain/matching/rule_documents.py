"""A rule set as people write it: one JSON object, every key known, every value in range."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final, TypeVar

from domain.errors import Invalid
from domain.matching.outcome import Stage
from domain.matching.rules import Budgets, Confirming, Direction, FxRate, FxRules, RuleSet, Schedule, Windows

_T = TypeVar("_T")
Readers = Mapping[str, Callable[[Any, str], Any]]


def rule_set(document: Mapping[str, Any]) -> RuleSet:
    """The rule set that a JSON object states; what it leaves out is the standard.

    Raises ``Invalid``: ``rules_key_unknown``, ``rules_value_malformed`` (with the key), ``rules_out_of_range``.
    """
    return RuleSet(**_read(document, _RULES, ""))


def _refuse(key: str, wanted: str) -> Invalid:
    return Invalid("rules_value_malformed", f"{key} must be {wanted}.", fix="Correct the configuration.", key=key)


def _read(document: object, readers: Readers, path: str) -> dict[str, Any]:
    if not isinstance(document, Mapping):
        raise _refuse(path or "the configuration", "a JSON object")
    unknown = sorted(set(document) - set(readers))
    if unknown:
        raise Invalid(
            "rules_key_unknown",
            f"There is no key {path}{unknown[0]}.",
            fix=f"Use {', '.join(sorted(readers))}.",
            key=f"{path}{unknown[0]}",
        )
    return {key: readers[key](value, f"{path}{key}") for key, value in document.items()}


def _whole(value: object, key: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > _LARGEST:
        raise _refuse(key, "a whole number")
    return value


def _count(value: object, key: str) -> int:
    if _whole(value, key) < 0:
        raise _refuse(key, "a whole number of 0 or more")
    return _whole(value, key)


_LARGEST: Final = 2**62


def _text(value: object, key: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise _refuse(key, "a text")
    return value.strip()


def _flag(value: object, key: str) -> bool:
    if not isinstance(value, bool):
        raise _refuse(key, "true or false")
    return value


def _decimal(value: object, key: str) -> Decimal:
    try:
        number = Decimal(value) if isinstance(value, str | int) and not isinstance(value, bool) else None
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite() or number < 0:
        raise _refuse(key, 'a decimal number as text, such as "2.9"')
    return number


def _positive(value: object, key: str) -> Decimal:
    number = _decimal(value, key)
    if not number:
        raise _refuse(key, "more than 0")
    return number


def _day(value: object, key: str) -> date:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else _never(key)
    except ValueError:
        return _never(key)


def _never(key: str) -> date:
    raise _refuse(key, "a day such as 2026-11-01")


def _maybe(reader: Callable[[Any, str], _T]) -> Callable[[Any, str], _T | None]:
    return lambda value, key: None if value is None else reader(value, key)


def _each(reader: Callable[[Any, str], _T]) -> Callable[[Any, str], tuple[_T, ...]]:
    def read(value: Any, key: str) -> tuple[_T, ...]:
        if not isinstance(value, list):
            raise _refuse(key, "a list")
        return tuple(reader(one, f"{key}[{place}]") for place, one in enumerate(value))

    return read


def _set(reader: Callable[[Any, str], _T]) -> Callable[[Any, str], frozenset[_T]]:
    return lambda value, key: frozenset(_each(reader)(value, key))


def _weekday(value: object, key: str) -> int:
    if value not in range(7) or isinstance(value, bool):
        raise _refuse(key, "a day of the week, Monday being 0")
    return _whole(value, key)


def _choice(kind: Callable[[str], _T], words: str) -> Callable[[Any, str], _T]:
    def read(value: Any, key: str) -> _T:
        try:
            return kind(value)
        except ValueError:
            raise _refuse(key, f"one of {words}") from None

    return read


def _kind(value: object, key: str) -> str:
    return _text(value, key).lower()


def _currency(value: object, key: str) -> str:
    return _text(value, key).upper()


def _object(build: Callable[..., _T], readers: Readers, needed: tuple[str, ...] = ()) -> Callable[[Any, str], _T]:
    def read(value: Any, key: str) -> _T:
        found = _read(value, readers, f"{key}.")
        for name in needed:
            if name not in found:
                raise _refuse(f"{key}.{name}", "given")
        return build(**found)

    return read


def _what(value: object, key: str) -> str:
    if value not in ("fee", "tax"):
        raise _refuse(key, "fee or tax")
    return str(value)


_WINDOWS: Final[Readers] = {
    "before_days": _count,
    "after_days": _count,
    "key_days": _count,
    "clock_shift_days": _count,
    "direction": _choice(Direction, ", ".join(Direction)),
    "weekend": _set(_weekday),
    "holidays": _set(_day),
}
_SCHEDULE: Final[Readers] = {
    "name": _text,
    "kind": _maybe(_kind),
    "percent": _decimal,
    "flat_minor": _count,
    "min_minor": _maybe(_count),
    "max_minor": _maybe(_count),
    "what": _what,
    "of_fee": _flag,
    "per_batch": _flag,
}
_RATE: Final[Readers] = {
    "base": _currency,
    "quote": _currency,
    "value": _positive,
    "day": _maybe(_day),
    "label": _maybe(_text),
    "stated": _flag,
    "source": _text,
}
_FX: Final[Readers] = {
    "rates": _each(_object(FxRate, _RATE, ("base", "quote", "value"))),
    "tolerance_basis_points": _count,
    "stated_rounding_minor": _count,
}
_BUDGETS: Final[Readers] = dict.fromkeys(
    ("pairs_per_row", "pool_rows", "set_rows", "sets", "units", "units_per_row"), _count
)
_CONFIRMING: Final[Readers] = {"stages": _set(_choice(Stage, ", ".join(Stage))), "score": _count}
_RULES: Final[Readers] = {
    "name": _text,
    "version": _count,
    "windows": _object(Windows, _WINDOWS),
    "schedules": _each(_object(Schedule, _SCHEDULE, ("name",))),
    "tolerance_minor": _count,
    "tolerance_basis_points": _count,
    "rounding_minor": _count,
    "largest_difference_basis_points": _count,
    "largest_part_basis_points": _count,
    "negative_kinds": _set(_kind),
    "confirming": _object(Confirming, _CONFIRMING),
    "propose_from": _count,
    "margin": _count,
    "fx": _object(FxRules, _FX),
    "budgets": _object(Budgets, _BUDGETS),
}
