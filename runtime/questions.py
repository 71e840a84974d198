"""Commands that answer in JSON and need no server: law, identity numbers, codes, webhooks, statements, rates."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from connectors import contact_check, identity, phones, rails, registry
from connectors.platforms import bank_statement, headers_of
from domain.contact_policy import ContactFacts
from domain.errors import AfluenteError, Invalid
from domain.fx import Leg, Rate
from domain.money import Money
from runtime import clock, statement_parsing, wiring
from runtime.asking import answer, document, each_line, emit, file_bytes, moment_of
from runtime.country_answers import summary, whole
from runtime.settings import Settings

countries = typer.Typer(no_args_is_help=True, help="Countries: law, identity numbers, rails, calendar.")
ids = typer.Typer(no_args_is_help=True, help="Identity numbers.")
rail_commands = typer.Typer(no_args_is_help=True, help="Payment codes of local rails.")
contact = typer.Typer(no_args_is_help=True, help="Contact law.")
webhook = typer.Typer(no_args_is_help=True, help="Webhooks of platforms.")
statements = typer.Typer(no_args_is_help=True, help="Bank statements.")
fx = typer.Typer(no_args_is_help=True, help="Exchange rates.")


@countries.command("list")
def list_countries() -> None:
    """Every country served, with its currency, rails and identity schemes."""
    answer(lambda: [summary(country) for country in registry.countries().values()])


@countries.command("show")
def show_country(code: str) -> None:
    """One country whole: rules with source and confidence, facts, rails, identity schemes, zones."""
    answer(lambda: whole(registry.country(code.upper())))


@ids.command("check")
def check_id(
    country: str,
    scheme: Annotated[str | None, typer.Argument()] = None,
    value: Annotated[str | None, typer.Argument()] = None,
) -> None:
    """Check an identity number. ``-`` for VALUE reads one value a line.

    ``-`` for COUNTRY reads one JSON object a line: {"country": …, "scheme": …, "value": …}.
    """
    if country == "-":
        each_line(_id_line)
        return
    if scheme is None or value is None:
        raise typer.BadParameter("COUNTRY SCHEME VALUE are needed, or - to read lines.")
    if value == "-":
        each_line(lambda line: identity.check(country.upper(), scheme, line))
        return
    answer(lambda: identity.check(country.upper(), scheme, value))


def _id_line(line: str) -> Any:
    asked = document(line)
    missing = sorted({"country", "scheme", "value"} - set(asked))
    if missing:
        raise Invalid("field_missing", f"The line lacks {', '.join(missing)}.")
    return identity.check(str(asked["country"]).upper(), str(asked["scheme"]), str(asked["value"]))


@ids.command("phone")
def check_phone(
    country: str,
    number: str,
    *,
    mobile: Annotated[bool, typer.Option("--mobile", help="Accept only what can take a text")] = False,
) -> None:
    """A telephone number as the country writes it, in E.164. ``-`` for NUMBER reads one number a line."""
    if number == "-":
        each_line(lambda line: phones.check(country, line, mobile=mobile))
        return
    answer(lambda: phones.check(country, number, mobile=mobile))


@rail_commands.command("list")
def list_rails() -> None:
    """Every profile: what reads and makes it, its fields, its source and how sure that is."""
    answer(rails.catalogue)


@rail_commands.command("decode")
def decode_payload(
    payload: str,
    profile: Annotated[str | None, typer.Option(help="What it is, where its form does not say; see rails list")] = None,
    *,
    strict: Annotated[
        bool, typer.Option("--strict", help="Take no small letters in a check sum, no empty field")
    ] = False,
) -> None:
    """Read a payment code back: profile, amount, currency, reference, tree. ``-`` reads one code a line."""

    def explain(text: str) -> dict[str, Any]:
        return rails.explain(text, profile=profile, strict=strict)

    if payload == "-":
        each_line(explain)
        return
    explained = explain(payload)
    emit(explained)
    if not explained["valid"]:
        emit(explained["error"], stream=sys.stderr)
        raise typer.Exit(2)


@rail_commands.command("encode")
def encode_payload(
    rail: str, field: Annotated[list[str] | None, typer.Option("--field", help="name=value, repeatable")] = None
) -> None:
    """Make a payment code from named fields."""
    answer(lambda: {"rail": rail, "payload": rails.encode(rail, _fields(field or []))})


def _fields(given: list[str]) -> dict[str, str]:
    fields: dict[str, str] = {}
    for item in given:
        name, equals, value = item.partition("=")
        if not equals or name in fields:
            raise Invalid("field_malformed", f"{item!r} is not one name=value.", fix="Give each field once.")
        fields[name] = value
    return fields


@contact.command("check")
def check_contact(
    first: Annotated[str, typer.Argument(help="- reads one JSON question a line")] = "",
    country: Annotated[str, typer.Option(help="ISO 3166-1 alpha-2")] = "",
    subdivision: Annotated[str | None, typer.Option(help="ISO 3166-2, such as BR-SP")] = None,
    channel: Annotated[str, typer.Option(help="phone, sms, email, letter, whatsapp, visit or app")] = "",
    at: Annotated[str, typer.Option(help="ISO 8601 with offset")] = "",
    facts: Annotated[Path | None, typer.Option(help="JSON file of facts; - is standard input")] = None,
) -> None:
    """May a debtor be contacted then, over that channel? If not: by which rule, and when next."""
    if first == "-":
        each_line(_contact_line)
        return
    if not (country and channel and at):
        raise typer.BadParameter("--country, --channel and --at are needed, or - to read lines.")

    def work() -> dict[str, Any]:
        known = contact_check.facts_from_json(document(file_bytes(facts).decode("utf-8", "replace"))) if facts else None
        return _contact(country=country, subdivision=subdivision, channel=channel, at=at, facts=known)

    answer(work)


_CONTACT_KEYS = {"country", "subdivision", "channel", "at", "facts"}


def _contact_line(line: str) -> dict[str, Any]:
    asked = document(line)
    unknown, missing = sorted(set(asked) - _CONTACT_KEYS), sorted({"country", "channel", "at"} - set(asked))
    if unknown or missing:
        said = (("lacks", missing), ("has the unknown", unknown))
        wrong = " and ".join(f"{verb} {', '.join(names)}" for verb, names in said if names)
        raise Invalid(
            "question_malformed",
            f"The question {wrong}.",
            fix="Give country, channel and at; subdivision and facts may be left out.",
            missing=missing,
            unknown=unknown,
        )
    known = contact_check.facts_from_json(asked["facts"]) if asked.get("facts") is not None else None
    return _contact(
        country=str(asked["country"]),
        subdivision=asked.get("subdivision"),
        channel=str(asked["channel"]),
        at=asked["at"],
        facts=known,
    )


def _contact(
    *, country: str, subdivision: str | None, channel: str, at: Any, facts: ContactFacts | None
) -> dict[str, Any]:
    return contact_check.answer_json(
        registry.country(country.upper()),
        channel=contact_check.channel_from(channel),
        at=contact_check.moment_from(at),
        facts=facts or ContactFacts(),
        subdivision=subdivision,
    )


@webhook.command("verify")
def verify_webhook(
    platform: str,
    secret: Annotated[list[str], typer.Option(help="Signing secret; repeatable, newest first")],
    headers: Annotated[Path, typer.Option(help="JSON object of headers, or lines of Name: value")],
    body: Annotated[Path, typer.Option(help="The raw body; - is standard input")],
    now: Annotated[str | None, typer.Option(help="ISO 8601 with offset; the present if left out")] = None,
) -> None:
    """Verify a webhook's signature and read what it says. A wrong signature is ``{"valid": false, …}``, exit 2."""

    def work() -> dict[str, Any]:
        hooks = registry.platform(platform).webhooks
        if hooks is None:
            raise Invalid("platform_sends_no_webhooks", f"{platform} sends no webhooks.")
        raw = file_bytes(body)
        moment = moment_of(now) if now else clock.now()
        hooks.verify(raw, _headers(file_bytes(headers)), tuple(secret), moment)
        return {
            "valid": True,
            "delivery_id": hooks.delivery_id(raw),
            "facts": [bank_statement.fact_json(fact) for fact in hooks.parse(raw)],
        }

    answer(work)


def _headers(content: bytes) -> dict[str, str]:
    text = content.decode("utf-8", "replace").strip()
    if text.startswith("{"):
        return headers_of((str(name), str(value)) for name, value in document(text).items())
    lines = (line.partition(":") for line in text.splitlines() if ":" in line)
    return headers_of((name, value) for name, _, value in lines)


@statements.command("parse")
def parse_statement(
    file: Path,
    mapping: Annotated[Path | None, typer.Option(help="JSON file: which column of a table means what")] = None,
    file_format: Annotated[str | None, typer.Option("--format", help="The format, where content cannot tell")] = None,
    *,
    records: Annotated[bool, typer.Option("--records", help="One object a record, whatever the format")] = False,
) -> None:
    """Read a file of money, its format told by content: camt.053, camt.054, MT940, CNAB 240 and 400, BAI2, OFX, CSV.

    camt.053 and the project's own CSV give one JSON object a statement; every other format, and these with --records
    or --format, one object a record. A table of any other shape, CSV or XLSX, is read through --mapping.
    """
    try:
        statement_parsing.tell(file, mapping=mapping, file_format=file_format, records=records, out=sys.stdout)
    except AfluenteError as error:
        emit(error.as_dict(), stream=sys.stderr)
        raise typer.Exit(2) from None


@fx.command("rate")
def rate(
    base: str,
    quote: str,
    day: Annotated[str | None, typer.Option("--date", help="ISO 8601 day; today if left out")] = None,
) -> None:
    """The rate from BASE to QUOTE, with its source, day and path."""

    def work() -> dict[str, Any]:
        on = _day(day) if day else clock.now().date()
        return _rate(wiring.rate_book(Settings()).rate(base.upper(), quote.upper(), on))

    answer(work)


def _rate(found: Rate) -> dict[str, Any]:
    return {
        "base": found.base,
        "quote": found.quote,
        "rate": f"{found.value:f}",
        "as_of": found.as_of.isoformat(),
        "source": found.source,
        "path": list(found.path),
    }


@fx.command("explain")
def explain_amount(
    amount: str,
    base: str,
    quote: str,
    day: Annotated[str | None, typer.Option("--date", help="ISO 8601 day; today if left out")] = None,
) -> None:
    """AMOUNT of BASE in QUOTE, with every published rate it rests on: its source, day and age."""

    def work() -> dict[str, Any]:
        on = _day(day) if day else clock.now().date()
        money = Money.parse(amount, base.upper())
        converted = wiring.rate_book(Settings()).convert(money, quote.upper(), on)
        return {
            "original": _money(converted.original),
            "converted": _money(converted.amount),
            "date": on.isoformat(),
            "rate": _rate(converted.rate),
            "legs": [_leg(leg, after, on) for leg, after in converted.steps()],
        }

    answer(work)


def _leg(leg: Leg, after: Money, on: date) -> dict[str, Any]:
    return {
        "base": leg.base,
        "quote": leg.quote,
        "rate": f"{leg.value:f}",
        "as_of": leg.as_of.isoformat(),
        "age_days": (on - leg.as_of).days,
        "source": leg.source,
        "cadence": leg.cadence.value,
        "confidence": leg.confidence.value,
        "after": _money(after),
    }


def _money(amount: Money) -> dict[str, str]:
    return {"amount": f"{amount.decimal:f}", "currency": amount.currency}


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid("date_malformed", f"{text!r} is not a day.", fix="Write it as 2026-11-23.") from None
