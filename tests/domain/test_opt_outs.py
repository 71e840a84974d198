"""Opting out: one word in whatever case, accents, width and shape of letters; other texts are for people to read."""

from __future__ import annotations

import pytest

from domain.opt_outs import Meaning, meaning, plain


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("Sair", "SAIR"),
        ("  SAIR!! ", "sair"),
        ("«sair».", "sair"),
        ("ＳＴＯＰ", "stop"),  # noqa: RUF001 - full width is meant
        ("no  más…", "NO MAS"),
        ("NO-MAS", "no más"),
        ("İPTAL", "iptal"),
        ("ıptal", "IPTAL"),  # noqa: RUF001 - the dotless i is meant
        ("Từ chối", "TU CHOI"),
        ("إيقاف", "ايقاف"),
        ("إِيقَاف", "إيقاف"),
        ("ايقـــاف", "إيقاف"),
        ("ﺇﻳﻘﺎﻑ", "إيقاف"),
        ("إلغاء\u200f.", "الغاء"),
        ("stop \U0001f6d1\ufe0f", "STOP"),
        ("ยกเลิก ", "ยกเลิก"),
        ("٠", "0"),  # noqa: RUF001 - the Arabic zero is meant
        ("０", "0"),  # noqa: RUF001 - full width is meant
    ],
)
def test_spellings_of_one_word_are_the_same(written: str, same: str) -> None:
    assert plain(written) == plain(same)


@pytest.mark.parametrize(("one", "other"), [("หยุด", "หยด"), ("sair", "sai"), ("st op", "stop"), ("ឈប់", "ឈប")])
def test_other_words_stay_other_words(one: str, other: str) -> None:
    assert plain(one) != plain(other)


WORDS = frozenset(map(plain, ("SAIR", "NO MÁS", "หยุด", "停止", "TC")))


@pytest.mark.parametrize("text", ["sair", "SAIR. Sair, SAIR!", "No más", "หยุด", "停止。", "tc"])
def test_the_word_alone_opts_out(text: str) -> None:
    assert meaning(text, WORDS) is Meaning.OPT_OUT


@pytest.mark.parametrize("text", ["quero sair dessa lista", "กรุณาหยุดส่งข้อความ", "请停止发送", "ya no mas por favor"])
def test_the_word_among_others_is_for_a_person_to_read_first(text: str) -> None:
    assert meaning(text, WORDS) is Meaning.PERHAPS_OPT_OUT


@pytest.mark.parametrize("text", ["já paguei ontem", "", "!!!", "sairei", "tchau", "mas no"])
def test_any_other_text_is_a_message(text: str) -> None:
    assert meaning(text, WORDS) is Meaning.MESSAGE
