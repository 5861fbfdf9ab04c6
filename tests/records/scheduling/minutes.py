"""Free times found the slow way: every minute of some days is looked at, by rules written a second time.

It knows nothing of cells, bits or queries, and reads the clock of a place by looking for the minute that shows
a time, so that it can show records/scheduling/slots.py to be wrong.
"""

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from records.scheduling.choices import ExceptionKind
from records.scheduling.slots import Wish

MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)
Found = tuple[dt.datetime, uuid.UUID, uuid.UUID]


@dataclass
class Weekly:
    provider: Any
    location: Any
    weekday: int
    starts_at: dt.time
    ends_at: dt.time
    step_minutes: int
    visit_types: list[Any]
    valid_from: dt.date | None = None
    valid_until: dt.date | None = None

    def is_on(self, day: dt.date) -> bool:
        if self.valid_from and day < self.valid_from or self.valid_until and day > self.valid_until:
            return False
        return day.weekday() == self.weekday


@dataclass
class Special:
    provider: Any
    kind: ExceptionKind
    first_date: dt.date
    last_date: dt.date
    starts_at: dt.time | None = None
    ends_at: dt.time | None = None
    location: Any = None
    visit_types: list[Any] = field(default_factory=list)
    opens_hours: int | None = None
    step_minutes: int = 15

    def is_on(self, day: dt.date) -> bool:
        return self.first_date <= day <= self.last_date


@dataclass
class Book:
    """What somebody with a paper calendar would have before them."""

    weekly: list[Weekly]
    special: list[Special]
    closed: list[dt.date]
    # provider, from, until, held until
    taken: list[tuple[Any, dt.datetime, dt.datetime, dt.datetime | None]]


def read_clock(day: dt.date, time: dt.time, zone: dt.tzinfo) -> dt.datetime:
    """The minute at which the wall shows it first; when it never does, as if the clock had not changed that night."""
    wall = dt.datetime.combine(day, time)
    minute = wall.replace(tzinfo=dt.UTC) - 15 * 60 * MINUTE
    for _number in range(30 * 60):
        if minute.astimezone(zone).replace(tzinfo=None, fold=0) == wall:
            return minute
        minute += MINUTE
    evening_before = (wall - DAY).replace(tzinfo=zone).utcoffset()
    assert evening_before is not None
    return (wall - evening_before).replace(tzinfo=dt.UTC)


def free_times(book: Book, wish: Wish, first: dt.date, days: int, at: dt.datetime, *, for_staff: bool) -> list[Found]:
    """Beginning, provider and place of every time, soonest first."""
    around = [first + DAY * offset for offset in range(-2, days + 2)]
    found = set()
    for row in (*book.weekly, *(each for each in book.special if each.kind == ExceptionKind.EXTRA)):
        if row.visit_types and wish.visit_type not in row.visit_types:
            continue
        if wish.location_ids and row.location.pk not in wish.location_ids:
            continue
        zone = row.location.zone
        lost = set(_lost_minutes(book, row.provider, row.location, around, wish, at))
        for day in (each for each in around if row.is_on(each)):
            assert row.starts_at is not None
            assert row.ends_at is not None
            opens = read_clock(day, row.starts_at, zone)
            closes = read_clock(day if row.ends_at > row.starts_at else day + DAY, row.ends_at, zone)
            minute = opens
            while minute < closes:
                passed = (minute - opens) // MINUTE
                visit = [minute + MINUTE * offset for offset in range(wish.visit_type.minutes)]
                if (
                    passed % row.step_minutes == 0
                    and visit[-1] < closes
                    and lost.isdisjoint(visit)
                    and _is_wished(minute.astimezone(zone), wish, first, days)
                    and (visit[-1] >= at if for_staff else _is_within_limits(minute.astimezone(zone), wish, at))
                ):
                    found.add((minute, row.provider.pk, row.location.pk))
                minute += MINUTE
    return sorted(found)


def _is_wished(local: dt.datetime, wish: Wish, first: dt.date, days: int) -> bool:
    part = "morning" if local.hour < 12 else "afternoon" if local.hour < 17 else "evening"
    return (
        first <= local.date() < first + DAY * days
        and (not wish.weekdays or local.weekday() in wish.weekdays)
        and (not wish.times_of_day or part in wish.times_of_day)
    )


def _is_within_limits(local: dt.datetime, wish: Wish, at: dt.datetime) -> bool:
    today = at.astimezone(local.tzinfo).date()
    hours = (local.astimezone(dt.UTC) - at).total_seconds() / 3600
    return hours >= wish.visit_type.lead_hours and (local.date() - today).days <= wish.visit_type.horizon_days


def _lost_minutes(
    book: Book, provider: Any, place: Any, days: list[dt.date], wish: Wish, at: dt.datetime
) -> Iterator[dt.datetime]:
    zone = place.zone
    for day in book.closed:
        yield from _minutes(read_clock(day, dt.time(0), zone), read_clock(day + DAY, dt.time(0), zone))
    for whose, start, end, held_until in book.taken:
        if whose == provider and (held_until is None or held_until > at):
            yield from _minutes(start, end)
    for row in book.special:
        if row.provider != provider or row.kind == ExceptionKind.EXTRA or row.location not in (None, place):
            continue
        if row.kind == ExceptionKind.RESERVED and wish.visit_type in row.visit_types:
            continue
        for day in (each for each in days if row.is_on(each)):
            start = read_clock(day, row.starts_at or dt.time(0), zone)
            is_next = not row.starts_at or not row.ends_at or row.ends_at <= row.starts_at
            end = read_clock(day + DAY if is_next else day, row.ends_at or dt.time(0), zone)
            hours = row.opens_hours if row.kind == ExceptionKind.RESERVED else None
            if hours is None or at < start - hours * 60 * MINUTE:
                yield from _minutes(start, end)


def _minutes(start: dt.datetime, end: dt.datetime) -> Iterator[dt.datetime]:
    while start < end:
        yield start
        start += MINUTE
