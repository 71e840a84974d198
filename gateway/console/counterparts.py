"""Finding by hand what no run found: what is open on either side, counterparts of a row, and putting them together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection

from activities.match_decisions import Part
from domain.errors import AfluenteError, Invalid
from domain.money import Money, exponent
from domain.reconciliation import Leg
from gateway.console import evidence, paging
from gateway.console.match_actions import item_number
from gateway.console.pages import ConsoleRoute, Posting, Visit, Visiting, go, page
from gateway.console.proposals import LONGEST_NOTE, match_desk
from gateway.reconciliation_files import MOST_ITEMS, item_file
from store import creditors, recon_evidence, reconciliation, workbench
from store.listings import Place
from store.recon_evidence import Evidence
from store.workbench import ItemFilter

router = APIRouter(route_class=ConsoleRoute)

ITEMS_A_PAGE: Final = 50
SEARCHED: Final = 2_000
"""Words are looked for among so many open rows, the nearest in amount and time: names are sealed in the store."""
FOUND_SHOWN: Final = 25
_LEGS: Final = (Leg.PLATFORM.value, Leg.BANK.value)


@dataclass(frozen=True)
class Search:
    """Rows that were chosen, and rows of either side that could belong to them."""

    leg: str
    currency: str
    chosen: tuple[Evidence, ...]
    found: tuple[Evidence, ...]

    def of(self, side: str) -> list[tuple[Evidence, bool]]:
        """The rows of a side: those chosen first."""
        taken = [(one, True) for one in self.chosen if one.side == side]
        return [*taken, *((one, False) for one in self.found if one.side == side)]

    def total(self, side: str) -> Money:
        """What the chosen rows of a side come to."""
        return Money(sum(one.amount_minor for one in self.chosen if one.side == side), self.currency)


# What is open ---------------------------------------------------------------------------------------------------------


@router.get("/reconcile/items")
def items_page(here: Visiting) -> HTMLResponse:
    """What is open, oldest seen first."""
    wanted = _wanted(here)
    after = paging.from_word(here.request.query_params.get("after"), moments=False)
    with here.tx() as tx:
        numbers = workbench.open_numbers(tx, wanted, after_seq=int(after.key) if after else 0, limit=ITEMS_A_PAGE + 1)
        rows = _evidence(here, tx, numbers[:ITEMS_A_PAGE])
        links = creditors.connections(tx)
    return page(
        here,
        "items.html",
        place="reconcile",
        rows=rows,
        wanted=wanted,
        next=Place(str(numbers[ITEMS_A_PAGE - 1]), "") if len(numbers) > ITEMS_A_PAGE else None,
        accounts=[(one.id, one.name) for one in links],
        legs=_LEGS,
        filtered=wanted != ItemFilter(),
        called=lambda one: evidence.called(here.voice, one),
        today=here.services.now().date(),
    )


@router.get("/reconcile/items.xlsx")
def items_as_file(here: Visiting) -> Response:
    """What is open, as a workbook."""
    with here.tx() as tx:
        numbers = workbench.open_numbers(tx, _wanted(here), after_seq=0, limit=MOST_ITEMS)
        file = item_file(_evidence(here, tx, numbers))
    return Response(file.content, media_type=file.media, headers=file.headers)


def _wanted(here: Visit) -> ItemFilter:
    query = here.request.query_params
    leg, side = query.get("leg"), query.get("side")
    return ItemFilter(
        connection_id=query.get("account") or None,
        leg=leg if leg in _LEGS else None,
        side=side if side in ("left", "right") else None,
    )


def _evidence(here: Visit, tx: Connection, numbers: Sequence[int]) -> list[Evidence]:
    found = evidence.visible(here, recon_evidence.of_items(tx, numbers))
    return [found[seq] for seq in numbers]


# Counterparts ---------------------------------------------------------------------------------------------------------


@router.get("/reconcile/match")
def counterparts_page(here: Visiting) -> HTMLResponse:
    """The counterparts of the rows that the address names, or of a proposal's."""
    query = here.request.query_params
    numbers = [item_number(text) for text in query.getlist("item")]
    group_id = query.get("group")
    if group_id:
        with here.tx() as tx:
            numbers += [one.seq for one in reconciliation.members(tx, [group_id])[group_id]]
    return counterparts(here, numbers, words=query.get("q", "").strip())


def counterparts(
    here: Visit, numbers: Sequence[int], *, words: str, refused: AfluenteError | None = None
) -> HTMLResponse:
    """The page; ``refused`` is why rows could not be put together."""
    with here.tx() as tx:
        search = _search(here, tx, list(dict.fromkeys(numbers)), words)
    return page(
        here,
        "counterparts.html",
        place="reconcile",
        status=refused.status if refused else 200,
        refused=refused,
        search=search,
        words=words,
        may=here.may("reconcile"),
        called=lambda one: evidence.called(here.voice, one),
        sees_payers=evidence.may_see_payers(here),
        decimals=exponent(search.currency),
    )


def _search(here: Visit, tx: Connection, numbers: Sequence[int], words: str) -> Search:
    chosen = _evidence_of(here, tx, numbers)
    first = chosen[0]
    of_leg = [one for one in chosen if (one.leg, one.currency) == (first.leg, first.currency)]
    owner = creditors.get_connection(tx, first.connection_id).creditor_id
    mine = [one.id for one in creditors.connections(tx) if one.creditor_id == owner]
    scope = mine if first.leg == Leg.BANK.value else [first.connection_id]
    found: list[Evidence] = []
    for side in ("left", "right"):
        others = [one for one in of_leg if one.side != side] or of_leg
        near = recon_evidence.open_near(
            tx,
            leg=Leg(first.leg),
            side=side,
            currency=first.currency,
            connection_ids=scope,
            amount_minor=sum(one.amount_minor for one in others),
            day=others[0].day,
            limit=SEARCHED,
        )
        seen = evidence.visible(here, {one.seq: one for one in near if one.seq not in numbers})
        found += [one for one in seen.values() if _fits(one, words)][:FOUND_SHOWN]
    return Search(first.leg, first.currency, tuple(of_leg), tuple(found))


def _evidence_of(here: Visit, tx: Connection, numbers: Sequence[int]) -> list[Evidence]:
    known = evidence.visible(here, recon_evidence.of_items(tx, numbers))
    if not known:
        raise Invalid("nothing_chosen", "The address names no row.", fix="Start from a row that is open.")
    return [known[seq] for seq in numbers if seq in known]


def _fits(one: Evidence, words: str) -> bool:
    """Whether every word is in what is known of a row: its names, payer, text, day or amount."""
    amount = f"{Money(one.amount_minor, one.currency).decimal:f}"
    told = " ".join((*one.names, one.payer or "", one.text or "", one.day.isoformat(), amount)).casefold()
    return all(word in told for word in words.casefold().replace(",", "").split())


@router.post("/reconcile/match")
def by_hand(form: Posting) -> Response:
    """Put rows together that no run did."""
    here = form.visit
    left, right = ([item_number(str(one)) for one in form.fields.getlist(side)] for side in ("left", "right"))
    try:
        here.need("reconcile")
        if not (left and right):
            raise Invalid("nothing_chosen", "Rows of one side are missing.", fix="Choose rows on both sides.")
        with here.tx() as tx:
            group = match_desk(here, tx).match(Part(tuple(left), tuple(right)), leg=Leg(form.text("leg")))
    except AfluenteError as error:
        asked = [*left, *right] or [item_number(str(one)) for one in form.fields.getlist("item")]
        return counterparts(here, asked, words=form.text("q")[:LONGEST_NOTE], refused=error)
    return go(f"/reconcile/proposals/{group.id}", done="match_made")
