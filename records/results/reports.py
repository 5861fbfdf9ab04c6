"""Reports: a panel with its values, or a narrative such as pathology."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from records.access.permissions import Permission
from records.patients.clinical import NAME_LENGTH, ClinicalRowQuerySet, VisitRow


class ResultStatus(models.TextChoices):
    """Of observations and reports (https://hl7.org/fhir/R4/valueset-diagnostic-report-status.html)."""

    REGISTERED = "registered", _("Pending")
    PARTIAL = "partial", _("Partly done")
    PRELIMINARY = "preliminary", _("Preliminary")
    FINAL = "final", _("Final")
    AMENDED = "amended", _("Changed since first sent")
    CORRECTED = "corrected", _("Corrected")
    APPENDED = "appended", _("Added to")
    CANCELLED = "cancelled", _("Cancelled")
    ENTERED_IN_ERROR = "entered-in-error", _("Entered in error")
    UNKNOWN = "unknown", _("Status not known")


OPEN = frozenset({ResultStatus.REGISTERED, ResultStatus.PARTIAL, ResultStatus.PRELIMINARY})
CHANGED = frozenset({ResultStatus.AMENDED, ResultStatus.CORRECTED, ResultStatus.APPENDED})


class ReportQuerySet(ClinicalRowQuerySet["DiagnosticReport"]):
    def results(self) -> "ReportQuerySet":
        """Test results: without visit notes that are sent as reports and without blood pressure panels."""
        return self.exclude(category__in=(DiagnosticReport.Category.NOTE, DiagnosticReport.Category.VITALS))

    def notes(self) -> "ReportQuerySet":
        return self.filter(category=DiagnosticReport.Category.NOTE)


class DiagnosticReport(VisitRow):
    """What a laboratory or another service reported; its values are `observations`, in `report_position` order."""

    permission = Permission.RESULTS
    line_columns = ("category", "issued_at")

    class Category(models.TextChoices):
        LABORATORY = "laboratory", _("Lab tests")
        IMAGING = "imaging", _("Imaging")
        CARDIOLOGY = "cardiology", _("Heart tests")
        PATHOLOGY = "pathology", _("Pathology")
        VITALS = "vital-signs", _("Vital signs")
        NOTE = "note", _("Visit notes")
        OTHER = "other", _("Other tests")

    category = models.CharField(max_length=20, choices=Category, default=Category.OTHER)
    issued_at = models.DateTimeField(null=True, blank=True)
    performer_name = models.CharField(max_length=NAME_LENGTH, blank=True)
    conclusion = models.TextField(max_length=100_000, blank=True)
    narrative = models.TextField(max_length=500_000, blank=True, help_text=_("the presented form, as text"))

    objects: ClassVar[Any] = ReportQuerySet.as_manager()

    @property
    def is_pending(self) -> bool:
        """Ordered or begun, with nothing reported yet. Prefetch `observations`."""
        if self.status not in OPEN or self.conclusion or self.narrative:
            return False
        return not any(observation.has_value for observation in self.observations.all())

    @property
    def is_corrected(self) -> bool:
        return self.status in CHANGED
