"""Whether a text may be sent to a debtor: nothing prohibited in it, nothing that the network blocks, nothing missing.

The lists of ``prohibited/`` are house policy, by language: conduct laws forbid threats, shaming, false authority and
telling others in general words, and a list can only refuse what it knows. A language without a list is not sent at all.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

from connectors.wording.catalogs import subtags
from connectors.wording.disclosures import LINK, PHONE
from connectors.wording.notices import SHORT_CHANNELS
from domain.conduct import Conduct
from domain.contacts import Confidence, PartyRole
from domain.errors import Invalid
from domain.notices import NoticeKind, RenderedNotice

MAX_LETTERS: Final = 100_000
_LISTS: Final = Path(__file__).with_name("prohibited")
_DEBT: Final = "debt"  # words that tell a third party of the matter; lawful to the debtor
_LEGAL: Final = "legal"
_MAY_SPEAK_OF_LAW: Final = frozenset({NoticeKind.PRE_LEGAL, NoticeKind.REPOSSESSION_NOTICE})
_POLICY: Final = "house policy: conduct laws forbid it in general words"
_SAID: Final = {
    "threat": "threatens",
    _LEGAL: "speaks of legal steps, which only a notice before them may",
    "shame": "shames or insults",
    "third_party": "speaks of telling others",
    "false_authority": "claims an authority that the sender does not have",
    "court_look": "looks like a paper of a court",
}
_AMOUNT: Final = re.compile(
    r"\d[\d.,\u066b\u066c]*[.,\u066b]\d{2}\b|\d{1,3}(?:[.,\u066c]\d{3})+\b|[$€£₱₫₺]\s?\d|\b[A-Z]{2,3}\$?\s?\d{2,}"
    r"|\b(?:Rp|RM)\.?\s?\d|\d\s?(?:đồng|บาท|៛|រៀល|元|درهم|ريال|دينار|جنيه)"
)
_PERSONAL: Final = re.compile(
    r"\b(?:nric|ic number|identity card|kad pengenalan|no\.? ic|passwords?|kata laluan|otp|pin|tac|cvv|card number"
    r"|nombor kad)\b|身份证|密码",
    re.IGNORECASE,
)
# Scripts without capitals and word ends, and Vietnamese, whose accents tell words apart.
_KEEP_MARKS: Final = frozenset({"vi", "th", "km", "zh", "ar"})
_JOINED: Final = frozenset({"th", "km", "zh", "ar"})
_ARABIC: Final = str.maketrans("أإآٱىة", "ااااي\u0647")


@dataclass(frozen=True, slots=True)
class Finding:
    """What may not be sent: the words found and their place (letters from the beginning), or words that are missing."""

    category: str
    phrase: str
    start: int | None
    end: int | None
    reason: str
    rule: str
    source: str
    confidence: Confidence

    @property
    def place(self) -> str:
        """Where it stands, for people: ``[18-25]``, or ``[missing]``."""
        return "[missing]" if self.start is None else f"[{self.start}-{self.end}]"


def screen(
    text: str,
    *,
    locale: str,
    channel: str,
    conduct: Conduct,
    today: date,
    kind: NoticeKind | None = None,
    role: PartyRole = PartyRole.DEBTOR,
    required: Mapping[str, str] | None = None,
) -> tuple[Finding, ...]:
    """Everything that keeps a text from being sent, in the order of its place; nothing found is an empty tuple.

    ``required`` are elements (by code) that must stand in it. A text is read in its own language and in English.
    Raises ``Invalid``: ``wording_not_checked`` where there is no list for the language, ``text_empty``,
    ``text_too_long``.
    """
    if not text.strip():
        raise Invalid("text_empty", "There is no text to check.")
    if len(text) > MAX_LETTERS:
        raise Invalid("text_too_long", f"At most {MAX_LETTERS} letters are checked at once.")
    found = [*_prohibited(text, locale, kind, role), *_sender_faults(text, channel, conduct, today)]
    found += _missing(text, required or {})
    if role is PartyRole.THIRD_PARTY:
        found += [_policy("third_party_recipient", text, hit.span()) for hit in _AMOUNT.finditer(text)]
    return tuple(sorted(found, key=lambda finding: (finding.start is None, finding.start or 0)))


def screen_notice(notice: RenderedNotice, *, conduct: Conduct, today: date, creditor_name: str) -> tuple[Finding, ...]:
    """What keeps a rendered notice from being sent; raises as ``screen`` does.

    A text is checked as it goes out; mail and letters with their subject, which stands before it.
    """
    short = notice.channel in SHORT_CHANNELS
    return screen(
        notice.text if short else f"{notice.subject}\n{notice.text}",
        locale=notice.locale,
        channel=notice.channel,
        conduct=conduct,
        today=today,
        kind=notice.kind,
        required={"creditor_name": creditor_name},
    )


def _prohibited(text: str, locale: str, kind: NoticeKind | None, role: PartyRole) -> Iterator[Finding]:
    seen: set[tuple[int, int]] = set()
    for language in dict.fromkeys((subtags(locale)[0], "en")):
        plain, places = fold(text, language)
        for category, pattern in _patterns(language):
            if category == _LEGAL and kind in _MAY_SPEAK_OF_LAW:
                continue
            if category == _DEBT and role is not PartyRole.THIRD_PARTY:
                continue
            for hit in pattern.finditer(plain):
                span = (places[hit.start()], places[hit.end() - 1] + 1)
                if span not in seen:
                    seen.add(span)
                    yield _policy("third_party_recipient" if category == _DEBT else category, text, span)


def _policy(category: str, text: str, span: tuple[int, int]) -> Finding:
    start, end = span
    reason = _SAID.get(category, "tells a third party of the debt")
    return Finding(category, text[start:end], start, end, reason, f"wording.{category}", _POLICY, Confidence.POLICY)


def _sender_faults(text: str, channel: str, conduct: Conduct, today: date) -> Iterator[Finding]:
    """What the country's networks do not let through."""
    for rule in conduct.senders:
        if rule.channel.value != channel or not rule.holds_on(today):
            continue
        banned = (
            ("link", LINK, rule.links),
            ("phone_number", PHONE, rule.phone_numbers),
            ("personal_data", _PERSONAL, rule.personal_data),
        )
        for category, pattern, allowed in banned:
            for hit in () if allowed else pattern.finditer(text):
                yield Finding(
                    category, hit.group(), hit.start(), hit.end(), rule.text, rule.id, rule.source, rule.confidence
                )
        if rule.prefix and not text.startswith(rule.prefix):
            yield Finding("prefix_missing", rule.prefix, None, None, rule.text, rule.id, rule.source, rule.confidence)


def _missing(text: str, required: Mapping[str, str]) -> Iterator[Finding]:
    """Elements that must stand in the text and do not; marks and spaces between letters make no difference."""
    plain = _letters(text)
    for element, value in required.items():
        if _letters(value) not in plain:
            reason = f"does not state {element}"
            yield Finding(
                "element_missing", value, None, None, reason, f"wording.{element}", _POLICY, Confidence.POLICY
            )


def _letters(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if letter.isalnum())


def fold(text: str, language: str) -> tuple[str, list[int]]:
    """A text as patterns read it, and for each of its letters the place in the text it came from.

    Case, hidden marks, Arabic vowel signs and repeated spaces make no difference; accents neither, where they only
    tell how a word is pronounced.
    """
    letters: list[str] = []
    places: list[int] = []
    for place, letter in _composed(text):
        for plain in _folded(letter, language):
            if plain == " " and letters[-1:] == [" "]:
                continue
            letters.append(plain)
            places.append(place)
    return "".join(letters), places


def _composed(text: str) -> Iterator[tuple[int, str]]:
    """Each letter and its place; a letter whose accents are written behind it counts as the one that they make."""
    place = 0
    while place < len(text):
        letter, end = text[place], place + 1
        while end < len(text) and len(composed := unicodedata.normalize("NFC", letter + text[end])) == 1:
            letter, end = composed, end + 1
        yield place, letter
        place = end


def _folded(letter: str, language: str) -> str:
    category = unicodedata.category(letter)
    if (
        category == "Cf"
        or (category == "Mn" and (language == "ar" or language not in _KEEP_MARKS))
        or letter == "\u0640"
    ):
        return ""
    if letter.isspace():
        return " "
    if letter in "ıİ":
        return "i"
    if language == "ar":
        return unicodedata.normalize("NFKC", letter).translate(_ARABIC).casefold()
    plain = unicodedata.normalize("NFKC", letter).casefold()
    return plain if language in _KEEP_MARKS else unicodedata.normalize("NFD", plain)[:1]


@cache
def _patterns(language: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """A language's list; ``wording_not_checked`` where there is none, so that nothing unread goes out."""
    path = _LISTS / f"{language}.toml"
    if not path.is_file():
        raise Invalid("wording_not_checked", f"There is no list of prohibited words for {language}.")
    lists = tomllib.loads(path.read_text(encoding="utf-8"))
    begin = "" if language in _JOINED else r"\b"
    return tuple(
        (category, re.compile(begin + "(?:" + "|".join(fold(each, language)[0] for each in patterns) + ")"))
        for category, patterns in lists.items()
    )
