"""Sealing: what is personal cannot be read, moved, forged or told apart at rest, and keys can be rotated."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Unavailable
from store.sealing import Keyring

OLD, NEW = bytes(32), bytes(range(32))
RING = Keyring({1: OLD}, 1, b"index key of the tests", os.urandom)
ROTATED = Keyring({1: OLD, 2: NEW}, 2, b"index key of the tests", os.urandom)


@given(st.text(max_size=200))
def test_what_is_sealed_opens_again(words: str) -> None:
    assert RING.open(RING.seal(words, field="party.email"), field="party.email") == words


def test_the_same_text_is_never_sealed_the_same_twice() -> None:
    assert RING.seal("a", field="f") != RING.seal("a", field="f")


def test_the_text_is_not_in_its_sealed_form() -> None:
    assert b"ana.souza" not in RING.seal("ana.souza@example.com", field="f")


def test_a_value_moved_to_another_column_does_not_open() -> None:
    with pytest.raises(Unavailable, match="seal_broken"):
        RING.open(RING.seal("a", field="party.email"), field="party.phone")


def test_a_value_with_any_byte_changed_does_not_open() -> None:
    sealed = RING.seal("a", field="f")
    for index in range(1, len(sealed)):
        forged = sealed[:index] + bytes([sealed[index] ^ 1]) + sealed[index + 1 :]
        with pytest.raises(Unavailable, match="seal_broken"):
            RING.open(forged, field="f")


@pytest.mark.parametrize("size", range(0, 20, 3))
def test_a_value_cut_short_does_not_open(size: int) -> None:
    with pytest.raises(Unavailable, match="seal_broken"):
        RING.open(RING.seal("a", field="f")[:size], field="f")


def test_old_values_open_after_a_new_key_came() -> None:
    sealed = RING.seal("a", field="f")
    assert ROTATED.open(sealed, field="f") == "a"
    assert ROTATED.seal("a", field="f")[0] == 2


def test_a_value_of_a_key_that_is_gone_says_which() -> None:
    with pytest.raises(Unavailable, match="key_missing: Key 2"):
        RING.open(ROTATED.seal("a", field="f"), field="f")


def test_a_blind_index_finds_equal_values_of_one_field_only() -> None:
    assert RING.blind_index("1", field="a") == RING.blind_index("1", field="a")
    others = {RING.blind_index("2", field="a"), RING.blind_index("1", field="b")}
    other_key = Keyring({1: OLD}, 1, b"another index key", os.urandom)
    assert len({RING.blind_index("1", field="a"), other_key.blind_index("1", field="a"), *others}) == 4
