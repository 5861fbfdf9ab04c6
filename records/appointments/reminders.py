"""Reminders before an appointment, and the link in them by which somebody says that they are coming."""

import datetime as dt
import uuid

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.http import urlencode

from records.appointments.bookings import Appointment
from records.appointments.states import Status
from records.appointments.telling import REMINDER, path_of, tell_readers

# How late a reminder may go out, when workers were down; then the next one is near enough.
CATCH_UP = dt.timedelta(hours=2)
# So many in one go; the rest in the next, a few minutes later.
MOST = 2000
_SALT = "records.appointments.confirm"


def remind(at: dt.datetime) -> int:
    """Tells everyone who may see them of appointments that are near; how many. A periodic job.

    Once for each setting of hours before and each change of the appointment. Who booked later than that knows.
    """
    count = 0
    for hours in settings.APPOINTMENT_REMINDER_HOURS:
        before = dt.timedelta(hours=hours)
        near = Appointment.objects.filter(
            status=Status.BOOKED,
            patient__is_deceased=False,
            starts_at__gt=at + before - min(CATCH_UP, before / 2),
            starts_at__lte=at + before,
            booked_at__lte=at - CATCH_UP,
        )
        for appointment in near.select_related("patient").order_by("starts_at", "id")[:MOST]:
            tell_readers(
                appointment,
                kind=REMINDER,
                cause=f"reminder:{appointment.pk}:{appointment.sequence}:{hours}",
                at=at,
                path=path_of(appointment),
                confirm_url=settings.PORTAL_URL + confirm_path(appointment),
            )
            count += 1
    return count


def confirm_path(appointment: Appointment) -> str:
    """The address that says one is coming; worth nothing once the appointment is changed or has begun."""
    token = signing.Signer(salt=_SALT).sign(f"{appointment.pk.hex}.{appointment.sequence}")
    return f"{reverse('records:appointment_confirm_by_link')}?{urlencode({'t': token})}"


def appointment_of(token: str, at: dt.datetime) -> Appointment | None:
    """What a link of a reminder stands for; None when it was made up or is over."""
    try:
        key, _dot, sequence = signing.Signer(salt=_SALT).unsign(token).partition(".")
    except (signing.BadSignature, ValueError):
        return None
    rows = Appointment.objects.filter(pk=uuid.UUID(key), sequence=int(sequence), status=Status.BOOKED)
    appointment: Appointment | None = rows.filter(starts_at__gt=at).first()
    return appointment
