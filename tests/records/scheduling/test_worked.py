"""What a provider's days look like to staff."""

import datetime as dt
import zoneinfo

import pytest

from records.hours.models import ClosedDay
from records.models import Provider
from records.scheduling import worked
from records.scheduling.choices import ExceptionKind
from tests.factories.scheduling import (
    AvailabilityExceptionFactory,
    AvailabilityFactory,
    LocationFactory,
    ProviderFactory,
    VisitTypeFactory,
)
from tests.queries import cost_of

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

MONDAY = dt.date(2031, 6, 2)
NEW_YORK = zoneinfo.ZoneInfo("America/New_York")


@pytest.fixture
def provider() -> Provider:
    """Mondays nine to noon."""
    made = ProviderFactory()
    AvailabilityFactory(provider=made).visit_types.add(VisitTypeFactory())
    return made


def special(
    provider: Provider, kind: ExceptionKind, starts_at: int | None = None, ends_at: int | None = None, **fields
):
    times = {} if starts_at is None else {"starts_at": dt.time(starts_at), "ends_at": dt.time(ends_at)}
    AvailabilityExceptionFactory(provider=provider, kind=kind, first_date=MONDAY, last_date=MONDAY, **times, **fields)


def hours(stretches) -> list[str]:
    return [f"{each.starts_at:%H:%M}-{each.ends_at:%H:%M}{each.kind and ' ' + each.kind}" for each in stretches]


def test_day_has_the_hours_of_every_visit(provider: Provider) -> None:
    monday, tuesday = worked.days_of(provider, MONDAY, 2)
    assert (hours(monday.open), hours(monday.missing)) == (["09:00-12:00"], [])
    assert (hours(tuesday.open), tuesday.is_closed) == ([], False)


def test_away_is_cut_out_and_kept_time_stays_open(provider: Provider) -> None:
    special(provider, ExceptionKind.AWAY, 10, 11)
    special(provider, ExceptionKind.RESERVED, 11, 13, opens_hours=9000)
    special(provider, ExceptionKind.EXTRA, 14, 15, location=LocationFactory(time_zone="America/Chicago"))
    (day,) = worked.days_of(provider, MONDAY, 1)
    assert hours(day.open) == ["09:00-10:00", "11:00-12:00", "14:00-15:00"]
    assert hours(day.missing) == ["10:00-11:00 away", "11:00-12:00 reserved"]


def test_closed_day_has_no_hours(provider: Provider) -> None:
    ClosedDay.objects.create(date=MONDAY, name="Holiday")
    (day,) = worked.days_of(provider, MONDAY, 1)
    assert (day.is_closed, day.open, day.missing) == (True, [], [])


def test_free_time_lies_between_the_visits(provider: Provider) -> None:
    (day,) = worked.days_of(provider, MONDAY, 1)
    ten = dt.datetime(2031, 6, 2, 10, 0, tzinfo=NEW_YORK)
    long = (ten + dt.timedelta(minutes=90), ten + dt.timedelta(hours=5))
    assert hours(day.free([])) == ["09:00-12:00"]
    assert hours(day.free([(ten, ten + dt.timedelta(minutes=20)), long])) == ["09:00-10:00", "10:20-11:30"]


@pytest.mark.parametrize("weeks", [1, 10])
def test_days_cost_two_queries(provider: Provider, weeks: int) -> None:
    for number in range(weeks):
        AvailabilityFactory(provider=provider, weekday=number % 7)
    assert cost_of(lambda: worked.days_of(provider, MONDAY, 7)) == 2
