"""The post: webhooks on their way to a merchant's system, with what goes wrong on the way and the platforms' patience.

Each message is tried until it is answered with 2xx or the platform gives up. Times are real seconds divided by a
compression, so that hours of retries pass in fractions of a second.
"""

from __future__ import annotations

import heapq
import itertools
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import httpx

from tests.peers.fake_world.model import Message

PATIENCE_SECONDS = 20.0


@dataclass(frozen=True)
class Mischief:
    """How often something goes wrong on the way of any message, from 0 to 1; ``delay_seconds`` is the longest delay."""

    duplicate: float = 0.0
    delay: float = 0.0
    bad_signature: float = 0.0
    delay_seconds: float = 3600.0


@dataclass
class Letter:
    """One message on its way."""

    number: int
    message: Message
    url: str
    secret: str
    retries: tuple[float, ...]
    bad_signature: bool = False
    attempts: list[int] = field(default_factory=list)  # statuses, 0 where nobody answered
    delivered: bool = False
    given_up: bool = False


class Post:
    """Delivers from a thread of its own, in the order of due times."""

    def __init__(self, now: Callable[[], datetime], compression: float, chance: random.Random) -> None:
        self._now, self._compression, self._chance = now, compression, chance
        self._numbers = itertools.count()
        self._due: list[tuple[float, int, Letter]] = []
        self._open = 0
        self._bell = threading.Condition()
        self._stopped = False
        self._held = False
        self.letters: list[Letter] = []
        self.mischief = Mischief()
        self._http = httpx.Client(timeout=PATIENCE_SECONDS, trust_env=False)
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(4)]
        for thread in self._threads:
            thread.start()

    def take(
        self,
        messages: list[Message],
        url: str,
        secret: str,
        retries: tuple[float, ...],
        *,
        duplicates: int = 0,
        delay_seconds: float = 0.0,
        bad_signature: bool = False,
        backwards: bool = False,
    ) -> None:
        """Post messages: ``backwards`` has the last one arrive first."""
        with self._bell:
            ordered = list(reversed(messages)) if backwards else messages
            for place, message in enumerate(ordered):
                copies = 1 + duplicates + (self._chance.random() < self.mischief.duplicate)
                for _ in range(copies):
                    late = delay_seconds + self._delay() + place * (600.0 if backwards else 0.0)
                    bad = bad_signature or self._chance.random() < self.mischief.bad_signature
                    letter = Letter(next(self._numbers), message, url, secret, retries, bad_signature=bad)
                    self.letters.append(letter)
                    self._put(letter, late)
            self._bell.notify_all()

    def _delay(self) -> float:
        if self._chance.random() >= self.mischief.delay:
            return 0.0
        return self._chance.uniform(0.0, self.mischief.delay_seconds)

    def _put(self, letter: Letter, after_seconds: float) -> None:
        self._open += 1
        heapq.heappush(self._due, (time.monotonic() + after_seconds / self._compression, letter.number, letter))

    def hold(self, *, held: bool) -> None:
        """Stop delivering, or go on."""
        with self._bell:
            self._held = held
            self._bell.notify_all()

    def quiet(self, seconds: float) -> bool:
        """Wait until nothing is on its way; false where that took too long."""
        with self._bell:
            return self._bell.wait_for(lambda: self._open == 0, timeout=seconds)

    def stop(self) -> None:
        """Deliver nothing any more."""
        with self._bell:
            self._stopped = True
            self._bell.notify_all()
        for thread in self._threads:
            thread.join(timeout=PATIENCE_SECONDS)
        self._http.close()

    def _work(self) -> None:
        while (letter := self._next()) is not None:
            status = self._deliver(letter)
            with self._bell:
                letter.attempts.append(status)
                letter.delivered = 200 <= status < 300
                tried = len(letter.attempts)
                letter.given_up = not letter.delivered and tried > len(letter.retries)
                self._open -= 1
                if not letter.delivered and not letter.given_up:
                    self._put(letter, letter.retries[tried - 1])
                self._bell.notify_all()

    def _next(self) -> Letter | None:
        with self._bell:
            while not self._stopped:
                if self._due and not self._held:
                    wait = self._due[0][0] - time.monotonic()
                    if wait <= 0:
                        return heapq.heappop(self._due)[2]
                    self._bell.wait(timeout=wait)
                else:
                    self._bell.wait()
            return None

    def _deliver(self, letter: Letter) -> int:
        """One attempt. A wrong signature is wrong once: the next attempt is signed as it should be."""
        message = letter.message
        bad = letter.bad_signature and not letter.attempts
        secret = f"{letter.secret[:-4]}AAAA" if bad else letter.secret
        proof = message.sign(secret, message.body, datetime.now(self._now().tzinfo))
        query = {name: "0" * 32 if bad and name == "token" else value for name, value in message.query.items()}
        try:
            answer = self._http.post(
                f"{letter.url}{message.tail}",
                params=query,
                content=message.body,
                headers={"Content-Type": "application/json", **proof},
            )
        except httpx.HTTPError:
            return 0
        return answer.status_code
