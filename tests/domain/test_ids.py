"""Identifiers: the layout of UUIDv7, the order of time, and what passes for an identifier of a kind."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Invalid
from domain.ids import PREFIXES, check, made_at, make, uuid7_int

ENTROPY = st.binary(min_size=10, max_size=10)
MILLISECONDS = st.integers(0, 2**48 - 1)


@given(MILLISECONDS, ENTROPY)
def test_the_layout_is_that_of_uuid_version_7(milliseconds: int, entropy: bytes) -> None:
    value = uuid.UUID(int=uuid7_int(milliseconds, entropy))
    assert (value.version, value.variant, value.int >> 80) == (7, uuid.RFC_4122, milliseconds)


def test_every_random_bit_that_fits_is_used() -> None:
    everything, nothing = uuid7_int(0, b"\xff" * 10), uuid7_int(0, b"\x00" * 10)
    assert (everything ^ nothing).bit_count() == 74


def test_the_example_of_rfc_9562_comes_out() -> None:
    rand_a, rand_b = 0xCC3, 0x18C4DC0C0C07398F
    entropy = ((rand_a << 68) | rand_b).to_bytes(10, "big")
    assert str(uuid.UUID(int=uuid7_int(0x017F22E279B0, entropy))) == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"


@given(MILLISECONDS, MILLISECONDS, ENTROPY, ENTROPY)
def test_identifiers_of_a_kind_sort_by_the_time_they_were_made(
    one: int, other: int, first: bytes, second: bytes
) -> None:
    made = make("case", milliseconds=one, entropy=first), make("case", milliseconds=other, entropy=second)
    if one != other:
        assert (made[0] < made[1]) == (one < other)


@pytest.mark.parametrize("size", [0, 9, 11])
def test_other_than_ten_random_bytes_are_refused(size: int) -> None:
    with pytest.raises(Invalid, match="entropy_invalid"):
        uuid7_int(0, bytes(size))


@given(st.sampled_from(sorted(PREFIXES)), MILLISECONDS, ENTROPY)
def test_what_is_made_passes_the_check_of_its_kind(kind: str, milliseconds: int, entropy: bytes) -> None:
    made = make(kind, milliseconds=milliseconds, entropy=entropy)
    assert check(kind, made) == made


def test_a_kind_that_does_not_exist_is_refused() -> None:
    with pytest.raises(Invalid, match="id_kind_unknown"):
        make("ticket", milliseconds=0, entropy=bytes(10))


GOOD = "case_" + "0" * 26


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0" * 26,
        "case_",
        "loan_" + "0" * 26,
        "CASE_" + "0" * 26,
        GOOD[:-1],
        GOOD + "0",
        "case_8" + "0" * 25,  # more than 128 bits
        "case_" + "0" * 25 + "i",  # a letter that Crockford left out
        "case_" + "0" * 25 + "A",
        "case_" + "0" * 25 + "é",
        "case_x_" + "0" * 26,
    ],
)
def test_what_is_no_identifier_of_the_kind_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="id_malformed"):
        check("case", text)


def test_no_two_kinds_share_a_prefix() -> None:
    assert len(set(PREFIXES.values())) == len(PREFIXES)


@given(MILLISECONDS, ENTROPY)
def test_an_identifier_says_when_it_was_made(milliseconds: int, entropy: bytes) -> None:
    assert made_at(make("case", milliseconds=milliseconds, entropy=entropy)) == milliseconds


@pytest.mark.parametrize("text", ["", "case_", "case_8" + "0" * 25, "case_" + "0" * 25, "case_" + "u" * 26])
def test_what_is_no_identifier_says_no_moment(text: str) -> None:
    with pytest.raises(Invalid, match="does not say when"):
        made_at(text)
