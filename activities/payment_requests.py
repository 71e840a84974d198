"""Asking a debtor for money over a local rail: choose a connection, make the code, ask the platform if it must be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection

from activities import contact
from activities.platform_calls import exchange, settings_of
from connectors import registry
from connectors.transport import Transport
from domain.errors import AfluenteError, Invalid, Refused, Unavailable
from domain.ids import NewId
from domain.money import Money
from domain.platforms import IssuedRequest, PaymentRequestOrder
from domain.rails import Instruction, PaymentCode, Rail
from store import cases, creditors, payment_requests
from store.cases import Case
from store.creditors import PlatformConnection
from store.database import Database
from store.payment_requests import PaymentRequest

_LIFETIME = timedelta(days=30)
LEAST_LEFT = timedelta(hours=6)
"""How long a code must still be good for when a debtor is given it."""
_RETRY_AFTER = timedelta(minutes=10)
_DRAFTS_AT_ONCE = 50
_log = structlog.get_logger("payment_requests")


def create(
    tx: Connection, case: Case, *, amount: Money | None, rail: str | None, now: datetime, new_id: NewId
) -> PaymentRequest:
    """A request for ``amount`` (or all that is overdue) over ``rail`` (or the first that a connection has).

    The debtor sees the same code again while an unpaid request for the same amount has not expired.
    """
    wanted = Money(case.overdue_minor, case.currency) if amount is None else amount
    if wanted.minor <= 0:
        raise Invalid("amount_not_positive", "There is nothing to ask for.", fix="Give an amount above zero.")
    if wanted.currency != case.currency:
        raise Invalid("currency_mismatch", f"The case is in {case.currency}.", fix=f"Ask for {case.currency}.")
    connection, rail_code = _choose(tx, case, rail)
    standing = payment_requests.reusable(
        tx, case_id=case.id, connection_id=connection.id, amount_minor=wanted.minor, now=now + LEAST_LEFT
    )
    if standing is not None and standing.rail == rail_code:
        return standing
    request_id = new_id("payment_request")
    made_here = _rail_made_here(connection, rail_code)
    reference = made_here.reference_from(request_id) if made_here else request_id.rpartition("_")[2]
    code = None
    if made_here:
        account = connection.config["accounts"][rail_code]
        code = made_here.issue(Instruction(wanted, reference, account, asked_at=now, expires_at=now + _LIFETIME))
    request = PaymentRequest(
        id=request_id,
        tenant_id=case.tenant_id,
        case_id=case.id,
        connection_id=connection.id,
        rail=rail_code,
        reference=reference,
        amount_minor=wanted.minor,
        currency=wanted.currency,
        state="draft" if code is None else "issued",
        external_ref=None,
        code=None if code is None else asdict(code),
        expires_at=now + _LIFETIME,
        next_try_at=now,
        created_at=now,
        issued_at=None if code is None else now,
        paid_at=None,
    )
    payment_requests.add(tx, request)
    return request


def _choose(tx: Connection, case: Case, rail: str | None) -> tuple[PlatformConnection, str]:
    for connection in creditors.connections(tx, creditor_id=case.creditor_id, country=case.country):
        if connection.currency != case.currency or connection.state != "active":
            continue
        for code in connection.rails:
            if rail in (None, code):
                return connection, code
    raise Refused(
        "no_rail",
        f"No connection can collect {case.currency} in {case.country}" + (f" over {rail}." if rail else "."),
        fix="Connect a platform for this country and currency.",
    )


def _rail_made_here(connection: PlatformConnection, code: str) -> Rail | None:
    """The rail whose codes are made here from the connection's account; ``None`` where the platform makes them."""
    if code not in connection.config.get("accounts", {}):
        return None
    return next(rail for rail in registry.country(connection.country).rails if rail.code == code)


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
        """The request with its code; asks the platform where it is still a draft.

        The request's identifier is the platform's idempotency key, so an ambiguous answer is resolved by asking
        the same again. Raises what keeps it from being issued; the draft then stands and is tried again.
        """
        if request.state != "draft":
            return request
        with self.database.tenant(request.tenant_id) as tx:
            order, connection = self._order(tx, request)
        issued = self._ask(order, connection)
        code = _code_given(request, issued)
        with self.database.tenant(request.tenant_id) as tx:
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

    def issue_drafts(self, tenant_id: str) -> int:
        """Ask for the codes that are due to be asked for; what fails is asked again later. Returns how many failed."""
        now = self.now()
        with self.database.tenant(tenant_id) as tx:
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
        return capability.read(exchange(self.transport, platform, request, config))


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
