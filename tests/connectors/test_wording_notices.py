"""Notices: complete, polite, lawful in language, and provable, in every language and on every channel."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from hashlib import sha256
from html.parser import HTMLParser

import pytest

from connectors import registry
from connectors.wording.catalogs import available
from connectors.wording.notices import lawful_locale, render
from domain.conduct import NOTHING_STATED, Conduct
from domain.countries import Country
from domain.errors import Invalid
from domain.money import Money
from domain.notices import NoticeFacts, NoticeKind, RenderedNotice
from domain.rails import PaymentCode

TODAY = date(2026, 11, 23)
LOCALES = ("pt_BR", "es_419", "id", "th", "vi", "ms", "fil", "km", "ar", "tr", "en", "zh_CN")
REGIONS = ("es_MX", "es_CO", "es_CL", "es_PE", "es_AR")
EARLIER = (NoticeKind.FIRST_REMINDER, NoticeKind.SECOND_REMINDER, NoticeKind.THANK_YOU)
CHANNELS = ("email", "sms", "letter", "app", "outbox", "whatsapp")
REMINDERS = (NoticeKind.FIRST_REMINDER, NoticeKind.SECOND_REMINDER)
PIX = PaymentCode(
    rail="pix_static",
    payload="00020126330014br.gov.bcb.pix0111a@b.example5204000053039865802BR5904LOJA6002SP62070503***6304ABCD",
    reference="AF7K2M",
    qr=True,
    lines=(("Recipient", "Loja & Filhos"), ("Pix key", "a@b.example")),
)
TRANSFER = PaymentCode(
    rail="iban_transfer",
    payload="AFL7K2MQ9",
    reference="AFL7K2MQ9",
    qr=False,
    lines=(("IBAN", "AE07 0331 2345 6789 0123 456"), ("Payment reference", "AFL7 K2MQ 9")),
)
FACTS = NoticeFacts(
    creditor_name="Great Motors Finance",
    creditor_document="11222333000181",
    creditor_contact="help@greatmotors.example",
    debtor_name="Maria da Silva",
    contract="GM-2024/0042",
    vehicle="BYD Dolphin 2024",
    overdue=Money(845000, "BRL"),
    overdue_instalments=3,
    days_past_due=41,
    oldest_due_date=date(2026, 10, 13),
    product="loan",
    code=PIX,
    paid=Money(500000, "BRL"),
    remaining=Money(345000, "BRL"),
    pay_by=date(2026, 11, 30),
)
Render = Callable[..., RenderedNotice]


PLACE = ("country_code", "required_locales", "conduct")


def place(
    country_code: str = "BR", required_locales: tuple[str, ...] = (), conduct: Conduct = NOTHING_STATED
) -> Country:
    """A country that demands and states no more than is said here."""
    return replace(registry.country(country_code), required_locales=required_locales, conduct=conduct)


@pytest.fixture
def write() -> Render:
    def _write(kind: NoticeKind = NoticeKind.FIRST_REMINDER, **changes: object) -> RenderedNotice:
        arguments: dict[str, object] = {
            "channel": "email",
            "locale": "en",
            "country": place(**{name: changes.pop(name) for name in PLACE if name in changes}),
            "facts": FACTS,
            "today": TODAY,
        }
        return render(kind, **(arguments | changes))  # type: ignore[arg-type]

    return _write


class _Page(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in {"meta", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("facts", [FACTS, replace(FACTS, code=TRANSFER, product="ijara"), replace(FACTS, code=None)])
@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("kind", EARLIER)
def test_no_placeholder_is_left_open(
    write: Render, kind: NoticeKind, channel: str, locale: str, facts: NoticeFacts
) -> None:
    notice = write(kind, channel=channel, locale=locale, facts=facts)
    assert not re.search(r"[{}]", notice.subject + notice.text)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("kind", REMINDERS)
def test_a_reminder_states_creditor_contract_amount_reference_and_contact(
    write: Render, kind: NoticeKind, channel: str, locale: str
) -> None:
    notice = write(kind, channel=channel, locale=locale, facts=replace(FACTS, code=TRANSFER))
    said = re.sub("[\u2066-\u2069]", "", notice.text)
    wanted = ("Great Motors Finance", "GM-2024/0042", "450", "AFL7 K2MQ 9", "help@greatmotors.example")
    assert [fact for fact in wanted if fact not in said] == []


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("kind", EARLIER)
def test_an_english_sentence_stands_in_no_other_language(write: Render, kind: NoticeKind, locale: str) -> None:
    english = {line for line in write(kind).text.splitlines() if line.startswith(("We ", "If ", "Please "))}
    assert locale == "en" or not english & set(write(kind, locale=locale).text.splitlines())


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("kind", REMINDERS)
def test_a_reminder_neither_threatens_nor_speaks_of_interest(write: Render, kind: NoticeKind, locale: str) -> None:
    text = write(kind, locale=locale, facts=replace(FACTS, product="murabaha", code=TRANSFER)).text.lower()
    forbidden = (
        "interest", "court", "legal action", "police", "seiz",
        "juros", "judicial", "polícia", "protesto", "negativ",
        "interés", "intereses", "tribunal", "demanda", "policía", "embarg",
        "bunga", "pengadilan", "polisi", " sita",
        "ดอกเบี้ย", "ศาล", "ตำรวจ", "ดำเนินคดี", "ยึด",
        "فائدة", "فوائد", "محكمة", "شرطة", "قضائ",
        "利息", "法院", "起诉", "警察", "扣押",
        "interés", "tribunal", "demanda", "policía", "embargo",
        "lãi", "tòa án", "khởi kiện", "công an", "tịch thu",
        "faedah", "mahkamah", "polis", "rampas",
        "interes", "hukuman", "pulis", "kumpisk",
        "ការប្រាក់", "តុលាការ", "ប៉ូលិស", "រឹបអូស",
        "faiz", "mahkeme", "polis", "haciz",
    )  # fmt: skip
    assert [word for word in forbidden if word in text] == []


@pytest.mark.parametrize(
    ("product", "word"), [("ijara", "3 rentals"), ("murabaha", "3 instalments"), ("loan", "3 inst")]
)
def test_an_ijara_has_rentals_and_everything_else_instalments(write: Render, product: str, word: str) -> None:
    assert word in write(facts=replace(FACTS, product=product)).text


@pytest.mark.parametrize(
    ("count", "expected"), [(1, "قسط واحد"), (2, "قسطان"), (3, "3 أقساط"), (11, "11 قسطًا"), (100, "100 قسط")]
)
def test_arabic_instalments_agree_with_their_number(write: Render, count: int, expected: str) -> None:
    notice = write(locale="ar", facts=replace(FACTS, overdue_instalments=count))
    assert f": {expected}\n" in notice.text


def test_thai_notices_date_in_the_buddhist_era(write: Render) -> None:
    text = write(locale="th", country_code="TH").text
    assert ("30 พฤศจิกายน พ.ศ. 2569" in text, "2026" in text) == (True, False)


def test_arabic_runs_right_to_left_with_values_isolated(write: Render) -> None:
    notice = write(locale="ar_AE", country_code="AE", facts=replace(FACTS, code=TRANSFER))
    assert (notice.direction, "\u2066AE07 0331 2345 6789 0123 456\u2069" in notice.text) == ("rtl", True)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("channel", CHANNELS)
def test_isolates_are_closed(write: Render, channel: str, locale: str) -> None:
    text = write(locale=locale, channel=channel, facts=replace(FACTS, debtor_name="محمد العلي")).text
    assert len(re.findall("[\u2066-\u2068]", text)) == text.count("\u2069")


def test_a_payment_code_is_alone_on_its_line_and_untouched(write: Render) -> None:
    assert PIX.payload in write(locale="ar").text.splitlines()


def test_a_left_to_right_sms_has_no_mark_and_no_unusual_space(write: Render) -> None:
    text = write(locale="pt_BR", channel="sms", facts=replace(FACTS, debtor_name="محمد")).text
    assert not re.search("[\u00a0\u200e\u200f\u2066-\u2069]", text)


def test_an_sms_leaves_a_code_that_cannot_be_pasted_out(write: Render) -> None:
    code = replace(PIX, rail="promptpay_bill")
    text = write(locale="th", channel="sms", facts=replace(FACTS, code=code)).text
    assert (PIX.payload in text, "AF7K2M" in text) == (False, True)


@pytest.mark.parametrize(("country", "shown"), [("AE", False), ("MY", False), ("QA", True)])
def test_an_sms_names_no_phone_where_networks_block_it(write: Render, country: str, *, shown: bool) -> None:
    facts = replace(FACTS, creditor_contact="+971 50 123 4567", code=TRANSFER)
    assert (
        "123 4567"
        in write(channel="sms", country_code=country, conduct=registry.country(country).conduct, facts=facts).text
    ) is shown


@pytest.mark.parametrize("kind", EARLIER)
def test_a_brazilian_document_bears_name_address_and_cnpj(write: Render, kind: NoticeKind) -> None:
    text = write(kind, locale="pt_BR", creditor_address="Av. Paulista, 1000, São Paulo").text
    assert "CNPJ: 11222333000181\nEndereço: Av. Paulista, 1000, São Paulo" in text


def test_another_registration_is_not_called_a_cnpj(write: Render) -> None:
    assert "Registration number: 913100" in write(facts=replace(FACTS, creditor_document="913100")).text


@pytest.mark.parametrize("locale", ["ar", "ar_SA", "ar-AE"])
def test_a_demanded_language_is_met_by_any_of_its_regions(write: Render, locale: str) -> None:
    assert write(locale=locale, required_locales=("ar",)).direction == "rtl"


@pytest.mark.parametrize(
    ("locale", "required"),
    [("en", ("ar",)), ("fr", ("fr",)), ("es", ("ca",)), ("zh_TW", ("zh_Hant",)), ("id", ("ms",))],
)
def test_a_demanded_language_is_never_replaced(write: Render, locale: str, required: tuple[str, ...]) -> None:
    with pytest.raises(Invalid) as refusal:
        write(locale=locale, required_locales=required)
    assert refusal.value.code == "locale_required"


@pytest.mark.parametrize("locale", ["es_MX", "es_CO", "es_AR", "es_PE", "es_CL"])
def test_a_region_is_spoken_to_from_the_catalog_of_its_parent(write: Render, locale: str) -> None:
    notice = write(locale=locale, required_locales=("es",))
    greeting = "Estimado/a" if locale == "es_CL" else "Estimado(a)"
    assert (notice.locale, notice.text.splitlines()[0]) == (locale, f"{greeting} Maria da Silva:")


def test_without_demand_a_language_not_offered_becomes_english_as_a_whole(write: Render) -> None:
    notice = write(locale="fr_FR")
    assert (notice.locale, notice.text) == ("en", write(locale="en").text)


def test_a_countrys_own_label_stays_english_only_where_no_law_demands_a_language(write: Render) -> None:
    facts = replace(FACTS, code=replace(TRANSFER, lines=(("Crown token", "R-1"),)))
    assert "Crown token" in write(locale="ar", facts=facts).text
    with pytest.raises(Invalid) as refusal:
        write(locale="ar", required_locales=("ar",), facts=facts)
    assert refusal.value.code == "wording_missing"


@pytest.mark.parametrize(
    ("preferred", "required", "expected"),
    [("en", (), "en"), ("en", ("ar",), "ar"), ("ar_AE", ("ar",), "ar_AE"), ("ar", ("ar_SA",), "ar")],
)
def test_the_lawful_locale_is_the_debtors_wherever_law_allows(
    preferred: str, required: tuple[str, ...], expected: str
) -> None:
    assert lawful_locale(preferred=preferred, required_locales=required) == expected


def test_the_evidence_is_the_hash_of_subject_line_feed_and_text(write: Render) -> None:
    notice = write(locale="th")
    assert notice.sha256 == sha256((notice.subject + "\n" + notice.text).encode()).hexdigest()


def test_the_same_facts_give_the_same_evidence(write: Render) -> None:
    assert write(locale="ar").sha256 == write(locale="ar").sha256


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("kind", EARLIER)
def test_the_page_is_well_formed_and_loads_nothing(write: Render, kind: NoticeKind, locale: str) -> None:
    page = _Page(write(kind, locale=locale).html or "")
    loading = {"src", "href", "background", "srcset", "onload"}
    assert page.open == []
    assert [
        tag for tag, attributes in page.tags if tag in {"img", "script", "link", "a"} or loading & set(attributes)
    ] == []


@pytest.mark.parametrize(("locale", "lang", "direction"), [("pt_BR", "pt-BR", "ltr"), ("ar", "ar", "rtl")])
def test_the_page_states_language_and_direction(write: Render, locale: str, lang: str, direction: str) -> None:
    assert f'<html lang="{lang}" dir="{direction}">' in (write(locale=locale).html or "")


def test_what_others_wrote_is_escaped_in_the_page(write: Render) -> None:
    html = write(facts=replace(FACTS, debtor_name="<b>{contract}</b>", vehicle='"&')).html or ""
    assert ("<b>" in html, "&lt;b&gt;{contract}&lt;/b&gt;" in html) == (False, True)


@pytest.mark.parametrize("channel", [name for name in CHANNELS if name != "email"])
def test_only_mail_has_a_page(write: Render, channel: str) -> None:
    assert write(channel=channel).html is None


def test_a_line_break_in_the_contract_cannot_split_the_subject(write: Render) -> None:
    assert "\n" not in write(facts=replace(FACTS, contract="GM-1\r\nBcc: x@y.example")).subject


@pytest.mark.parametrize("channel", ["visit", "fax", ""])
def test_a_spoken_channel_is_refused(write: Render, channel: str) -> None:
    with pytest.raises(Invalid) as refusal:
        write(channel=channel)
    assert refusal.value.code == "channel_not_written"


@pytest.mark.parametrize("minor", [0, -1])
def test_a_reminder_of_nothing_is_refused(write: Render, minor: int) -> None:
    with pytest.raises(Invalid) as refusal:
        write(facts=replace(FACTS, overdue=Money(minor, "BRL")))
    assert refusal.value.code == "nothing_overdue"


def test_the_smallest_overdue_amount_can_be_reminded_of(write: Render) -> None:
    assert "0.01" in write(facts=replace(FACTS, overdue=Money(1, "BRL"))).text


@pytest.mark.parametrize("paid", [None, Money(0, "BRL")])
def test_thanks_for_nothing_are_refused(write: Render, paid: Money | None) -> None:
    with pytest.raises(Invalid) as refusal:
        write(NoticeKind.THANK_YOU, facts=replace(FACTS, paid=paid))
    assert refusal.value.code == "notice_incomplete"


@pytest.mark.parametrize("channel", ["email", "sms"])
@pytest.mark.parametrize(
    ("remaining", "cleared", "due"),
    [(None, False, False), (Money(0, "BRL"), True, False), (Money(1, "BRL"), False, True)],
)
def test_thanks_say_what_remains_only_when_it_is_known(
    write: Render, channel: str, remaining: Money | None, *, cleared: bool, due: bool
) -> None:
    text = write(NoticeKind.THANK_YOU, channel=channel, facts=replace(FACTS, remaining=remaining)).text
    assert ("No amount is overdue" in text, "Still overdue" in text) == (cleared, due)


@pytest.mark.parametrize("blank", ["creditor_name", "creditor_contact", "contract"])
def test_a_notice_that_cannot_say_who_asks_is_refused(write: Render, blank: str) -> None:
    with pytest.raises(Invalid) as refusal:
        write(facts=replace(FACTS, **{blank: " "}))  # type: ignore[arg-type]
    assert refusal.value.code == "notice_incomplete"


def test_every_catalog_of_notices_is_among_those_tested() -> None:
    assert set(available("notices")) == {*LOCALES, *REGIONS}
