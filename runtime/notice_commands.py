"""``afluente notices``: a notice as a debtor would read it, and whether a text may be sent to one."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from connectors import notice_questions, registry
from domain.notices import RenderedNotice
from runtime.asking import answer, document, file_bytes

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
