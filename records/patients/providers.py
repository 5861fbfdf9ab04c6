"""Those who give care, and where: the clinic's directory as it comes with the records."""

import datetime as dt
import zoneinfo
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.translation import gettext_lazy as _

from records.access.permissions import Permission
from records.patients.clinical import NAME_LENGTH, DirectoryRow, VisitRow
from records.patients.clocks import WallTime, by_wall
from records.patients.display import clean_display
from records.patients.people import PersonName, PostalAddress


def known_time_zone(name: str) -> None:
    """Validates a time zone's name, such as America/New_York. Raises ValidationError."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(_("This is no time zone we know. Write it as America/New_York."))


class Organization(PostalAddress, DirectoryRow):
    """A hospital, practice or insurer; `kind` is FHIR's organization type (prov, ins, …)."""

    name = models.CharField(max_length=NAME_LENGTH, blank=True)
    kind = models.CharField(max_length=40, blank=True)
    npi = models.CharField(max_length=20, blank=True)
    phone = models.CharField(max_length=NAME_LENGTH, blank=True)
    active = models.BooleanField(default=True)


class Location(PostalAddress, DirectoryRow):
    """A place where care is given. Without a time zone it has the clinic's."""

    name = models.CharField(max_length=NAME_LENGTH, blank=True)
    kind = models.CharField(max_length=NAME_LENGTH, blank=True)
    status = models.CharField(max_length=20, blank=True)
    phone = models.CharField(max_length=NAME_LENGTH, blank=True)
    organization = models.ForeignKey(
        Organization, on_delete=models.SET_NULL, null=True, blank=True, related_name="locations"
    )
    time_zone = models.CharField(max_length=64, blank=True, validators=[known_time_zone])
    directions = models.TextField(max_length=2000, blank=True, help_text=_("how to get there; plain text"))

    def __str__(self) -> str:
        return self.name or super().__str__()

    @property
    def zone(self) -> dt.tzinfo:
        return zoneinfo.ZoneInfo(self.time_zone) if self.time_zone else timezone.get_default_timezone()

    def local(self, moment: dt.datetime) -> WallTime:
        """An aware time by the clock of this place."""
        return by_wall(moment, self.zone)

    def says(self, moment: dt.datetime, form: str = "g:i A") -> str:
        """An aware time in words, by the clock of this place, which is named where it is not the clinic's own."""
        return date_format(self.local(moment), f"{form} T" if self.time_zone else form)


class Practitioner(PersonName, DirectoryRow):
    """A clinician."""

    npi = models.CharField(max_length=20, blank=True)
    active = models.BooleanField(default=True)
    gender = models.CharField(max_length=10, blank=True)
    phone = models.CharField(max_length=NAME_LENGTH, blank=True)
    email = models.CharField(max_length=NAME_LENGTH, blank=True)

    def __str__(self) -> str:
        return self.formal_name or super().__str__()


class PractitionerRole(DirectoryRow):
    """What a clinician does for one organization."""

    practitioner = models.ForeignKey(
        Practitioner, on_delete=models.CASCADE, null=True, blank=True, related_name="roles"
    )
    organization = models.ForeignKey(
        Organization, on_delete=models.SET_NULL, null=True, blank=True, related_name="roles"
    )
    location = models.ForeignKey(Location, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    active = models.BooleanField(default=True)
    role = models.CharField(max_length=NAME_LENGTH, blank=True)
    specialty = models.CharField(max_length=NAME_LENGTH, blank=True)
    phone = models.CharField(max_length=NAME_LENGTH, blank=True)
    email = models.CharField(max_length=NAME_LENGTH, blank=True)


class CareTeam(VisitRow):
    """The people who look after a patient, in general or for one condition (`text` says which)."""

    permission = Permission.SUMMARY

    name = models.CharField(max_length=NAME_LENGTH, blank=True)
    reason_text = models.CharField(max_length=1000, blank=True)
    reason_condition = models.ForeignKey(
        "records.Condition", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    organization = models.ForeignKey(Organization, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")


class CareTeamMember(models.Model):
    """One seat of a care team; read it through its team. Patients themselves are not members here."""

    team = models.ForeignKey(CareTeam, on_delete=models.CASCADE, related_name="members")
    position = models.PositiveSmallIntegerField()
    practitioner = models.ForeignKey(Practitioner, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    organization = models.ForeignKey(Organization, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=NAME_LENGTH, blank=True)
    role = models.CharField(max_length=NAME_LENGTH, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["position"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["team", "position"], name="careteammember_one_per_position"),
        ]

    def __str__(self) -> str:
        return f"Care team member {self.pk}"

    @property
    def role_display(self) -> str:
        return clean_display(self.role)
