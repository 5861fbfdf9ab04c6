"""What a provider's days are like, whatever the visit: open hours, and what is away, closed or kept in them."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.utils import timezone

from records.patients.providers import Location
from records.scheduling import clock, grid, timetables
from records.scheduling.choices import ExceptionKind
from records.scheduling.providers import Provider

Cells = tuple[int, int]


@dataclass(frozen=True)
class Stretch:
    """Time at one place, by the clock of the place; `kind` says what takes it, "" that it is open."""

    first: int
    end: int
    place: Location
    kind: str = ""

    @property
    def starts_at(self) -> dt.datetime:
        return self.place.local(grid.moment_of(self.first))

    @property
    def ends_at(self) -> dt.datetime:
        return self.place.local(grid.moment_of(self.end))


@dataclass
class WorkedDay:
    """One day by the clinic's clock. `missing` is what the week would have and this day has not."""

    date: dt.date
    is_closed: bool = False
    open: list[Stretch] = field(default_factory=list)
    missing: list[Stretch] = field(default_factory=list)

    def free(self, taken: Iterable[tuple[dt.datetime, dt.datetime]]) -> list[Stretch]:
        """The open time between these visits."""
        busy = [(grid.cell_of(start), grid.cell_from(end)) for start, end in taken]
        return [
            Stretch(first, end, stretch.place)
            for stretch in self.open
            for first, end in _without((stretch.first, stretch.end), busy)
        ]


def days_of(provider: Provider, first: dt.date, count: int) -> list[WorkedDay]:
    """The days from `first` on, each with its hours in order. Two queries."""
    days = {date: WorkedDay(date) for date in (first + dt.timedelta(days=number) for number in range(count))}
    table = timetables.load(Provider.objects.filter(pk=provider.pk), first, max(days), visit_type=None)
    places = Location.objects.in_bulk([place for _provider, place in table.windows])
    around = [first + dt.timedelta(days=number) for number in range(-1, count + 1)]
    for date in table.closed & days.keys():
        days[date].is_closed = True
    for (_provider, place_id), windows in table.windows.items():
        place = places[place_id]
        lost = list(_lost(table, provider, place, around))
        for window in windows:
            for cells in window.on(around):
                day = days.get(timezone.localdate(grid.moment_of(cells[0])))
                if day is not None and cells[0] < cells[1]:
                    _add(day, cells, place, lost)
    for day in days.values():
        day.open.sort(key=lambda stretch: stretch.first)
        day.missing.sort(key=lambda stretch: stretch.first)
    return list(days.values())


def _lost(
    table: timetables.Timetable, provider: Provider, place: Location, days: list[dt.date]
) -> Iterator[tuple[Cells, str]]:
    for date in table.closed:
        yield clock.cover(date, None, None, place.zone), "closed"
    for block in table.blocks.get(provider.pk, ()):
        if block.location_id in (None, place.pk):
            # Kept time is shown until it is over, whether or not it is open to all by now.
            for cells in block.on(days, place.zone, dt.datetime.min.replace(tzinfo=dt.UTC)):
                yield cells, block.kind


def _add(day: WorkedDay, window: Cells, place: Location, lost: list[tuple[Cells, str]]) -> None:
    """Kept time stays open: it can be booked, for some visits."""
    closed = [cells for cells, kind in lost if kind != ExceptionKind.RESERVED]
    day.open += [Stretch(first, end, place) for first, end in _without(window, closed)]
    for (first, end), kind in lost:
        first, end = max(first, window[0]), min(end, window[1])
        if first < end and kind != "closed":
            day.missing.append(Stretch(first, end, place, kind))


def _without(stretch: Cells, others: Iterable[Cells]) -> list[Cells]:
    """What the others leave of a stretch, in order."""
    left = [stretch]
    for first, end in others:
        left = [
            piece
            for start, stop in left
            for piece in ((start, min(stop, first)), (max(start, end), stop))
            if piece[0] < piece[1]
        ]
    return left
