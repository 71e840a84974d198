"""The wall clock where the debtor lives: zones by name, instants of local times, and when a local clock turns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from domain.errors import Invalid


@lru_cache(maxsize=256)
def zone_named(name: str) -> ZoneInfo:
    """The IANA zone of a name. Raises ``Invalid``: ``time_zone_unknown``."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Invalid(
            "time_zone_unknown", f"{name!r} is not an IANA time zone.", fix="Use a name such as Asia/Jakarta."
        ) from None


def in_utc(at: datetime) -> datetime:
    """An aware moment in UTC. Raises ``Invalid``: ``moment_without_offset`` where no offset is said."""
    if at.utcoffset() is None:
        raise Invalid(
            "moment_without_offset",
            f"{at.isoformat()} does not say its offset from UTC.",
            fix="Write it with an offset, such as 2026-11-23T09:00:00-03:00.",
        )
    return at.astimezone(UTC)


def instant_of(zone: ZoneInfo, day: date, wall: time, *, after: datetime) -> datetime:
    """The first instant later than ``after`` at which a zone's clock shows a time of a day, in UTC.

    A time that the clock skips in spring is the instant of skipping or shortly after it.
    """
    first = datetime.combine(day, wall, tzinfo=zone).astimezone(UTC)
    return first if first > after else datetime.combine(day, wall.replace(fold=1), tzinfo=zone).astimezone(UTC)


def turns(zone: ZoneInfo, *, start: datetime, end: datetime, walls: Iterable[time]) -> Iterator[datetime]:
    """Every instant near ``start`` to ``end`` at which a zone's clock shows one of the times, or is put on or back."""
    day, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    times = tuple(walls)
    while day <= last:
        for wall in times:
            local = datetime.combine(day, wall, tzinfo=zone)
            yield local.astimezone(UTC)
            repeated = local.replace(fold=1)
            if repeated.utcoffset() != local.utcoffset():
                yield repeated.astimezone(UTC)
        day += timedelta(days=1)
    if start.astimezone(zone).utcoffset() != end.astimezone(zone).utcoffset():
        yield _change(zone, start, end)


def _change(zone: ZoneInfo, start: datetime, end: datetime) -> datetime:
    """The second between two instants at which a zone's offset changes, by halving."""
    before = start.astimezone(zone).utcoffset()
    low, high = int(start.timestamp()), int(end.timestamp()) + 1
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, UTC).astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return datetime.fromtimestamp(high, UTC)
