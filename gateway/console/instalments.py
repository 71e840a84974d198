"""Terms of instalments: how far debtors of each country may spread what is overdue on the pay page, without asking."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection

from activities import instalments
from domain.errors import AfluenteError, Invalid
from domain.instalment_plans import FEWEST_PAYMENTS, LATEST_FIRST_DAYS, MOST_PAYMENTS, InstalmentTerms
from domain.money import Money
from gateway.console.pages import ConsoleRoute, Posted, Posting, Visit, Visiting, go, page
from store import creditors, instalment_terms
from store.creditors import Creditor
from store.instalment_terms import TermsRow

router = APIRouter(route_class=ConsoleRoute)

_MOST_DIGITS: Final = 4


@dataclass(frozen=True)
class Market:
    """A creditor's country and currency, with what was stated of it last."""

    creditor: Creditor
    country: str
    currency: str
    stated: TermsRow | None

    @property
    def place(self) -> str:
        """What its form is known by."""
        return f"{self.creditor.id}/{self.country}/{self.currency}"

    @property
    def terms(self) -> InstalmentTerms | None:
        """The terms that stand."""
        return self.stated.terms if self.stated else None


@router.get("/instalments")
def instalments_page(here: Visiting) -> HTMLResponse:
    """The terms of every market, with a form for each."""
    return _page(here)


def _page(here: Visit, *, refused: AfluenteError | None = None, said: dict[str, str] | None = None) -> HTMLResponse:
    with here.tx() as tx:
        markets = _markets(tx)
    return page(
        here,
        "instalments.html",
        place="cases",
        status=refused.status if refused else 200,
        refused=refused,
        said=defaultdict(str, said or {}),
        markets=markets,
        offering=sum(one.terms is not None for one in markets),
        may=here.may("request"),
        fewest=FEWEST_PAYMENTS,
        most=MOST_PAYMENTS,
        latest=LATEST_FIRST_DAYS,
    )


def _markets(tx: Connection) -> list[Market]:
    """Every country and currency that a creditor collects in, by creditor."""
    owners = {one.id: one for one in creditors.every(tx)}
    places = {(one.creditor_id, one.country, one.currency) for one in creditors.connections(tx)}
    stated = {(one.creditor_id, one.country, one.currency): one for one in instalment_terms.standing(tx)}
    ordered = sorted(places | stated.keys(), key=lambda place: (owners[place[0]].name, *place[1:]))
    return [Market(owners[place[0]], *place[1:], stated.get(place)) for place in ordered]


@router.post("/instalments/{creditor_id}/{country}/{currency}")
def state_terms(form: Posting, creditor_id: str, country: str, currency: str) -> Response:
    """State the terms of a market, or that there are none any more."""
    here = form.visit
    try:
        here.need("request")
        terms = None if form.text("end") else _terms(form, currency)
        with here.tx() as tx:
            instalments.state_terms(
                tx,
                creditor_id=creditor_id,
                country=country,
                currency=currency,
                terms=terms,
                actor=f"{here.person.name} <{here.person.email}>",
                new_id=here.services.new_id,
                now=here.services.now(),
            )
    except AfluenteError as error:
        return _page(here, refused=error, said={k: v for k, v in form.fields.items() if isinstance(v, str)})
    return go("/instalments", done="instalment_terms_stated")


def _terms(form: Posted, currency: str) -> InstalmentTerms:
    least = Money.parse(form.text("least_payment"), currency)
    return InstalmentTerms(_whole(form, "most_payments"), least, _whole(form, "first_within_days"))


def _whole(form: Posted, name: str) -> int:
    text = form.text(name)
    if not text.isdecimal() or len(text) > _MOST_DIGITS:
        raise Invalid("instalment_terms_invalid", f"{text[:40]!r} is no small whole number.", fix="Write digits.")
    return int(text)
