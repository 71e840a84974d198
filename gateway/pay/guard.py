"""How often the pay page may be asked for, counted in this process: by network address, by link, by what is done."""

from __future__ import annotations

from typing import Final

from limits import RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from domain.errors import TooMany

LOOKS_PER_PLACE: Final = RateLimitItemPerMinute(600)
"""A town behind one address of a mobile network still gets through."""
LOOKS_PER_LINK: Final = RateLimitItemPerMinute(60)
STEPS_PER_LINK: Final = RateLimitItemPerHour(30)
"""What may be sent by forms of one link: codes, promises, objections."""
MISSES_PER_PLACE: Final = RateLimitItemPerMinute(10)
"""Tokens that open nothing: a mistyped link is opened a few times, a guesser asks for many; real links still open."""


class PayGuard:
    """Counts over moving windows; ``too_many_requests`` beyond."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def admit(self, place: str) -> None:
        """Count a request from a place, before its token is looked at."""
        if not self._limiter.hit(LOOKS_PER_PLACE, "look", place):
            raise _too_many(60)

    def missed(self, place: str) -> None:
        """Count a token that opens nothing."""
        if not self._limiter.hit(MISSES_PER_PLACE, "miss", place):
            raise _too_many(60)

    def looked(self, link_id: str) -> None:
        """Count a look at a link's page."""
        if not self._limiter.hit(LOOKS_PER_LINK, "link", link_id):
            raise _too_many(60)

    def stepped(self, link_id: str) -> None:
        """Count something done on a link's page."""
        if not self._limiter.hit(STEPS_PER_LINK, "step", link_id):
            raise _too_many(3600)


def _too_many(seconds: int) -> TooMany:
    return TooMany(
        "too_many_requests", "The page was asked for too often.", fix="Wait a little.", retry_after_seconds=seconds
    )
