"""What sweeps need of banks: how they name our accounts, so that files can be made, and their quotes for exchanges."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Final

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection

from activities import sweep_outlook, sweep_rules
from activities.sweep_rules import End, NewBankAccount
from connectors.rates import treasury
from domain.accounts import Account, Role
from domain.errors import AfluenteError, Invalid
from domain.fx import FxQuote
from gateway.console.pages import ConsoleRoute, Posted, Posting, Visit, Visiting, go, page
from ledger import accounts
from store import bank_accounts, rates
from store import sweeps as kept
from store.bank_accounts import BankAccount

router = APIRouter(route_class=ConsoleRoute)

LONGEST: Final = 500
MOST_MINUTES: Final = 1_440
_OPTIONAL: Final = ("iban", "local_id", "bic", "bank_name", "town")


@dataclass(frozen=True)
class AtBank:
    """One end of a rule's sweeps, the account it belongs to, and how its bank names it."""

    rule_id: str
    end: End
    above: Account
    currency: str
    known: BankAccount | None


@router.get("/sweeps/banks")
def banks_page(here: Visiting) -> HTMLResponse:
    """Accounts at banks, and the quotes that are good now."""
    return _page(here)


def _page(here: Visit, *, refused: AfluenteError | None = None, said: dict[str, str] | None = None) -> HTMLResponse:
    now = here.services.now()
    with here.tx() as tx:
        ends = _at_banks(tx)
        pairs = _pairs(tx)
        quotes = [kept.usable_quote(tx, base, quote, at=now) for base, quote in pairs]
        book = treasury.of_tenant(here.services.rates, tx)
        middles = {pair: book.standing(*pair, now.date()).rate for pair in pairs}
    return page(
        here,
        "sweep_banks.html",
        place="fx",
        status=refused.status if refused else 200,
        refused=refused,
        said=defaultdict(str, said or {}),
        ends=ends,
        unnamed=sum(one.known is None for one in ends),
        pairs=pairs,
        quotes=[one for one in quotes if one is not None],
        middles=middles,
        may=here.may("sweep"),
        longest=LONGEST,
    )


def _at_banks(tx: Connection) -> list[AtBank]:
    """The accounts that rules sweep and those of parents that sweeps reach, each once."""
    found: dict[tuple[str, str], AtBank] = {}
    for stored in kept.rules(tx):
        rule = stored.rule
        ends = sweep_outlook.ends_of(tx, rule.child_account_id)
        into = rule.into(ends.parent.currency)
        reached = accounts.treasury_of(tx, ends.parent.id, into).get(Role.BANK)
        known = bank_accounts.find(tx, [leaf for leaf in (ends.bank, reached) if leaf is not None])
        sides = ((End.CHILD, ends.child, rule.currency, ends.bank), (End.PARENT, ends.parent, into, reached))
        for end, above, currency, leaf in sides:
            named = None if leaf is None else known.get(leaf)
            found.setdefault((above.id, currency), AtBank(rule.id, end, above, currency, named))
    return list(found.values())


def _pairs(tx: Connection) -> list[tuple[str, str]]:
    """The pairs of currencies that rules exchange."""
    found = set()
    for stored in kept.rules(tx):
        if stored.rule.exchanges:
            parent = sweep_outlook.ends_of(tx, stored.rule.child_account_id).parent
            found.add((stored.rule.currency, parent.currency))
    return sorted(found)


@router.post("/sweeps/banks/{rule_id}/{end}")
def state_account(form: Posting, rule_id: str, end: End) -> Response:
    """State how a bank names an account."""

    def act(here: Visit) -> None:
        told = {name: form.text(name)[:LONGEST] or None for name in _OPTIONAL}
        country, holder = form.text("country").upper()[:2], form.text("holder")[:LONGEST]
        with here.tx() as tx:
            leaf = sweep_rules.bank_leaf(tx, rule_id, end, new_id=here.services.new_id, now=here.services.now())
            new = NewBankAccount(account_id=leaf, holder=holder, country=country, **told)
            sweep_rules.state_bank_account(
                tx,
                new,
                tenant_id=here.person.tenant_id,
                actor=_actor(here),
                reason=form.text("reason")[:LONGEST],
                now=here.services.now(),
            )

    return _act(form, act, done="bank_account_stated")


@router.post("/sweeps/quotes")
def keep_quote(form: Posting) -> Response:
    """Keep a bank's quote, beside the middle rate of the moment."""

    def act(here: Visit) -> None:
        base, _, quote = form.text("pair").partition("/")
        now = here.services.now()
        with here.tx() as tx:
            if (base, quote) not in _pairs(tx):
                raise Invalid("quote_pair_unknown", "No rule exchanges this pair.", fix="Choose one of the list.")
            found = FxQuote(
                id=here.services.new_id("fx_quote"),
                base=base,
                quote=quote,
                rate=_figure(form, "rate"),
                mid=_figure(form, "mid"),
                source=form.text("source")[:LONGEST],
                quoted_at=now,
                valid_until=_until(form, now),
            )
            rates.add_quote(tx, found, tenant_id=here.person.tenant_id)

    return _act(form, act, done="quote_kept")


def _figure(form: Posted, name: str) -> Decimal:
    text = form.text(name)
    try:
        return Decimal(text)
    except InvalidOperation:
        raise Invalid("rate_malformed", f"{text[:40]!r} is no rate.", fix="Write it as 5.4321.") from None


def _until(form: Posted, now: datetime) -> datetime:
    text = form.text("minutes")
    if not text.isdecimal() or not 1 <= int(text[:6]) <= MOST_MINUTES:
        raise Invalid("quote_over", f"A quote is good for 1 to {MOST_MINUTES} minutes.", fix="Write a whole number.")
    return now + timedelta(minutes=int(text[:6]))


def _actor(here: Visit) -> str:
    return f"{here.person.name} <{here.person.email}>"


def _act(form: Posted, act: Callable[[Visit], None], *, done: str) -> Response:
    here = form.visit
    try:
        here.need("sweep")
        act(here)
    except AfluenteError as error:
        return _page(here, refused=error, said={k: v for k, v in form.fields.items() if isinstance(v, str)})
    return go("/sweeps/banks", done=done)
