"""A reason that was kept as JSON is the same reason when it is read again."""

from __future__ import annotations

import json
from typing import Any

import pytest

from domain.contact_reasons import Cause, OnHold, Reason
from domain.kept_reasons import cause_document, reason_from
from tests.gateway.console.test_contact_words import REASONS


@pytest.mark.parametrize("reason", REASONS)
def test_a_kept_reason_is_read_again_as_it_was(reason: Reason) -> None:
    kept = json.loads(json.dumps(cause_document(Cause(None, reason))))
    assert reason_from(kept) == reason


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"kind": "of_another_version", "values": {}},
        {"kind": "on_hold"},
        {"kind": "on_hold", "values": {"holds": ["dispute"], "more": 1}},
        {"kind": "too_soon", "values": {"touch_at": "soon", "gap": 60}},
        {"kind": "quiet", "values": {"channel": "pigeon", "touch_at": "2026-11-23T09:00:00Z", "span": "day",
                                     "day": "2026-11-23"}},
    ],
)  # fmt: skip
def test_what_another_version_kept_is_not_guessed_at(document: dict[str, Any]) -> None:
    assert reason_from(document) is None


def test_a_cause_without_a_rule_is_the_houses() -> None:
    assert cause_document(Cause(None, OnHold(("dispute",)))) == {
        "rule": None,
        "kind": "on_hold",
        "values": {"holds": ["dispute"]},
    }
