"""Asking a debtor for money over a local rail: choose a way, make the code, ask the platform, fall over to the next."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection

from activities import contact, payment_routes
from activities.platform_calls import exchange, settings_of
from connectors import registry
from connectors.transport import Transport
from domain.errors import AfluenteError, Conflict, Invalid, Refused, Unavailable
from domain.ids import NewId
from domain.money import Money
from domain.platforms import IssuedRequest, PaymentRequestOrder
from domain.rails import Instruction, PaymentCode
from domain.routing import Way, is_away
from store import cases, connection_health, creditors, payment_requests, timeline
from store.cases import Case
from store.creditors import PlatformConnection
from store.database import Database
from store.payment_requests import LIVE, PaymentRequest

_LIFETIME = timedelta(days=30)
LEAST_LEFT = timedelta(hours=6)
"""How long a code must still be good for when a debtor is given it."""
_RETRY_AFTER = timedelta(minutes=10)
_DRAFTS_AT_ONCE = 50
_log = structlog.get_logger("payment_requests")


def create(
    tx: Connection,
    case: Case,
    *,
    amount: Money | None,
    rail: str | None,
    now: datetime,
    new_id: NewId,
    amount_open: bool = False,
) -> PaymentRequest:
    """A request for ``amount`` (or all that is overdue) over ``rail`` (or the best that the connections have).

    The way is chosen by limits, health and cost. With ``amount_open`` the code leaves the amount to the debtor. The
    debtor sees the same code again while an unpaid request for the same has not expired. Raises
    ``amount_not_positive``, ``currency_mismatch`` and why there is no way.
    """
    wanted = Money(case.overdue_minor, case.currency) if amount is None else amount
    if wanted.minor <= 0:
        raise Invalid("amount_not_positive", "There is nothing to ask for.", fix="Give an amount above zero.")
    if wanted.currency != case.currency:
        raise Invalid("currency_mismatch", f"The case is in {case.currency}.", fix=f"Ask for {case.currency}.")
    minor = None if amount_open else wanted.minor
    standing = _standing(tx, case, rail=rail, minor=minor, now=now)
    if standing is not None:
        return standing
    way = payment_routes.best(tx, case, amount=wanted, amount_open=amount_open, rail=rail, now=now)[0]
    standing = _standing(tx, case, rail=way.rail, minor=minor, now=now)  # one that was asked for by this rail's name
    if standing is not None:
        return standing
    draft = PaymentRequest(
        id=new_id("payment_request"),
        tenant_id=case.tenant_id,
        case_id=case.id,
        connection_id=way.connection_id,
        rail=way.rail,
        reference="",
        amount_minor=wanted.minor,
        currency=wanted.currency,
        state="draft",
        external_ref=None,
        code=None,
        expires_at=now + _LIFETIME,
        next_try_at=now,
        created_at=now,
        issued_at=None,
        paid_at=None,
        wanted_rail=rail,
        amount_open=amount_open,
    )
    request = replace(draft, **_going(tx, draft, way, now=now))
    payment_requests.add(tx, request)
    return request


def _standing(
    tx: Connection, case: Case, *, rail: str | None, minor: int | None, now: datetime
) -> PaymentRequest | None:
    return payment_requests.reusable(tx, case_id=case.id, rail=rail, amount_minor=minor, now=now + LEAST_LEFT)


def _going(tx: Connection, request: PaymentRequest, way: Way, *, now: datetime) -> dict[str, Any]:
    """What a request's row says once it goes a way: issued at once where the code is made here, else a draft."""
    connection = creditors.get_connection(tx, way.connection_id)
    rail = payment_routes.made_here(connection, way.rail)
    reference = rail.reference_from(request.id) if rail else request.id.rpartition("_")[2]
    going = {"connection_id": way.connection_id, "rail": way.rail, "reference": reference}
    if rail is None:
        return going
    instruction = Instruction(
        Money(request.amount_minor, request.currency),
        reference,
        connection.config["accounts"][way.rail],
        asked_at=now,
        expires_at=request.expires_at,
        amount_open=request.amount_open,
    )
    return {**going, "state": "issued", "code": asdict(rail.issue(instruction)), "issued_at": now}


def cancel(tx: Connection, request_id: str, *, actor: str, now: datetime) -> PaymentRequest:
    """Ask for it no longer; money that still comes for it is matched as before. ``request_not_live`` where it is over.

    A code that a platform made may still take money there until it expires.
    """
    request = payment_requests.get(tx, request_id, lock=True)
    if request.state not in LIVE:
        raise Conflict("request_not_live", f"The payment request is {request.state}.", fix="Make a new one.")
    payment_requests.change(tx, request.id, state="cancelled")
    case = cases.get(tx, request.case_id)
    detail = {"payment_request": request.id}
    timeline.note(tx, case, at=now, actor=actor, kind="payment_request_cancelled", detail=detail)
    return payment_requests.get(tx, request.id)


def reissue(tx: Connection, request_id: str, *, actor: str, now: datetime, new_id: NewId) -> PaymentRequest:
    """Another request for the same in place of one that is live, expired or cancelled; ``request_paid`` of one paid.

    Where another for the same is live already, it is that one.
    """
    request = payment_requests.get(tx, request_id, lock=True)
    if request.state == "paid":
        raise Conflict("request_paid", "The payment request is paid.", fix="Ask for what is still overdue.")
    case = cases.get(tx, request.case_id, lock=True)
    if case.closed_at is not None:
        raise Conflict("case_closed", "The case is closed; nothing is asked for any more.")
    if request.state in LIVE:
        cancel(tx, request.id, actor=actor, now=now)
    return create(
        tx,
        case,
        amount=Money(request.amount_minor, request.currency),
        rail=request.wanted_rail,
        amount_open=request.amount_open,
        now=now,
        new_id=new_id,
    )


def code_of(request: PaymentRequest) -> PaymentCode | None:
    """The code that a request's debtor was given."""
    if request.code is None:
        return None
    stored: dict[str, Any] = dict(request.code)
    stored["lines"] = tuple((label, value) for label, value in stored["lines"])
    return PaymentCode(**stored)


@dataclass(frozen=True)
class Issuer:
    """Asks platforms for the codes that only they can make."""

    database: Database
    transport: Transport
    now: Callable[[], datetime]

    def issue(self, request: PaymentRequest) -> PaymentRequest:
        """The request with its code; asks the platform where it is still a draft, and the next where that one fails.

        The request's identifier is the platform's idempotency key, so asking the same again is harmless. Going on to
        the next after an ambiguous answer is safe too: nobody was given the first one's code, and money that comes by
        either is matched. Raises what kept it from being issued, or ``no_platform_answered`` where several ways did;
        the draft then stands and is tried again, except over ways that refused it.
        """
        asked: set[tuple[str, str]] = set()
        while request.state == "draft":
            asked.add(_way_of(request))
            try:
                return self._issued(request)
            except AfluenteError as error:
                following = self._fall_over(request, error, asked)
                if following is None:
                    raise error if len(asked) == 1 else _nobody_answered(asked, error) from error
                request = following
        return request

    def _issued(self, request: PaymentRequest) -> PaymentRequest:
        """The request with the code of the platform that it now goes to; ``refused_before`` where that one said no."""
        if _way_of(request) in request.tried_ways:
            raise Refused("refused_before", "The platform refused this request before.", fix="Connect another one.")
        with self.database.tenant(request.tenant_id) as tx:
            order, connection = self._order(tx, request)
        issued = self._ask(order, connection)
        code = _code_given(request, issued)
        with self.database.tenant(request.tenant_id) as tx:
            connection_health.answered(tx, connection.id)
            current = payment_requests.get(tx, request.id, lock=True)
            if (current.state, current.connection_id) != ("draft", request.connection_id):
                return current  # somebody else was faster, or called it off meanwhile
            payment_requests.change(
                tx,
                request.id,
                state="issued",
                external_ref=issued.external_ref,
                code=asdict(code),
                expires_at=min(request.expires_at, issued.expires_at or request.expires_at),
                issued_at=self.now(),
            )
            return payment_requests.get(tx, request.id)

    def _fall_over(
        self, request: PaymentRequest, error: AfluenteError, asked: set[tuple[str, str]]
    ) -> PaymentRequest | None:
        """The request on its next way after one failed; ``None`` where there is none that was not asked just now."""
        now = self.now()
        with self.database.tenant(request.tenant_id) as tx:
            known = error.code == "refused_before"
            if not known:
                payment_routes.failed(tx, request.connection_id, error, now=now)
            current = payment_requests.get(tx, request.id, lock=True)
            if (current.state, current.connection_id) != ("draft", request.connection_id):
                return current
            if not known and not isinstance(error, Unavailable):
                refused = {"connection_id": request.connection_id, "rail": request.rail, "code": error.code}
                payment_requests.change(tx, request.id, tried=[*current.tried, refused])
            way = self._next_way(tx, current, without=asked | current.tried_ways)
            if way is None:
                return None
            payment_requests.change(tx, request.id, **_going(tx, current, way, now=now))
            detail = {"payment_request": request.id, "code": error.code, "from": request.rail, "to": way.rail}
            case = cases.get(tx, request.case_id)
            timeline.note(tx, case, at=now, actor="system", kind="payment_request_rerouted", detail=detail)
            return payment_requests.get(tx, request.id)

    def _next_way(self, tx: Connection, request: PaymentRequest, *, without: set[tuple[str, str]]) -> Way | None:
        now = self.now()
        try:
            ways = payment_routes.best(
                tx,
                cases.get(tx, request.case_id),
                amount=Money(request.amount_minor, request.currency),
                amount_open=request.amount_open,
                rail=request.wanted_rail,
                now=now,
            )
        except Refused:  # what there was has been disconnected since
            return None
        able = (way for way in ways if (way.connection_id, way.rail) not in without)
        return next((way for way in able if not is_away(way.away_until, now)), None)

    def issue_drafts(self, tenant_id: str) -> int:
        """Ask for the codes that are due to be asked for; what fails is asked again later. Returns how many failed.

        Requests past their time end as expired.
        """
        now = self.now()
        with self.database.tenant(tenant_id) as tx:
            payment_requests.expire(tx, now=now)
            waiting = payment_requests.drafts(tx, now=now, limit=_DRAFTS_AT_ONCE)
        failed = 0
        for request in waiting:
            try:
                self.issue(request)
            except AfluenteError as error:
                failed += 1
                _log.warning("code_not_issued", payment_request=request.id, code=error.code)
                with self.database.tenant(tenant_id) as tx:
                    payment_requests.change(tx, request.id, next_try_at=now + _RETRY_AFTER)
        return failed

    def _order(self, tx: Connection, request: PaymentRequest) -> tuple[PaymentRequestOrder, PlatformConnection]:
        debtor = contact.load(tx, cases.get(tx, request.case_id))
        connection = creditors.get_connection(tx, request.connection_id)
        order = PaymentRequestOrder(
            request_id=request.id,
            reference=request.reference,
            amount=Money(request.amount_minor, request.currency),
            description=f"{debtor.creditor.name} {request.reference}",
            payer_name=debtor.party.name,
            payer_document=debtor.party.id_value,
            payer_email=debtor.party.email,
            due_date=debtor.today(request.created_at),
            expires_at=request.expires_at,
            rail=request.rail,
        )
        return order, connection

    def _ask(self, order: PaymentRequestOrder, connection: PlatformConnection) -> IssuedRequest:
        platform = registry.platform(connection.platform)
        capability = platform.payment_requests
        if capability is None:
            raise Invalid("platform_makes_no_requests", f"{connection.platform} cannot be asked for codes.")
        config = settings_of(connection)
        request = capability.build(order, config)
        try:
            return capability.read(exchange(self.transport, platform, request, config))
        except Refused:
            asking = capability.query(order, config)
            if asking.method != "GET":
                raise
            with suppress(AfluenteError):  # it may be refused because an answer was lost: see what was made then
                return capability.read(exchange(self.transport, platform, asking, config))
            raise


def _way_of(request: PaymentRequest) -> tuple[str, str]:
    return request.connection_id, request.rail


def _nobody_answered(asked: set[tuple[str, str]], last: AfluenteError) -> Unavailable:
    rails = sorted(rail for _, rail in asked)
    return Unavailable(
        "no_platform_answered",
        f"None of {len(rails)} ways to ask made a code; the last one said {last.code}.",
        fix="It is tried again; look at the connections if it stays so.",
        rails=rails,
        last=last.code,
    )


def _code_given(request: PaymentRequest, issued: IssuedRequest) -> PaymentCode:
    """What the platform's answer gives the debtor to pay with; ``code_missing`` where that is nothing."""
    payload = issued.payload or issued.url
    if not payload:
        raise Unavailable(
            "code_missing",
            "The platform took the request but gave neither a code nor a payment page.",
            fix="Check the connection's settings: they may leave the choice of method open.",
            external_ref=issued.external_ref,
        )
    return PaymentCode(
        rail=request.rail,
        payload=payload,
        reference=request.reference,
        qr=bool(issued.payload) and issued.scannable,
        lines=(("Payment page", issued.url),) if issued.url else (),
    )
