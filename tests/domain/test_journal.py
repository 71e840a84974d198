"""Journal entries: none is unbalanced, a mirror undoes one exactly, and a digest says what an entry says."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Invalid
from domain.journal import JournalEntry, Posting, mirror
from domain.money import Money

DAY = date(2026, 11, 23)


def entry(*lines: tuple[str, int, str]) -> JournalEntry:
    postings = tuple(Posting(account, Money(minor, currency)) for account, minor, currency in lines)
    return JournalEntry("ent_1", "receipt", "key", DAY, postings, "rcp_1")


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([], "entry_too_short"),
        ([("a", 1, "BRL")], "entry_too_short"),
        ([("a", 0, "BRL"), ("b", 0, "BRL")], "posting_zero"),
        ([("a", 2, "BRL"), ("b", -1, "BRL")], "entry_unbalanced"),
        ([("a", 1, "BRL"), ("b", -1, "USD")], "entry_unbalanced"),
    ],
)
def test_an_entry_that_is_not_one_cannot_be_built(lines: list[tuple[str, int, str]], code: str) -> None:
    with pytest.raises(Invalid) as caught:
        entry(*lines)
    assert caught.value.code == code


def test_an_entry_of_two_currencies_is_balanced_in_each() -> None:
    assert len(entry(("a", 5, "BRL"), ("b", -5, "BRL"), ("c", 1, "USD"), ("d", -1, "USD")).postings) == 4


@given(st.lists(st.integers(-(10**12), 10**12).filter(bool), min_size=2, max_size=8))
def test_an_entry_is_built_only_if_it_sums_to_zero(amounts: list[int]) -> None:
    lines = [(f"acc_{index}", amount, "BRL") for index, amount in enumerate(amounts)]
    if sum(amounts):
        with pytest.raises(Invalid, match="entry_unbalanced"):
            entry(*lines)
    else:
        assert entry(*lines)


def test_a_mirror_undoes_every_account_and_names_what_it_mirrors() -> None:
    first = entry(("a", 5, "BRL"), ("b", -3, "BRL"), ("c", -2, "BRL"))
    undone = mirror(first, entry_id="ent_2", key="undo", effective_date=DAY)
    sums: dict[str, int] = defaultdict(int)
    for posting in (*first.postings, *undone.postings):
        sums[posting.account_id] += posting.amount.minor
    assert not any(sums.values())
    assert (undone.reverses, undone.kind, undone.source) == ("ent_1", "reversal", "rcp_1")


def test_two_tellings_of_one_event_have_one_digest() -> None:
    first = entry(("a", 5, "BRL"), ("b", -5, "BRL"))
    assert replace(first, id="ent_9", memo={"by": "hand"}).payload_sha256() == first.payload_sha256()


def test_what_an_entry_says_decides_its_digest() -> None:
    first = entry(("a", 5, "BRL"), ("b", -5, "BRL"))
    others = [
        replace(first, kind="refund"),
        replace(first, effective_date=date(2026, 11, 24)),
        replace(first, source="rcp_2"),
        replace(first, reverses="ent_0"),
        entry(("a", 6, "BRL"), ("b", -6, "BRL")),
        entry(("a", 5, "USD"), ("b", -5, "USD")),
        entry(("a", 5, "BRL"), ("c", -5, "BRL")),
    ]
    assert len({first.payload_sha256(), *(other.payload_sha256() for other in others)}) == 1 + len(others)
