"""Versions of wording: every sentence that a country's notice of a kind may say over a channel in a language.

A version is a digest of the sentences, in the order in which samples of every shape say them, with their
translations in all plural forms. It changes exactly when a sentence, its translation, its place or a sentence that
law adds changes; names, amounts and days make no difference. Labels of a country's payment details are not in it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from gettext import NullTranslations
from hashlib import sha256
from typing import Final, TypeVar

from connectors.notice_questions import SAMPLE_DAY, sample_facts
from connectors.wording.catalogs import canonical, subtags
from connectors.wording.notices import (
    SHORT_CHANNELS,
    SPOKEN_CHANNEL,
    TEMPLATE_VERSIONS,
    blocks_of,
    compose,
    lawful_locale,
)
from connectors.wording.payment_labels import PAYMENT_LABELS
from connectors.wording.speaker import Speaker, speaker_for
from connectors.wording.voice_scripts import SPOKEN
from domain.conduct import Conduct, Duty, RecoveryStep, SenderRule
from domain.countries import Country
from domain.money import zero
from domain.notices import ClosedBecause, NoticeFacts, NoticeKind, RenderedNotice
from domain.rails import PaymentCode
from domain.recovery import prescribed

_Rule = TypeVar("_Rule", Duty, SenderRule, RecoveryStep)

CHANNELS: Final = ("email", "letter", "sms", "phone")
"""The channels that wording is shown and approved for ahead of sending."""
_PRODUCTS: Final = ("loan", "lease", "murabaha", "ijara")
_COUNTS: Final = (0, 1, 2, 3, 5, 11, 100)  # one for every plural form of every language
_ADDRESS: Final = "88 Harbour Road, Shanghai"
_PIX: Final = PaymentCode("pix", "CODE", "REF", qr=True)
_QR: Final = PaymentCode("qris", "CODE", "REF", qr=True)
_TRANSFER: Final = PaymentCode("transfer", "REF", "REF", qr=False)


@dataclass(frozen=True, slots=True)
class Wording:
    """One version of a variant's wording, with a sample of how it reads."""

    version: str  # of the template, for people
    sha256: str
    sample: RenderedNotice


def variants(country: Country) -> Iterator[tuple[NoticeKind, str, str]]:
    """Kind, channel and locale of everything that the country's debtors may be told in its languages."""
    required = country.required_locales
    spoken = [one for one in country.locales if lawful_locale(preferred=one, required_locales=required) == one]
    for locale in dict.fromkeys(map(canonical, spoken)):
        for kind in NoticeKind:
            for channel in CHANNELS:
                if is_written(country, kind, channel):
                    yield kind, channel, locale


def is_written(country: Country, kind: NoticeKind, channel: str) -> bool:
    """Whether a kind has words for a channel in a country."""
    if kind is NoticeKind.REPOSSESSION_NOTICE and not any(
        prescribed(country.conduct, product=product, on=SAMPLE_DAY) for product in _PRODUCTS
    ):
        return False
    return channel != SPOKEN_CHANNEL or kind in SPOKEN


def wording(country: Country, kind: NoticeKind, channel: str, locale: str, *, today: date) -> Wording:
    """The version that stands today. Errors are those of ``speaker_for`` and ``compose`` for the plain sample."""
    law = _in_force(country.conduct, today)
    ruled = tuple(rule.id for rule in (*law.duties, *law.senders, *law.recovery))
    key = (country.code, kind, channel, canonical(locale), ruled)
    if key not in _remembered:
        _remembered[key] = _made(country, law, kind, channel, canonical(locale))
    return _remembered[key]


_remembered: dict[tuple[object, ...], Wording] = {}


def _in_force(conduct: Conduct, today: date) -> Conduct:
    """The duties and sender rules of a day, as if they held for ever: what they add does not depend on the sample's."""
    return replace(
        conduct,
        duties=tuple(_for_ever(duty) for duty in conduct.duties if duty.elements and duty.holds_on(today)),
        senders=tuple(_for_ever(rule) for rule in conduct.senders if rule.holds_on(today)),
        recovery=tuple(_for_ever(step) for step in conduct.recovery if step.holds_on(today)),
    )


def _for_ever(rule: _Rule) -> _Rule:
    return replace(rule, effective_from=date.min, effective_to=None)


def _made(country: Country, law: Conduct, kind: NoticeKind, channel: str, locale: str) -> Wording:
    said: dict[str, tuple[str, ...]] = {}
    plain, *others = _samples(country, locale)
    speaker = _speaker(country, law, locale, channel, plain, said)
    sample = compose(kind, speaker, channel)
    for facts in others:
        blocks_of(kind, _speaker(country, law, locale, channel, facts, said), channel)
    version = TEMPLATE_VERSIONS[kind]
    digest = sha256(json.dumps([version, list(said.items())], ensure_ascii=False).encode()).hexdigest()
    return Wording(version, digest, sample)


def _speaker(
    country: Country, law: Conduct, locale: str, channel: str, facts: NoticeFacts, said: dict[str, tuple[str, ...]]
) -> Speaker:
    speaker = speaker_for(
        locale=locale,
        country=replace(country, conduct=law),
        facts=facts,
        creditor_address=_ADDRESS,
        today=SAMPLE_DAY,
        brief=channel in SHORT_CHANNELS,
    )
    return replace(speaker, words=_Listening(speaker.words, said))


class _Listening(NullTranslations):
    """Words that remember what they were asked for, and every form of what they answered."""

    def __init__(self, words: NullTranslations, said: dict[str, tuple[str, ...]]) -> None:
        super().__init__()
        self._words, self._said = words, said

    def gettext(self, message: str) -> str:
        answer = self._words.gettext(message)
        if message not in PAYMENT_LABELS:
            self._said.setdefault(message, (answer,))
        return answer

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        forms = tuple(self._words.ngettext(msgid1, msgid2, count) for count in _COUNTS)
        self._said.setdefault(msgid1, forms)
        return self._words.ngettext(msgid1, msgid2, n)


def _samples(country: Country, locale: str) -> tuple[NoticeFacts, ...]:
    """Facts of every shape that changes what is said, the plain ones first."""
    plain = sample_facts(country, language=subtags(locale)[0], today=SAMPLE_DAY)
    nothing = zero(plain.overdue.currency)
    return (
        plain,
        replace(plain, code=None, pay_by=None, vehicle=None, items=(), remaining=nothing, overdue_instalments=0),
        replace(plain, code=_PIX, closed_because=ClosedBecause.SETTLED, creditor_document=None, remaining=None),
        replace(plain, code=_QR, closed_because=ClosedBecause.WITHDRAWN, pay_url="https://pay.example/x"),
        replace(plain, code=_TRANSFER, complaint_contact="Ombudsman", agency_name="Agency", department="Collections"),
        replace(plain, creditor_contact="+86 21 5555 0100", reference=None, received_on=None),
        *(replace(plain, product=product) for product in _PRODUCTS if product != plain.product),
    )
