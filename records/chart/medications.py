"""Medications: what was ordered or reported, and what the pharmacy handed over."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from records.access.permissions import Permission
from records.patients.clinical import (
    CODE_LENGTH,
    DISPLAY_LENGTH,
    NAME_LENGTH,
    SYSTEM_LENGTH,
    TEXT_LENGTH,
    ClinicalRowQuerySet,
    DirectoryRow,
    VisitRow,
)
from records.patients.display import best_display, clean_display

CURRENT = ("active", "on-hold", "draft", "intended", "unknown", "")


class Medication(DirectoryRow):
    """A product that orders and dispenses point at instead of naming it."""

    status = models.CharField(max_length=40, blank=True)
    code_system = models.CharField(max_length=SYSTEM_LENGTH, blank=True)
    code = models.CharField(max_length=CODE_LENGTH, blank=True)
    code_display = models.CharField(max_length=DISPLAY_LENGTH, blank=True)
    text = models.TextField(max_length=TEXT_LENGTH, blank=True)
    form = models.CharField(max_length=NAME_LENGTH, blank=True)

    @property
    def display(self) -> str:
        return best_display(self.text, self.code_display) or self.code


class MedicationQuerySet(ClinicalRowQuerySet["MedicationRequest"]):
    def current(self) -> "MedicationQuerySet":
        """What the patient takes now, as far as the clinic knows."""
        return self.filter(status__in=CURRENT, entered_in_error=False)

    def past(self) -> "MedicationQuerySet":
        """Stopped, completed, cancelled or entered in error."""
        return self.exclude(status__in=CURRENT, entered_in_error=False)


class MedicationRequest(VisitRow):
    """A prescription, or (fhir_type MedicationStatement) a medication that the patient is said to take.

    Effective: when it was written. The code is RxNorm where there is one.
    """

    permission = Permission.MEDICATIONS
    line_columns = ("dosage_text",)

    medication = models.ForeignKey(Medication, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    intent = models.CharField(max_length=40, blank=True)
    status_reason = models.CharField(max_length=1000, blank=True)
    is_reported = models.BooleanField(default=False, help_text=_("told by the patient or another, not ordered here"))
    category = models.CharField(max_length=NAME_LENGTH, blank=True)
    reason_text = models.CharField(max_length=1000, blank=True)
    reason_condition = models.ForeignKey(
        "records.Condition", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    dosage_text = models.TextField(max_length=4000, blank=True, help_text=_("one instruction per line"))
    as_needed = models.BooleanField(null=True, blank=True)
    repeats_allowed = models.PositiveIntegerField(null=True, blank=True)
    quantity_text = models.CharField(max_length=100, blank=True)
    supply_text = models.CharField(max_length=100, blank=True)
    days_supply = models.PositiveIntegerField(null=True, blank=True, help_text=_("how many days one fill lasts"))
    valid_until = models.DateField(null=True, blank=True, help_text=_("the last day it may be filled"))
    pharmacy_name = models.CharField(max_length=NAME_LENGTH, blank=True, help_text=_("where it was sent"))
    adherence = models.CharField(max_length=NAME_LENGTH, blank=True)
    note = models.TextField(max_length=20_000, blank=True)

    objects: ClassVar[Any] = MedicationQuerySet.as_manager()

    @property
    def is_current(self) -> bool:
        return self.status in CURRENT and not self.entered_in_error

    @property
    def reason(self) -> str:
        return clean_display(self.reason_text)

    @property
    def dosage_lines(self) -> list[str]:
        return self.dosage_text.splitlines()


class MedicationDispense(VisitRow):
    """What a pharmacy handed over. Effective: when."""

    permission = Permission.MEDICATIONS

    request = models.ForeignKey(
        MedicationRequest, on_delete=models.SET_NULL, null=True, blank=True, related_name="dispenses"
    )
    medication = models.ForeignKey(Medication, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=NAME_LENGTH, blank=True, help_text=_("first fill, refill, …"))
    quantity_text = models.CharField(max_length=100, blank=True)
    supply_text = models.CharField(max_length=100, blank=True)
    days_supply = models.PositiveIntegerField(null=True, blank=True)
    dosage_text = models.TextField(max_length=4000, blank=True)
    pharmacy_name = models.CharField(max_length=NAME_LENGTH, blank=True)
