"""From the clock on a place's wall to the time of the database.

A wall's time is read as RFC 5545 §3.3.5 has it. One that the clock skips in spring lies as long after the
change as it would without one (02:30 is 03:30); of one that comes twice in autumn the first counts. So a
window is as long as the time that really passes in it, and one that lies in the skipped hour is empty.
"""

import datetime as dt
import zoneinfo
from functools import lru_cache

from django.utils import timezone

from records.scheduling.grid import CELL_SECONDS

MIDNIGHT = dt.time(0)
DAY = dt.timedelta(days=1)


def zone_of(name: str) -> dt.tzinfo:
    """A place's time zone by its name; the clinic's own where a place has none."""
    return zoneinfo.ZoneInfo(name) if name else timezone.get_default_timezone()


@lru_cache(maxsize=8192)
def seconds(day: dt.date, time: dt.time, zone: dt.tzinfo) -> int:
    """Seconds since 1970 of a wall's time."""
    return int(dt.datetime.combine(day, time, zone).timestamp())


def window(day: dt.date, starts_at: dt.time, ends_at: dt.time, zone: dt.tzinfo) -> tuple[int, int]:
    """First cell and end of the time in which visits can lie: whole cells within it."""
    last = day if ends_at > starts_at else day + DAY
    return -(-seconds(day, starts_at, zone) // CELL_SECONDS), seconds(last, ends_at, zone) // CELL_SECONDS


def cover(day: dt.date, starts_at: dt.time | None, ends_at: dt.time | None, zone: dt.tzinfo) -> tuple[int, int]:
    """First cell and end of time that is taken away: every cell that it touches. Without times it is the whole day."""
    starts_at, ends_at = starts_at or MIDNIGHT, ends_at or MIDNIGHT
    last = day if ends_at > starts_at else day + DAY
    return seconds(day, starts_at, zone) // CELL_SECONDS, -(-seconds(last, ends_at, zone) // CELL_SECONDS)
