"""By when the clinic answers."""

import datetime as dt

from django.conf import settings

from records.hours.calendar import Calendar, NoHours, calendar
from records.refills.states import Kind

# What is urgent is answered by the end of the next business day at the latest; what is approved is sent by then.
URGENT_DAYS = SENDING_DAYS = 1


def days_for(kind: Kind | str, *, is_urgent: bool) -> int:
    """Business days."""
    days: int = settings.REFILL_ANSWER_DAYS[Kind(kind).value]
    return min(days, URGENT_DAYS) if is_urgent else days


def due_after(at: dt.datetime, days: int, hours: Calendar | None = None) -> dt.datetime | None:
    """The close of that business day; None when the clinic has entered no hours. Pass `hours` for several at once."""
    try:
        return (hours or calendar()).due_after(at, days)
    except NoHours:
        return None


def opens_at(at: dt.datetime) -> dt.datetime | None:
    """When somebody is there again; None while somebody is, or when the clinic has entered no hours."""
    try:
        opens = calendar().next_open(at)
    except NoHours:
        return None
    return opens if opens > at else None
