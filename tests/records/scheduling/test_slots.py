"""Free times by example: each test keeps a small timetable and says which times follow from it."""

import datetime as dt
import zoneinfo

import pytest

from records.hours.models import ClosedDay
from records.models import Provider, VisitType
from records.scheduling import cells, slots
from records.scheduling.choices import ExceptionKind, Modality, TimeOfDay
from records.scheduling.slots import Wish
from tests.factories.appointments import AppointmentFactory
from tests.factories.scheduling import (
    AvailabilityExceptionFactory,
    AvailabilityFactory,
    LocationFactory,
    ProviderFactory,
    VisitTypeFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

NEW_YORK, CHICAGO = zoneinfo.ZoneInfo("America/New_York"), zoneinfo.ZoneInfo("America/Chicago")
MONDAY = dt.date(2031, 6, 2)
AT = dt.datetime(2031, 6, 1, 12, 0, tzinfo=NEW_YORK)


@pytest.fixture
def visit_type() -> VisitType:
    return VisitTypeFactory(minutes=60)


@pytest.fixture
def provider(visit_type: VisitType) -> Provider:
    made = ProviderFactory()
    made.visit_types.add(visit_type)
    return made


def window(provider: Provider, starts_at: str = "09:00", ends_at: str = "12:00", **fields):
    start, end = dt.time.fromisoformat(starts_at), dt.time.fromisoformat(ends_at)
    return AvailabilityFactory(provider=provider, starts_at=start, ends_at=end, **{"step_minutes": 60, **fields})


def special(provider: Provider, kind: ExceptionKind, first: dt.date = MONDAY, **fields):
    return AvailabilityExceptionFactory(
        provider=provider, kind=kind, first_date=first, **{"last_date": first, **fields}
    )


def starts(visit_type: VisitType, first: dt.date = MONDAY, days: int = 1, zone=NEW_YORK, at=AT, **wish) -> list[str]:
    for_staff = wish.pop("for_staff", False)
    found = slots.find(Wish(visit_type, **wish), first=first, days=days, at=at, for_staff=for_staff)
    return [slot.starts_at.astimezone(zone).strftime("%H:%M") for slot in found]


def test_visits_begin_every_step_and_end_within_the_window(provider: Provider, visit_type: VisitType) -> None:
    window(provider, "09:00", "11:30", step_minutes=30)
    assert starts(visit_type) == ["09:00", "09:30", "10:00", "10:30"]


def test_clock_goes_forward_and_an_hour_is_missing(provider: Provider, visit_type: VisitType) -> None:
    sunday = dt.date(2031, 3, 9)
    window(provider, "00:00", "05:00", weekday=6)
    at = dt.datetime(2031, 3, 8, 12, tzinfo=dt.UTC)
    assert starts(visit_type, first=sunday, at=at) == ["00:00", "01:00", "03:00", "04:00"]


def test_clock_goes_back_and_an_hour_comes_twice(provider: Provider, visit_type: VisitType) -> None:
    sunday = dt.date(2031, 11, 2)
    window(provider, "00:00", "03:00", weekday=6)
    at = dt.datetime(2031, 11, 1, 12, tzinfo=dt.UTC)
    assert starts(visit_type, first=sunday, at=at) == ["00:00", "01:00", "01:00", "02:00"]
    found = slots.find(Wish(visit_type), first=sunday, days=1, at=at)
    assert len({slot.starts_at for slot in found}) == 4


def test_window_within_the_missing_hour_is_empty(provider: Provider, visit_type: VisitType) -> None:
    window(provider, "02:00", "03:00", weekday=6)
    assert starts(visit_type, first=dt.date(2031, 3, 9), at=dt.datetime(2031, 3, 8, 12, tzinfo=dt.UTC)) == []


def test_window_crosses_midnight_into_a_closed_day(provider: Provider, visit_type: VisitType) -> None:
    window(provider, "21:30", "03:00")
    assert starts(visit_type, days=2) == ["21:30", "22:30", "23:30", "00:30", "01:30"]
    assert starts(visit_type, first=MONDAY + dt.timedelta(days=1)) == ["00:30", "01:30"]
    ClosedDay.objects.create(date=MONDAY + dt.timedelta(days=1), name="Holiday")
    assert starts(visit_type, days=2) == ["21:30", "22:30"]


def test_two_places_keep_their_own_clocks(provider: Provider, visit_type: VisitType) -> None:
    east, west = LocationFactory(time_zone="America/New_York"), LocationFactory(time_zone="America/Chicago")
    window(provider, "09:00", "10:00", location=east)
    window(provider, "11:00", "13:00", location=west)
    assert starts(visit_type, zone=NEW_YORK) == ["09:00", "12:00", "13:00"]
    assert starts(visit_type, zone=CHICAGO, location_ids=frozenset([west.pk])) == ["11:00", "12:00"]
    assert starts(visit_type, zone=CHICAGO, times_of_day=frozenset([TimeOfDay.AFTERNOON])) == ["12:00"]


def test_closed_day_is_that_of_the_place(provider: Provider, visit_type: VisitType) -> None:
    """At eleven at night in Chicago it is Tuesday in New York already."""
    window(provider, "22:00", "23:59", location=LocationFactory(time_zone="America/Chicago"))
    ClosedDay.objects.create(date=MONDAY + dt.timedelta(days=1), name="Holiday")
    assert starts(visit_type, zone=CHICAGO) == ["22:00"]


def test_overlapping_windows_give_each_time_once(provider: Provider, visit_type: VisitType) -> None:
    first = window(provider, "09:00", "12:00")
    window(provider, "10:00", "13:00", location=first.location)
    assert starts(visit_type) == ["09:00", "10:00", "11:00", "12:00"]


def test_provider_is_away_for_an_hour_or_for_days(provider: Provider, visit_type: VisitType) -> None:
    window(provider)
    window(provider, weekday=1)
    special(provider, ExceptionKind.AWAY, starts_at=dt.time(9, 30), ends_at=dt.time(10, 15))
    assert starts(visit_type) == ["11:00"]
    special(provider, ExceptionKind.AWAY, last_date=MONDAY + dt.timedelta(days=1))
    assert starts(visit_type, days=2) == []


def test_being_away_from_one_place_leaves_the_other(provider: Provider, visit_type: VisitType) -> None:
    here, there = window(provider, "09:00", "10:00"), window(provider, "13:00", "14:00")
    special(provider, ExceptionKind.AWAY, location=here.location)
    assert starts(visit_type) == ["13:00"]
    assert there.location != here.location


def test_extra_hours_add_to_the_week(provider: Provider, visit_type: VisitType) -> None:
    saturday = dt.date(2031, 6, 7)
    hours = {"location": LocationFactory(), "starts_at": dt.time(8), "ends_at": dt.time(9, 30)}
    special(provider, ExceptionKind.EXTRA, first=saturday, **hours)
    assert starts(visit_type, first=saturday) == ["08:00", "08:15", "08:30"]


def test_reserved_time_opens_hours_before_it_begins(provider: Provider, visit_type: VisitType) -> None:
    window(provider)
    urgent = VisitTypeFactory(minutes=60)
    provider.visit_types.add(urgent)
    kept = special(provider, ExceptionKind.RESERVED, starts_at=dt.time(9), ends_at=dt.time(10), opens_hours=20)
    kept.visit_types.add(urgent)
    assert starts(urgent) == ["09:00", "10:00", "11:00"]
    opens = dt.datetime(2031, 6, 1, 13, 0, tzinfo=NEW_YORK)
    assert starts(visit_type, at=opens - dt.timedelta(minutes=1)) == ["10:00", "11:00"]
    assert starts(visit_type, at=opens) == ["09:00", "10:00", "11:00"]


def test_window_for_certain_visits_is_for_no_others(provider: Provider, visit_type: VisitType) -> None:
    only = window(provider)
    only.visit_types.add(VisitTypeFactory())
    assert starts(visit_type) == []
    only.visit_types.add(visit_type)
    assert starts(visit_type) == ["09:00", "10:00", "11:00"]


def test_window_counts_on_the_days_it_is_valid(provider: Provider, visit_type: VisitType) -> None:
    window(provider, valid_from=MONDAY + dt.timedelta(days=1), valid_until=MONDAY + dt.timedelta(days=7))
    assert starts(visit_type, days=21) == ["09:00", "10:00", "11:00"]


def test_taken_and_held_time_is_not_free_until_the_hold_runs_out(provider: Provider, visit_type: VisitType) -> None:
    window(provider)
    nine = dt.datetime(2031, 6, 2, 9, 0, tzinfo=NEW_YORK)
    AppointmentFactory(provider=provider, starts_at=nine, visit_type__minutes=20)
    held = AppointmentFactory(provider=provider, starts_at=nine - dt.timedelta(days=400))
    until = AT + dt.timedelta(minutes=5)
    start = nine + dt.timedelta(hours=1)
    cells.take(
        provider_id=provider.pk, start=start, end=start + cells.CELL, appointment_id=held.pk, at=AT, held_until=until
    )
    assert starts(visit_type) == ["11:00"]
    assert starts(visit_type, at=until) == ["10:00", "11:00"]


@pytest.mark.parametrize(
    ("first", "count", "free"),
    [
        pytest.param(0, 1, ["10:00", "11:00"], id="its-first-minutes"),
        pytest.param(11, 1, ["10:00", "11:00"], id="its-last-minutes"),
        pytest.param(-1, 1, ["09:00", "10:00", "11:00"], id="just-before"),
        pytest.param(12, 12, ["09:00", "11:00"], id="just-after"),
    ],
)
def test_no_minute_of_a_visit_is_taken(
    provider: Provider, visit_type: VisitType, first: int, count: int, free: list[str]
) -> None:
    made = window(provider)
    nine = dt.datetime(2031, 6, 2, 9, 0, tzinfo=NEW_YORK)
    whose = AppointmentFactory(starts_at=nine - dt.timedelta(days=400))
    start = nine + cells.CELL * first
    cells.take(provider_id=provider.pk, start=start, end=start + cells.CELL * count, appointment_id=whose.pk, at=AT)
    assert starts(visit_type) == free
    asked = slots.is_free(
        visit_type=visit_type,
        modality=Modality.IN_PERSON,
        provider_id=provider.pk,
        location_id=made.location_id,
        starts_at=nine,
        at=AT,
    )
    assert asked == ("09:00" in free)


def test_booking_online_keeps_its_limits_and_staff_do_not(provider: Provider) -> None:
    short = VisitTypeFactory(minutes=60, lead_hours=2, horizon_days=7)
    provider.visit_types.add(short)
    window(provider)
    at = dt.datetime(2031, 6, 2, 9, 20, tzinfo=NEW_YORK)
    assert starts(short, days=21, at=at) == ["09:00", "10:00", "11:00"]
    assert starts(short, at=at - dt.timedelta(minutes=20)) == ["11:00"]
    # The visit that began twenty minutes ago can still be given to somebody who walks in.
    assert starts(short, days=15, at=at, for_staff=True) == ["09:00", "10:00", "11:00"] * 3


@pytest.mark.parametrize(
    ("wish", "is_found"),
    [
        pytest.param({}, True, id="nothing-wished"),
        pytest.param({"language": "es"}, True, id="language-of-any-region"),
        pytest.param({"language": "ES-mx"}, True, id="region-in-other-letters"),
        pytest.param({"language": "e"}, False, id="part-of-a-language"),
        pytest.param({"is_new": True}, False, id="new-patient"),
        pytest.param({"modality": Modality.VIDEO}, False, id="not-by-video"),
        pytest.param({"weekdays": frozenset([0])}, True, id="monday"),
        pytest.param({"weekdays": frozenset([1])}, False, id="tuesday"),
        pytest.param({"times_of_day": frozenset(["evening"])}, False, id="evening"),
    ],
)
def test_wishes_narrow_what_is_found(visit_type: VisitType, wish: dict, is_found: bool) -> None:
    provider = ProviderFactory(languages=["en", "es-MX"], accepts_new=False)
    provider.visit_types.add(visit_type)
    window(provider)
    assert bool(starts(visit_type, **wish)) == is_found


@pytest.mark.parametrize("what", ["provider", "practitioner", "place", "visit type"])
def test_what_is_closed_gives_no_times(provider: Provider, visit_type: VisitType, what: str) -> None:
    made = window(provider)
    assert starts(visit_type, for_staff=True)
    if what == "provider":
        Provider.objects.update(is_active=False)
    elif what == "practitioner":
        type(provider.practitioner).objects.update(active=False)
    elif what == "place":
        type(made.location).objects.update(status="suspended")
    else:
        visit_type.is_active = False
    assert starts(visit_type, for_staff=True) == []


def test_soonest_come_first_and_no_more_than_asked_for(visit_type: VisitType) -> None:
    for hour in ("13:00", "09:00", "11:00"):
        provider = ProviderFactory()
        provider.visit_types.add(visit_type)
        window(provider, hour, "17:00")
    assert starts(visit_type, days=60) == sorted(starts(visit_type)) + starts(visit_type) * 8
    found = slots.find(Wish(visit_type), first=MONDAY, days=60, at=AT, limit=3)
    assert [slot.starts_at.astimezone(NEW_YORK).hour for slot in found] == [9, 10, 11]
    assert found[0].ends_at - found[0].starts_at == dt.timedelta(minutes=60)


@pytest.mark.parametrize("minute", [1, 5, 30])
def test_time_beside_the_steps_cannot_be_booked(provider: Provider, visit_type: VisitType, minute: int) -> None:
    made = window(provider)
    asked = {
        "visit_type": visit_type,
        "modality": Modality.IN_PERSON,
        "provider_id": provider.pk,
        "location_id": made.location_id,
        "at": AT,
    }
    nine = dt.datetime(2031, 6, 2, 9, 0, tzinfo=NEW_YORK)
    assert slots.is_free(starts_at=nine, **asked)
    assert not slots.is_free(starts_at=nine + dt.timedelta(minutes=minute), **asked)
    assert not slots.is_free(starts_at=nine, **asked | {"modality": Modality.PHONE})
    assert not slots.is_free(starts_at=nine, **asked | {"location_id": LocationFactory().pk})


def test_time_off_the_grid_is_never_taken(provider: Provider) -> None:
    """Its cells would not meet those of a visit on the grid, and both could be booked."""
    whose = AppointmentFactory(starts_at=AT - dt.timedelta(days=400))
    start = dt.datetime(2031, 6, 2, 9, 2, tzinfo=NEW_YORK)
    with pytest.raises(cells.OffGrid):
        cells.take(provider_id=provider.pk, start=start, end=start + cells.CELL, appointment_id=whose.pk, at=AT)
