"""A clinic of many providers in three places and two time zones, with its next weeks more or less full."""

import datetime as dt
import random
import zoneinfo
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import connection
from django.test.utils import CaptureQueriesContext

from records.models import (
    Appointment,
    Availability,
    AvailabilityException,
    Location,
    Practitioner,
    Provider,
    SlotCell,
    VisitType,
)
from records.scheduling import cells, slots
from records.scheduling.choices import ExceptionKind, TimeOfDay
from records.scheduling.slots import Wish
from tests.factories.appointments import AppointmentFactory
from tests.factories.scheduling import LocationFactory, VisitTypeFactory

# A Monday, before the clinic opens.
AT = dt.datetime(2031, 6, 2, 6, 0, tzinfo=zoneinfo.ZoneInfo("America/New_York"))
HALVES = ((dt.time(8), dt.time(12)), (dt.time(13), dt.time(17)))
Share = Callable[[int], float]


def as_clinics_fill(day: int) -> float:
    """Nine tenths of the next week, a quarter of what lies two months ahead."""
    return max(0.9 - max(day - 7, 0) * 0.0125, 0.25)


def hardly_anything_left(day: int) -> float:
    return 1.0


@dataclass
class LargeClinic:
    visit_type: VisitType
    places: list[Location]
    providers: list[Provider]

    @classmethod
    def build(cls, providers: int) -> "LargeClinic":
        """Eight hours on weekdays, an afternoon at another place, and for every tenth a week away."""
        chance = random.Random(5)  # noqa: S311 (the same clinic every time)
        zones = ("America/New_York", "America/New_York", "America/Chicago")
        places = [LocationFactory(time_zone=zone) for zone in zones]
        visit_type, other = VisitTypeFactory(minutes=20), VisitTypeFactory()
        people = Practitioner.objects.bulk_create(
            Practitioner(given="Ann", family=f"Provider {number:03}") for number in range(providers)
        )
        rows = Provider.objects.bulk_create(
            Provider(practitioner=person, specialty="Family medicine", languages=["en", "es"][: 1 + number % 2])
            for number, person in enumerate(people)
        )
        for row in rows:
            row.visit_types.add(visit_type, other)
        Availability.objects.bulk_create(
            Availability(
                provider=row,
                location=places[chance.randrange(3)] if weekday == 4 else places[number % 3],
                weekday=weekday,
                starts_at=starts_at,
                ends_at=ends_at,
                step_minutes=20,
            )
            for number, row in enumerate(rows)
            for weekday in range(5)
            for starts_at, ends_at in HALVES
        )
        AvailabilityException.objects.bulk_create(
            AvailabilityException(
                provider=row,
                kind=ExceptionKind.AWAY,
                first_date=AT.date() + dt.timedelta(days=chance.randrange(50)),
                last_date=AT.date() + dt.timedelta(days=57),
            )
            for row in rows[::10]
        )
        return cls(visit_type, places, rows)

    def fill(self, *, days: int, share: Share) -> int:
        """Takes a share of each day, in visits of 20 minutes; returns how many cells."""
        chance = random.Random(7)  # noqa: S311 (the same visits every time)
        whose = AppointmentFactory(starts_at=AT - dt.timedelta(days=400))
        SlotCell.objects.bulk_create(self._taken(whose, days, share, chance), batch_size=5_000)
        return SlotCell.objects.count()

    def _taken(self, whose: Appointment, days: int, share: Share, chance: random.Random) -> Iterator[SlotCell]:
        for day in range(days):
            opens = AT.replace(hour=8) + dt.timedelta(days=day)
            for row in self.providers if opens.weekday() < 5 else ():
                for visit in range(3 * 10):
                    start = opens + dt.timedelta(minutes=20 * visit)
                    if chance.random() < share(day):
                        for cell in cells.cells_of(start, start + dt.timedelta(minutes=20)):
                            yield SlotCell(provider=row, starts_at=cell, appointment=whose)

    def searches(self, *, days: int) -> dict[str, Callable[[], tuple[int, int]]]:
        """What people look for; each returns how many times it found and with how many queries."""
        wish = Wish(self.visit_type)
        narrow = Wish(
            self.visit_type,
            location_ids=frozenset([self.places[2].pk]),
            language="es",
            weekdays=frozenset([1, 3]),
            times_of_day=frozenset([TimeOfDay.MORNING]),
        )
        one = Wish(self.visit_type, provider_ids=frozenset([self.providers[0].pk]))
        return {
            "soonest of all": lambda: self._ask(wish, days, 60),
            "soonest with every filter": lambda: self._ask(narrow, days, 60),
            "one provider": lambda: self._ask(one, days, 60),
            "a whole week": lambda: self._ask(wish, 7, None),
        }

    def _ask(self, wish: Wish, days: int, limit: int | None) -> tuple[int, int]:
        with CaptureQueriesContext(connection) as captured:
            found = slots.find(wish, first=AT.date(), days=days, at=AT, limit=limit)
        return len(found), len(captured.captured_queries)
