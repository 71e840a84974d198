"""Every reason of contact law has words in the console; none falls back to what the engine wrote."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

import pytest

from connectors import registry
from domain import contact_reasons as why
from domain.contact_law import CalendarSpan, ConsentNeeded, Hours, Rolling, span
from domain.contacts import Actor, Channel, ContactResult, LenderType, PartyRole
from domain.kept_reasons import cause_document
from gateway.console.contact_words import allowed_until, kept, said
from gateway.console.voice import voice
from gateway.console.words import LABELS

LOCALES = ("en", "zh_CN", "pt_BR", "es_419", "ar", "id", "th")
SAIGON = ZoneInfo("Asia/Ho_Chi_Minh")
SUNDAY = date(2026, 11, 22)
AT = datetime(2026, 11, 22, 3, 30, tzinfo=UTC)
WALL = datetime(2026, 11, 22, 19, 30)  # noqa: DTZ001 -- a wall clock knows no zone

REASONS: dict[why.Reason, str] = {
    why.OutsideHours(WALL, "Asia/Bangkok", span("08:00-18:00"), None, None): (
        "It is 19:30 on Sunday, November 22, 2026 in Bangkok; only 08:00\u201318:00 is allowed then."
    ),
    why.OutsideHours(WALL, "America/Sao_Paulo", (), "Founding Day", None): (
        "It is 19:30 on Sunday, November 22, 2026 (Founding Day) in Sao Paulo; no hour is allowed then."
    ),
    why.OutsideHours(WALL, "Asia/Dubai", span("10:00-12:00 13:00-24:00"), None, "ramadan"): (
        "It is 19:30 on Sunday, November 22, 2026 (Ramadan) in Dubai; "
        "only 10:00\u201312:00, 13:00\u201324:00 is allowed then."
    ),
    why.OverCap(1, 1, CalendarSpan.DAY, SUNDAY): "Contacts made on Sunday, November 22, 2026: 1 of at most 1.",
    why.OverCap(3, 2, CalendarSpan.WEEK, SUNDAY): (
        "Contacts made in the week that began on Monday, November 16, 2026: 3 of at most 2."
    ),
    why.OverCap(9, 9, CalendarSpan.MONTH, SUNDAY): "Contacts made in November 2026: 9 of at most 9.",
    why.OverCap(2, 2, Rolling(1), SUNDAY): "Contacts made within 1 day: 2 of at most 2.",
    why.OverCap(10, 10, Rolling(30), SUNDAY): "Contacts made within 30 days: 10 of at most 10.",
    why.TooSoon(AT, timedelta(days=2)): (
        "A contact lies too near: Nov 22, 2026 10:30\u202fAM (GMT+07:00). At least 2 days has to pass."
    ),
    why.Quiet(Channel.SMS, AT, CalendarSpan.DAY, SUNDAY): (
        "The debtor was reached by SMS on Nov 22, 2026 10:30\u202fAM (GMT+07:00); nothing may follow that day."
    ),
    why.Quiet(Channel.SMS, AT, CalendarSpan.WEEK, SUNDAY): (
        "The debtor was reached by SMS on Nov 22, 2026 10:30\u202fAM (GMT+07:00); nothing may follow that week."
    ),
    why.Quiet(Channel.SMS, AT, CalendarSpan.MONTH, SUNDAY): (
        "The debtor was reached by SMS on Nov 22, 2026 10:30\u202fAM (GMT+07:00); nothing may follow that month."
    ),
    why.Resting(AT, timedelta(hours=36)): (
        "The debtor was reached on Nov 22, 2026 10:30\u202fAM (GMT+07:00); nothing may follow for 36 hours."
    ),
    why.RestingDays(AT, 1): (
        "The debtor was reached on Nov 22, 2026 10:30\u202fAM (GMT+07:00); 1 working day has to pass first."
    ),
    why.RestingDays(AT, 5): (
        "The debtor was reached on Nov 22, 2026 10:30\u202fAM (GMT+07:00); 5 working days have to pass first."
    ),
    why.OnHold(("death", "dispute")): "The case is on hold: Death, Dispute.",
    why.NotAllowed("No visits."): "Such a contact is not allowed at any hour.",
    why.ChannelNotListed("Only two.", frozenset({Channel.SMS, Channel.EMAIL})): (
        "Only these channels are allowed: E-mail, SMS."
    ),
    why.ConsentMissing("Ask first.", "sms"): "The debtor's consent is not recorded: SMS.",
    why.ConsentMissing("Ask first.", "outside_hours"): (
        "The debtor's consent is not recorded: Contact outside the usual hours."
    ),
    why.OnRegister("Not these.", "nao_me_ligue"): (
        "The person is on a register of those not to be contacted: nao me ligue."
    ),
    why.NoHoursStated(Channel.APP, SUNDAY): (
        "No rule states hours for App on Sunday, November 22, 2026, and what is not stated is not allowed."
    ),
    why.Moratorium("Floods in the north"): "The house has stopped contact in the whole country: Floods in the north.",
    why.Stopped("wrong_number"): "It is used no more: Wrong number.",
}


def test_the_examples_hold_every_kind_of_reason() -> None:
    assert {type(reason) for reason in REASONS} == set(get_args(why.Reason))


@pytest.mark.parametrize(("reason", "words"), REASONS.items())
def test_a_reason_is_told_in_english(reason: why.Reason, words: str) -> None:
    assert said(voice("en", UTC), reason, SAIGON).plain(voice("en", UTC)) == words


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("reason", REASONS)
def test_a_reason_can_be_told_in_every_language_of_the_console(reason: why.Reason, locale: str) -> None:
    spoken = voice(locale, UTC)
    sentence = said(spoken, reason, SAIGON)
    for words in (sentence.plain(spoken), str(sentence.html(spoken))):
        assert words
        assert "%(" not in words
        assert str(reason) not in words


def test_a_value_stays_in_one_piece_in_a_language_that_runs_to_the_left() -> None:
    words = said(voice("ar", UTC), why.Moratorium("Floods"), SAIGON).plain(voice("ar", UTC))
    assert "\u2066Floods\u2069" in words


def test_what_fills_a_place_is_escaped_on_a_page() -> None:
    words = said(voice("en", UTC), why.Moratorium("<b>"), SAIGON).html(voice("en", UTC))
    assert "<b>" not in words


def test_an_open_window_says_until_when() -> None:
    words = allowed_until(voice("en", UTC), AT, SAIGON).plain(voice("en", UTC))
    assert words == "The hours are open until Nov 22, 2026 10:30\u202fAM (GMT+07:00)."


def test_a_kept_refusal_is_told_in_the_readers_language_and_one_of_another_version_is_not() -> None:
    causes = [cause_document(why.Cause(None, reason)) for reason in (why.OnHold(("death",)), why.NotAllowed("No."))]
    told = kept(voice("en", UTC), {"causes": causes}, SAIGON)
    assert [words.striptags() for words in told] == [
        "The case is on hold: Death.",
        "Such a contact is not allowed at any hour.",
    ]
    assert kept(voice("en", UTC), {"causes": [*causes, {"kind": "later"}]}, SAIGON) == []
    assert kept(voice("en", UTC), {"reasons": ["Kept long ago."]}, None) == []


@pytest.mark.parametrize(
    ("family", "kind"),
    [
        ("channel", Channel),
        ("actor", Actor),
        ("lender_type", LenderType),
        ("party_role", PartyRole),
        ("contact_result", ContactResult),
    ],
)
def test_every_code_of_a_question_has_a_word(family: str, kind: type[Channel]) -> None:
    assert set(kind) <= set(LABELS[family])


def test_every_consent_and_special_day_that_a_served_country_speaks_of_has_a_word() -> None:
    kinds = [rule.kind for country in registry.countries().values() for rule in country.contact_rules]
    hours = [kind for kind in kinds if isinstance(kind, Hours)]
    consents = {kind.consent for kind in kinds if isinstance(kind, ConsentNeeded) and kind.consent}
    consents |= {getattr(kind, "waived_by", None) for kind in kinds} - {None}
    assert consents <= LABELS["consent"].keys() | set(Channel)
    assert {name for kind in hours for name, _ in kind.special} <= LABELS["special_day"].keys()
