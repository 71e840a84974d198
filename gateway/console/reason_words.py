"""Why rows were put together, left over or are a difference: each code of the engine as a sentence for a reader.

Amounts are the ones of the code's values, in the currency of the group; a row is called by its own reference.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from markupsafe import Markup

from connectors.wording.payment_labels import marked
from domain.errors import AfluenteError
from domain.money import Money
from gateway.console.voice import Voice
from gateway.console.words import REFUSALS

_SENTENCES: Final[Mapping[str, str]] = {
    "same_reference": marked("Both sides say %(reference)s and %(amount_minor)s."),
    "same_identifier": marked(
        "Both sides carry the identifier %(reference)s, which is unique by its making, and %(amount_minor)s."
    ),
    "same_amount": marked("The amounts are equal: %(amount_minor)s."),
    "fee_of_row": marked(
        "The difference is the fee of %(fee_minor)s and the tax of %(tax_minor)s that the row itself states."
    ),
    "fee_by_schedule": marked("The difference is %(fee_minor)s, as the contract's %(schedule)s says."),
    "within_tolerance": marked("The difference of %(difference_minor)s is within the tolerance."),
    "difference_unexplained": marked("The other side is %(difference_minor)s short, which no fee or tax explains."),
    "reference_contained": marked("One side's text contains the other's reference %(reference)s."),
    "reference_look_alike": marked("%(left)s and %(right)s differ only in letters and digits that look alike."),
    "reference_mistyped": marked("%(left)s and %(right)s are one typing mistake apart."),
    "reference_similar": marked("%(left)s and %(right)s are similar."),
    "reference_absent": marked("At most one side has a reference."),
    "reference_differs": marked("The references %(left)s and %(right)s differ."),
    "payer_same": marked("The payer is the same."),
    "payer_close": marked("The payers' names are close, or the same in two scripts."),
    "payer_weak": marked("The payers share one name."),
    "payer_absent": marked("At most one side names the payer."),
    "payer_differs": marked("The payers' names differ."),
    "unique_both_ways": marked("Neither row has another candidate as good."),
    "by_elimination": marked("Other candidates went to better matches."),
    "chance": marked("By chance alone such an agreement would be expected with %(percent)s %%."),
    "sum_gross": marked("The amounts sum to %(total_minor)s."),
    "sum_net": marked("The amounts less fees and taxes sum to %(total_minor)s."),
    "sum_differs": marked(
        "The rows sum to %(total_minor)s, the other side says %(expected_minor)s: %(difference_minor)s is unexplained."
    ),
    "line_held_back": marked("It adds up without the row %(id)s, which is left over."),
    "several_sets": marked("At least %(found)s different sets of rows sum to it."),
    "equal_candidates": marked(
        "%(left)s rows on the one side and %(right)s on the other are equally good for each other."
    ),
    "converted": marked("One %(base)s is %(rate)s %(quote)s, by %(source)s."),
    "rate_gap": marked("The converted amount differs by %(basis_points)s basis points."),
    "rate_implied": marked(
        "The amounts imply %(rate)s %(quote)s for one %(base)s; other conversions that agree: %(others)s."
    ),
    "missing_on_right": marked("The other side has nothing that explains it."),
    "missing_on_left": marked("The book has nothing that explains it."),
    "duplicate_of": marked("The row %(id)s was repeated with the same content."),
    "conflicting_id": marked("The row %(id)s occurs again with other content; none of them is compared."),
    "already_matched": marked(
        "Its reference and amount are those of %(id)s, which is matched: perhaps paid or reported twice."
    ),
    "reversal_of": marked("It takes back %(id)s and has no counterpart yet."),
    "amount_differs": marked("Its reference is that of %(id)s, but %(difference_minor)s is between them."),
    "not_matched": marked("No run has found the other side of it."),
    "fee_not_agreed": marked("The report states a fee of %(stated_minor)s; the contract says %(expected_minor)s."),
    "tax_not_agreed": marked("The report states a tax of %(stated_minor)s; the contract says %(expected_minor)s."),
    "expected_by": marked("It was to come by %(day)s."),
    "sign_by_kind": marked("Both sides write %(amount_minor)s without a minus; the kind of one makes it negative."),
    "by_hand": marked("A person put it together."),
    "unidentified": marked("No request, contract or reference says for which debt the money is."),
    "overpaid": marked("It is more than what was owed."),
    "duplicate_payment": marked("The same debtor paid the same amount within five days."),
    "after_closure": marked("The case that it names is closed."),
    "wrong_currency": marked("It came in another currency than the debt."),
    "money_out": marked("Money went out, and the bank does not call it a charge of its own."),
    "third_party_payer": marked("The payer's name is none of the parties' of the case."),
}
_WITHOUT_EXPECTED: Final[Mapping[str, str]] = {
    "fee_not_agreed": marked("The report states a fee of %(stated_minor)s, more than a platform may keep unasked."),
    "tax_not_agreed": marked("The report states a tax of %(stated_minor)s, more than may be withheld unasked."),
    "sum_differs": marked("%(difference_minor)s remains that the match does not explain."),
}


def ngettext(one: str, many: str) -> tuple[str, str]:
    """The two msgids of a sentence that counts; the name is what extraction looks for."""
    return one, many


_COUNTING: Final[Mapping[str, tuple[tuple[str, str], str]]] = {
    "days_apart": (
        ngettext("The other side is %(count)s day later.", "The other side is %(count)s days later."),
        "days",
    ),
    "days_before": (
        ngettext("The other side is %(count)s day earlier.", "The other side is %(count)s days earlier."),
        "days",
    ),
    "outside_window": (
        ngettext(
            "The nearest counterpart, %(id)s, is %(count)s day away: too far.",
            "The nearest counterpart, %(id)s, is %(count)s days away: too far.",
        ),
        "days",
    ),
    "nearest_in_order": (
        ngettext(
            "The reference recurs (%(count)s row), but near in time each row has one counterpart only.",
            "The reference recurs (%(count)s rows), but near in time each row has one counterpart only.",
        ),
        "rows",
    ),
    "paired_in_order": (
        ngettext(
            "%(count)s row a side says the same; they are paired in the order of their days.",
            "%(count)s rows a side say the same; they are paired in the order of their days.",
        ),
        "rows",
    ),
    "same_batch": (
        ngettext("%(count)s row carries the batch %(batch)s.", "%(count)s rows carry the batch %(batch)s."),
        "rows",
    ),
    "references_listed": (
        ngettext(
            "The text of one side lists the reference of %(count)s row.",
            "The text of one side lists the references of %(count)s rows.",
        ),
        "rows",
    ),
    "reference_shared": (
        ngettext("%(count)s row says %(reference)s.", "%(count)s rows all say %(reference)s."),
        "rows",
    ),
    "total_of_label": (
        ngettext(
            "%(count)s open row labelled %(label)s sums to it, and to no other.",
            "All %(count)s open rows labelled %(label)s sum to it, and to no other.",
        ),
        "rows",
    ),
    "only_set": (
        ngettext(
            "Of %(count)s open row one set only sums to it; sets of up to %(most)s rows were searched.",
            "Of %(count)s open rows one set only sums to it; sets of up to %(most)s rows were searched.",
        ),
        "rows",
    ),
    "balanced_set": (
        ngettext(
            "Of %(count)s open row these are the only ones that balance.",
            "Of %(count)s open rows these are the only ones that balance.",
        ),
        "rows",
    ),
    "unknown_budget": (
        ngettext(
            "Sums of its %(count)s neighbour were not all searched: unknown, not absent.",
            "Sums of its %(count)s neighbours were not all searched: unknown, not absent.",
        ),
        "rows",
    ),
}
_SUPPORT: Final = frozenset(
    {
        "same_reference",
        "same_identifier",
        "same_amount",
        "nearest_in_order",
        "paired_in_order",
        "fee_of_row",
        "fee_by_schedule",
        "within_tolerance",
        "reference_contained",
        "reference_shared",
        "payer_same",
        "unique_both_ways",
        "same_batch",
        "sum_gross",
        "sum_net",
        "references_listed",
        "total_of_label",
        "only_set",
        "balanced_set",
        "converted",
        "by_hand",
    }
)
_DOUBT: Final = frozenset(
    {
        "difference_unexplained",
        "reference_differs",
        "payer_differs",
        "sum_differs",
        "line_held_back",
        "several_sets",
        "equal_candidates",
        "not_booked",
        "rate_gap",
        "unknown_budget",
    }
)
_NAMES_OF_ROWS: Final = ("id",)
_CODE_ONLY: Final = ("reference", "left", "right", "batch", "label", "schedule")


@dataclass(frozen=True, slots=True)
class Said:
    """One reason: its sentence, and whether it speaks ``for`` the match, ``against`` it, or only tells."""

    words: Markup
    tone: str


def said(
    voice: Voice, reason: Mapping[str, Any], currency: str, *, called: Callable[[str], str] = lambda ref: ref
) -> Said:
    """A reason in the reader's language; one that has no words here is said as the engine said it."""
    code = str(reason.get("code", ""))
    tone = "for" if code in _SUPPORT else "against" if code in _DOUBT else "tells"
    return Said(_words(voice, code, reason, currency, called), tone)


def _words(voice: Voice, code: str, reason: Mapping[str, Any], currency: str, called: Callable[[str], str]) -> Markup:
    values = dict(reason.get("values") or {})
    counted = _counted(voice, code, values)
    if counted is not None:
        return counted
    if code == "not_booked":
        known = REFUSALS.get(str(values.get("code")))
        why = voice.gettext(known) if known else str(reason.get("sentence", ""))
        return voice.html(marked("It was proved, but not booked: %(why)s"), why=why)
    msgid = _SENTENCES.get(code)
    if code in _WITHOUT_EXPECTED and values.get("expected_minor") is None:
        msgid = _WITHOUT_EXPECTED[code]
    try:
        return voice.html(msgid or "", **_shown(voice, values, currency, called)) if msgid else _as_said(reason)
    except KeyError:  # an older engine told less
        return _as_said(reason)


def _as_said(reason: Mapping[str, Any]) -> Markup:
    words = str(reason.get("sentence") or reason.get("code") or "")
    return Markup('<bdi lang="en" dir="ltr">{}</bdi>').format(words)


def _shown(voice: Voice, values: Mapping[str, Any], currency: str, called: Callable[[str], str]) -> dict[str, object]:
    """The values of a reason as a page shows them; keeps a sentence without values free of formatting."""
    shown: dict[str, object] = {"_": ""}
    for name, value in values.items():
        if name.endswith("_minor") and isinstance(value, int):
            shown[name] = _money(voice, value, currency)
        elif name in _NAMES_OF_ROWS:
            shown[name] = Markup('<bdi dir="ltr" class="ref">{}</bdi>').format(called(str(value)))
        elif isinstance(value, int):
            shown[name] = voice.count(value)
        elif name == "day":
            shown[name] = voice.day(date.fromisoformat(value))
        elif name in _CODE_ONLY:
            shown[name] = Markup('<bdi dir="ltr" class="ref">{}</bdi>').format(value)
        else:
            shown[name] = value
    return shown


def _money(voice: Voice, minor: int, currency: str) -> Markup:
    try:
        return voice.money(Money(minor, currency))
    except AfluenteError:
        return Markup("<bdi>{}</bdi>").format(minor)


def _counted(voice: Voice, code: str, values: Mapping[str, Any]) -> Markup | None:
    """Sentences that count rows or days."""
    days = _number(values, "days")
    if code == "days_apart" and not days:
        return voice.html(marked("Both are of the same day."))
    found = _COUNTING.get("days_before" if code == "days_apart" and days < 0 else code)
    if found is None:
        return None
    (one, many), name = found
    named: dict[str, object] = {other: _ref(values.get(other)) for other in ("reference", "batch", "label", "id")}
    if "most" in values:
        named["most"] = voice.count(_number(values, "most"))
    return voice.html_count(one, many, abs(_number(values, name)), **named)


def _number(values: Mapping[str, Any], name: str) -> int:
    value = values.get(name)
    return value if isinstance(value, int) else 0


def _ref(value: object) -> Markup:
    return Markup('<bdi dir="ltr" class="ref">{}</bdi>').format("" if value is None else value)
