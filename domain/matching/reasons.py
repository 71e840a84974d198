"""Why rows were put together or left over: a code for machines, a sentence with values for people."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

# code: (names of its values, sentence). Amounts are minor units of the currency named beside them.
SENTENCES: Final[dict[str, tuple[tuple[str, ...], str]]] = {
    # what speaks for a group
    "same_reference": (
        ("reference", "amount_minor", "currency"),
        "Both sides say {reference} and {amount_minor} {currency} in minor units.",
    ),
    "same_identifier": (
        ("reference", "amount_minor", "currency"),
        (
            "Both sides carry the identifier {reference}, unique by its making, and {amount_minor} {currency} in "
            "minor units."
        ),
    ),
    "same_amount": (("amount_minor", "currency"), "The amounts are equal: {amount_minor} {currency} in minor units."),
    "days_apart": (("days",), "The right row is {days} days after the left one."),
    "nearest_in_order": (
        ("rows",),
        "The reference recurs ({rows} rows), but within the window each row has one counterpart only.",
    ),
    "paired_in_order": (("rows",), "{rows} rows a side say the same; they are paired in the order of their days."),
    "fee_of_row": (
        ("fee_minor", "tax_minor"),
        "The difference is the fee of {fee_minor} and the tax of {tax_minor} that the row itself states.",
    ),
    "fee_by_schedule": (("schedule", "fee_minor"), "The difference is {fee_minor}, as the schedule {schedule} says."),
    "within_tolerance": (("difference_minor",), "The difference of {difference_minor} is within the tolerance."),
    "difference_unexplained": (
        ("difference_minor", "basis_points"),
        "The right side is {difference_minor} short ({basis_points} basis points), which no fee or tax explains.",
    ),
    "sign_by_kind": (
        ("amount_minor",),
        "Both sides write {amount_minor} without a minus; the kind of one of them makes it negative.",
    ),
    "reference_contained": (("reference",), "One side's text contains the other's reference {reference}."),
    "reference_look_alike": (
        ("left", "right"),
        "{left} and {right} differ only in letters and digits that look alike.",
    ),
    "reference_mistyped": (("left", "right"), "{left} and {right} are one typing mistake apart."),
    "reference_similar": (("left", "right"), "{left} and {right} are similar."),
    "reference_absent": ((), "At most one side has a reference."),
    "reference_differs": (("left", "right"), "The references {left} and {right} differ."),
    "payer_same": ((), "The payer is the same."),
    "payer_close": ((), "The payers' names are close, or the same in two scripts."),
    "payer_weak": ((), "The payers share one name."),
    "payer_absent": ((), "At most one side names the payer."),
    "payer_differs": ((), "The payers' names differ."),
    "unique_both_ways": ((), "Neither row has another candidate as good."),
    "by_elimination": ((), "Other candidates went to better matches."),
    "chance": (("percent",), "By chance alone such an agreement would be expected with {percent} %."),
    "same_batch": (("batch", "rows"), "The {rows} rows carry the batch {batch}."),
    "sum_gross": (("total_minor", "currency"), "Their amounts sum to {total_minor} {currency} in minor units."),
    "sum_net": (
        ("total_minor", "currency"),
        "Their amounts less fees and taxes sum to {total_minor} {currency} in minor units.",
    ),
    "sum_differs": (
        ("total_minor", "expected_minor", "difference_minor"),
        "The rows sum to {total_minor}, the other side says {expected_minor}: {difference_minor} is unexplained.",
    ),
    "line_held_back": (("id",), "It adds up without the row {id}, which is left over."),
    "references_listed": (("rows",), "The text of one side lists the references of {rows} rows."),
    "reference_shared": (("reference", "rows"), "The {rows} rows all say {reference}."),
    "total_of_label": (("label", "rows"), "All {rows} open rows labelled {label} sum to it, and to no other."),
    "only_set": (
        ("pool", "rows", "most"),
        "Of {rows} open rows ({pool}) one set only of up to {most} rows sums to it.",
    ),
    "several_sets": (("found",), "At least {found} different sets sum to it: {sets}."),
    "equal_candidates": (("left", "right"), "{left} left and {right} right rows are equally good for each other."),
    "balanced_set": (("rows",), "Of {rows} open rows these are the only ones that balance."),
    "converted": (("rate", "base", "quote", "source"), "One {base} is {rate} {quote} by {source}."),
    "rate_gap": (("basis_points",), "The converted amount differs by {basis_points} basis points."),
    "rate_implied": (
        ("rate", "base", "quote", "others"),
        "The amounts imply {rate} {quote} for one {base}; {others} other conversions agree.",
    ),
    # why a row is left over
    "missing_on_right": ((), "The right side has nothing that explains it."),
    "missing_on_left": ((), "The left side has nothing that explains it."),
    "unknown_budget": (("rows",), "Sums of its {rows} neighbours were not all searched: unknown, not absent."),
    "duplicate_of": (("id",), "The row {id} was repeated with the same content."),
    "conflicting_id": (("id",), "The id {id} occurs again with other content; none of its rows is compared."),
    "already_matched": (
        ("id",),
        "Its reference and amount are those of {id}, which is matched: perhaps paid or reported twice.",
    ),
    "reversal_of": (("id",), "It takes back {id} and has no counterpart yet."),
    "outside_window": (("id", "days"), "The nearest counterpart, {id}, is {days} days away: outside the window."),
    "amount_differs": (
        ("id", "difference_minor"),
        "Its reference is that of {id}, but {difference_minor} is between them.",
    ),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """A code of ``SENTENCES`` with its values in that order."""

    code: str
    values: tuple[str | int, ...] = ()

    @property
    def sentence(self) -> str:
        """The reason for people, in English."""
        names, sentence = SENTENCES[self.code]
        return sentence.format(**self._named()) if names else sentence

    def document(self) -> dict[str, Any]:
        """The reason as a JSON-ready object: ``code``, ``sentence`` and ``values``."""
        names, sentence = SENTENCES[self.code]
        if not names:
            return {"code": self.code, "sentence": sentence, "values": {}}
        named = self._named()
        return {"code": self.code, "sentence": sentence.format(**named), "values": named}

    def _named(self) -> dict[str, str | int]:
        named = dict(zip(SENTENCES[self.code][0], self.values, strict=False))
        if self.code == "several_sets":
            named["sets"] = "; ".join(str(value) for value in self.values[1:])
        return named


@cache
def plain(code: str) -> Reason:
    """The reason of a code without values, made once."""
    return Reason(code)


@cache
def days_apart(days: int) -> Reason:
    """How many days lie between two rows, made once for each number."""
    return Reason("days_apart", (days,))
