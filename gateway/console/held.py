"""What a person does with a held notice: state facts, release, discard, clear what is no fault."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Response

from activities.held_notices import HeldDesk
from domain.day_close import Actor
from domain.errors import AfluenteError
from domain.ids import check
from gateway.console.case_actions import actor
from gateway.console.outbox import notice_page
from gateway.console.pages import ConsoleRoute, Posted, Posting, go

router = APIRouter(route_class=ConsoleRoute)


def _step(form: Posted, notice_id: str, work: Callable[[HeldDesk], object], *, done: str) -> Response:
    here = form.visit
    try:
        here.need("cases")
        services = here.services
        with here.tx() as tx:
            who = Actor(here.person.id, actor(form))
            work(HeldDesk(tx, here.person.tenant_id, who, services.new_id, services.now()))
    except AfluenteError as error:
        return notice_page(here, notice_id, refused=error)
    return go(f"/outbox/{notice_id}", done=done)


@router.post("/outbox/{notice_id}/facts")
def correct(form: Posting, notice_id: str) -> Response:
    """State facts for the notice alone; an empty field takes one back."""

    def work(desk: HeldDesk) -> None:
        named = {name.removeprefix("fact_") for name in form.fields if name.startswith("fact_")}
        facts: dict[str, Any] = {name: form.text(f"fact_{name}") or None for name in sorted(named)}
        desk.correct(notice_id, facts)

    return _step(form, notice_id, work, done="notice_corrected")


@router.post("/outbox/{notice_id}/release")
def release(form: Posting, notice_id: str) -> Response:
    """Let it go, if nothing keeps it."""
    return _step(form, notice_id, lambda desk: desk.release(notice_id), done="notice_released")


@router.post("/outbox/{notice_id}/discard")
def discard(form: Posting, notice_id: str) -> Response:
    """Give it up."""
    reason = form.text("reason")
    return _step(form, notice_id, lambda desk: desk.discard(notice_id, reason=reason), done="notice_discarded")


@router.post("/outbox/{notice_id}/clear")
def clear(form: Posting, notice_id: str) -> Response:
    """Say that what is found is no fault."""
    reason = form.text("reason")
    return _step(form, notice_id, lambda desk: desk.clear(notice_id, reason=reason), done="notice_clearance_asked")


@router.post("/outbox/{notice_id}/confirm")
def confirm(form: Posting, notice_id: str) -> Response:
    """Agree with another person that it is no fault."""

    def work(desk: HeldDesk) -> None:
        desk.confirm(check("notice_clearance", form.text("clearance_id")))

    return _step(form, notice_id, work, done="notice_released")
