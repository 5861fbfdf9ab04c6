"""A provider's day or week as the desk sees it: what is booked, and the hours around it."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from records.appointments.bookings import Appointment
from records.appointments.states import Status
from records.scheduling import worked
from records.scheduling.providers import Provider
from records.scheduling.worked import Stretch, WorkedDay

WEEK = 7
# More than anybody sees in a week.
MOST = 500


@dataclass(frozen=True)
class Entry:
    """A line of the day: an appointment, or time that is still free."""

    starts_at: dt.datetime
    appointment: Appointment | None = None
    free: Stretch | None = None


@dataclass(frozen=True)
class Day:
    worked: WorkedDay
    appointments: list[Appointment]
    entries: list[Entry]

    @property
    def date(self) -> dt.date:
        return self.worked.date


def providers(at: dt.datetime) -> list[Provider]:
    """Those who take appointments, and those who no longer do as long as somebody is booked with them."""
    booked = Appointment.objects.upcoming(at).filter(provider=OuterRef("pk")).order_by()
    rows = Provider.objects.filter(Q(pk__in=Provider.objects.active()) | Exists(booked))
    return list(rows.select_related("practitioner"))


def provider_of(text: str, among: Sequence[Provider]) -> Provider | None:
    """The provider that an address names; the first one when it names none."""
    try:
        key = uuid.UUID(text) if text else None
    except ValueError:
        key = None
    return next((row for row in among if row.pk == key), among[0] if among else None)


def date_of(text: str, today: dt.date) -> dt.date:
    """The day that an address names, within ten years of today; today when it names none."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return today
    return day if abs((day - today).days) < 3660 else today


def days_of(provider: Provider, first: dt.date, count: int, at: dt.datetime) -> list[Day]:
    """These days by the clinic's clock, cancelled appointments left out; free time from `at` on. Three queries."""
    booked = _booked(provider, first, count)
    days = []
    for day in worked.days_of(provider, first, count):
        rows = booked.get(day.date, [])
        free = [stretch for stretch in day.free((row.starts_at, row.ends_at) for row in rows) if stretch.ends_at > at]
        entries = [Entry(row.starts_at, appointment=row) for row in rows]
        entries += [Entry(stretch.starts_at, free=stretch) for stretch in free]
        days.append(Day(day, rows, sorted(entries, key=lambda entry: entry.starts_at)))
    return days


def _booked(provider: Provider, first: dt.date, count: int) -> dict[dt.date, list[Appointment]]:
    start = timezone.make_aware(dt.datetime.combine(first, dt.time(0)))
    end = timezone.make_aware(dt.datetime.combine(first + dt.timedelta(days=count), dt.time(0)))
    rows: Any = Appointment.objects.arranged().exclude(status=Status.CANCELLED)
    rows = rows.filter(provider=provider, starts_at__gte=start, starts_at__lt=end).with_parts()
    by_day: dict[dt.date, list[Appointment]] = {}
    for row in rows.select_related("patient", "check_in").order_by("starts_at", "id")[:MOST]:
        by_day.setdefault(timezone.localdate(row.starts_at), []).append(row)
    return by_day
