"""Every kind of notice: what it needs, what it says on each channel, and what the country makes it say."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

import pytest

from connectors import notice_questions, registry
from connectors.wording import segments
from connectors.wording.notices import TEMPLATE_VERSIONS, render
from connectors.wording.voice_scripts import OPENING
from domain.conduct import Conduct, Duty, DutyKind
from domain.contacts import Confidence
from domain.countries import Country
from domain.errors import Invalid
from domain.money import Money
from domain.notices import CLAIMS_OVERDUE, ClosedBecause, NoticeFacts, NoticeKind, RenderedNotice

TODAY = date(2026, 11, 23)
MALAYSIA, SAUDI, BRAZIL, CHILE = (registry.country(code) for code in ("MY", "SA", "BR", "CL"))
LOCALES = (
    "pt_BR", "es_419", "es_MX", "es_CO", "es_CL", "es_PE", "es_AR", "id", "th", "vi", "ms", "fil", "km", "ar", "tr",
    "zh_CN", "en",
)  # fmt: skip
LONG = ("email", "letter")
EVERYWHERE = [kind for kind in NoticeKind if kind is not NoticeKind.REPOSSESSION_NOTICE]
SPOKEN = [kind for kind in EVERYWHERE if kind.value.endswith(("reminder", "promise", "confirmation", "offer", "you"))]
PAIRS = [(country, locale) for country in registry.countries().values() for locale in country.locales]
Write = Callable[..., RenderedNotice]


def sample(country: Country = MALAYSIA, **changes: Any) -> NoticeFacts:
    return replace(notice_questions.sample_facts(country, language="en", today=TODAY), **changes)


def write(
    kind: NoticeKind, *, channel: str = "letter", locale: str = "en", country: Country = MALAYSIA, **changes: Any
) -> RenderedNotice:
    facts = changes.pop("facts", None) or sample(country)
    arguments: dict[str, Any] = {
        "country": replace(country, conduct=changes.pop("conduct", country.conduct)),
        "creditor_address": "88 Harbour Road, Shanghai",
        "today": TODAY,
    }
    return render(kind, channel=channel, locale=locale, facts=facts, **(arguments | changes))


def refusal(kind: NoticeKind, **changes: Any) -> Invalid:
    with pytest.raises(Invalid) as raised:
        write(kind, **changes)
    return raised.value


@pytest.mark.parametrize("channel", ["email", "letter", "sms", "whatsapp"])
@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("kind", NoticeKind)
def test_every_kind_is_written_in_every_language(kind: NoticeKind, locale: str, channel: str) -> None:
    notice = write(kind, channel=channel, locale=locale)
    assert (notice.locale, re.findall(r"[{}]", notice.subject + notice.text)) == (locale, [])


@pytest.mark.parametrize("locale", [locale for locale in LOCALES if locale != "en"])
@pytest.mark.parametrize("kind", NoticeKind)
def test_no_sentence_stays_english(kind: NoticeKind, locale: str) -> None:
    english = set(write(kind).text.splitlines()) - {"", sample().answer}
    shared = english & set(write(kind, locale=locale).text.splitlines())
    # Malay and English write days of September and ringgit alike.
    assert [line for line in shared if len(line.split()) > 3 and not line[0].isdigit()] == []


@pytest.mark.parametrize("kind", EVERYWHERE)
@pytest.mark.parametrize(("country", "locale"), PAIRS, ids=lambda value: getattr(value, "code", value))
def test_every_country_can_send_every_kind_as_a_text_of_few_segments(
    country: Country, locale: str, kind: NoticeKind
) -> None:
    spoken = "ar" if country.required_locales else locale
    notice = notice_questions.notice(country, kind, channel="sms", locale=spoken)
    assert notice.segments is not None
    assert notice.segments <= (3 if notice.encoding == "GSM-7" else 7)


@pytest.mark.parametrize("locale", ["en", "id", "ms", "fil", "pt_BR", *[name for name in LOCALES if name[:2] == "es"]])
@pytest.mark.parametrize("kind", NoticeKind)
def test_a_text_keeps_to_seven_bits_where_the_language_allows(kind: NoticeKind, locale: str) -> None:
    assert write(kind, channel="sms", locale=locale).encoding == "GSM-7"


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("kind", SPOKEN)
def test_a_call_names_the_matter_only_after_the_person_is_found(kind: NoticeKind, locale: str) -> None:
    text = write(kind, channel="phone", locale=locale).text
    before, _, after = text.partition("]")
    assert ("TA-2024/0042" in before, "Tengyun" in before, "TA-2024/0042" in after) == (False, False, True)


@pytest.mark.parametrize(
    "kind", [NoticeKind.FORMAL_NOTICE, NoticeKind.PRE_LEGAL, NoticeKind.CASE_CLOSED, NoticeKind.DATA_RIGHTS_ANSWER]
)
def test_what_is_not_said_naturally_has_no_script(kind: NoticeKind) -> None:
    assert refusal(kind, channel="phone").code == "channel_not_written"


def test_a_call_without_a_callers_name_is_refused() -> None:
    assert refusal(NoticeKind.COURTESY, channel="phone", country=SAUDI, locale="ar", facts=sample(agent_name=None)).code
    plain = refusal(NoticeKind.COURTESY, channel="phone", conduct=Conduct(), facts=sample(agent_name=None))
    assert plain.code == "notice_incomplete"


# Facts -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        (NoticeKind.COURTESY, "due"),
        (NoticeKind.COURTESY, "due_on"),
        (NoticeKind.FORMAL_NOTICE, "pay_by"),
        (NoticeKind.PRE_LEGAL, "pay_by"),
        (NoticeKind.PROMISE_CONFIRMATION, "promised"),
        (NoticeKind.PROMISE_CONFIRMATION, "promised_on"),
        (NoticeKind.BROKEN_PROMISE, "promised_on"),
        (NoticeKind.SETTLEMENT_OFFER, "settlement"),
        (NoticeKind.SETTLEMENT_OFFER, "pay_by"),
        (NoticeKind.COMPLAINT_ACKNOWLEDGEMENT, "reference"),
        (NoticeKind.COMPLAINT_ACKNOWLEDGEMENT, "answer_by"),
        (NoticeKind.DISPUTE_ACKNOWLEDGEMENT, "reference"),
        (NoticeKind.DATA_RIGHTS_ANSWER, "answer"),
        (NoticeKind.CASE_CLOSED, "closed_because"),
        (NoticeKind.THANK_YOU, "paid"),
    ],
)
def test_a_notice_without_the_fact_it_is_about_is_refused(kind: NoticeKind, field: str) -> None:
    assert refusal(kind, facts=sample(**{field: None})).code == "notice_incomplete"


def test_a_plan_without_payments_is_refused() -> None:
    assert refusal(NoticeKind.PLAN_CONFIRMATION, facts=sample(plan=())).code == "notice_incomplete"


@pytest.mark.parametrize("kind", sorted(CLAIMS_OVERDUE))
def test_a_claim_of_nothing_is_refused(kind: NoticeKind) -> None:
    facts = sample(overdue=Money(0, "MYR"), items=(), settlement=Money(1, "MYR"))
    assert refusal(kind, facts=facts).code == "nothing_overdue"


@pytest.mark.parametrize("kind", [NoticeKind.PRE_LEGAL, NoticeKind.REPOSSESSION_NOTICE])
def test_no_legal_step_is_spoken_of_once_the_claim_is_time_barred(kind: NoticeKind) -> None:
    assert refusal(kind, facts=sample(time_barred=True)).code == "claim_time_barred"
    assert write(NoticeKind.SECOND_REMINDER, facts=sample(time_barred=True)).text


def test_items_are_together_what_is_overdue() -> None:
    short = sample().items[:2]
    assert refusal(NoticeKind.FORMAL_NOTICE, facts=sample(items=short)).code == "facts_disagree"


def test_a_settlement_is_not_more_than_what_is_overdue() -> None:
    facts = sample()
    assert write(NoticeKind.SETTLEMENT_OFFER, facts=replace(facts, settlement=facts.overdue))
    more = Money(facts.overdue.minor + 1, "MYR")
    assert refusal(NoticeKind.SETTLEMENT_OFFER, facts=replace(facts, settlement=more)).code == "facts_disagree"


@pytest.mark.parametrize(("days", "refused"), [(0, False), (-1, True)])
def test_a_day_to_pay_by_is_not_past(days: int, *, refused: bool) -> None:
    facts = sample(pay_by=TODAY + timedelta(days=days))
    if refused:
        assert refusal(NoticeKind.FIRST_REMINDER, facts=facts).code == "facts_disagree"
    else:
        assert write(NoticeKind.FIRST_REMINDER, facts=facts)


@pytest.mark.parametrize(("days", "refused"), [(-1, False), (0, True)])
def test_a_promise_is_broken_only_after_its_day(days: int, *, refused: bool) -> None:
    facts = sample(promised_on=TODAY + timedelta(days=days))
    if refused:
        assert refusal(NoticeKind.BROKEN_PROMISE, facts=facts).code == "facts_disagree"
    else:
        assert write(NoticeKind.BROKEN_PROMISE, facts=facts)


# Law -------------------------------------------------------------------------------------------------------------


def test_a_vehicle_notice_gives_the_days_that_law_gives() -> None:
    assert "21 days from this notice" in write(NoticeKind.REPOSSESSION_NOTICE).text


@pytest.mark.parametrize("code", ["BR", "ID", "SG", "SA", "TR", "MX"])
def test_a_vehicle_notice_is_written_only_where_a_source_prescribes_one(code: str) -> None:
    country = registry.country(code)
    said = refusal(NoticeKind.REPOSSESSION_NOTICE, country=country, facts=sample(country), locale=country.locales[0])
    assert said.code == "notice_not_prescribed"


@pytest.mark.parametrize(("days", "code"), [(20, "term_too_short"), (21, None)])
def test_a_vehicle_notice_keeps_the_term(days: int, code: str | None) -> None:
    facts = sample(pay_by=TODAY + timedelta(days=days))
    if code:
        assert refusal(NoticeKind.REPOSSESSION_NOTICE, facts=facts).code == code
    else:
        assert write(NoticeKind.REPOSSESSION_NOTICE, facts=facts)


@pytest.mark.parametrize(("unpaid", "code"), [(1, "notice_too_early"), (4, None)])
def test_a_vehicle_notice_comes_after_the_instalments_that_law_names(unpaid: int, code: str | None) -> None:
    facts = sample(overdue_instalments=unpaid)
    if code:
        assert refusal(NoticeKind.REPOSSESSION_NOTICE, facts=facts).code == code
    else:
        assert write(NoticeKind.REPOSSESSION_NOTICE, facts=facts)


def test_only_the_notice_before_legal_steps_speaks_of_a_court() -> None:
    assert [kind for kind in NoticeKind if "court" in write(kind).text] == [NoticeKind.PRE_LEGAL]


@pytest.mark.parametrize("field", ["creditor_phone", "working_hours"])
@pytest.mark.parametrize("channel", ["letter", "sms"])
def test_a_saudi_notice_without_what_sama_asks_is_refused(channel: str, field: str) -> None:
    facts = sample(SAUDI, **{field: None})
    said = refusal(NoticeKind.FIRST_REMINDER, channel=channel, country=SAUDI, locale="ar", facts=facts)
    assert (said.code, said.details["elements"]) == ("disclosure_missing", [field])


def test_a_contact_that_holds_phone_and_hours_is_enough() -> None:
    contact = "care@tengyun.example, +966 11 200 0100, 09:00-17:00"
    facts = sample(SAUDI, creditor_phone=None, working_hours=None, creditor_contact=contact)
    assert "التحصيل" in write(NoticeKind.FIRST_REMINDER, country=SAUDI, locale="ar", facts=facts).text


@pytest.mark.parametrize("channel", ["letter", "sms"])
def test_a_chilean_notice_lists_every_item(channel: str) -> None:
    facts = sample(CHILE)
    text = write(NoticeKind.FIRST_REMINDER, channel=channel, country=CHILE, locale="es_CL", facts=facts).text
    assert text.count("280.000") == 3
    bare = replace(facts, items=())
    assert refusal(NoticeKind.FIRST_REMINDER, channel=channel, country=CHILE, facts=bare).code == "disclosure_missing"


@pytest.mark.parametrize(("place", "refused"), [("BR-RJ", True), ("BR-SP", False), (None, True)])
def test_a_states_duty_holds_there_and_where_the_place_is_not_known(place: str | None, *, refused: bool) -> None:
    arguments: dict[str, Any] = {"country": BRAZIL, "locale": "pt_BR", "facts": sample(BRAZIL, items=())}
    if refused:
        assert refusal(NoticeKind.FIRST_REMINDER, subdivision=place, **arguments).code == "disclosure_missing"
    else:
        assert write(NoticeKind.FIRST_REMINDER, subdivision=place, **arguments)


def test_a_duty_nobody_has_read_holds_nothing_up() -> None:
    duty = Duty(
        id="xx.disclose", text="Says where to complain.", source="from memory", confidence=Confidence.UNVERIFIED,
        effective_from=date(2020, 1, 1), kind=DutyKind.DISCLOSE, elements=("complaint",),
    )  # fmt: skip
    assert write(NoticeKind.FIRST_REMINDER, conduct=Conduct(duties=(duty,)))
    firm = replace(duty, confidence=Confidence.SECONDARY)
    assert refusal(NoticeKind.FIRST_REMINDER, conduct=Conduct(duties=(firm,))).code == "disclosure_missing"
    later = replace(firm, effective_from=TODAY + timedelta(days=1))
    assert write(NoticeKind.FIRST_REMINDER, conduct=Conduct(duties=(later,)))


def test_a_duty_of_calls_is_followed_on_calls_alone() -> None:
    said = {
        channel: "مسجلة" in write(NoticeKind.COURTESY, channel=channel, country=SAUDI, locale="ar").text
        for channel in ("phone", "letter", "sms")
    }
    assert said == {"phone": True, "letter": False, "sms": False}


def test_a_mexican_notice_says_whom_alone_to_pay() -> None:
    assert (
        "a la cuenta a nombre de Tengyun"
        in write(NoticeKind.FIRST_REMINDER, country=registry.country("MX"), locale="es_MX").text
    )


def test_a_colombian_text_says_how_to_stop() -> None:
    text = write(NoticeKind.FIRST_REMINDER, channel="sms", country=registry.country("CO"), locale="es_CO").text
    assert text.endswith("responda SALIR.")


def test_a_malaysian_text_begins_with_its_price_and_holds_no_number_to_call() -> None:
    text = write(
        NoticeKind.FIRST_REMINDER, channel="sms", facts=sample(creditor_contact="+60 3 2171 1000 www.x.example/pay")
    ).text
    assert (text.startswith("RM0.00 Tengyun"), "2171" in text, "www" in text) == (True, False, False)


# How a place writes ----------------------------------------------------------------------------------------------


def test_a_saudi_letter_has_both_calendars_and_a_text_one() -> None:
    letter = write(NoticeKind.COURTESY, country=SAUDI, locale="ar").text
    assert "28 نوفمبر 2026م الموافق 18 جمادى الآخرة 1448 هـ" in letter
    assert "1448" not in write(NoticeKind.COURTESY, country=SAUDI, locale="ar", channel="sms").text


def test_an_egyptian_letter_has_arabic_digits_in_amounts_and_never_in_references() -> None:
    egypt = registry.country("EG")
    text = write(NoticeKind.COURTESY, country=egypt, locale="ar", facts=sample(egypt)).text
    amount = "\u0661\u066c\u0662\u0665\u0660\u066b\u0660\u0660 جنيه مصري"
    assert (amount in text, "TA-2024/0042" in text) == (True, True)


@pytest.mark.parametrize(
    ("locale", "reason", "said"),
    [("en", ClosedBecause.PAID, "has been paid"), ("es_MX", ClosedBecause.SETTLED, "El acuerdo se cumplió")],
)
def test_a_closed_case_says_why(locale: str, reason: ClosedBecause, said: str) -> None:
    assert said in write(NoticeKind.CASE_CLOSED, locale=locale, facts=sample(closed_because=reason)).text


def test_mexico_says_queja_and_mensualidad_where_others_say_reclamo_and_cuota() -> None:
    mexican = write(NoticeKind.COMPLAINT_ACKNOWLEDGEMENT, locale="es_MX").text
    common = write(NoticeKind.COMPLAINT_ACKNOWLEDGEMENT, locale="es_419").text
    assert ("queja" in mexican, "reclamo" in common) == (True, True)


# Counting --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "encoding", "count"),
    [
        ("a" * 160, "GSM-7", 1),
        ("a" * 161, "GSM-7", 2),
        ("a" * 306, "GSM-7", 2),
        ("a" * 307, "GSM-7", 3),
        ("€" * 80, "GSM-7", 1),
        ("€" * 81, "GSM-7", 2),
        ("a" * 152 + "€" + "a" * 152, "GSM-7", 3),
        ("á" * 70, "UCS-2", 1),
        ("á" * 71, "UCS-2", 2),
        ("ش" * 134, "UCS-2", 2),
        ("ش" * 135, "UCS-2", 3),
        ("😀" * 35, "UCS-2", 1),
        ("a" * 159 + "\u00a0", "UCS-2", 3),
        ("a\u200f", "UCS-2", 1),
        ("", "GSM-7", 1),
    ],
)
def test_segments_are_counted_as_networks_do(text: str, encoding: str, count: int) -> None:
    assert (segments.encoding(text), segments.segments(text)) == (encoding, count)


def test_accents_fall_only_where_readers_know_it() -> None:
    written = "año, más, ação"
    assert segments.gsm_ready(written, language="es") == "año, mas, acao"
    assert segments.gsm_ready("đồng", language="vi") == "đồng"


def test_a_text_of_too_many_segments_is_refused() -> None:
    facts = sample(contract="TA-" + "0" * 1200)
    assert refusal(NoticeKind.FIRST_REMINDER, channel="sms", facts=facts).code == "text_too_long"


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("kind", SPOKEN)
def test_a_caller_learns_who_answers_before_creditor_or_contract_are_named(kind: NoticeKind, locale: str) -> None:
    facts = sample(creditor_name="Aurora")
    said = write(kind, channel="phone", locale=locale, facts=facts).text.split("\n\n")
    before, after = "".join(said[: OPENING + 1]), "".join(said[OPENING + 1 :])
    assert [told for told in ("Aurora", facts.contract) if told in before] == []
    assert "Aurora" in after
    assert (facts.agent_name or "?") in said[OPENING]


@pytest.mark.parametrize(("kind", "asks"), [(NoticeKind.FIRST_REMINDER, True), (NoticeKind.SETTLEMENT_OFFER, False)])
def test_an_offer_is_not_followed_by_a_question_for_money(kind: NoticeKind, *, asks: bool) -> None:
    assert ("When would you be able to pay?" in write(kind, channel="phone").text) == asks


@pytest.mark.parametrize("kind", EVERYWHERE)
def test_an_answer_asks_for_questions_and_nothing_else(kind: NoticeKind) -> None:
    answers = kind.value.endswith(("acknowledgement", "answer", "closed"))
    assert ("difficulty paying" in write(kind, channel="sms").text) != answers


@pytest.mark.parametrize("kind", NoticeKind)
def test_wording_of_a_template_version_does_not_change(kind: NoticeKind) -> None:
    """A failure here means that words changed: raise the template's version and put the new digest."""
    channels = ("email", "sms", *(("phone",) if kind in SPOKEN else ()))
    every = "".join(write(kind, locale=locale, channel=channel).sha256 for locale in LOCALES for channel in channels)
    assert (TEMPLATE_VERSIONS[kind], sha256(every.encode()).hexdigest()[:16]) == PINNED[kind]


PINNED: dict[NoticeKind, tuple[str, str]] = {
    NoticeKind.COURTESY: ("courtesy/3", "a6ebbe2006dd6add"),
    NoticeKind.FIRST_REMINDER: ("first_reminder/4", "16834b50494da788"),
    NoticeKind.SECOND_REMINDER: ("second_reminder/4", "a4d662d8c0416124"),
    NoticeKind.FORMAL_NOTICE: ("formal_notice/3", "ceeaa690afadb9d9"),
    NoticeKind.PRE_LEGAL: ("pre_legal/3", "679da8360e2fdad2"),
    NoticeKind.REPOSSESSION_NOTICE: ("repossession_notice/3", "e1b9aedaed52d2a8"),
    NoticeKind.PROMISE_CONFIRMATION: ("promise_confirmation/3", "88c96c5df059940b"),
    NoticeKind.BROKEN_PROMISE: ("broken_promise/3", "cf498de12747b242"),
    NoticeKind.PLAN_CONFIRMATION: ("plan_confirmation/3", "d50f60573b1c27aa"),
    NoticeKind.THANK_YOU: ("thank_you/4", "c54804ebf5d8fdb1"),
    NoticeKind.SETTLEMENT_OFFER: ("settlement_offer/3", "e3d9f021a165c7d9"),
    NoticeKind.COMPLAINT_ACKNOWLEDGEMENT: ("complaint_acknowledgement/3", "b8cb949ebf7ea8a0"),
    NoticeKind.DISPUTE_ACKNOWLEDGEMENT: ("dispute_acknowledgement/3", "494792be8aa1c224"),
    NoticeKind.DATA_RIGHTS_ANSWER: ("data_rights_answer/3", "d9098e08a8489833"),
    NoticeKind.CASE_CLOSED: ("case_closed/3", "256ee4dc2b28fec8"),
}
