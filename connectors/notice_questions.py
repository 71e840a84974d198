"""A notice asked for from outside, as JSON: what ``afluente notices render`` reads and prints, and its sample facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

from connectors.wording.catalogs import subtags
from connectors.wording.notices import LONG_CHANNELS, SHORT_CHANNELS, SPOKEN_CHANNEL, lawful_locale, render
from domain.countries import Country
from domain.errors import Invalid
from domain.money import Money
from domain.notices import ClosedBecause, NoticeFacts, NoticeKind, RenderedNotice
from domain.rails import PaymentCode

SAMPLE_DAY: Final = date(2026, 11, 23)
KIND_ALIASES: Final = {"receipt": NoticeKind.THANK_YOU}
CHANNEL_ALIASES: Final = {"voice": "phone"}
MAX_TEXT: Final = 4_000
_INSTALMENT_MAJOR: Final = {
    "ARS": 350_000, "CLP": 280_000, "COP": 1_200_000, "IDR": 4_500_000, "KHR": 1_300_000, "PHP": 18_500, "THB": 9_800,
    "TRY": 12_500, "VND": 8_600_000,
}  # fmt: skip
_NAMES: Final = {
    "ar": "محمد العلي", "en": "Alex Morgan", "es": "María González", "fil": "Juan Dela Cruz", "id": "Budi Santoso",
    "km": "សុខ សុភា", "ms": "Ahmad bin Ismail", "pt": "Maria da Silva", "th": "สมชาย ใจดี", "tr": "Emre Demir",
    "vi": "Nguyễn Văn An", "zh": "王伟",
}  # fmt: skip


def notice(
    country: Country, kind: str, *, channel: str, locale: str | None = None, document: Mapping[str, Any] | None = None
) -> RenderedNotice:
    """The notice for a country's debtor, from sample facts or from those of a JSON object laid over them.

    Raises ``Invalid``: ``notice_kind_unknown``, ``facts_unknown_key``, ``facts_malformed``, and what ``render`` raises.
    """
    spoken = lawful_locale(preferred=locale or country.locales[0], required_locales=country.required_locales)
    if locale is not None:
        spoken = locale  # asked for by name: a language that law does not accept is refused, not replaced
    given = dict(document or {})
    today = _day(given.pop("today", SAMPLE_DAY.isoformat()), "today")
    place = given.pop("subdivision", None)
    address = given.pop("creditor_address", "88 Harbour Road, Shanghai")
    for key, text in (("subdivision", place), ("creditor_address", address)):
        if text is not None:
            _text(text, key)
    return render(
        kind_from(kind),
        channel=channel_from(channel),
        locale=spoken,
        country=country,
        facts=_facts(country, spoken, given, today=today, confirms=kind_from(kind) is NoticeKind.PROMISE_CONFIRMATION),
        today=today,
        creditor_address=address,
        subdivision=place,
    )


def channel_from(text: str) -> str:
    """A channel by its name; ``voice`` is the phone. Raises ``channel_not_written``."""
    channel = CHANNEL_ALIASES.get(text, text)
    if channel not in LONG_CHANNELS | SHORT_CHANNELS | {SPOKEN_CHANNEL}:
        raise Invalid("channel_not_written", f"No notice is written for the channel {text!r}.")
    return channel


def kind_from(text: str) -> NoticeKind:
    """A kind by its name; ``receipt`` is the thank-you. Raises ``notice_kind_unknown``."""
    try:
        return KIND_ALIASES.get(text) or NoticeKind(text.replace("-", "_"))
    except ValueError:
        known = ", ".join([*NoticeKind, *KIND_ALIASES])
        raise Invalid("notice_kind_unknown", f"{text!r} is not a kind of notice.", fix=f"One of {known}.") from None


def sample_facts(country: Country, *, language: str, today: date) -> NoticeFacts:
    """Facts of an invented case in a country: three instalments overdue, everything known that a notice may need."""
    currency = country.currency
    instalment = Money.parse(_INSTALMENT_MAJOR.get(currency, 1_250), currency)
    due_days = [today - timedelta(days=days) for days in (69, 39, 9)]
    return NoticeFacts(
        creditor_name="Tengyun Auto Export",
        creditor_document="11222333000181" if country.code == "BR" else "91310000MA1FL0XX2A",
        creditor_contact="care@tengyun.example",
        debtor_name=_NAMES.get(language, _NAMES["en"]),
        contract="TA-2024/0042",
        vehicle="BYD Dolphin 2024",
        overdue=_times(instalment, 3),
        overdue_instalments=3,
        days_past_due=69,
        oldest_due_date=due_days[0],
        product="ijara" if country.code == "SA" else "loan",
        code=PaymentCode("transfer", "AFL7K2MQ9", "AFL7K2MQ9", qr=False, lines=(("Payment reference", "AFL7 K2MQ 9"),)),
        paid=instalment,
        remaining=_times(instalment, 2),
        pay_by=today + timedelta(days=30),
        items=tuple((day, instalment) for day in due_days),
        due=instalment,
        due_on=today + timedelta(days=5),
        promised=instalment,
        promised_on=today - timedelta(days=3),
        plan=tuple((today + timedelta(days=30 * month), instalment) for month in (1, 2, 3)),
        settlement=_times(instalment, 2),
        reference="CMP-2026-0007",
        received_on=today - timedelta(days=1),
        answer_by=today + timedelta(days=14),
        answer="1. … 2. …",
        closed_because=ClosedBecause.PAID,
        agent_name="Lin Chen",
        creditor_phone="+86 21 5555 0100",
        working_hours="09:00-17:00",
    )


def _times(amount: Money, count: int) -> Money:
    return Money(amount.minor * count, amount.currency)


def _facts(country: Country, locale: str, given: Mapping[str, Any], *, today: date, confirms: bool) -> NoticeFacts:
    base = sample_facts(country, language=subtags(locale)[0], today=today)
    if confirms:
        base = replace(base, promised_on=today + timedelta(days=7))  # the sample's day has passed, as for one not kept
    found = read(given, country)
    if "overdue" in found and "items" not in found:
        found["items"] = ()  # the sample's items are of the sample's amount
    return replace(base, **found)


def read(given: Mapping[str, Any], country: Country) -> dict[str, Any]:
    """Facts by name from a JSON object; raises ``facts_unknown_key`` and ``facts_malformed``."""
    unknown = sorted(set(given) - set(_READERS))
    if unknown:
        raise Invalid("facts_unknown_key", f"{', '.join(unknown)}: not a fact of a notice.", fix=f"Known: {_KNOWN}.")
    return {
        key: None if value is None and key in _OPTIONAL else _READERS[key](value, key, country)
        for key, value in given.items()
    }


def written(values: Mapping[str, Any]) -> dict[str, Any]:
    """Facts by name as a JSON object that ``read`` reads back."""
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    match value:
        case Money():
            return {"amount": str(value.decimal), "currency": value.currency}
        case date():
            return value.isoformat()
        case tuple():
            return [_plain(one) for one in value]
        case _:
            return value


# Reading ---------------------------------------------------------------------------------------------------------

_Reader = Callable[[Any, str, Country], Any]


def _malformed(where: str, wanted: str) -> Invalid:
    return Invalid("facts_malformed", f"{where} should be {wanted}.")


def _text(value: Any, where: str, country: Country | None = None) -> str:
    del country
    if not isinstance(value, str) or not value.strip() or len(value) > MAX_TEXT:
        raise _malformed(where, f"a text of at most {MAX_TEXT} characters")
    return value


def _count(value: Any, where: str, country: Country) -> int:
    del country
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 36_500:  # noqa: PLR2004 -- a century of days
        raise _malformed(where, "a whole number")
    return value


def _flag(value: Any, where: str, country: Country) -> bool:
    del country
    if not isinstance(value, bool):
        raise _malformed(where, "true or false")
    return value


def _day(value: Any, where: str, country: Country | None = None) -> date:
    del country
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise _malformed(where, "a day such as 2026-11-23") from None


def _amount(value: Any, where: str, country: Country) -> Money:
    """``"1250.00"`` in the country's currency, or ``{"amount": "1250.00", "currency": "USD"}``."""
    text, currency = (
        (value.get("amount"), value.get("currency")) if isinstance(value, dict) else (value, country.currency)
    )
    if not isinstance(text, str) or not isinstance(currency, str):
        raise _malformed(where, 'an amount such as "1250.00"')
    return Money.parse(text, currency)


def _dated_amounts(value: Any, where: str, country: Country) -> tuple[tuple[date, Money], ...]:
    if not isinstance(value, list) or not all(isinstance(pair, list) and len(pair) == 2 for pair in value):  # noqa: PLR2004 -- a pair
        raise _malformed(where, 'a list of pairs such as ["2026-11-23", "1250.00"]')
    return tuple((_day(day, where), _amount(amount, where, country)) for day, amount in value)


def _code(value: Any, where: str, country: Country) -> PaymentCode:
    if not isinstance(value, dict) or not isinstance(value.get("lines", []), list):
        raise _malformed(where, "an object with rail, payload, reference, qr and lines")
    lines = tuple((_text(label, where), _text(text, where)) for label, text in _pairs(value.get("lines", []), where))
    return PaymentCode(
        rail=_text(value.get("rail", "transfer"), where),
        payload=_text(value.get("payload", value.get("reference")), where),
        reference=_text(value.get("reference"), where),
        qr=_flag(value.get("qr", False), where, country),
        lines=lines,
    )


def _pairs(value: list[Any], where: str) -> list[tuple[Any, Any]]:
    if not all(isinstance(pair, list) and len(pair) == 2 for pair in value):  # noqa: PLR2004 -- a pair
        raise _malformed(where, "lines of label and value")
    return [(pair[0], pair[1]) for pair in value]


def _reason(value: Any, where: str, country: Country) -> ClosedBecause:
    del country
    try:
        return ClosedBecause(value)
    except ValueError:
        raise _malformed(where, f"one of {', '.join(ClosedBecause)}") from None


_BY_TYPE: Final[Mapping[str, _Reader]] = {
    "str": _text,
    "int": _count,
    "bool": _flag,
    "Money": _amount,
    "date": _day,
    "PaymentCode": _code,
    "ClosedBecause": _reason,
    "tuple[tuple[date, Money], ...]": _dated_amounts,
}
_TYPES: Final = {name: str(field.type) for name, field in NoticeFacts.__dataclass_fields__.items()}
_OPTIONAL: Final = frozenset(name for name, kind in _TYPES.items() if kind.endswith(" | None"))
_READERS: Final[Mapping[str, _Reader]] = {name: _BY_TYPE[kind.removesuffix(" | None")] for name, kind in _TYPES.items()}
_KNOWN: Final = ", ".join(["creditor_address", "subdivision", "today", *_READERS])
