"""What patients ask for where they do not book themselves."""

import datetime as dt
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from records.access.permissions import Permission
from records.access.rows import PatientRow
from records.appointments.bookings import TEXT_LENGTH
from records.appointments.states import RequestState
from records.scheduling.choices import Modality, TimeOfDay


class AppointmentRequest(PatientRow):
    """A wish for an appointment that staff book.

    `wishes` lists up to three times, each {"date": ISO date, "time_of_day": a value of TimeOfDay or ""}.
    """

    permission = Permission.APPOINTMENTS

    once = models.UUIDField(unique=True)
    number = models.CharField(max_length=20, unique=True)
    state = models.CharField(max_length=10, choices=RequestState, default=RequestState.OPEN)
    visit_type = models.ForeignKey("records.VisitType", on_delete=models.PROTECT, related_name="+")
    reason = models.ForeignKey("records.VisitReason", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    provider = models.ForeignKey("records.Provider", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    location = models.ForeignKey("records.Location", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    modality = models.CharField(max_length=10, choices=Modality, blank=True)
    wishes = models.JSONField(default=list)
    reason_text = models.TextField(max_length=TEXT_LENGTH)
    is_urgent = models.BooleanField(default=False)
    interpreter_language = models.CharField(max_length=60, blank=True)
    accessibility = models.CharField(max_length=300, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answer = models.CharField(max_length=500, blank=True)
    appointment = models.OneToOneField(
        "records.Appointment", on_delete=models.PROTECT, null=True, blank=True, related_name="request"
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["created_at", "id"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(state=RequestState.OPEN, decided_at__isnull=True)
                | (~Q(state=RequestState.OPEN) & Q(decided_at__isnull=False)),
                name="appointmentrequest_decided_has_time",
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["state", "due_at"], name="appointmentrequest_waiting"),
            models.Index(fields=["patient", "-created_at"], name="appointmentreq_by_patient"),
        ]

    @property
    def times(self) -> list[tuple[dt.date, str]]:
        """The wished days, each with its time of day in words."""
        labels = dict(TimeOfDay.choices)
        return [(dt.date.fromisoformat(wish["date"]), str(labels.get(wish["time_of_day"], ""))) for wish in self.wishes]
