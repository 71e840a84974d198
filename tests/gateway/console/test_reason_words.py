"""Every code of the engine, kind, state and resolution has words of the console; none falls back to English."""

from __future__ import annotations

from datetime import UTC, date

import pytest

from domain.differences import DifferenceKind, Resolution
from domain.matching.outcome import Stage
from domain.matching.reasons import SENTENCES, Reason
from domain.reconciliation import Leg
from domain.statement_files import LineKind
from gateway.console.reason_words import said
from gateway.console.voice import voice
from gateway.console.words import LABELS
from store.reconciliation import STATUSES
from store.workbench import STAGES

ENGLISH = voice("en", UTC)


def plain(reason: Reason) -> str:
    return str(said(ENGLISH, reason.document(), "BRL").words.striptags())


def filled(code: str) -> Reason:
    """The reason with a value for each name: 3 where rows or days are counted, 12.34 as minor units, else X1."""
    counted = {"rows", "days", "found", "left", "right", "most", "others", "basis_points"}
    names, _ = SENTENCES[code]
    return Reason(code, tuple(3 if n in counted else 1234 if n.endswith("_minor") else "X1" for n in names))


@pytest.mark.parametrize("code", SENTENCES)
def test_a_code_of_the_engine_has_words_here(code: str) -> None:
    told = said(ENGLISH, filled(code).document(), "BRL")
    assert 'lang="en"' not in told.words
    assert "%(" not in told.words
    assert "minor units" not in told.words


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (Reason("same_reference", ("AB-1", 1_234, "BRL")), "Both sides say AB-1 and 12.34BRL."),
        (Reason("days_apart", (0,)), "Both are of the same day."),
        (Reason("days_apart", (1,)), "The other side is 1 day later."),
        (Reason("days_apart", (2,)), "The other side is 2 days later."),
        (Reason("days_apart", (-1,)), "The other side is 1 day earlier."),
        (
            Reason("only_set", ("day", 12, 4)),
            "Of 12 open rows one set only sums to it; sets of up to 4 rows were searched.",
        ),
        (
            Reason("sum_differs", (100, 90, 10)),
            "The rows sum to 1.00BRL, the other side says 0.90BRL: 0.10BRL is unexplained.",
        ),
        (Reason("chance", ("0.40",)), "By chance alone such an agreement would be expected with 0.40 %."),
    ],
)
def test_a_reason_is_said_with_its_values(reason: Reason, words: str) -> None:
    assert plain(reason) == words


def test_amounts_are_in_the_currency_of_the_group() -> None:
    reason = Reason("within_tolerance", (1_500,))
    assert "1,500" in said(ENGLISH, reason.document(), "CLP").words
    assert "15.00" in said(ENGLISH, reason.document(), "BRL").words


def test_a_row_is_called_as_a_person_knows_it() -> None:
    told = said(ENGLISH, Reason("already_matched", ("line/12",)).document(), "BRL", called=lambda ref: f"<{ref}>")
    assert "&lt;line/12&gt;" in told.words


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (
            {"code": "fee_not_agreed", "values": {"stated_minor": 350, "expected_minor": 290}},
            "3.50BRL; the contract says 2.90BRL",
        ),
        (
            {"code": "fee_not_agreed", "values": {"stated_minor": 350, "expected_minor": None}},
            "more than a platform may keep unasked",
        ),
        ({"code": "sum_differs", "values": {"difference_minor": 5}}, "0.05BRL remains"),
        (
            {"code": "not_booked", "sentence": "No.", "values": {"code": "changed_since"}},
            "Undo first what was done after it",
        ),
        (
            {"code": "not_booked", "sentence": "The leaf is frozen.", "values": {"code": "leaf_frozen"}},
            "The leaf is frozen.",
        ),
    ],
)
def test_reasons_of_differences_and_bookings_are_said(document: dict[str, object], words: str) -> None:
    assert words in said(ENGLISH, document, "BRL").words.striptags()


@pytest.mark.parametrize(
    "document",
    [
        {"code": "of_a_later_engine", "sentence": "Something <new>.", "values": {"x": 1}},
        {"code": "same_reference", "sentence": "Something <new>.", "values": {}},
    ],
)
def test_what_has_no_words_yet_is_shown_as_the_engine_said_it(document: dict[str, object]) -> None:
    assert said(ENGLISH, document, "BRL").words == '<bdi lang="en" dir="ltr">Something &lt;new&gt;.</bdi>'


@pytest.mark.parametrize(
    ("family", "codes"),
    [
        ("leg", [leg.value for leg in Leg]),
        ("left_of", [leg.value for leg in Leg]),
        ("right_of", [leg.value for leg in Leg]),
        ("stage", [*(stage.value for stage in Stage), *STAGES]),
        ("match_state", STATUSES),
        ("item_kind", [*(kind.value for kind in LineKind), "request", "due", "agency", "reversal"]),
        ("difference_kind", [kind.value for kind in DifferenceKind]),
        ("difference_means", [kind.value for kind in DifferenceKind]),
        ("resolution", [way.value for way in Resolution]),
        ("resolution_does", [way.value for way in Resolution if way is not Resolution.EXPLAINED]),
        ("difference_event", [*(way.value for way in Resolution), "opened", "assigned", "reopened"]),
    ],
)
def test_every_code_has_a_word(family: str, codes: list[str]) -> None:
    assert [code for code in codes if code not in LABELS[family]] == []


def test_what_did_not_come_says_by_when_it_was_to_come() -> None:
    told = said(ENGLISH, {"code": "expected_by", "values": {"day": "2026-11-20"}}, "BRL")
    assert "It was to come by" in told.words
    assert ENGLISH.day(date(2026, 11, 20)) in told.words
