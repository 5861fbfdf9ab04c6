"""Problems, diagnoses and procedures."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from records.access.permissions import Permission
from records.patients.clinical import NAME_LENGTH, ClinicalRowQuerySet, VisitRow
from records.patients.display import clean_display
from records.patients.precision import PartialDate, Precision, partial

SNOMED = "http://snomed.info/sct"
ENDED = ("resolved", "remission", "inactive")

# “Medication review due”: a task of the clinic's that some systems file as a condition.
CLERICAL_FINDINGS = frozenset({(SNOMED, "314529007")})

# Record keeping that is coded as a procedure, of no interest in a medical history.
CLERICAL_PROCEDURES = frozenset(
    {
        (SNOMED, "430193006"),  # medication reconciliation
        (SNOMED, "428191000124101"),  # documentation of current medications
    }
)


class ConditionQuerySet(ClinicalRowQuerySet["Condition"]):
    def problems(self) -> "ConditionQuerySet":
        """The problem list."""
        return self.filter(category=Condition.Category.PROBLEM)

    def diagnoses(self) -> "ConditionQuerySet":
        """What was diagnosed at a visit and stays with it."""
        return self.filter(category=Condition.Category.ENCOUNTER)

    def current(self) -> "ConditionQuerySet":
        return self.exclude(status__in=ENDED)

    def ended(self) -> "ConditionQuerySet":
        return self.filter(status__in=ENDED)


class Condition(VisitRow):
    """A problem or diagnosis; `status` is FHIR's clinicalStatus. Effective: onset and abatement."""

    permission = Permission.PROBLEMS

    class Category(models.TextChoices):
        PROBLEM = "problem-list-item", _("Health problem")
        ENCOUNTER = "encounter-diagnosis", _("Diagnosis at a visit")
        CONCERN = "health-concern", _("Health concern")
        CLERICAL = "clerical", _("Note for the clinic")

    category = models.CharField(max_length=30, choices=Category, default=Category.PROBLEM)
    verification_status = models.CharField(max_length=40, blank=True)
    severity = models.CharField(max_length=NAME_LENGTH, blank=True)
    recorded_at = models.DateTimeField(null=True, blank=True)
    recorded_precision = models.CharField(max_length=10, choices=Precision, blank=True)
    note = models.TextField(max_length=20_000, blank=True)

    objects: ClassVar[Any] = ConditionQuerySet.as_manager()

    @property
    def is_current(self) -> bool:
        return self.status not in ENDED and not self.entered_in_error

    @property
    def recorded(self) -> PartialDate | None:
        return partial(self.recorded_at, self.recorded_precision)


class ProcedureQuerySet(ClinicalRowQuerySet["Procedure"]):
    def medical(self) -> "ProcedureQuerySet":
        """Without record keeping that is coded as a procedure."""
        return self.filter(is_clerical=False)


class Procedure(VisitRow):
    """Something done to or for the patient."""

    permission = Permission.HISTORY

    category = models.CharField(max_length=NAME_LENGTH, blank=True)
    is_clerical = models.BooleanField(default=False)
    status_reason = models.CharField(max_length=1000, blank=True)
    reason_text = models.CharField(max_length=1000, blank=True)
    reason_condition = models.ForeignKey(Condition, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    location_name = models.CharField(max_length=NAME_LENGTH, blank=True)
    body_site = models.CharField(max_length=NAME_LENGTH, blank=True)
    outcome = models.CharField(max_length=NAME_LENGTH, blank=True)
    note = models.TextField(max_length=20_000, blank=True)

    objects: ClassVar[Any] = ProcedureQuerySet.as_manager()

    @property
    def reason(self) -> str:
        return clean_display(self.reason_text)
