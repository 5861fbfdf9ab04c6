import datetime as dt

import pytest
from django.utils import timezone

from records.hours.calendar import NoHours, calendar
from records.hours.models import ClosedDay, OpeningHours

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture(autouse=True)
def weekdays():
    """Weekdays from 8 to 18, and Thanksgiving off."""
    OpeningHours.objects.all().delete()
    for day in range(5):
        OpeningHours.objects.create(weekday=day, opens_at=dt.time(8), closes_at=dt.time(18))
    ClosedDay.objects.create(date=dt.date(2026, 11, 26), name="Thanksgiving")


def _at(day: int, hour: int, minute: int = 0, month: int = 11) -> dt.datetime:
    return timezone.make_aware(dt.datetime(2026, month, day, hour, minute))  # noqa: DTZ001 (made aware here)


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        (_at(24, 8), True),
        (_at(24, 7, 59), False),
        (_at(24, 17, 59), True),
        (_at(24, 18), False),
        (_at(26, 12), False),
        (_at(28, 12), False),
    ],
)
def test_open_in_its_hours_on_business_days(at, is_open):
    assert calendar().is_open(at) is is_open


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        (_at(24, 12), _at(24, 12)),
        (_at(24, 6), _at(24, 8)),
        (_at(24, 20), _at(25, 8)),
        (_at(25, 20), _at(27, 8)),  # over Thanksgiving
        (_at(27, 18), _at(30, 8)),  # over the weekend
    ],
)
def test_next_time_that_somebody_is_there(at, opens):
    assert calendar().next_open(at) == opens


@pytest.mark.parametrize(
    ("at", "days", "due"),
    [
        (_at(23, 9), 0, _at(23, 18)),
        (_at(23, 9), 2, _at(25, 18)),
        (_at(23, 20), 2, _at(27, 18)),  # came on Tuesday, and Thursday is closed
        (_at(28, 10), 1, _at(1, 18, month=12)),  # a Saturday's counts from Monday
    ],
)
def test_promise_in_business_days_ends_with_a_day(at, days, due):
    assert calendar().due_after(at, days) == due


def test_clock_change_keeps_the_clinics_hours():
    assert calendar().due_after(_at(30, 9, month=10), 1) == _at(2, 18)
    assert calendar().next_open(_at(1, 3)) == _at(2, 8)


def test_closed_days_on_the_way_are_named():
    assert calendar().closed_between(_at(23, 9), _at(30, 9)) == [dt.date(2026, 11, 26)]
    assert calendar().closed_between(_at(27, 9), _at(30, 9)) == []


def test_clinic_without_hours_promises_nothing():
    OpeningHours.objects.all().delete()
    with pytest.raises(NoHours):
        calendar().next_open(_at(24, 12))
    with pytest.raises(NoHours):
        calendar().due_after(_at(24, 12), 1)


def test_calendar_costs_two_queries(django_assert_num_queries):
    with django_assert_num_queries(2):
        known = calendar()
        known.due_after(_at(24, 12), 5)
        known.closed_between(_at(23, 9), _at(30, 9))
