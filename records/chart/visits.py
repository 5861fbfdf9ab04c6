"""Visits."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from records.access.permissions import Permission
from records.patients.clinical import NAME_LENGTH, ClinicalRow
from records.patients.display import clean_display


class EncounterClass(models.TextChoices):
    """Where care happened (v3 ActCode). What kind of visit it was stands in the code, from FHIR's `type`."""

    AMB = "AMB", _("Clinic visit")
    EMER = "EMER", _("Emergency")
    IMP = "IMP", _("Hospital stay")
    OBSENC = "OBSENC", _("Observation stay")
    HH = "HH", _("Home visit")
    VR = "VR", _("Video or phone visit")
    OTHER = "OTHER", _("Visit")


class Encounter(ClinicalRow):
    """A visit: any contact with the clinic. A confidential one hides everything that belongs to it."""

    permission = Permission.VISITS
    line_columns = ("encounter_class", "reason_text", "location_name", "service_provider_name")

    is_confidential = models.BooleanField(default=False)
    part_of = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    encounter_class = models.CharField(max_length=10, choices=EncounterClass, blank=True)
    reason_text = models.CharField(max_length=1000, blank=True)
    service_provider = models.ForeignKey(
        "records.Organization", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    service_provider_name = models.CharField(max_length=NAME_LENGTH, blank=True)
    location = models.ForeignKey("records.Location", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    location_name = models.CharField(max_length=NAME_LENGTH, blank=True)
    discharge_disposition = models.CharField(max_length=NAME_LENGTH, blank=True)

    @property
    def kind(self) -> str:
        """What sort of visit, from its type; where that is missing, from where it happened."""
        return self.display or self.get_encounter_class_display()

    @property
    def reason(self) -> str:
        return clean_display(self.reason_text)

    @property
    def place(self) -> str:
        return self.location_name or self.service_provider_name
