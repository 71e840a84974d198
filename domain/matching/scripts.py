"""Names in other scripts as consonants of Latin ones: coarse on purpose, it ranks candidates and decides nothing.

Arabic follows the common consonants of ALA-LC, Thai the initial consonants of RTGS, Cyrillic the usual Latin
letters; Chinese knows the commonest surnames in pinyin only.
"""

from __future__ import annotations

import re
from typing import Final

_SILENT: Final = "-"  # vowels, H, W and Y carry too little to be compared
_ARABIC: Final = dict(
    zip(
        "ابتةثجحخدذرزسشصضطظعغفقكلمنهوىئءؤپچگکیي",
        "-BT-TJ-KDZRZSSSDTZ-GFKKLMN------PCGK--",
        strict=True,
    )
)
_THAI: Final = dict(
    zip(
        "กขฃคฅฆงจฉชซฌญฎฏฐฑฒณดตถทธนบปผฝพฟภมยรลวศษสหฬอฮ",
        "KKKKKKNCCCSC-DTTTTNDTTTTNBPPFPFPM-RL-SSS-L--",
        strict=True,
    )
)
_CYRILLIC: Final = dict(
    zip(
        "БВГДЖЗЙКЛМНПРСТФХЦЧШЩАЕИОУЫЭЮЯЬЪ",
        "BVGDJZ-KLMNPRSTFKSCSS-----------",
        strict=True,
    )
)
_SURNAMES: Final = {
    letter: name
    for name, letters in {
        "WANG": "王",
        "LI": "李",
        "ZHANG": "张張",
        "LIU": "刘劉",
        "CHEN": "陈陳",
        "YANG": "杨楊",
        "ZHAO": "赵趙",
        "HUANG": "黄黃",
        "ZHOU": "周",
        "WU": "吴吳",
        "XU": "徐许許",
        "SUN": "孙孫",
        "HU": "胡",
        "ZHU": "朱",
        "GAO": "高",
        "LIN": "林",
        "HE": "何",
        "GUO": "郭",
        "MA": "马馬",
        "LUO": "罗羅",
        "LIANG": "梁",
        "SONG": "宋",
        "ZHENG": "郑鄭",
        "XIE": "谢謝",
        "HAN": "韩韓",
        "TANG": "唐",
        "FENG": "冯馮",
        "DONG": "董",
        "XIAO": "萧蕭",
        "CHENG": "程",
        "CAO": "曹",
        "YUAN": "袁",
        "DENG": "邓鄧",
        "FU": "傅",
        "SHEN": "沈",
        "ZENG": "曾",
        "PENG": "彭",
        "LU": "吕呂卢盧",
        "SU": "苏蘇",
        "JIANG": "蒋蔣",
        "CAI": "蔡",
        "JIA": "贾賈",
        "DING": "丁",
        "WEI": "魏",
        "XUE": "薛",
        "YE": "叶葉",
    }.items()
    for letter in letters
}
_LETTERS: Final = {**_ARABIC, **_THAI, **_CYRILLIC}
_PAIRS: Final = (
    ("SCH", "S"),
    ("SH", "S"),
    ("CH", "C"),
    ("KH", "K"),
    ("PH", "P"),
    ("TH", "T"),
    ("DH", "Z"),
    ("GH", "G"),
)
_SINGLE: Final = str.maketrans("QXVJ", "KSFJ", "AEIOUYWH")
_REPEATED: Final = re.compile(r"(.)\1+")
_SIGNS: Final = re.compile("[\u0600-\u06ff\u0e00-\u0e7f]")  # vowels and marks of Arabic and Thai


def consonants(word: str) -> str:
    """The consonants of one word in capitals, sounds that are written in several ways made one."""
    latin = "".join(_LETTERS.get(letter, letter) for letter in word).replace(_SILENT, "")
    for pair, letter in _PAIRS:
        latin = latin.replace(pair, letter)
    return _REPEATED.sub(r"\1", _SIGNS.sub("", latin).translate(_SINGLE))


def surname(word: str) -> str | None:
    """The pinyin of the surname that a Chinese name begins with, where it is a common one."""
    return _SURNAMES.get(word[0]) if word else None
