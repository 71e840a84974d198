"""References as people and banks write them: made comparable, found inside remittance text, mistyped ones known.

Sources of the shapes: BACEN Pix manual (EndToEndId and return id: 32 characters), RFC 9562 (UUID), Stripe's
documented object prefixes, ISO 11649 with ISO 7064 mod 97-10 (creditor reference), ISO/IEC 7812 (Luhn).
"""

from __future__ import annotations

import re
import unicodedata
from enum import IntEnum
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

LEAST_INFORMATIVE: Final = 4  # characters; shorter texts are no references
_LEAST_DIGITS: Final = 3
_LEAST_CONTAINED: Final = 6
_FEW_PARTS: Final = 12  # pairs of parts that are compared letter by letter; one text against a reference has fewer
_MANY_CHUNKS: Final = 12  # of a text; more is prose
_RF_LENGTHS: Final = range(5, 26)

_UNIQUE: Final = re.compile(
    r"[ED][0-9]{20}[0-9A-Z]{11}"  # Pix: E or D, ISPB (8), moment (12), sequence (11)
    r"|[0-9A-F]{12}[1-8][0-9A-F]{3}[89AB][0-9A-F]{15}"  # UUID without hyphens
    r"|(?:CH|PY|PI|PO|RE|PYR|TXN|DU|DP|TR|IN|CS|SRC|CARD)[0-9A-Z]{16,28}"  # Stripe
)
_UNIQUE_IN_TEXT: Final = re.compile(
    r"\b[ED][0-9]{20}[0-9A-Z]{11}\b"
    r"|\b[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}\b"
    r"|\b(?:CH|PY|PI|PO|RE|PYR|TXN|DU|DP|TR|IN|CS)_[0-9A-Z]{14,28}\b"
)
_STRIPE_MARK: Final = re.compile(r"\b(?:ch|py|pi|po|re|pyr|txn|du|dp|tr|in|cs)_", re.IGNORECASE)
_NOT_ALNUM: Final = re.compile(r"[^0-9A-Z]+")
_BREAKS: Final = re.compile(r"[\s,;:|/()\[\]*#=+\"'<>]+")
_DAY: Final = re.compile(
    r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:[0-2][0-9]|3[01])|(?:[0-2][0-9]|3[01])(?:0[1-9]|1[0-2])(?:19|20)[0-9]{2}"
)
_CALENDAR: Final = re.compile(
    r"[A-Z]*(?:(?:0?[1-9]|1[0-2])?(?:19|20)[0-9]{2}|(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2]))[A-Z]*"
)
_DIGITS: Final = str.maketrans("0123456789", "9999999999")
_LOOK_ALIKE: Final = str.maketrans("OQDILSBZ", "00011582")


class Evidence(IntEnum):
    """How two rows' references stand to each other, from against to for."""

    CONFLICT = 0
    ABSENT = 1
    SIMILAR = 2
    TRUNCATED = 3
    SUBSTITUTED = 4  # one digit is another: a typing mistake, or the next number of a series
    MISTYPED = 5
    LOOK_ALIKE = 6
    CONTAINED = 7
    EQUAL = 8


class Reference(NamedTuple):
    """A row's reference: alphanumeric capitals, and the parts of its text that may be references themselves."""

    compact: str
    parts: tuple[str, ...]
    informative: bool


def compact(text: str) -> str:
    """Capital letters and digits of a text, after NFKC; letters of other scripts are kept."""
    if text.isascii():
        if text.isalnum():
            return text.upper()
        return _NOT_ALNUM.sub("", text.upper())
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).upper()))


def unique_by_making(reference: str) -> bool:
    """Is a compact reference of a kind that its maker never gives twice (end-to-end id, UUID, Stripe id)?"""
    return len(reference) >= _SHORTEST_UNIQUE and _UNIQUE.fullmatch(reference) is not None


_SHORTEST_UNIQUE: Final = 18


def unique_within(text: str) -> str | None:
    """The one identifier of such a kind in a free text, compact; ``None`` for none or several."""
    if len(text) < _SHORTEST_UNIQUE:
        return None
    found = {compact(part) for part in _UNIQUE_IN_TEXT.findall(text.upper())}
    return found.pop() if len(found) == 1 else None


def informative(reference: str) -> bool:
    """Does a compact text look like a reference (three digits or more) instead of words?"""
    if len(reference) < LEAST_INFORMATIVE or reference.isalpha():
        return False
    return sum(map(str.isdigit, reference)) >= _LEAST_DIGITS


@lru_cache(maxsize=65_536)
def read(text: str) -> Reference:
    """A reference with the parts of its text that are references, neighbours that belong together joined."""
    whole = compact(text)
    if not text or (text.isascii() and text.isalnum()):
        known = informative(whole)
        return Reference(whole, (whole,) if known else (), known)
    chunks = _chunks(text)
    found = dict.fromkeys(chunk for chunk in chunks if informative(chunk) and not _DAY.fullmatch(chunk))
    for first, second in pairwise(chunks):
        if first and second and (first.isalpha() or len(first) < LEAST_INFORMATIVE) and informative(first + second):
            found[first + second] = None
    if len(chunks) <= 1 or (informative(whole) and len(whole) <= _LONGEST_WHOLE):
        found[whole] = None
    parts = tuple(part for part in found if part)
    return Reference(whole, parts, bool(parts))


_LONGEST_WHOLE: Final = 40


def _chunks(text: str) -> list[str]:
    if text.isascii():
        pieces = _BREAKS.split(text.upper())
        return [piece if piece.isalnum() else _NOT_ALNUM.sub("", piece) for piece in pieces[:_MANY_CHUNKS]]
    return [compact(chunk) for chunk in _BREAKS.split(text)[:_MANY_CHUNKS]]


def words(text: str) -> set[str]:
    """Every part of a text, up to three neighbours joined, compact: where a known label is looked for."""
    chunks = _chunks(text)
    two = [one + other for one, other in pairwise(chunks)]
    three = [one + other for one, other in zip(two, chunks[2:], strict=False)]
    return {*chunks, *two, *three} - {""}


def telling(reference: str) -> bool:
    """Does a compact reference name one debt? A short number, a month or a year may be written by strangers too."""
    return len(reference) >= _LEAST_CONTAINED and _CALENDAR.fullmatch(reference) is None


def check_digits_hold(reference: str) -> bool | None:
    """Do an ISO 11649 reference's check digits hold? ``None`` where a reference has none."""
    if len(reference) not in _RF_LENGTHS or not reference.startswith("RF") or not reference[2:4].isdigit():
        return None
    if not reference.isascii():
        return None
    turned = reference[4:] + reference[:4]
    return int("".join(str(int(letter, 36)) for letter in turned)) % 97 == 1


def look_alike(reference: str) -> str:
    """The reference with letters that are read for digits made digits: O is 0, I is 1, S is 5, B is 8, Z is 2."""
    return reference.translate(_LOOK_ALIKE)


def deletions(reference: str) -> set[str]:
    """The reference and all texts with one character less: two references of distance one share one of them."""
    return {reference} | {reference[:at] + reference[at + 1 :] for at in range(len(reference))}


def one_mistake(left: str, right: str) -> bool:
    """Are two texts at most one insertion, deletion, substitution or transposition of neighbours apart?"""
    if abs(len(left) - len(right)) > 1:
        return False
    start = 0
    shortest = min(len(left), len(right))
    while start < shortest and left[start] == right[start]:
        start += 1
    if len(left) == len(right):
        swapped = left[start : start + 2] == right[start : start + 2][::-1] and left[start + 2 :] == right[start + 2 :]
        return swapped or left[start + 1 :] == right[start + 1 :]
    longer, shorter = (left, right) if len(left) > len(right) else (right, left)
    return longer[start + 1 :] == shorter[start:]


def distance(left: str, right: str, most: int) -> int:
    """Damerau-Levenshtein distance (optimal string alignment), or ``most + 1`` where it is greater."""
    if abs(len(left) - len(right)) > most:
        return most + 1
    before: list[int] = []
    above = list(range(len(right) + 1))
    for row, letter in enumerate(left, start=1):
        line = [row]
        for column, other in enumerate(right, start=1):
            cost = min(above[column] + 1, line[-1] + 1, above[column - 1] + (letter != other))
            if row > 1 and column > 1 and letter == right[column - 2] and left[row - 2] == other:
                cost = min(cost, before[column - 2] + 1)
            line.append(cost)
        if min(line) > most:
            return most + 1
        before, above = above, line
    return above[-1]


def compare(left: Reference, right: Reference) -> Evidence:
    """The strongest evidence that two references, or parts of their texts, give."""
    if not left.informative or not right.informative:
        return Evidence.ABSENT
    if left.compact == right.compact:
        return Evidence.EQUAL
    if len(left.parts) == 1 and len(right.parts) == 1:
        return _of_parts(left.parts[0], right.parts[0])
    if _listed(left, right):
        return Evidence.SIMILAR if _next_to_it(left, right) else Evidence.CONTAINED
    if len(left.parts) * len(right.parts) > _FEW_PARTS:
        ours, theirs = {look_alike(part) for part in left.parts}, {look_alike(part) for part in right.parts}
        return Evidence.CONFLICT if ours.isdisjoint(theirs) else Evidence.LOOK_ALIKE
    return max(_of_parts(one, other) for one in left.parts for other in right.parts)


def _listed(left: Reference, right: Reference) -> bool:
    shared = set(left.parts) & set(right.parts)
    return any(len(part) >= LEAST_INFORMATIVE for part in shared)


def _next_to_it(left: Reference, right: Reference) -> bool:
    """Do the texts share one number (a customer, a contract) and differ in another of one shape (the instalment)?"""
    shared = {part for part in left.parts if part in right.parts}
    ours, theirs = (
        {part.translate(_DIGITS) for part in one.parts if not any(part in known or known in part for known in shared)}
        for one in (left, right)
    )
    return not ours.isdisjoint(theirs)


@lru_cache(maxsize=65_536)
def _of_parts(left: str, right: str) -> Evidence:
    if left == right:
        return Evidence.CONTAINED
    if check_digits_hold(left) and check_digits_hold(right):
        return Evidence.CONFLICT
    if look_alike(left) == look_alike(right):
        return Evidence.LOOK_ALIKE
    shorter, longer = sorted((left, right), key=len)
    if one_mistake(left, right):
        return _mistake(shorter, longer)
    return _inside(shorter, longer) if shorter in longer else _near(shorter, longer)


def _near(shorter: str, longer: str) -> Evidence:
    most = max(1, len(shorter) // 5)
    ends = shorter[:2] == longer[:2] or shorter[-2:] == longer[-2:]
    alike = ends and len(shorter) >= _LEAST_CONTAINED and distance(shorter, longer, most) <= most
    return Evidence.SIMILAR if alike else Evidence.CONFLICT


def _mistake(shorter: str, longer: str) -> Evidence:
    if len(shorter) < _LEAST_CONTAINED:
        return Evidence.SIMILAR
    if len(shorter) == len(longer):
        wrong = [(one, other) for one, other in zip(shorter, longer, strict=True) if one != other]
        if len(wrong) == 1 and all(letter.isdigit() for letter in wrong[0]):
            repaired = check_digits_hold(shorter) or check_digits_hold(longer)
            return Evidence.MISTYPED if repaired else Evidence.SUBSTITUTED
    elif longer.startswith(shorter) or longer.endswith(shorter):
        return Evidence.TRUNCATED
    return Evidence.MISTYPED


def _inside(shorter: str, longer: str) -> Evidence:
    """Contained whole where no digit goes on before or after it, else perhaps a part of another number."""
    if len(shorter) < _LEAST_CONTAINED:
        return Evidence.CONFLICT
    at = longer.index(shorter)
    before, after = longer[at - 1 : at], longer[at + len(shorter) : at + len(shorter) + 1]
    goes_on = (before.isdigit() and shorter[0].isdigit()) or (after.isdigit() and shorter[-1].isdigit())
    enough = sum(map(str.isdigit, shorter)) >= LEAST_INFORMATIVE
    return Evidence.CONTAINED if enough and not goes_on else Evidence.TRUNCATED
