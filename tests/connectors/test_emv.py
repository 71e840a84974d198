"""The EMVCo engine: published codes of eight countries, trees, and no text that escapes as another exception."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.rails import decode_with
from connectors.shared import emv
from domain.errors import Invalid

VECTORS = json.loads(Path(__file__).with_name("emv_vectors.json").read_text(encoding="utf-8"))
SAMPLE = "00020101021138570010A00000072701270006970403011300110123456780208QRIBFTTA53037045802VN63049E6F"
TAGS = st.integers(0, 99).map("{:02d}".format)
VALUES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)


def sealed(body: str) -> str:
    text = body + "6304"
    return text + emv.crc(text)


def refusal(payload: str, *, strict: bool = False) -> Invalid:
    with pytest.raises(Invalid) as caught:
        emv.parse(payload, strict=strict)
    return caught.value


def test_the_check_sum_is_crc_16_ccitt_false() -> None:
    assert emv.crc("123456789") == "29B1"


@pytest.mark.parametrize("row", VECTORS["sound"], ids=lambda row: row["id"])
def test_a_published_code_of_nobody_here_is_explained(row: dict[str, Any]) -> None:
    assert decode_with((), row["payload"]).profile == "emv"


@pytest.mark.parametrize("row", VECTORS["sound"], ids=lambda row: row["id"])
def test_a_published_code_is_rebuilt_as_it_was(row: dict[str, Any]) -> None:
    assert emv.build(emv.parse(row["payload"])) == row["payload"]


@pytest.mark.parametrize("row", VECTORS["broken"], ids=lambda row: row["id"])
def test_a_published_broken_code_is_refused_at_its_place(row: dict[str, Any]) -> None:
    error = refusal(row["payload"])
    assert (error.code, error.details["tag"]) == (row["code"], row["tag"])


def test_a_wrong_nested_length_names_path_offset_and_reason() -> None:
    error = refusal(sealed("000201" + "2612" + "0004ABCD" + "0109"))
    assert error.code == "emv_length"
    assert error.details == {
        "tag": "26.01",
        "offset": 20,
        "reason": "length says 9, but 0 characters are left",
    }


def test_a_template_inside_a_template_is_read() -> None:
    tree = emv.parse(SAMPLE)
    assert tree["38"] == {
        "00": "A000000727",
        "01": {"00": "970403", "01": "0011012345678"},
        "02": "QRIBFTTA",
    }


def test_lengths_count_characters_and_the_check_sum_counts_bytes() -> None:
    payload = sealed("000201" + "6009" + "กรุงเทพฯ1")
    assert emv.parse(payload)["60"] == "กรุงเทพฯ1"


def test_a_lower_case_check_sum_is_read() -> None:
    assert emv.parse(SAMPLE[:-4] + SAMPLE[-4:].lower())["53"] == "704"


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (SAMPLE[:-4] + SAMPLE[-4:].lower(), "emv_crc_case"),
        (sealed("0002015900"), "emv_empty"),
    ],
)
def test_a_strict_reader_refuses_what_a_lenient_one_takes(payload: str, code: str) -> None:
    emv.parse(payload)
    assert refusal(payload, strict=True).code == code


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ("", "emv_crc_missing"),
        ("000201", "emv_crc_missing"),
        (SAMPLE + "\n", "emv_trailing"),
        (sealed("000201" + "63041D3D" + "5908"), "emv_trailing"),
        (sealed("000201" + "63041D3D" + "5802BR"), "emv_duplicate"),
        (sealed("000201" + "5802TH" + "5802TH"), "emv_duplicate"),
        (sealed("5802TH"), "emv_order"),
        (sealed("0002AB"), "emv_order"),
        (sealed("000201" + "5810TH"), "emv_crc_missing"),
        (sealed("000201" + "5x02TH"), "emv_tag"),
        (sealed("000201" + "58²0TH"), "emv_length"),
        (sealed("000201" + "80080010ABCD"), "emv_length"),
        (SAMPLE[:-4] + "ZZZZ", "emv_crc"),
    ],
)
def test_a_broken_frame_has_its_own_code(payload: str, code: str) -> None:
    assert refusal(payload).code == code


@pytest.mark.parametrize("tag", ["81", "82"])
def test_the_two_unreserved_tags_used_for_plain_text_stay_text(tag: str) -> None:
    assert emv.parse(sealed("000201" + tag + "080048ABCD"))[tag] == "0048ABCD"


def test_the_order_of_fields_does_not_count() -> None:
    first = emv.parse(sealed("000201" + "5303764" + "5802TH"))
    second = emv.parse(sealed("000201" + "5802TH" + "5303764"))
    assert emv.equivalent(first, second)


def test_another_value_counts() -> None:
    first = emv.parse(sealed("000201" + "5802TH"))
    second = emv.parse(sealed("000201" + "5802BR"))
    assert not emv.equivalent(first, second)


def test_a_field_is_set_before_the_first_higher_tag() -> None:
    assert list(emv.replaced({"00": "01", "53": "360", "58": "ID"}, "54", "1")) == ["00", "53", "54", "58"]


@pytest.mark.parametrize(("length", "fits"), [(99, True), (100, False)])
def test_a_value_holds_99_characters(length: int, *, fits: bool) -> None:
    tree: emv.Tree = {"00": "01", "59": "x" * length}
    if fits:
        assert emv.parse(emv.build(tree))["59"] == "x" * length
    else:
        with pytest.raises(Invalid, match="emv_length"):
            emv.build(tree)


@pytest.mark.parametrize(("length", "fits"), [(76, True), (77, False)])
def test_a_payload_holds_512_characters(length: int, *, fits: bool) -> None:
    # 00 takes 6 characters, four fields of 99 take 412, the check sum 8, a head 4: 82 are left, 512 in all.
    tree: emv.Tree = {"00": "01", **{str(tag): "x" * 99 for tag in (59, 60, 61, 65)}, "66": "x" * (length + 6)}
    if fits:
        assert len(emv.build(tree)) == emv.MAX_LENGTH
    else:
        with pytest.raises(Invalid, match="emv_too_long"):
            emv.build(tree)


@pytest.mark.parametrize(("strict", "limit"), [(True, emv.MAX_LENGTH), (False, emv.MAX_READ)])
def test_a_longer_text_is_not_even_read(limit: int, *, strict: bool) -> None:
    assert refusal("0" * limit, strict=strict).code != "emv_too_long"
    assert refusal("0" * (limit + 1), strict=strict).code == "emv_too_long"


@given(st.dictionaries(TAGS.filter(lambda tag: tag not in {"00", "63"} and "65" <= tag <= "79"), VALUES, max_size=12))
def test_what_was_built_is_read_back(fields: dict[str, str]) -> None:
    tree: emv.Tree = {"00": "01", **fields}
    assert emv.equivalent(emv.parse(emv.build(tree)), tree)


@given(st.text(max_size=600))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(Invalid):
        assert emv.parse(text)


@given(st.text("0123456789ABC", max_size=200))
def test_any_sealed_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(Invalid):
        assert emv.parse(sealed("000201" + text))["00"] == "01"


def test_half_a_surrogate_pair_is_refused() -> None:
    assert refusal("000201\ud800" + "63041D3D").code == "emv_crc"
