"""What was booked, and what became of it."""

import datetime as dt
import uuid
from typing import Any, ClassVar

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from records.access.models import User
from records.access.permissions import Permission
from records.access.rows import PatientRow, PatientRowQuerySet
from records.appointments.states import CancelReason, EventKind, OfferState, Status
from records.scheduling.choices import Modality

TEXT_LENGTH = 1000


class AppointmentQuerySet(PatientRowQuerySet["Appointment"]):
    def arranged(self) -> "AppointmentQuerySet":
        """Those that were booked once: not what is held while somebody confirms, nor an offer that nobody took."""
        return self.filter(booked_at__isnull=False)

    def upcoming(self, at: dt.datetime) -> "AppointmentQuerySet":
        """Booked and not over; soonest first."""
        return self.filter(status__in=(Status.BOOKED, Status.ARRIVED), ends_at__gt=at).order_by("starts_at", "id")

    def ahead(self, at: dt.datetime) -> "AppointmentQuerySet":
        """Those, and what the wait list offers, as long as it can be taken; soonest first."""
        offered = Q(offer__state=OfferState.OFFERED, offer__expires_at__gt=at)
        booked = Q(status__in=(Status.BOOKED, Status.ARRIVED), ends_at__gt=at)
        return self.filter(booked | offered).select_related("offer").order_by("starts_at", "id")

    def with_waiting(self) -> "AppointmentQuerySet":
        """Each says in `waits` whether the patient waits for an earlier one."""
        entries = apps.get_model("records", "WaitlistEntry").objects
        return self.annotate(waits=Exists(entries.filter(appointment=OuterRef("pk"), ended_at__isnull=True)))

    def past(self, at: dt.datetime) -> "AppointmentQuerySet":
        """Over, cancelled or missed; newest first."""
        over = Q(ends_at__lte=at) | Q(status__in=(Status.CANCELLED, Status.NO_SHOW, Status.FULFILLED))
        return self.arranged().filter(over).order_by("-starts_at", "id")

    def cancelled_to_look_at(self) -> "AppointmentQuerySet":
        """Cancelled late, or with words of danger, and nobody of staff has looked at it."""
        danger = Q(is_urgent=True, status=Status.CANCELLED) & ~Q(cancel_note="")
        return self.filter(Q(is_late_cancel=True) | danger, late_seen_at__isnull=True)

    def overlapping(self, start: dt.datetime, end: dt.datetime) -> "AppointmentQuerySet":
        return self.filter(starts_at__lt=end, ends_at__gt=start)

    def with_parts(self) -> "AppointmentQuerySet":
        """With what a line of a list names."""
        return self.select_related("provider__practitioner", "location", "visit_type", "reason")


class Appointment(PatientRow):
    """A time that one patient has with one provider. It holds its time by SlotCells, which no two can share.

    `once` comes with the page that confirms it. `replaces` is the appointment that this one moved, which is
    cancelled only when this one is sure. `sequence` counts its changes for calendars (RFC 5545 §3.8.7.4), whose
    UID is `calendar_uid`: the first of a row of moved appointments gives it to those that follow.
    """

    permission = Permission.APPOINTMENTS

    once = models.UUIDField(unique=True, default=uuid.uuid4)
    status = models.CharField(max_length=10, choices=Status, default=Status.HELD)
    provider = models.ForeignKey("records.Provider", on_delete=models.PROTECT, related_name="appointments")
    location = models.ForeignKey("records.Location", on_delete=models.PROTECT, related_name="+")
    visit_type = models.ForeignKey("records.VisitType", on_delete=models.PROTECT, related_name="+")
    reason = models.ForeignKey("records.VisitReason", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    modality = models.CharField(max_length=10, choices=Modality, default=Modality.IN_PERSON)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    held_until = models.DateTimeField(null=True, blank=True)
    reason_text = models.TextField(max_length=TEXT_LENGTH, blank=True)
    is_urgent = models.BooleanField(default=False)
    interpreter_language = models.CharField(max_length=60, blank=True)
    accessibility = models.CharField(max_length=300, blank=True)
    coverage = models.ForeignKey("records.Coverage", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    video_url = models.URLField(max_length=300, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    booked_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.CharField(max_length=10, choices=CancelReason, blank=True)
    cancel_note = models.CharField(max_length=300, blank=True)
    is_late_cancel = models.BooleanField(default=False)
    # When staff looked at a late cancellation.
    late_seen_at = models.DateTimeField(null=True, blank=True)
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="moves")
    encounter = models.ForeignKey(
        "records.Encounter", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    calendar_uid = models.UUIDField(default=uuid.uuid4)
    sequence = models.PositiveIntegerField(default=0)

    objects: ClassVar[Any] = AppointmentQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["starts_at", "id"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="appointment_ends_after_start"),
            models.CheckConstraint(
                condition=Q(status=Status.HELD, held_until__isnull=False, booked_at__isnull=True)
                | Q(status=Status.CANCELLED)
                | (
                    ~Q(status__in=(Status.HELD, Status.CANCELLED)) & Q(held_until__isnull=True, booked_at__isnull=False)
                ),
                name="appointment_held_or_booked",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.CANCELLED, cancelled_at__isnull=False)
                | (~Q(status=Status.CANCELLED) & Q(cancelled_at__isnull=True)),
                name="appointment_cancelled_has_time",
            ),
            models.UniqueConstraint(
                fields=["replaces"], condition=Q(booked_at__isnull=False), name="appointment_moved_once"
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["patient", "starts_at"], name="appointment_by_patient"),
            models.Index(fields=["provider", "starts_at"], name="appointment_by_provider"),
            models.Index(fields=["held_until"], condition=Q(status=Status.HELD), name="appointment_held"),
            models.Index(fields=["status", "starts_at"], name="appointment_by_status"),
        ]

    @property
    def is_over(self) -> bool:
        return self.status in (Status.CANCELLED, Status.NO_SHOW, Status.FULFILLED)

    @property
    def local_start(self) -> dt.datetime:
        """By the clock of its place."""
        return self.location.local(self.starts_at)

    @property
    def local_end(self) -> dt.datetime:
        return self.location.local(self.ends_at)

    @property
    def held_until_in_words(self) -> str:
        """When a hold or an offer runs out, by the clock of its place; "" for what is not held."""
        return self.location.says(self.held_until) if self.held_until else ""

    def note(self, kind: EventKind, *, at: dt.datetime, by: User | None) -> None:
        """Appends a step to its history."""
        AppointmentEvent.objects.create(appointment=self, kind=kind, by=by, at=at)


class AppointmentEvent(models.Model):
    """A step of an appointment; read it through its appointment."""

    appointment = models.ForeignKey(Appointment, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=10, choices=EventKind)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["at", "pk"]

    def __str__(self) -> str:
        return f"Appointment event {self.pk}"
