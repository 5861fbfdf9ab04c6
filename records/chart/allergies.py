"""Allergies and intolerances."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from records.access.permissions import Permission
from records.patients.clinical import ClinicalRowQuerySet, VisitRow
from records.patients.display import clean_display
from records.patients.precision import PartialDate, Precision, partial

# SNOMED CT statements that there is none, which is more than an empty list.
NO_KNOWN = frozenset({"716186003", "409137002", "428607008", "429625007", "1003774007"})


class AllergyQuerySet(ClinicalRowQuerySet["AllergyIntolerance"]):
    def active(self) -> "AllergyQuerySet":
        return self.exclude(status__in=("inactive", "resolved"))


class AllergyIntolerance(VisitRow):
    """What the patient must be kept from; `status` is FHIR's clinicalStatus. Effective: onset."""

    permission = Permission.ALLERGIES
    line_columns = ("reactions",)

    class Criticality(models.TextChoices):
        LOW = "low", _("Low risk")
        HIGH = "high", _("High risk")
        UNKNOWN = "unable-to-assess", _("Risk not known")

    verification_status = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=20, blank=True, help_text=_("allergy or intolerance"))
    category = models.CharField(
        max_length=100, blank=True, help_text=_("food, medication, environment or biologic, by commas")
    )
    criticality = models.CharField(max_length=20, choices=Criticality, blank=True)
    recorded_at = models.DateTimeField(null=True, blank=True)
    recorded_precision = models.CharField(max_length=10, choices=Precision, blank=True)
    reactions = models.JSONField(default=list, blank=True, help_text=_("a list of {text, severity}"))
    note = models.TextField(max_length=20_000, blank=True)

    objects: ClassVar[Any] = AllergyQuerySet.as_manager()

    @property
    def is_none_known(self) -> bool:
        return self.code in NO_KNOWN

    @property
    def recorded(self) -> PartialDate | None:
        return partial(self.recorded_at, self.recorded_precision)

    @property
    def reaction_texts(self) -> list[str]:
        return [clean_display(reaction["text"]) for reaction in self.reactions]
