"""Free times are those that a naive model finds minute by minute, whatever staff keep and the clock does."""

import datetime as dt
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from records.hours.models import ClosedDay
from records.models import Appointment, SlotCell
from records.scheduling import cells, slots
from records.scheduling.choices import ExceptionKind, TimeOfDay
from records.scheduling.slots import Wish
from tests.factories.appointments import AppointmentFactory
from tests.factories.scheduling import (
    AvailabilityExceptionFactory,
    AvailabilityFactory,
    LocationFactory,
    ProviderFactory,
    VisitTypeFactory,
)
from tests.records.scheduling.minutes import Book, Special, Weekly, free_times

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

DAY = dt.timedelta(days=1)
# Saturdays before the clock goes forward and back in the United States, a day in summer, and new year's eve.
FIRSTS = [dt.date(2031, 3, 8), dt.date(2031, 11, 1), dt.date(2031, 6, 3), dt.date(2031, 12, 31)]
ZONES = ["America/New_York", "America/Los_Angeles", "America/Chicago", ""]

times = st.builds(dt.time, st.integers(0, 23), st.sampled_from([0, 0, 5, 15, 30, 55]))
# Many windows are long, so that there is something to take away from, or have an edge where the clock changes.
opening = times | st.sampled_from([dt.time(0), dt.time(1, 30), dt.time(2, 30), dt.time(7), dt.time(8, 30)])
closing = times | st.sampled_from([dt.time(0), dt.time(1, 30), dt.time(2, 30), dt.time(18), dt.time(21, 30)])
# An index into what the example has made: providers, places, or lists of visit types.
either = st.integers(0, 1)
whose_types = st.sampled_from([(), (), (), (0,), (1,), (0, 1)])
days_off = st.sampled_from([0, 0, 1, 1, -1, 2])

weekly = st.fixed_dictionaries(
    {
        "provider": either,
        "location": either,
        "day": days_off,
        "starts_at": opening,
        "ends_at": closing,
        "step_minutes": st.sampled_from([5, 10, 15, 45]),
        "visit_types": whose_types,
        "valid_from": st.none() | days_off,
        "valid_until": st.none() | days_off,
    }
)
special = st.fixed_dictionaries(
    {
        "provider": either,
        "kind": st.sampled_from(ExceptionKind),
        "location": st.none() | either,
        "first": days_off,
        "length": st.integers(0, 1),
        "times": st.none() | st.tuples(opening, closing),
        "visit_types": whose_types,
        "opens_hours": st.none() | st.integers(0, 40),
    }
)
taken = st.fixed_dictionaries(
    {
        "provider": either,
        "cell": st.integers(0, 500),
        "count": st.integers(1, 12),
        "held_minutes": st.sampled_from([None, None, -1, 0, 4]),
    }
)


@pytest.fixture
def somebodys() -> Appointment:
    """Whose the taken time is does not matter here."""
    return AppointmentFactory(starts_at=dt.datetime(2030, 1, 7, 15, tzinfo=dt.UTC))


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(data=st.data())
def test_free_times_are_those_of_the_naive_model(somebodys: Appointment, data: st.DataObject) -> None:
    first = data.draw(st.sampled_from(FIRSTS))
    days = data.draw(st.integers(1, 3))
    minutes = data.draw(st.integers(-2 * 24 * 60, 24 * 60))
    at = dt.datetime.combine(first, dt.time(0), dt.UTC) + dt.timedelta(minutes=minutes)
    for_staff = data.draw(st.booleans())
    with transaction.atomic():
        visit_types = [
            VisitTypeFactory(
                minutes=data.draw(st.sampled_from([15, 30, 50, 5])),
                lead_hours=data.draw(st.sampled_from([0, 0, 12])),
                horizon_days=data.draw(st.sampled_from([90, 90, 1])),
            ),
            VisitTypeFactory(),
        ]
        places = [LocationFactory(time_zone=zone) for zone in data.draw(st.tuples(*[st.sampled_from(ZONES)] * 2))]
        book = _keep(data, visit_types, places, first, at, somebodys)
        wish = Wish(
            visit_types[0],
            location_ids=frozenset(data.draw(st.sampled_from([(), (), (), (places[0].pk,)]))),
            weekdays=frozenset(data.draw(st.sampled_from([(), (), (), (0, 5, 6)]))),
            times_of_day=frozenset(data.draw(st.sampled_from([(), (), (), (TimeOfDay.MORNING, TimeOfDay.EVENING)]))),
        )
        expected = free_times(book, wish, first, days, at, for_staff=for_staff)
        found = slots.find(wish, first=first, days=days, at=at, for_staff=for_staff)
        event("some are free" if found else "none is free")
        assert [(slot.starts_at, slot.provider_id, slot.location_id) for slot in found] == expected
        assert slots.find(wish, first=first, days=days, at=at, for_staff=for_staff, limit=5) == found[:5]
        if not wish.weekdays and not wish.times_of_day and not wish.location_ids and expected:
            _ask_again(data, wish, expected, at, for_staff=for_staff)
        transaction.set_rollback(True)


def _keep(data: st.DataObject, visit_types: Any, places: Any, first: dt.date, at: dt.datetime, whose: Any) -> Book:
    """Draws a timetable, and writes it both down and into the database."""
    providers = [ProviderFactory(), ProviderFactory()]
    for provider in providers:
        provider.visit_types.set(visit_types)
    book = Book([], [], [], [])
    for drawn in data.draw(st.lists(weekly, min_size=2, max_size=5)):
        bounds = {
            name: None if drawn[name] is None else first + DAY * drawn[name] for name in ("valid_from", "valid_until")
        }
        if bounds["valid_from"] and bounds["valid_until"] and bounds["valid_from"] > bounds["valid_until"]:
            continue
        fields = {name: drawn[name] for name in ("starts_at", "ends_at", "step_minutes")} | bounds
        fields["weekday"] = (first + DAY * drawn["day"]).weekday()
        fields |= {"provider": providers[drawn["provider"]], "location": places[drawn["location"]]}
        types = [visit_types[number] for number in drawn["visit_types"]]
        AvailabilityFactory(**fields).visit_types.set(types)
        book.weekly.append(Weekly(**fields, visit_types=types))
    for drawn in data.draw(st.lists(special, max_size=3)):
        is_extra = drawn["kind"] == ExceptionKind.EXTRA
        if is_extra and (drawn["times"] is None or drawn["location"] is None):
            continue
        starts_at, ends_at = drawn["times"] or (None, None)
        fields = {
            "provider": providers[drawn["provider"]],
            "kind": drawn["kind"],
            "first_date": first + DAY * drawn["first"],
            "last_date": first + DAY * (drawn["first"] + drawn["length"]),
            "starts_at": starts_at,
            "ends_at": ends_at,
            "location": None if drawn["location"] is None else places[drawn["location"]],
            "opens_hours": drawn["opens_hours"],
        }
        types = [visit_types[number] for number in drawn["visit_types"]]
        AvailabilityExceptionFactory(**fields).visit_types.set(types)
        book.special.append(Special(**fields, visit_types=types))
    for number in data.draw(st.sets(days_off, max_size=1)):
        ClosedDay.objects.create(date=first + DAY * number, name="Holiday")
        book.closed.append(first + DAY * number)
    for drawn in data.draw(st.lists(taken, max_size=12)):
        start = dt.datetime.combine(first, dt.time(0), dt.UTC) + cells.CELL * drawn["cell"]
        held = None if drawn["held_minutes"] is None else at + dt.timedelta(minutes=drawn["held_minutes"])
        provider, end = providers[drawn["provider"]], start + cells.CELL * drawn["count"]
        rows = [
            SlotCell(provider=provider, starts_at=cell, appointment=whose, held_until=held)
            for cell in cells.cells_of(start, end)
        ]
        if not SlotCell.objects.filter(provider=provider).between(start, end).exists():
            SlotCell.objects.bulk_create(rows)
            book.taken.append((provider, start, end, held))
    return book


def _ask_again(data: st.DataObject, wish: Wish, expected: list[Any], at: dt.datetime, *, for_staff: bool) -> None:
    """One time of the list and one beside it are free, or not, as the list says."""
    start, provider, place = data.draw(st.sampled_from(expected))
    for starts_at in (start, start + dt.timedelta(minutes=data.draw(st.sampled_from([5, 1, 15, -5])))):
        asked = slots.is_free(
            visit_type=wish.visit_type,
            modality=wish.visit_type.modalities[0],
            provider_id=provider,
            location_id=place,
            starts_at=starts_at,
            at=at,
            for_staff=for_staff,
        )
        if (starts_at, provider, place) in expected:
            assert asked
        elif starts_at.date() == start.date() and expected[0][0] < starts_at < expected[-1][0]:
            # Within the days that were looked at; outside them a time can be free without being in the list.
            assert not asked
