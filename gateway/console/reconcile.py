"""Reconcile: how every child account stands this morning, and what to do next about each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from gateway.console import recon_figures
from gateway.console.differences import ageing
from gateway.console.pages import ConsoleRoute, Visit, Visiting, page
from gateway.console.recon_figures import Asked, Figures, Told
from gateway.reconciliation_files import report_file
from store import creditors, workbench
from store.creditors import PlatformConnection
from store.differences import DifferenceFilter
from store.workbench import Standing

router = APIRouter(route_class=ConsoleRoute)

STATES: Final = ("todo", "proposals", "differences", "verified")


@dataclass(frozen=True, slots=True)
class Card:
    """A child account on the board."""

    link: PlatformConnection
    standing: Standing
    figures: tuple[Figures, ...]

    @property
    def state(self) -> str:
        """What is to be done first: proposals, which may explain differences; then those; then what was not told."""
        if self.standing.proposals + self.standing.ambiguous:
            return "proposals"
        if self.standing.differences:
            return "differences"
        untold = self.standing.told_until is None or self.standing.compared_at is None
        return "todo" if untold or self.standing.open_left or self.standing.open_right else "verified"


@router.get("/reconcile")
def board_page(here: Visiting) -> HTMLResponse:
    """The board."""
    today = here.services.now().date()
    with here.tx() as tx:
        wanted = recon_figures.asked(here, tx)
        told = None if wanted is None else recon_figures.told(here, tx, wanted)
        standings = workbench.standings(tx, today=today)
        owners = creditors.every(tx)
        links = [] if wanted is None else creditors.connections(tx, creditor_id=wanted.owner.id)
        sums = [] if wanted is None else workbench.difference_sums(tx, _of(wanted))
    cards = [] if told is None else _cards(told, standings, links)
    return page(
        here,
        "reconcile.html",
        place="reconcile",
        told=told,
        owners=owners,
        accounts=[(one.id, one.name) for one in links],
        board={state: [card for card in cards if card.state == state] for state in STATES},
        states=STATES,
        waiting=sum(card.standing.proposals + card.standing.ambiguous for card in cards),
        open_differences=sum(card.standing.differences for card in cards),
        overdue=sum(card.standing.overdue for card in cards),
        verified_share=None if told is None else _verified_share(told),
        picture=None if told is None else recon_figures.picture(here.voice, told),
        ageing=None if told is None else ageing(here.voice, sums, told.conversion, _names(links), today),
        today=today,
    )


def _of(wanted: Asked) -> DifferenceFilter:
    """The differences that stand of what is asked for."""
    return DifferenceFilter(creditor_id=wanted.owner.id, connection_id=wanted.connection_id, standing=True)


def _names(links: Sequence[PlatformConnection]) -> dict[str, str]:
    return {link.id: link.name for link in links}


def _cards(told: Told, standings: Mapping[str, Standing], links: list[PlatformConnection]) -> list[Card]:
    return [
        Card(
            link,
            standings.get(link.id, Standing()),
            tuple(row for row in told.rows if row.line.connection_id == link.id),
        )
        for link in links
        if told.asked.connection_id in (None, link.id)
    ]


def _verified_share(told: Told) -> Decimal | None:
    return told.share_of(told.total.value - told.total.open)


# The daily report -----------------------------------------------------------------------------------------------------


@router.get("/reconcile/report")
def report_page(here: Visiting) -> HTMLResponse:
    """The report of some days, account by account and in total."""
    with here.tx() as tx:
        wanted = recon_figures.asked(here, tx)
        told = None if wanted is None else recon_figures.told(here, tx, wanted)
        owners = creditors.every(tx)
        links = [] if wanted is None else creditors.connections(tx, creditor_id=wanted.owner.id)
    return page(
        here,
        "daily_report.html",
        place="reconcile",
        told=told,
        owners=owners,
        accounts=[(one.id, one.name) for one in links],
        verified_share=None if told is None else _verified_share(told),
        picture=None if told is None else recon_figures.picture(here.voice, told),
        today=here.services.now().date(),
    )


@router.get("/reconcile/report.xlsx")
def report_as_file(here: Visiting) -> Response:
    """The same as a workbook."""
    with here.tx() as tx:
        wanted = recon_figures.asked(here, tx)
        told = None if wanted is None else recon_figures.told(here, tx, wanted)
    if told is None:
        return _nothing(here)
    file = report_file(told.report)
    return Response(file.content, media_type=file.media, headers=file.headers)


def _nothing(here: Visit) -> HTMLResponse:
    return page(
        here, "daily_report.html", place="reconcile", told=None, owners=[], accounts=[], verified_share=None,
        picture=None, today=here.services.now().date(),
    )  # fmt: skip
