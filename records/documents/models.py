"""Documents: visit notes, letters, summaries."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from records.access.permissions import Permission
from records.documents.files.models import StoredFile as StoredFile
from records.patients.clinical import NAME_LENGTH, ClinicalRowQuerySet, VisitRow


class DocumentQuerySet(ClinicalRowQuerySet["DocumentReference"]):
    def current(self) -> "DocumentQuerySet":
        """Those that no later version replaces."""
        return self.exclude(status="superseded")


class DocumentReference(VisitRow):
    """One document; the code is its kind. Effective: the care it is about, else its date.

    Only text is kept here (`content`); of other files their type and size are.
    """

    permission = Permission.DOCUMENTS

    class Status(models.TextChoices):
        CURRENT = "current", _("Current")
        SUPERSEDED = "superseded", _("Replaced by a newer version")
        ENTERED_IN_ERROR = "entered-in-error", _("Entered in error")

    doc_status = models.CharField(max_length=40, blank=True)
    category = models.CharField(max_length=NAME_LENGTH, blank=True)
    title = models.CharField(max_length=1000, blank=True)
    dated_at = models.DateTimeField(null=True, blank=True)
    custodian_name = models.CharField(max_length=NAME_LENGTH, blank=True)
    content_type = models.CharField(max_length=100, blank=True)
    content_size = models.PositiveIntegerField(null=True, blank=True)
    content = models.TextField(max_length=500_000, blank=True)

    objects: ClassVar[Any] = DocumentQuerySet.as_manager()

    @property
    def is_superseded(self) -> bool:
        return self.status == self.Status.SUPERSEDED
