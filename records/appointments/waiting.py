"""Who waits for an earlier time, and what they were offered."""

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from records.access.permissions import Permission
from records.access.rows import PatientRow
from records.appointments.bookings import Appointment
from records.appointments.states import OfferState


class WaitlistEntry(PatientRow):
    """ "Tell me of an earlier one": what the patient has is `appointment`, which stays theirs until another is sure.

    Offers come only from `earliest_date` on, on `weekdays` (datetime.date.weekday() numbers; none means any) and at
    `times_of_day` (values of TimeOfDay; none means any).
    """

    permission = Permission.APPOINTMENTS

    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="waitlist_entries")
    earliest_date = models.DateField()
    weekdays = models.JSONField(default=list, blank=True)
    times_of_day = models.JSONField(default=list, blank=True)
    same_provider = models.BooleanField(default=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["created_at", "id"]
        verbose_name_plural = "wait list entries"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["appointment"], condition=Q(ended_at__isnull=True), name="waitlistentry_one_active"
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["created_at"], condition=Q(ended_at__isnull=True), name="waitlistentry_active"),
        ]


class WaitlistOffer(models.Model):
    """An earlier time held for one person until `expires_at`; `held` is the appointment it becomes when taken."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    entry = models.ForeignKey(WaitlistEntry, on_delete=models.PROTECT, related_name="offers")
    held = models.OneToOneField(Appointment, on_delete=models.PROTECT, related_name="offer")
    state = models.CharField(max_length=10, choices=OfferState, default=OfferState.OFFERED)
    offered_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["offered_at", "id"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["entry"], condition=Q(state=OfferState.OFFERED), name="waitlistoffer_one_open"
            ),
        ]

    def __str__(self) -> str:
        return f"Wait list offer {self.pk}"
