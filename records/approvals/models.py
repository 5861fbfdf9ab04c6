"""A question to a second person, and the answer."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class ApprovalQuerySet(models.QuerySet["Approval"]):
    def waiting(self) -> "ApprovalQuerySet":
        return self.filter(decided_at__isnull=True)


class Approval(models.Model):
    """That one object needs a second person: asked once, decided once, never by who asked."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=40)
    object_id = models.CharField(max_length=60)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    is_approved = models.BooleanField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=500, blank=True)

    # What it is about, in words, once a page has asked its kind.
    sentence = ""

    objects = ApprovalQuerySet.as_manager()

    class Meta:
        ordering = ["requested_at"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "object_id"], name="approval_once_per_object"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("requested_by")),
                name="approval_by_somebody_else",
            ),
            models.CheckConstraint(
                condition=Q(is_approved__isnull=True, decided_by__isnull=True, decided_at__isnull=True)
                | Q(is_approved__isnull=False, decided_by__isnull=False, decided_at__isnull=False),
                name="approval_decided_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"Approval {self.id}"
