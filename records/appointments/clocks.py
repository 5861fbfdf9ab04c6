"""The clock of an offer runs while people are awake, where the appointment is."""

import datetime as dt

from django.conf import settings

from records.patients.providers import Location

WAKES, SLEEPS = dt.time(8), dt.time(20)


def waking(at: dt.datetime, place: Location) -> dt.datetime:
    """`at`, or the next morning when that is at night."""
    local = place.local(at)
    if local.time() < WAKES:
        return _on(local.date(), WAKES, place)
    if local.time() >= SLEEPS:
        return _on(local.date() + dt.timedelta(days=1), WAKES, place)
    return at


def runs_out(begins_at: dt.datetime, place: Location) -> dt.datetime:
    """When the minutes of an offer are over that begins by day; what is left in the evening runs on in the morning."""
    left = dt.timedelta(minutes=settings.WAITLIST_OFFER_MINUTES)
    evening = _on(place.local(begins_at).date(), SLEEPS, place)
    while begins_at + left > evening:
        left -= evening - begins_at
        begins_at = waking(evening, place)
        evening = _on(place.local(begins_at).date(), SLEEPS, place)
    return begins_at + left


def _on(day: dt.date, time: dt.time, place: Location) -> dt.datetime:
    return dt.datetime.combine(day, time, place.zone).astimezone(dt.UTC)
