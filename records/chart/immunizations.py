"""Vaccines given, and those refused."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from records.access.permissions import Permission
from records.patients.clinical import NAME_LENGTH, ClinicalRowQuerySet, VisitRow


class ImmunizationQuerySet(ClinicalRowQuerySet["Immunization"]):
    def given(self) -> "ImmunizationQuerySet":
        return self.filter(status="completed")

    def not_given(self) -> "ImmunizationQuerySet":
        return self.filter(status="not-done")


class Immunization(VisitRow):
    """One dose, or the record that it was not given and why. The code is CVX where there is one."""

    permission = Permission.IMMUNIZATIONS

    status_reason = models.CharField(max_length=1000, blank=True)
    occurrence_text = models.CharField(max_length=NAME_LENGTH, blank=True, help_text=_("when, where no date is known"))
    primary_source = models.BooleanField(null=True, blank=True)
    report_origin = models.CharField(max_length=NAME_LENGTH, blank=True)
    lot_number = models.CharField(max_length=100, blank=True)
    expiration_date = models.DateField(null=True, blank=True)
    manufacturer = models.CharField(max_length=NAME_LENGTH, blank=True)
    site = models.CharField(max_length=NAME_LENGTH, blank=True)
    route = models.CharField(max_length=NAME_LENGTH, blank=True)
    dose_text = models.CharField(max_length=100, blank=True)
    series = models.CharField(max_length=NAME_LENGTH, blank=True)
    dose_number = models.CharField(max_length=40, blank=True)
    location_name = models.CharField(max_length=NAME_LENGTH, blank=True)
    note = models.TextField(max_length=20_000, blank=True)

    objects: ClassVar[Any] = ImmunizationQuerySet.as_manager()

    @property
    def was_given(self) -> bool:
        return self.status == "completed"
