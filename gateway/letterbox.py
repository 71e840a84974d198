"""The letterbox: deliveries that come together are kept in one transaction, and each is answered once it is committed.

Nothing waits for company: a delivery that comes alone is kept alone at once. While one transaction is on its way to the
disk the next deliveries gather, so that a platform's burst costs a few commits instead of one each.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections import deque
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

from connectors import registry
from domain.errors import AfluenteError, NotFound
from domain.platforms import Webhooks
from gateway.services import Services
from store import creditors, inbox
from store.creditors import PlatformConnection
from store.inbox import Delivery

_CLERKS: Final = 2  # one gathers while the other's transaction is on its way to the disk
_AT_ONCE: Final = 64
_KNOWN_FOR: Final = timedelta(seconds=1)  # so long a secret may be accepted after it was taken away
_MOST_KNOWN: Final = 10_000
_LONGEST_DELIVERY_ID: Final = 255


@dataclass(frozen=True, slots=True)
class Call:
    """What came to the address of a connection."""

    platform: str
    connection_id: str
    raw: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Kept:
    """A delivery is kept. ``duplicate``: it had been kept before, and ``id`` is that of then."""

    id: str
    duplicate: bool


Answer = Kept | Exception


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A call, and where its answer is waited for."""

    call: Call
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Kept]


class Letterbox:
    """Takes deliveries from any event loop. One for each application."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._waiting: deque[_Waiting] = deque()
        self._clerks = 0
        self._lock = Lock()
        self._pool = ThreadPoolExecutor(_CLERKS, thread_name_prefix="letterbox")
        self._known: dict[str, tuple[datetime, PlatformConnection]] = {}

    async def put(self, call: Call) -> Kept:
        """Keep a delivery that proves itself; raises ``webhook_unknown`` and what the platform's ``verify`` raises."""
        loop = asyncio.get_running_loop()
        waiting = _Waiting(call, loop, loop.create_future())
        with self._lock:
            self._waiting.append(waiting)
            wanted = self._clerks < _CLERKS
            self._clerks += wanted
        if wanted:
            self._pool.submit(self._work)
        return await waiting.future

    def _work(self) -> None:
        while batch := self._next():
            answers = self._keep([one.call for one in batch])
            told: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Kept], Answer]]] = {}
            for one, answer in zip(batch, answers, strict=True):
                told.setdefault(one.loop, []).append((one.future, answer))
            for loop, pairs in told.items():
                with suppress(RuntimeError):  # the loop is closed, and with it every caller gone
                    loop.call_soon_threadsafe(_tell, pairs)

    def _next(self) -> list[_Waiting]:
        """The deliveries to keep now; none sends the clerk away."""
        with self._lock:
            batch = [self._waiting.popleft() for _ in range(min(_AT_ONCE, len(self._waiting)))]
            self._clerks -= not batch
            return batch

    def _keep(self, calls: Sequence[Call]) -> list[Answer]:
        """What became of each call: refused, or kept by one transaction for each tenant."""
        proved = [self._proved(call) for call in calls]
        of_tenant: dict[str, list[Delivery]] = {}
        for one in proved:
            if isinstance(one, Delivery):
                of_tenant.setdefault(one.tenant_id, []).append(one)
        kept: dict[str, Answer] = {}
        for tenant_id, deliveries in of_tenant.items():
            kept |= self._kept(tenant_id, deliveries)
        return [kept[one.id] if isinstance(one, Delivery) else one for one in proved]

    def _kept(self, tenant_id: str, deliveries: Sequence[Delivery]) -> dict[str, Answer]:
        """What became of deliveries of one tenant, whose inbox is read soon. Where all fail, each is tried alone."""
        try:
            standing = inbox.receive_all(self._services.database, tenant_id, deliveries)
        except Exception as fault:  # noqa: BLE001 (whatever it is, the callers are told, and the clerk works on)
            if len(deliveries) == 1:
                return {deliveries[0].id: fault}
            answers: dict[str, Answer] = {}
            for one in deliveries:
                answers |= self._kept(tenant_id, [one])
            return answers
        if len(standing) < len(deliveries):
            self._services.nudge(tenant_id)
        return {one.id: Kept(standing.get(one.id, one.id), duplicate=one.id in standing) for one in deliveries}

    def _proved(self, call: Call) -> Delivery | Exception:
        """The delivery that a call proves itself to be. A connection looked up before has to be right at the moment."""
        try:
            known = self._known.get(call.connection_id)
            if known is not None and self._services.now() - known[0] < _KNOWN_FOR:
                with suppress(AfluenteError):
                    return self._delivery(call, known[1])
            return self._delivery(call, self._looked_up(call))
        except Exception as refusal:  # noqa: BLE001 (of this call alone; its caller is told)
            return refusal

    def _looked_up(self, call: Call) -> PlatformConnection:
        database, now = self._services.database, self._services.now()
        with database.anyone() as tx:
            tenant_id = creditors.tenant_of_connection(tx, call.connection_id)
        if tenant_id is None:
            raise unknown()
        with database.tenant(tenant_id) as tx:
            connection = creditors.get_connection(tx, call.connection_id)
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        self._known[connection.id] = (now, connection)
        return connection

    def _delivery(self, call: Call, connection: PlatformConnection) -> Delivery:
        platform = registry.platforms().get(call.platform)
        if platform is None or platform.webhooks is None or connection.platform != call.platform:
            raise unknown()
        now = self._services.now()
        platform.webhooks.verify(call.raw, call.headers, secrets_of(connection, platform.webhooks), now)
        name, problem = name_of(call.raw, platform.webhooks)
        return Delivery(
            id=self._services.new_id("inbox"),
            tenant_id=connection.tenant_id,
            connection_id=connection.id,
            platform=connection.platform,
            delivery_id=name,
            body=call.raw,
            state="new" if problem is None else "error",
            error_code=None if problem is None else problem[0],
            error=None if problem is None else ": ".join(problem),  # as intake writes it
            received_at=now,
            next_try_at=now,
        )


def _tell(answers: Sequence[tuple[asyncio.Future[Kept], Answer]]) -> None:
    """Give each caller its answer, on the loop where it waits; one that hung up is told nothing."""
    for future, answer in answers:
        if future.done():
            continue
        if isinstance(answer, Kept):
            future.set_result(answer)
        else:
            future.set_exception(answer)


def secrets_of(connection: PlatformConnection, webhooks: Webhooks) -> tuple[str, ...]:
    """The signing secrets that a connection accepts, newest first."""
    stored: dict[str, str] = json.loads(connection.secrets or "{}")
    return tuple(stored[name] for name in webhooks.secret_fields if stored.get(name))


def name_of(raw: bytes, webhooks: Webhooks) -> tuple[str, tuple[str, str] | None]:
    """The delivery's name, and code and sentence of why it could not be read where it is named by its content."""
    by_content = f"raw:{hashlib.sha256(raw).hexdigest()}"
    try:
        name = webhooks.delivery_id(raw)
    except AfluenteError as error:
        return by_content, (error.code, error.message)
    except Exception as fault:  # noqa: BLE001 (a platform's reader met what its writer did not foresee; the body is kept)
        return by_content, ("body_unreadable", f"The body could not be read ({type(fault).__name__}).")
    if not name or len(name) > _LONGEST_DELIVERY_ID or not name.isprintable():
        return by_content, ("delivery_id_malformed", "The delivery's own identifier is empty, too long or unprintable.")
    return name, None


def unknown() -> NotFound:
    """The refusal of an address that nothing receives webhooks at."""
    return NotFound("webhook_unknown", "No active connection receives webhooks at this address.")
