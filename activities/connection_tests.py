"""Trying a connection out: whether its platform answers to its credentials, and what a captured webhook would say.

Neither moves anything. The platform is asked for a payment request that was never made, by a request that only reads;
where its folder states none, it cannot be asked harmlessly, and that is said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from activities.platform_calls import exchange, settings_of
from connectors import registry
from connectors.transport import Transport
from domain.errors import AfluenteError, Invalid, NotFound, Refused, Unavailable
from domain.money import Money, exponent
from domain.platforms import HttpRequest, PaymentRequestOrder
from domain.receipts import Announced, PlatformFact
from store.creditors import PlatformConnection

_NEVER_MADE: Final = "req_" + "0" * 26
_MOST_HEADERS: Final = 60


@dataclass(frozen=True, slots=True)
class Tried:
    """How a platform answered: accepted, refused, unreachable, strange or not_offered; ``code`` says why."""

    outcome: str
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Proved:
    """A webhook that is really the platform's: its name, and what it says."""

    delivery_id: str
    told: tuple[PlatformFact | Announced, ...]


def probe(transport: Transport, connection: PlatformConnection, *, now: datetime) -> Tried:
    """Ask the platform something harmless under the connection's credentials."""
    platform = registry.platform(connection.platform)
    asking = platform.payment_requests
    config = settings_of(connection)
    try:
        request = None if asking is None else _harmless(connection, config, now=now)
        if request is None or asking is None:
            return Tried("not_offered")
        response = exchange(transport, platform, request, config)
        asking.read(response)
    except NotFound:
        return Tried("accepted")
    except Unavailable as error:
        return Tried("unreachable", error.code)
    except Refused as error:
        return Tried("refused" if error.code == "platform_credentials_refused" else "strange", error.code)
    except AfluenteError as error:
        return Tried("strange", error.code)
    return Tried("accepted")


def proved(connection: PlatformConnection, raw: bytes, headers: Mapping[str, str], *, now: datetime) -> Proved:
    """Verify a captured webhook with the connection's secrets and read it; nothing is kept.

    Raises ``webhook_unknown`` where the platform sends none, what ``verify`` raises, and what reading raises.
    """
    from_platform = registry.platform(connection.platform).webhooks
    if from_platform is None:
        raise NotFound("webhook_unknown", "This platform sends no webhooks.")
    secrets = settings_of(connection)
    held = tuple(secrets[name] for name in from_platform.secret_fields if secrets.get(name))
    from_platform.verify(raw, headers, held, now)
    return Proved(from_platform.delivery_id(raw), from_platform.parse(raw))


def headers_of(text: str) -> dict[str, str]:
    """Headers as people paste them, one ``Name: value`` a line; ``headers_malformed``."""
    found: dict[str, str] = {}
    for line in filter(None, (line.strip() for line in text.splitlines())):
        name, colon, value = line.partition(":")
        if not colon or not name.strip() or len(found) >= _MOST_HEADERS:
            raise Invalid("headers_malformed", "Write each header as Name: value, one a line.")
        found[name.strip().lower()] = value.strip()
    return found


def _harmless(connection: PlatformConnection, config: Mapping[str, str], *, now: datetime) -> HttpRequest | None:
    """The request that asks for what was never made; ``None`` where it would do more than read."""
    asking = registry.platform(connection.platform).payment_requests
    if asking is None:
        return None
    order = PaymentRequestOrder(
        request_id=_NEVER_MADE,
        reference="0" * 26,
        amount=Money(10 ** exponent(connection.currency), connection.currency),
        description="Test of the connection",
        payer_name="Test",
        payer_document=None,
        payer_email=None,
        due_date=now.date(),
        expires_at=now + timedelta(days=1),
        rail=next(iter(connection.rails), ""),
    )
    request = asking.query(order, config)
    return request if request.method == "GET" else None
