"""What the gateway is given at start: database, clock, identifiers, the way to running cases, rates and limits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request

from activities.payment_requests import Issuer
from connectors.channels.texts import Listener
from connectors.rates import treasury
from connectors.rates.book import RateBook
from connectors.webhook_sender import WebhookSender
from domain.ids import NewId
from gateway.desk import CaseDesk
from store.database import Database


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may be asked. Sizes in bytes; rates in requests a minute, counted over a moving window.

    ``key_per_minute`` bounds one API key or session, ``address_per_minute`` everything from one network address.
    """

    webhook_body: int = 1_048_576
    upload_body: int = 52_428_800
    body: int = 1_048_576
    statement_file_body: int = 536_870_912
    key_per_minute: int = 1_200
    address_per_minute: int = 6_000


@dataclass(frozen=True)
class TextCallbacks:
    """How a text gateway proves its callbacks, and who keeps what they tell."""

    secrets: tuple[str, ...] = field(repr=False)
    listener: Listener


@dataclass(frozen=True)
class Services:
    """Everything a request needs; made by ``runtime``, found at ``request.app.state.services``.

    ``session_key`` signs the console's sessions. Countries and platforms come from ``connectors.registry``. ``issuer``
    asks platforms for codes while a debtor waits; without one the relay asks them. ``public_url`` is where debtors
    reach this installation. ``texts`` takes the callbacks of a text gateway, where one is connected.
    """

    database: Database
    now: Callable[[], datetime]
    new_id: NewId
    case_desk: CaseDesk
    rates: RateBook
    session_key: bytes = field(repr=False)
    limits: Limits = field(default_factory=Limits)
    secure_cookies: bool = False
    webhook_sender: WebhookSender = field(default_factory=WebhookSender)
    issuer: Issuer | None = None
    public_url: str | None = None
    texts: TextCallbacks | None = None

    def rates_of(self, tenant_id: str) -> RateBook:
        """The rates that a tenant's reports use: what its treasury stated comes before every other source."""
        return treasury.of_database(self.rates, self.database, tenant_id)

    def nudge(self, tenant_id: str) -> None:
        """Have the tenant's inbox read soon; a failure is the desk's to log, never the request's."""
        self.case_desk.nudge_intake(tenant_id)

    def nudge_webhooks(self, tenant_id: str) -> None:
        """Have the tenant's due webhooks sent soon; a failure is the desk's to log likewise."""
        self.case_desk.nudge_webhooks(tenant_id)


def services_of(request: Request) -> Services:
    """The services of the application that was asked."""
    services: Services = request.app.state.services
    return services


ServicesDep = Annotated[Services, Depends(services_of)]
