"""What came in, when, through whom, and what could not be kept."""

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class BatchStatus(models.TextChoices):
    RUNNING = "running", _("Running")
    COMPLETE = "complete", _("Complete")
    PARTIAL = "partial", _("Some resources were rejected")
    UNREADABLE = "unreadable", _("The file could not be read")


class ImportBatch(models.Model):
    """One file (or one folder of NDJSON) brought in, with counts of what became of its resources.

    `counts` maps a resource type to {in, created, updated, unchanged, rejected, not_kept}; `in` is always
    the sum of the others.
    """

    Status = BatchStatus

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file_name = models.CharField(max_length=255, help_text=_("the name alone, never the path"))
    source_system = models.CharField(max_length=255, blank=True)
    status = models.CharField(max_length=20, choices=BatchStatus, default=BatchStatus.RUNNING)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("empty when it was a command on the server"),
    )
    resources_in = models.PositiveIntegerField(default=0)
    resources_kept = models.PositiveIntegerField(default=0)
    resources_not_kept = models.PositiveIntegerField(default=0)
    resources_rejected = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict, blank=True)
    not_kept = models.JSONField(default=dict, blank=True, help_text=_("resource type to the reason"))

    class Meta:
        verbose_name_plural = "import batches"
        ordering: ClassVar[list[str]] = ["-started_at"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=models.Q(
                    resources_in=models.F("resources_kept")
                    + models.F("resources_not_kept")
                    + models.F("resources_rejected")
                ),
                name="importbatch_counts_add_up",
            ),
        ]

    def __str__(self) -> str:
        return f"Import {self.pk}"


class ImportIssue(models.Model):
    """Why a resource, or a whole file, was not kept, or what was odd about one that was. Holds no patient data."""

    class Severity(models.TextChoices):
        ERROR = "error", _("Rejected")
        WARNING = "warning", _("Kept, with a remark")

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="issues")
    severity = models.CharField(max_length=10, choices=Severity, default=Severity.ERROR)
    resource_type = models.CharField(max_length=40, blank=True)
    resource_id = models.CharField(max_length=100, blank=True)
    path = models.CharField(max_length=255, blank=True)
    reason = models.CharField(max_length=500)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return f"Import issue {self.pk}"
