"""An appointment as a calendar file (RFC 5545): the same UID for as long as it is moved or until it is cancelled."""

import datetime as dt

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from records.appointments.bookings import Appointment
from records.appointments.states import Status
from records.scheduling.choices import Modality

CONTENT_TYPE = "text/calendar; charset=utf-8"


def calendar_file(appointment: Appointment, at: dt.datetime) -> bytes:
    """What a calendar imports: it adds, moves or removes its entry.

    The entry says no more than time and place: calendars are shared, and a visit's kind is private.
    """
    event = Event()
    event.add("uid", f"{appointment.calendar_uid}@{_host()}")
    event.add("sequence", appointment.sequence)
    event.add("dtstamp", at)
    event.add("dtstart", appointment.starts_at.astimezone(dt.UTC))
    event.add("dtend", appointment.ends_at.astimezone(dt.UTC))
    event.add("summary", _("Appointment at %(organization)s") % {"organization": settings.ORGANIZATION_NAME})
    event.add("location", _place(appointment))
    event.add("url", f"{settings.PORTAL_URL}/home/")
    is_cancelled = appointment.status == Status.CANCELLED
    event.add("status", "CANCELLED" if is_cancelled else "CONFIRMED")
    calendar = Calendar()
    calendar.add("prodid", "-//patient-portal//appointments//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if is_cancelled else "PUBLISH")
    calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content


def _place(appointment: Appointment) -> str:
    if appointment.modality != Modality.IN_PERSON:
        return str(appointment.get_modality_display())
    return ", ".join([appointment.location.name, *appointment.location.address_lines])


def _host() -> str:
    return settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">")
