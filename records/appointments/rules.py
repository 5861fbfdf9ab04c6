"""What may be booked by whom, and until when it can be changed without being late."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.db.models import Exists, QuerySet, TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from records.access.permissions import Permission
from records.access.scope import Scope
from records.appointments.bookings import Appointment
from records.appointments.states import Status
from records.chart.models import Encounter
from records.patients.people import Patient
from records.scheduling.choices import Booking, Standing
from records.scheduling.visit_types import VisitReason, VisitType

# CPT calls a patient established who was seen within three years.
SEEN_WITHIN = dt.timedelta(days=3 * 365 + 1)


class Obstacle(TextChoices):
    """Why somebody cannot book a kind of visit, in words for them."""

    STAFF_ONLY = "staff", _("Our staff book this visit. Please call us.")
    ASK = "ask", _("You can ask for this visit; we find the time for you.")
    TOO_YOUNG = "young", _("This visit is for older patients.")
    TOO_OLD = "old", _("This visit is for younger patients.")
    ONLY_NEW = "new", _("This visit is for patients who are new to us.")
    ONLY_ESTABLISHED = "established", _("This visit is for patients whom we have seen in the last three years.")
    DECEASED = "deceased", _("Appointments are closed for this record.")


def with_standing(rows: QuerySet[Any], patient: Patient, at: dt.datetime) -> QuerySet[Any]:
    """The rows, each saying in `is_established` whether the clinic has seen the patient within three years."""
    since = at - SEEN_WITHIN
    seen = Encounter.objects.filter(patient=patient, entered_in_error=False, effective_start__gt=since)
    done = Appointment.objects.filter(patient=patient, status=Status.FULFILLED, starts_at__gt=since)
    return rows.annotate(is_established=Exists(seen.filter(effective_start__lte=at)) | Exists(done))


def is_established(patient: Patient, at: dt.datetime) -> bool:
    found: bool = (
        with_standing(Patient.objects.all(), patient, at).values_list("is_established", flat=True).get(pk=patient.pk)
    )
    return found


def obstacle(
    visit_type: VisitType, patient: Patient, *, established: bool, day: dt.date, until: dt.date | None = None
) -> Obstacle | None:
    """Why this patient cannot have this kind of visit on `day` by booking it themselves; None when they can.

    With `until` it may be on any day from `day` to that one: who has the age on one of them can.
    """
    age, oldest = patient.age_on(day), patient.age_on(until or day)
    if patient.is_deceased:
        return Obstacle.DECEASED
    if visit_type.booking == Booking.STAFF or not visit_type.is_active:
        return Obstacle.STAFF_ONLY
    if oldest is not None and visit_type.min_age is not None and oldest < visit_type.min_age:
        return Obstacle.TOO_YOUNG
    if age is not None and visit_type.max_age is not None and age > visit_type.max_age:
        return Obstacle.TOO_OLD
    if visit_type.standing == Standing.NEW and established:
        return Obstacle.ONLY_NEW
    if visit_type.standing == Standing.ESTABLISHED and not established:
        return Obstacle.ONLY_ESTABLISHED
    return Obstacle.ASK if visit_type.booking == Booking.REQUEST else None


def obstacle_ahead(visit_type: VisitType, patient: Patient, *, established: bool, at: dt.datetime) -> Obstacle | None:
    """Why this patient cannot book this kind of visit on any day from today as far ahead as it is booked."""
    today = timezone.localdate(at)
    until = today + dt.timedelta(days=visit_type.horizon_days)
    return obstacle(visit_type, patient, established=established, day=today, until=until)


def reasons_for(scope: Scope, *, established: bool, at: dt.datetime) -> list[tuple[VisitReason, Obstacle | None]]:
    """The reasons that are offered to this reader, each with what stands in the way; staff-only ones are left out.

    A sensitive visit is offered only to who would see it afterwards.
    """
    rows = VisitReason.objects.select_related("visit_type").filter(
        visit_type__is_active=True,
        visit_type__in=VisitType.objects.exclude(booking=Booking.STAFF),
    )
    return [
        (reason, obstacle_ahead(reason.visit_type, scope.patient, established=established, at=at))
        for reason in rows
        if scope.may(Permission.SENSITIVE) or not reason.visit_type.is_sensitive
    ]


def can_change(appointment: Appointment, at: dt.datetime) -> bool:
    """Whether the patient can still move or cancel it."""
    return appointment.status == Status.BOOKED and appointment.starts_at > at


def can_pick_another(appointment: Appointment, patient: Patient) -> bool:
    """Whether the patient finds other times for a visit of its kind here, rather than by calling."""
    visit_type = appointment.visit_type
    return visit_type.booking == Booking.SELF and visit_type.is_active and not patient.is_deceased


def free_until(appointment: Appointment) -> dt.datetime:
    """Until when it can be cancelled without being late."""
    return appointment.starts_at - dt.timedelta(hours=appointment.visit_type.cancel_hours)


def is_late(appointment: Appointment, at: dt.datetime) -> bool:
    return at > free_until(appointment)


def check_in_opens_at(appointment: Appointment) -> dt.datetime:
    return appointment.starts_at - dt.timedelta(days=settings.CHECK_IN_DAYS)


def check_in_is_open(appointment: Appointment, at: dt.datetime) -> bool:
    """From some days before until the visit begins."""
    return can_change(appointment, at) and check_in_opens_at(appointment) <= at
