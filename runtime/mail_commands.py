"""``afluente mail``: mail that came back, as a mail server pipes it in or a mailbox file holds it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any, Final, NoReturn

import typer

from activities.mail_returns import MailReturns
from connectors.channels.email.returned import mails
from domain.errors import AfluenteError, Unavailable
from runtime import clock, offices
from runtime.asking import emit, file_bytes

mail = typer.Typer(no_args_is_help=True, help="Mail that came back.")

_TRY_LATER: Final = 75  # EX_TEMPFAIL of sysexits.h: a mail server keeps the mail and pipes it in again


@mail.callback()
def _several() -> None:
    """Keeps ``bounces`` a command of its own."""


@mail.command("bounces")
def bounces(
    file: Annotated[Path, typer.Argument(help="A mail or a mailbox (mbox); - is standard input")],
    tenant: Annotated[str | None, typer.Option(help="Who keeps mail that names no notice; may be left out")] = None,
) -> None:
    """Take mail that came back: bounces (RFC 3464), complaints (RFC 5965); one JSON line for each mail."""
    try:
        found = mails(file_bytes(file))
        parts = offices.base()
        returns = MailReturns(parts.database, clock.new_id, clock.now)
    except AfluenteError as error:
        _give_up(error)
    failed = False
    for one in found:
        try:
            emit(_taken(returns, one, lambda: offices.tenant_of(parts, tenant)))
        except Unavailable as error:
            _give_up(error)
        except AfluenteError as error:
            failed = True
            emit({"error": error.as_dict()})
    if failed:
        raise typer.Exit(2)


def _give_up(error: AfluenteError) -> NoReturn:
    emit(error.as_dict(), stream=sys.stderr)
    raise typer.Exit(_TRY_LATER if isinstance(error, Unavailable) else 2) from None


def _taken(returns: MailReturns, one: bytes, tenant_of_unknown: Any) -> dict[str, Any]:
    report = returns.take(one, tenant_of_unknown=tenant_of_unknown)
    return {"report": report.id, "kind": report.kind, "notice": report.notice_id, "status": report.status}
