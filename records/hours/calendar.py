"""Business time: is somebody there, when is somebody there again, and by when is something promised."""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from records.hours.models import ClosedDay, OpeningHours

# Nobody promises more than this; it also ends the search of a clinic that has entered no hours.
FARTHEST = dt.timedelta(days=90)


class NoHours(LookupError):
    """The clinic has entered no opening hours, or is closed for months."""


@dataclass(frozen=True)
class Calendar:
    """Hours and closed days, read once: two queries, whatever is asked of it then."""

    hours: dict[int, tuple[dt.time, dt.time]]
    closed: frozenset[dt.date]

    def is_business_day(self, day: dt.date) -> bool:
        return day.weekday() in self.hours and day not in self.closed

    def is_open(self, at: dt.datetime) -> bool:
        local = timezone.localtime(at)
        if not self.is_business_day(local.date()):
            return False
        opens, closes = self.hours[local.weekday()]
        return opens <= local.time() < closes

    def next_open(self, at: dt.datetime) -> dt.datetime:
        """`at` itself while somebody is there, else when somebody is next. Raises NoHours."""
        if self.is_open(at):
            return at
        local = timezone.localtime(at)
        for day in self._days_from(local.date()):
            opens = self._at(day, self.hours[day.weekday()][0])
            if opens > at:
                return opens
        raise NoHours

    def due_after(self, at: dt.datetime, days: int) -> dt.datetime:
        """The close of the business day that is `days` business days after `at`. Raises NoHours.

        What comes after the close of a day counts as having come on the next.
        """
        came = timezone.localtime(self.next_open(at)).date()
        left = days
        for day in self._days_from(came):
            if left == 0:
                return self._at(day, self.hours[day.weekday()][1])
            left -= 1
        raise NoHours

    def closed_between(self, start: dt.datetime, end: dt.datetime) -> list[dt.date]:
        """The closed days from `start` to `end`, weekdays that are never open left out."""
        first, last = timezone.localtime(start).date(), timezone.localtime(end).date()
        return sorted(day for day in self.closed if first <= day <= last and day.weekday() in self.hours)

    def _days_from(self, day: dt.date) -> list[dt.date]:
        days = (day + dt.timedelta(days=offset) for offset in range(FARTHEST.days))
        return [each for each in days if self.is_business_day(each)]

    def _at(self, day: dt.date, time: dt.time) -> dt.datetime:
        return timezone.make_aware(dt.datetime.combine(day, time))


def calendar() -> Calendar:
    """What the clinic has entered now."""
    return Calendar(
        hours={row.weekday: (row.opens_at, row.closes_at) for row in OpeningHours.objects.all()},
        closed=frozenset(ClosedDay.objects.values_list("date", flat=True)),
    )


def opens_again(at: dt.datetime) -> dt.datetime | None:
    """When somebody reads again; None while somebody does, or when nobody knows."""
    try:
        opens = calendar().next_open(at)
    except NoHours:
        return None
    return None if opens == at else opens
