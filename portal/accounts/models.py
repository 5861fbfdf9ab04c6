"""Activation codes: how a clinic lets a patient in."""

import datetime as dt
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q


class ActivationCodeQuerySet(models.QuerySet["ActivationCode"]):
    def usable(self, at: dt.datetime) -> "ActivationCodeQuerySet":
        """Codes that are neither used, nor revoked, nor expired at `at`."""
        return self.filter(used_at__isnull=True, revoked_at__isnull=True, expires_at__gt=at)


class ActivationCode(models.Model):
    """A code from the clinic that, with the birth date, lets one person open the patient's own account, once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey("records.Patient", on_delete=models.PROTECT, related_name="activation_codes")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    used_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ActivationCodeQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(used_at__isnull=True, used_by__isnull=True)
                | Q(used_at__isnull=False, used_by__isnull=False),
                name="activation_code_used_at_with_by",
            ),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True) | Q(revoked_at__isnull=True), name="activation_code_used_or_revoked"
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=models.F("created_at")), name="activation_code_expires_after_creation"
            ),
        ]

    def __str__(self) -> str:
        return f"Activation code {self.id}"
