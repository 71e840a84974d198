"""Commands that close days: plan, propose, approve by another, and open again with four eyes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import typer
from sqlalchemy import Connection

from activities.day_close import ClosingDesk
from connectors.rates import treasury
from domain.day_close import Acceptance, Actor
from domain.errors import Invalid, NotFound
from gateway.api.day_closes import DayCloseView, PlanView
from runtime import clock, offices, wiring
from runtime.asking import answer, day_of
from store import creditors, day_closes
from store.day_closes import DayClose

close = typer.Typer(no_args_is_help=True, help="Closing days with four eyes.")

_CLOSERS = frozenset({"admin", "treasury"})
_Day = Annotated[str, typer.Argument(help="The day, as 2026-11-20")]


@close.command("plan")
def plan_command(
    day: Annotated[str | None, typer.Argument(help="The day, as 2026-11-20; the first open one by default")] = None,
    creditor: offices.CreditorOption = None,
    tenant: offices.TenantOption = None,
) -> None:
    """What closing a day would freeze and book, and what stands in its way; nothing is written."""

    def work() -> Any:
        wanted = None if day is None else day_of(day)
        parts = offices.base()
        with offices.opened(parts, tenant) as tx:
            rate = treasury.of_tenant(wiring.rate_book(parts.settings), tx).rate
            plan = _desk(tx).plan(_creditor_id(tx, creditor), wanted, rate=rate)
            return PlanView.of(plan).model_dump(mode="json")

    answer(work)


@close.command("propose")
def propose_command(
    day: _Day,
    by: offices.ByOption,
    accept: Annotated[
        list[str] | None, typer.Option("--accept", help="A difference that is accepted: name=reason, repeatable")
    ] = None,
    creditor: offices.CreditorOption = None,
    tenant: offices.TenantOption = None,
) -> None:
    """Freeze a day's figures for another person to close it by."""

    def work() -> Any:
        wanted, accepted = day_of(day), [_acceptance(one) for one in accept or []]
        parts = offices.base()
        with offices.opened(parts, tenant) as tx:
            rate = treasury.of_tenant(wiring.rate_book(parts.settings), tx).rate
            found = _desk(tx).propose(
                _creditor_id(tx, creditor), wanted, rate=rate, accepted=accepted, actor=_actor(tx, by)
            )
            return DayCloseView.of(found).model_dump(mode="json")

    answer(work)


@close.command("approve")
def approve_command(
    day: _Day, by: offices.ByOption, creditor: offices.CreditorOption = None, tenant: offices.TenantOption = None
) -> None:
    """Close a proposed day, by another person than who proposed it."""
    _turn(day, creditor, tenant, lambda desk, found: desk.approve(found.id, actor=_actor(desk.tx, by)))


@close.command("reopen")
def reopen_command(
    day: _Day,
    by: offices.ByOption,
    reason: Annotated[str | None, typer.Option(help="Ask to open the day again, and why")] = None,
    agree: Annotated[bool, typer.Option("--agree", help="Agree to what another person asked")] = False,  # noqa: FBT002 (typer's way to state a flag)
    creditor: offices.CreditorOption = None,
    tenant: offices.TenantOption = None,
) -> None:
    """Ask to open a closed day again (--reason), or agree to it as another person (--agree)."""

    def turn(desk: ClosingDesk, found: DayClose) -> DayClose:
        if (reason is None) != agree:
            raise Invalid("usage_wrong", "Either --reason asks or --agree agrees.", fix="Give one of the two.")
        actor = _actor(desk.tx, by)
        if reason is None:
            return desk.reopen(found.id, actor=actor)
        return desk.ask_reopening(found.id, reason=reason, actor=actor)

    _turn(day, creditor, tenant, turn)


def _turn(
    day: str, creditor: str | None, tenant: str | None, step: Callable[[ClosingDesk, DayClose], DayClose]
) -> None:
    """Turn the close that stands for a day, and print it."""

    def work() -> Any:
        wanted = day_of(day)
        with offices.opened(offices.base(), tenant) as tx:
            found = day_closes.standing(tx, _creditor_id(tx, creditor), wanted)
            if found is None:
                raise NotFound("day_close_unknown", f"{wanted} is open, and nobody proposed to close it.")
            return DayCloseView.of(step(_desk(tx), found)).model_dump(mode="json")

    answer(work)


def _desk(tx: Connection) -> ClosingDesk:
    return ClosingDesk(tx, clock.new_id, clock.now())


def _creditor_id(tx: Connection, wanted: str | None) -> str:
    return creditors.get(tx, wanted).id if wanted else offices.only([one.id for one in creditors.every(tx)], "creditor")


def _actor(tx: Connection, email: str) -> Actor:
    known = offices.person(tx, email, roles=_CLOSERS, what="close days")
    return Actor(known.id, known.name)


def _acceptance(text: str) -> Acceptance:
    name, equals, reason = text.partition("=")
    if not equals:
        raise Invalid("acceptance_malformed", f"{text!r} is not name=reason.", fix="Write what is accepted, and why.")
    return Acceptance(name.strip(), reason.strip())
