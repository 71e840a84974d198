"""``afluente notices``: a notice as a debtor would read it, and whether a text may be sent to one."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from connectors import notice_questions, registry
from connectors.wording.screening import screen
from domain.contacts import PartyRole
from domain.notices import RenderedNotice
from runtime import clock
from runtime.asking import answer, day_of, document, file_bytes

notices = typer.Typer(no_args_is_help=True, help="Notices to debtors: their words and what may not be said.")

_Country = Annotated[str, typer.Option(help="ISO 3166-1 code")]


@notices.command("render")
def render_notice(
    country: _Country,
    kind: Annotated[str, typer.Option(help="Kind of notice, such as first_reminder")],
    channel: Annotated[str, typer.Option(help="email, letter, app, outbox, sms, whatsapp or phone (voice)")],
    locale: Annotated[str | None, typer.Option(help="Language; the country's first where it is left out")] = None,
    facts: Annotated[str | None, typer.Option(help="File of a JSON object laid over the sample; - is stdin")] = None,
) -> None:
    """A notice as it would be sent, with the hash that is kept as evidence; on an invented case, or on given facts."""

    def work() -> dict[str, Any]:
        given = None if facts is None else document(_text(facts))
        return _shown(
            notice_questions.notice(
                registry.country(country.upper()), kind, channel=channel, locale=locale, document=given
            )
        )

    answer(work)


@notices.command("check")
def check_text(
    country: _Country,
    channel: Annotated[str, typer.Option(help="email, letter, app, outbox, sms, whatsapp, phone")],
    locale: Annotated[str | None, typer.Option(help="Language; the country's first where it is left out")] = None,
    kind: Annotated[str | None, typer.Option(help="Kind of notice, where the text is one")] = None,
    recipient: Annotated[PartyRole, typer.Option(help="Who is to read it")] = PartyRole.DEBTOR,
    creditor: Annotated[str | None, typer.Option(help="Name that the text must state")] = None,
    contract: Annotated[str | None, typer.Option(help="Contract that the text must state")] = None,
    on: Annotated[str | None, typer.Option(help="Day whose law counts, as 2026-11-23; today if left out")] = None,
) -> None:
    """Whether the text on standard input may be sent to a debtor: every fault with its words and their place."""

    def work() -> dict[str, Any]:
        found = registry.country(country.upper())
        asked = {"creditor_name": creditor, "contract": contract}
        faults = screen(
            sys.stdin.read(),
            locale=locale or found.locales[0],
            channel=notice_questions.channel_from(channel),
            conduct=found.conduct,
            today=clock.now().date() if on is None else day_of(on),
            kind=None if kind is None else notice_questions.kind_from(kind),
            role=recipient,
            required={element: text for element, text in asked.items() if text},
        )
        return {"allowed": not faults, "findings": [asdict(fault) for fault in faults]}

    answer(work)


def _text(name: str) -> str:
    return sys.stdin.read() if name == "-" else file_bytes(Path(name)).decode("utf-8", errors="replace")


def _shown(notice: RenderedNotice) -> dict[str, Any]:
    return {
        "kind": notice.kind.value,
        "channel": notice.channel,
        "locale": notice.locale,
        "direction": notice.direction,
        "subject": notice.subject,
        "text": notice.text,
        "html": notice.html,
        "encoding": notice.encoding,
        "segments": notice.segments,
        "sha256": notice.sha256,
        "template_version": notice.template_version,
    }
