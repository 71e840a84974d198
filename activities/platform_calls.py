"""Calls to platforms, outside of transactions: with a borrowed token where one is needed, and what was announced."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from connectors import registry
from connectors.transport import Transport, with_token
from domain.errors import AfluenteError, Invalid, NotFound, Unavailable
from domain.platforms import HttpRequest, HttpResponse, Platform
from domain.receipts import Announced, Ignored, PlatformFact
from store.creditors import PlatformConnection

_AT_ONCE = 8
_PATIENCE_SECONDS = 45.0


def settings_of(connection: PlatformConnection) -> dict[str, str]:
    """A connection's settings, public and secret ones together, by field name.

    ``{connection}`` in one stands for the connection's identifier, which nobody knows before it is connected.
    """
    stated = {name: value for name, value in connection.config.items() if isinstance(value, str)}
    public = {name: value.replace("{connection}", connection.id) for name, value in stated.items()}
    secret: dict[str, str] = json.loads(connection.secrets or "{}")
    return public | secret


def exchange(transport: Transport, platform: Platform, request: HttpRequest, config: dict[str, str]) -> HttpResponse:
    """The platform's answer to a request, with a bearer token where the platform lends one."""
    asking = platform.payment_requests
    if asking is not None and asking.authorise is not None and asking.read_token is not None:
        token = asking.read_token(transport.send(asking.authorise(config)))
        request = with_token(request, token)
    return transport.send(request)


@dataclass(frozen=True, slots=True)
class Announcement:
    """A delivery of a connection and all that it says, of which something must be asked of the platform."""

    delivery_id: str
    connection: PlatformConnection
    told: tuple[PlatformFact | Announced, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a platform answered about a delivery: facts and the raw bodies that they were read from, or why not."""

    facts: tuple[PlatformFact, ...] = ()
    bodies: tuple[bytes, ...] = ()
    error: AfluenteError | None = None


@dataclass(slots=True)
class Asker:
    """Asks platforms what was announced, several at once, for a limited time; one per batch of the inbox.

    A connection whose platform cannot be reached is not asked again in the same batch.
    """

    transport: Transport
    _unreachable: set[str] = field(default_factory=set)
    _until: float = field(default_factory=lambda: time.monotonic() + _PATIENCE_SECONDS)

    def ask(self, announced: Sequence[Announcement]) -> dict[str, Answer]:
        """The answer for each delivery by its identifier; one that there was no time for has none."""
        if not announced:
            return {}
        with ThreadPoolExecutor(max_workers=_AT_ONCE, thread_name_prefix="ask") as pool:
            answers = pool.map(self._one, announced)
            return {one.delivery_id: answer for one, answer in zip(announced, answers, strict=True) if answer}

    def _one(self, announcement: Announcement) -> Answer | None:
        connection = announcement.connection
        if connection.id in self._unreachable or time.monotonic() > self._until:
            return None
        facts: list[PlatformFact] = []
        bodies: list[bytes] = []
        try:
            for told in announcement.told:
                if not isinstance(told, Announced):
                    facts.append(told)
                    continue
                body, found = self._asked(connection, told)
                facts.extend(found)
                bodies.append(body)
        except Unavailable as error:
            self._unreachable.add(connection.id)
            return Answer(error=error)
        except AfluenteError as error:
            return Answer(error=error)
        except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError) as error:
            return Answer(error=Invalid("answer_unreadable", f"The answer cannot be read ({type(error).__name__})."))
        return Answer(tuple(facts), tuple(bodies))

    def _asked(self, connection: PlatformConnection, told: Announced) -> tuple[bytes, tuple[PlatformFact, ...]]:
        platform = registry.platform(connection.platform)
        if platform.status is None:
            raise Invalid("platform_cannot_be_asked", f"{platform.name} cannot be asked what became of a payment.")
        config = settings_of(connection)
        response = exchange(self.transport, platform, platform.status.build(told.reference, config), config)
        facts = platform.status.read(response)
        if told.settled and not moving(facts):
            raise NotFound(
                "not_confirmed",
                f"{platform.name} was said to have moved money, but does not say so itself when asked.",
                fix="It is asked again for some days; then look the payment up at the platform.",
            )
        return response.body, facts


def moving(facts: Iterable[PlatformFact]) -> bool:
    """Whether any of the facts is more than a word that nothing happened."""
    return any(not isinstance(fact, Ignored) for fact in facts)
