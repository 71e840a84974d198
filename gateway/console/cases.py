"""Cases: the list with its filters, and one case's page with everything that happened in it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from markupsafe import Markup
from sqlalchemy import Connection

from activities import by_hand
from activities.arrangements import answered, data_requests
from activities.pay_links import path_of
from activities.payment_requests import code_of
from connectors import qr, registry
from domain.case_commands import CloseReason, HoldKind
from domain.errors import AfluenteError
from domain.money import Money
from domain.planning import ENDS, WorkState
from domain.rails import PaymentCode
from gateway.console import paging
from gateway.console.home import step_names
from gateway.console.pages import ConsoleRoute, Visit, Visiting, page
from gateway.console.voice import zone_named
from ledger import accounts, posting
from ledger.posting import BookedEntry
from store import (
    buckets,
    cases,
    creditors,
    holds,
    incoming_messages,
    listings,
    loans,
    notices,
    overview,
    parties,
    pay_links,
    payment_requests,
    promises,
    receipts,
    timeline,
)
from store.cases import Case
from store.listings import CaseFilter
from store.loans import InstalmentRow, Loan
from store.pay_links import PayLink
from store.payment_requests import PaymentRequest
from store.timeline import TimelineRow

router = APIRouter(route_class=ConsoleRoute)

_SEQ: Final = re.compile("[1-9][0-9]{0,17}")
LONG_CODE: Final = 150  # letters; a longer one is drawn finer, to fit beside the case
OPEN_STATES: Final = tuple(state.value for state in WorkState if state not in ENDS)


def case_filter(request: Request) -> CaseFilter:
    """The filter that an address states; what it does not state, or not well, filters nothing."""
    wanted = {name: value for name, value in request.query_params.items() if value}
    age = wanted.get("age", "")
    return CaseFilter(
        country=wanted.get("country"),
        work_state=wanted.get("state"),
        age=int(age) if age.isdecimal() and int(age) < len(overview.AGE_STEPS) else None,
        creditor_id=wanted.get("creditor"),
        words=wanted.get("q", "").strip()[:200] or None,
        closed=wanted.get("closed") == "1",
        sort="recent" if wanted.get("sort") == "recent" else "age",
    )


@router.get("/cases")
def case_list(here: Visiting) -> HTMLResponse:
    """Cases, most days past due first unless asked otherwise."""
    wanted = case_filter(here.request)
    after = paging.from_word(here.request.query_params.get("after"), moments=wanted.sort == "recent")
    with here.tx() as tx:
        listed = listings.cases(tx, wanted, after=after)
        owners = creditors.every(tx)
        open_cases = overview.open_cases(tx)
    return page(
        here,
        "cases.html",
        place="cases",
        listed=listed,
        wanted=wanted,
        owners=owners,
        open_cases=open_cases,
        steps=step_names(here.voice),
        states=tuple(state.value for state in ENDS) if wanted.closed else OPEN_STATES,
        countries=tuple(registry.countries()),
        filtered=wanted != CaseFilter(closed=wanted.closed, sort=wanted.sort),
    )


@dataclass(frozen=True)
class Claim:
    """A contract with its instalments, as the case page shows it."""

    loan: Loan
    instalments: tuple[InstalmentRow, ...]

    @property
    def left(self) -> Money:
        """What is not paid yet, due or not."""
        minor = sum(row.amount_minor - row.paid_minor for row in self.instalments)
        return Money(minor, self.loan.currency)


@dataclass(frozen=True)
class ShownRequest:
    """A payment request with, while it can be paid, the code that the debtor was given, and its image."""

    request: PaymentRequest
    code: PaymentCode | None
    image: Markup | None


@dataclass(frozen=True)
class Trouble:
    """A form of the case page that was refused: which one, why, and what had been entered."""

    form: str
    error: AfluenteError
    entered: dict[str, str] = field(default_factory=dict)


def case_page(here: Visit, case_id: str, *, trouble: Trouble | None = None) -> HTMLResponse:
    """A case with its whole history, and beside a form why it was refused."""
    with here.tx() as tx:
        case = cases.get(tx, case_id)
        before = here.request.query_params.get("before", "")
        known = int(before) if _SEQ.fullmatch(before) else None
        shown = _everything(tx, case, now=here.services.now(), before=known)
    shown["pay_link"] = _pay_address(here, shown["pay_link"])
    now = here.services.now()
    zone = zone_named(shown["party"].time_zone) or zone_named(registry.country(case.country).all_zones[0])
    return page(
        here,
        "case.html",
        place="cases",
        status=trouble.error.status if trouble else 200,
        case=case,
        zone=zone,
        debtor_today=now.astimezone(zone).date(),
        trouble=trouble,
        steps=step_names(here.voice),
        age=sum(case.days_past_due >= first for first in overview.AGE_STEPS) - 1,
        open=case.closed_at is None,
        hold_kinds=tuple(kind.value for kind in HoldKind),
        by_hand=[(channel.value, tuple(kind.value for kind in kinds)) for channel, kinds in by_hand.KINDS.items()],
        close_reasons=tuple(reason.value for reason in CloseReason),
        command_id=here.services.new_id("event"),
        **shown,
    )


def _everything(tx: Connection, case: Case, *, now: datetime, before: int | None) -> dict[str, Any]:
    claims, told = _claims(tx, case), timeline.of_case(tx, case.id, before=before)
    sent = notices.of_case(tx, case.id)
    arrived = receipts.of_case(tx, case.id)
    entries = _entries(tx, [*(claim.loan.id for claim in claims), *(receipt.id for receipt in arrived)])
    touched = {line.account_id for booked in entries for line in booked.entry.postings}
    return {
        "party": parties.get(tx, case.party_id),
        "creditor": creditors.get(tx, case.creditor_id),
        "claims": claims,
        "buckets": buckets.of_case(tx, case.id),
        "holds": holds.of_case(tx, case.id),
        "promises": promises.of_case(tx, case.id),
        "notices": sent,
        "messages": incoming_messages.of_case(tx, case.id),
        "rules": overview.permit_rules(tx, [notice.permit_id for notice in sent if notice.permit_id]),
        "receipts": arrived,
        "requests": _requests(tx, case, now=now),
        "pay_link": pay_links.standing(tx, case.id, now=now),
        "timeline": told,
        "older": told[0].seq if len(told) == timeline.MOST else None,
        "data_requests": _unanswered(data_requests(tx, case.id)),
        "entries": entries,
        "account_name": {one: accounts.get(tx, one).name for one in touched}.get,
    }


def _unanswered(told: list[TimelineRow]) -> list[TimelineRow]:
    """Requests about personal data that nobody answered yet."""
    done = answered(told)
    return [row for row in told if row.kind == "data_request" and row.seq not in done]


@dataclass(frozen=True)
class PayAddress:
    """The address of the debtor's pay page, as those who may hand it out see it, and until when it works."""

    address: str
    expires_at: datetime


def _pay_address(here: Visit, link: PayLink | None) -> PayAddress | None:
    if link is None or not here.may("request"):
        return None
    base = here.services.public_url or str(here.request.base_url).rstrip("/")
    return PayAddress(f"{base}{path_of(link)}", link.expires_at)


def _claims(tx: Connection, case: Case) -> tuple[Claim, ...]:
    owed = [
        loan
        for loan in loans.of_party(tx, party_id=case.party_id, creditor_id=case.creditor_id)
        if (loan.country, loan.currency) == (case.country, case.currency)
    ]
    rows = loans.instalments(tx, [loan.id for loan in owed])
    return tuple(Claim(loan, tuple(row for row in rows if row.loan_id == loan.id)) for loan in owed)


def _requests(tx: Connection, case: Case, *, now: datetime) -> tuple[ShownRequest, ...]:
    """The case's requests, newest first; only of one that can still be paid is the code shown."""
    shown = []
    for request in payment_requests.of_case(tx, case.id):
        live = case.closed_at is None and request.state in {"issued", "draft"} and now < request.expires_at
        code = code_of(request) if live else None
        shown.append(ShownRequest(request, code, _image(code) if code and code.qr else None))
    return tuple(shown)


def _image(code: PaymentCode) -> Markup:
    module_px = 3 if len(code.payload) > LONG_CODE else 4
    return Markup(qr.svg(code.payload, module_px=module_px))  # noqa: S704 (drawn by us, holds no text of others)


def _entries(tx: Connection, sources: list[str]) -> list[BookedEntry]:
    found = [booked for source in sources for booked in posting.of_source(tx, source)]
    return sorted(found, key=lambda booked: -booked.seq)


@router.get("/cases/{case_id}")
def show_case(here: Visiting, case_id: str) -> HTMLResponse:
    """One case's page."""
    return case_page(here, case_id)
