"""How free times are found: windows, what takes from them and what is wanted, as bits of integers (grid.py)."""

import datetime as dt
import heapq
import uuid
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache, reduce
from itertools import repeat
from operator import or_

from django.db.models import QuerySet

from records.scheduling import clock, grid, timetables
from records.scheduling.providers import Provider
from records.scheduling.taken import taken
from records.scheduling.timetables import Window
from records.scheduling.visit_types import CELL_MINUTES, VisitType

# So many days of one provider are looked at first, then five times as many, then all that is left: the
# soonest times of a large clinic are within its next days, and found with one query for what is taken.
LOOK = 600
GROWTH = 5

Key = tuple[uuid.UUID, uuid.UUID]


@dataclass(frozen=True)
class Limits:
    """Which of the free times count: days, weekdays and hours by the clock of the place; none means any.

    `lead` and `horizon` are the limits of booking online. Without them anything counts that is not over.
    """

    first: dt.date
    last: dt.date
    weekdays: Collection[int]
    hours: Collection[tuple[dt.time, dt.time]]
    lead: dt.timedelta | None
    horizon: dt.timedelta | None

    def last_in(self, zone: dt.tzinfo, at: dt.datetime) -> dt.date:
        """The last day: booking online ends so many days after today, by the clock of the place."""
        return self.last if self.horizon is None else min(self.last, at.astimezone(zone).date() + self.horizon)


class Search:
    """One kind of visit among the timetables of those who give it. Finds pairs of a cell and (provider, place)."""

    def __init__(
        self,
        visit_type: VisitType,
        providers: QuerySet[Provider],
        places: frozenset[uuid.UUID],
        limits: Limits,
        at: dt.datetime,
        besides: uuid.UUID | None = None,
    ) -> None:
        self.limits, self.at, self.besides = limits, at, besides
        self.length = visit_type.minutes // CELL_MINUTES
        lead = limits.lead
        self.earliest = grid.cell_of(at) - self.length + 1 if lead is None else grid.cell_from(at + lead)
        self.timetable = timetables.load(providers, limits.first, limits.last, visit_type=visit_type, places=places)
        self.zones = {window.zone for windows in self.timetable.windows.values() for window in windows}

    def soonest(self, *, is_all: bool) -> Iterator[tuple[int, Key]]:
        """Every time, soonest first. Unless all are wanted, it looks only as far ahead as they are asked for."""
        if not self.zones:
            return
        cell = min(clock.cover(self.limits.first, None, None, zone)[0] for zone in self.zones)
        cell = max(cell, self.earliest)
        end = max(clock.cover(self.limits.last_in(zone, self.at), None, None, zone)[1] for zone in self.zones)
        people = len({provider for provider, _place in self.timetable.windows})
        look = max(LOOK // people, 1) * grid.CELLS_A_DAY
        for stretch in (end,) if is_all else (look, look * GROWTH, end):
            if cell < end:
                yield from self.between(cell, min(cell + stretch, end))
                cell += stretch

    def between(self, first: int, end: int) -> Iterator[tuple[int, Key]]:
        """The times that begin from cell `first` up to `end`, soonest first."""
        wanted = {zone: self._wanted(zone, first, end) for zone in self.zones}
        begins: dict[Key, int] = {}
        for key, windows in self.timetable.windows.items():
            opened = reduce(or_, (_begins(window, self.length, first, end) for window in windows))
            bits = opened & wanted[windows[0].zone]
            if bits:
                begins[key] = bits
        if not begins:
            return
        busy = taken({provider for provider, _place in begins}, first, end + self.length, self.at, besides=self.besides)
        closed = {zone: self._closed(zone, first, end) for zone in self.zones}
        free, keys = [], list(begins)
        for number, (key, bits) in enumerate(begins.items()):
            zone = self.timetable.windows[key][0].zone
            against = busy.get(key[0], 0) | closed[zone] | self._blocked(key, zone, first, end)
            left = bits & ~grid.before(against, self.length)
            free.append(zip(grid.numbers(left, first), repeat(number), strict=False))
        for cell, number in heapq.merge(*free):
            yield cell, keys[number]

    def _wanted(self, zone: dt.tzinfo, first: int, end: int) -> int:
        last, bits = self.limits.last_in(zone, self.at), 0
        for day in _days(zone, first, end):
            if self.limits.first <= day <= last and (not self.limits.weekdays or day.weekday() in self.limits.weekdays):
                for starts_at, ends_at in self.limits.hours or [(clock.MIDNIGHT, clock.MIDNIGHT)]:
                    opens, closes = clock.cover(day, starts_at, ends_at, zone)
                    bits |= grid.span(max(opens, self.earliest) - first, min(closes, end) - first)
        return bits

    def _closed(self, zone: dt.tzinfo, first: int, end: int) -> int:
        days = self.timetable.closed.intersection(_days(zone, first, end + self.length))
        return _union((clock.cover(day, None, None, zone) for day in days), first)

    def _blocked(self, key: Key, zone: dt.tzinfo, first: int, end: int) -> int:
        provider, place = key
        here = [block for block in self.timetable.blocks.get(provider, ()) if block.location_id in (None, place)]
        days = _days(zone, first, end + self.length) if here else []
        return _union((cells for block in here for cells in block.on(days, zone, self.at)), first)


@lru_cache(maxsize=1024)
def _begins(window: Window, length: int, first: int, end: int) -> int:
    """Where visits of a length could begin in a window; most providers of a clinic keep the same hours."""
    bits = 0
    for opens, closes in window.on(_days(window.zone, first, end)):
        room = closes - opens - length + 1
        if room > 0 and opens < end and closes > first:
            bits |= grid.shifted(grid.comb(window.step, room), opens - first)
    return bits


@lru_cache(maxsize=64)
def _days(zone: dt.tzinfo, first: int, end: int) -> list[dt.date]:
    """The days of a zone that touch the cells, and the one before, whose windows may cross midnight."""
    day = grid.moment_of(first).astimezone(zone).date() - clock.DAY
    days = (grid.moment_of(end).astimezone(zone).date() - day).days
    return [day + dt.timedelta(days=number) for number in range(days + 1)]


def _union(stretches: Iterable[tuple[int, int]], origin: int) -> int:
    bits = 0
    for first, end in stretches:
        bits |= grid.span(first - origin, end - origin)
    return bits
