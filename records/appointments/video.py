"""Where a video visit takes place, and from when to when it is open."""

import datetime as dt
import secrets

from django.conf import settings

from records.appointments.bookings import Appointment
from records.appointments.states import Status
from records.scheduling.choices import Modality


def room_for(modality: str) -> str:
    """A room that nobody can guess, where the clinic has set up rooms; staff enter the link where it has not."""
    if modality != Modality.VIDEO:
        return ""
    return settings.VIDEO_VISIT_URL.replace("{room}", secrets.token_urlsafe(16))


def opens_at(appointment: Appointment) -> dt.datetime:
    return appointment.starts_at - dt.timedelta(minutes=settings.VIDEO_OPENS_MINUTES)


def is_ahead(appointment: Appointment, at: dt.datetime) -> bool:
    """Whether it is a video visit that is still to come, or going on."""
    is_expected = appointment.status in (Status.BOOKED, Status.ARRIVED) and at < appointment.ends_at
    return is_expected and appointment.modality == Modality.VIDEO
