"""Putting the parts together: what the gateway and the workers are given."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

import httpx
import structlog
from temporalio.client import Client

from activities.incoming_texts import IncomingTexts
from activities.nudges import TemporalNudger
from activities.payment_requests import Issuer
from connectors import registry
from connectors.channels import ChannelTransport
from connectors.channels.email import Email, EmailSettings
from connectors.channels.email.composing import Sender
from connectors.channels.outbox import Outbox
from connectors.channels.texts import Listener
from connectors.rates import sources
from connectors.rates.book import RateBook
from connectors.transport import Transport
from connectors.webhook_sender import WebhookSender
from domain.errors import Unavailable
from gateway.desk import TemporalDesk
from gateway.services import Limits, Services
from runtime import clock, keys, migrations, text_lines
from runtime.keys import Keys
from runtime.postgres import APPLICATION, OWNER, EmbeddedPostgres
from runtime.settings import Settings
from store import sealing
from store.database import Database


@dataclass(frozen=True)
class Base:
    """What every process needs: settings, keys and the database, checked."""

    settings: Settings
    keys: Keys
    database: Database


def embedded_postgres(settings: Settings) -> EmbeddedPostgres:
    """The embedded server of the data directory."""
    return EmbeddedPostgres(settings.data_dir.resolve() / "postgres")


def owner_url(settings: Settings) -> str:
    """Where migrations connect, as the owner of the tables."""
    if settings.migration_database_url:
        return settings.migration_database_url
    return settings.database_url or embedded_postgres(settings).url(OWNER)


def base(settings: Settings) -> Base:
    """Open the database as the application's role, with the key ring in use."""
    if settings.database_url is None and not embedded_postgres(settings).data.exists():
        raise Unavailable(
            "not_started",
            f"Nothing was ever started over {state_folder(settings)}.",
            fix="Run make run, or set AFLUENTE_DATABASE_URL.",
        )
    held = keys.load(settings)
    sealing.use(held.ring)
    registry.include_countries(name.strip() for name in settings.country_packages.split(",") if name.strip())
    database = Database(settings.database_url or embedded_postgres(settings).url(APPLICATION))
    with database.anyone() as tx:
        migrations.assert_bound(tx)
    return Base(settings, held, database)


def rate_book(settings: Settings) -> RateBook:
    """The sources of this installation: bundled history, pegs, and the online source where one is set."""
    return sources.standard_book(online_url=settings.rates_online_url, daily_limit_days=settings.rate_limit_days)


def transports(settings: Settings, listener: Listener | None = None) -> list[ChannelTransport]:
    """E-mail and texts where servers are set; the outbox keeps everything else for a person to see.

    ``listener`` keeps what networks and people tell over lines that stay open.
    """
    found: list[ChannelTransport] = []
    if settings.smtp_host:
        password = settings.smtp_password.get_secret_value() if settings.smtp_password else None
        found.append(
            Email(
                EmailSettings(
                    host=settings.smtp_host,
                    port=settings.smtp_port,
                    sender=Sender(name="", address=settings.mail_from),
                    security="starttls" if settings.smtp_starttls else "none",
                    username=settings.smtp_user,
                    password=password,
                    bounces=settings.mail_bounces,
                ),
                clock.now,
            )
        )
    return [*found, *text_lines.text_transports(settings, webhook_sender(settings), listener), Outbox()]


def issuer(parts: Base) -> Issuer:
    """Asks platforms for codes."""
    return Issuer(parts.database, transport(parts.settings), clock.now)


def transport(settings: Settings) -> Transport:
    """Sends to platforms of the public internet, and inside only where the operator allowed it."""
    return Transport(
        httpx.Client(),
        structlog.get_logger("transport"),
        now=clock.now,
        allow_private=settings.platform_private_addresses,
    )


def webhook_sender(settings: Settings) -> WebhookSender:
    """Sends webhooks to the public internet, and inside only where a developer allowed it."""
    return WebhookSender(allow_private=settings.webhook_private_addresses)


def services(parts: Base, client: Client) -> Services:
    """What the gateway is given; made on its event loop."""
    settings, loop = parts.settings, asyncio.get_running_loop()
    nudger = TemporalNudger(parts.database, client, loop, clock.now)
    texts = IncomingTexts(parts.database, nudger, clock.new_id, clock.now)
    return Services(
        database=parts.database,
        now=clock.now,
        new_id=clock.new_id,
        case_desk=TemporalDesk(client, loop),
        rates=rate_book(settings),
        session_key=parts.keys.session,
        limits=Limits(webhook_body=settings.webhook_body_limit, upload_body=settings.upload_limit),
        secure_cookies=settings.secure_cookies,
        webhook_sender=webhook_sender(settings),
        issuer=issuer(parts),
        public_url=settings.public_url,
        texts=text_lines.text_callbacks(settings, texts.hear),
    )


def state_folder(settings: Settings) -> Path:
    """The data directory, absolute."""
    return settings.data_dir.resolve()
