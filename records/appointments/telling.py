"""Who is told that something happened to an appointment: never whose, with whom, when or why."""

import datetime as dt

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from records.access.models import User
from records.access.readers import readers_of
from records.access.rows import PatientRow
from records.appointments.bookings import Appointment
from records.appointments.states import EventKind, OfferState, Status
from records.appointments.waiting import WaitlistOffer
from records.notifications import kinds
from records.notifications.actions import notify
from records.notifications.choices import Category

_TEMPLATE = "records/appointments/news_email"


def _is_still_offered(cause: str, at: dt.datetime) -> bool:
    """Whether the offer of a notice waits for an answer; it was told after a night or after quiet hours."""
    open_now = WaitlistOffer.objects.filter(state=OfferState.OFFERED, expires_at__gt=at)
    return open_now.filter(pk=cause.rpartition(":")[2]).exists()


def _is_still_ahead(cause: str, at: dt.datetime) -> bool:
    """Whether the appointment of a reminder stands as it did, and has not begun."""
    _name, appointment, sequence, _hours = cause.split(":")
    return Appointment.objects.filter(
        pk=appointment, sequence=sequence, status=Status.BOOKED, starts_at__gt=at
    ).exists()


NEWS = {
    EventKind.BOOKED: kinds.register(
        "appointment_booked", subject=_("An appointment was booked"), template=_TEMPLATE, category=Category.APPOINTMENTS
    ),
    EventKind.MOVED: kinds.register(
        "appointment_moved", subject=_("An appointment was moved"), template=_TEMPLATE, category=Category.APPOINTMENTS
    ),
    EventKind.CANCELLED: kinds.register(
        "appointment_cancelled",
        subject=_("An appointment was cancelled"),
        template=_TEMPLATE,
        category=Category.APPOINTMENTS,
    ),
}
ANSWERED = kinds.register(
    "appointment_answered",
    subject=_("An answer about an appointment"),
    template=_TEMPLATE,
    category=Category.APPOINTMENTS,
)
OFFER = kinds.register(
    "appointment_offer",
    subject=_("An earlier appointment is free"),
    template="records/appointments/offer_email",
    category=Category.APPOINTMENTS,
    is_timely=True,
    holds=_is_still_offered,
)
REMINDER = kinds.register(
    "appointment_reminder",
    subject=_("An appointment is coming up"),
    template="records/appointments/reminder_email",
    category=Category.APPOINTMENTS,
    is_timely=True,
    holds=_is_still_ahead,
)


def tell(appointment: Appointment, event: EventKind, at: dt.datetime) -> None:
    """Tells everyone who may see it."""
    tell_readers(appointment, kind=NEWS[event], cause=f"{event}:{appointment.pk}", at=at, path=path_of(appointment))


def tell_readers(row: PatientRow, *, kind: str, cause: str, at: dt.datetime, path: str, **context: str) -> None:
    tell_each(readers_of(row, at), kind=kind, cause=cause, at=at, path=path, **context)


def tell_each(users: list[User], *, kind: str, cause: str, at: dt.datetime, path: str, **context: str) -> None:
    for user in users:
        notify(kind=kind, cause=cause, at=at, user=user, context={"url": settings.PORTAL_URL, **context}, path=path)


def path_of(appointment: Appointment) -> str:
    return reverse("records:appointment", kwargs={"patient": appointment.patient_id, "appointment": appointment.pk})
