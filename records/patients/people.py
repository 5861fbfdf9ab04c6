"""The patient, and how to name and reach people."""

import datetime as dt
import uuid
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from records.access.permissions import Permission
from records.access.rows import PatientRow
from records.patients.clinical import NAME_LENGTH, ClinicalRow, SourcedRow
from records.patients.precision import PartialDate, Precision, partial


def full_name(given: str, family: str, suffix: str) -> str:
    return " ".join(part for part in (given, family, suffix) if part)


class PersonName(models.Model):
    """A name in FHIR's parts; several given names are kept in order, with a space between."""

    prefix = models.CharField(max_length=60, blank=True)
    given = models.CharField(max_length=NAME_LENGTH, blank=True)
    family = models.CharField(max_length=NAME_LENGTH, blank=True)
    suffix = models.CharField(max_length=60, blank=True)

    class Meta:
        abstract = True

    @property
    def full_name(self) -> str:
        """Given and family name, with a suffix such as Jr."""
        return full_name(self.given, self.family, self.suffix)

    @property
    def formal_name(self) -> str:
        return " ".join(part for part in (self.prefix, self.full_name) if part)

    @property
    def initials(self) -> str:
        return "".join(part[0] for part in (self.given, self.family) if part).upper()


class Gender(models.TextChoices):
    """FHIR's administrative gender (https://hl7.org/fhir/R4/valueset-administrative-gender.html)."""

    MALE = "male", _("Male")
    FEMALE = "female", _("Female")
    OTHER = "other", _("Other")
    UNKNOWN = "unknown", _("Unknown")


class Patient(PersonName, SourcedRow):
    """A person whose record is kept here. Never holds a social security, licence or passport number."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    mrn = models.CharField(_("medical record number"), max_length=100, blank=True, db_index=True)
    active = models.BooleanField(default=True)
    birth_date = models.DateField(null=True, blank=True)
    birth_date_precision = models.CharField(max_length=10, choices=Precision, default=Precision.DAY)
    is_deceased = models.BooleanField(default=False)
    deceased_at = models.DateTimeField(null=True, blank=True)
    deceased_precision = models.CharField(max_length=10, choices=Precision, blank=True)
    gender = models.CharField(max_length=10, choices=Gender, blank=True)
    birth_sex = models.CharField(max_length=20, blank=True)
    race = models.CharField(max_length=NAME_LENGTH, blank=True)
    ethnicity = models.CharField(max_length=NAME_LENGTH, blank=True)
    marital_status = models.CharField(max_length=100, blank=True)
    language = models.CharField(max_length=100, blank=True, help_text=_("BCP 47 code, such as es or en-US"))
    language_display = models.CharField(max_length=100, blank=True)

    class Meta(SourcedRow.Meta):
        indexes: ClassVar[list[Any]] = [models.Index(fields=["family", "birth_date"], name="patient_by_name")]
        constraints: ClassVar[list[Any]] = [
            *SourcedRow.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(deceased_at__isnull=True) | models.Q(is_deceased=True),
                name="patient_death_date_means_deceased",
            ),
        ]

    def __str__(self) -> str:
        return f"Patient {self.pk}"

    def age_on(self, day: dt.date) -> int | None:
        """In whole years; None without a birth date. Somebody born on February 29 is a year older on March 1."""
        if self.birth_date is None:
            return None
        before_birthday = (day.month, day.day) < (self.birth_date.month, self.birth_date.day)
        return day.year - self.birth_date.year - before_birthday

    @property
    def died(self) -> PartialDate | None:
        return partial(self.deceased_at, self.deceased_precision)


class PatientName(PersonName, PatientRow):
    """A name the patient has or had; the one in use is copied to Patient."""

    permission = Permission.PROFILE

    class Use(models.TextChoices):
        USUAL = "usual", _("Usual")
        OFFICIAL = "official", _("Official")
        NICKNAME = "nickname", _("Preferred")
        MAIDEN = "maiden", _("Before marriage")
        OLD = "old", _("Former")
        TEMP = "temp", _("Temporary")
        ANONYMOUS = "anonymous", _("Anonymous")

    use = models.CharField(max_length=20, choices=Use, blank=True)
    period_start = models.DateTimeField(null=True, blank=True)
    period_end = models.DateTimeField(null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar[list[str]] = ["position"]

    def __str__(self) -> str:
        return f"Name {self.pk}"


class ContactPoint(PatientRow):
    """A phone number or e-mail address of a patient."""

    permission = Permission.PROFILE

    class System(models.TextChoices):
        PHONE = "phone", _("Phone")
        EMAIL = "email", _("E-mail")
        SMS = "sms", _("Text message")
        FAX = "fax", _("Fax")
        OTHER = "other", _("Other")

    system = models.CharField(max_length=10, choices=System)
    value = models.CharField(max_length=NAME_LENGTH)
    use = models.CharField(max_length=20, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar[list[str]] = ["position"]


class PostalAddress(models.Model):
    """An address as it is written on an envelope; `lines` holds one street line per text line."""

    lines = models.CharField(max_length=500, blank=True)
    city = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=100, blank=True)
    postal_code = models.CharField(max_length=30, blank=True)
    country = models.CharField(max_length=100, blank=True)

    class Meta:
        abstract = True

    @property
    def address_lines(self) -> list[str]:
        place = " ".join(part for part in (self.state, self.postal_code) if part)
        city = ", ".join(part for part in (self.city, place) if part)
        return [line for line in (*self.lines.splitlines(), city) if line]


class Address(PostalAddress, PatientRow):
    """Where a patient lives or lived (`use` is old)."""

    permission = Permission.PROFILE

    use = models.CharField(max_length=20, blank=True)
    period_start = models.DateTimeField(null=True, blank=True)
    period_end = models.DateTimeField(null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar[list[str]] = ["position"]
        verbose_name_plural = "addresses"

    def __str__(self) -> str:
        return f"Address {self.pk}"


class RelatedPerson(PersonName, PostalAddress, ClinicalRow):
    """Somebody in the patient's life: next of kin, emergency contact, roommate. Gives no access by itself."""

    permission = Permission.PROFILE

    active = models.BooleanField(default=True)
    relationship = models.CharField(max_length=40, blank=True)
    relationship_display = models.CharField(max_length=NAME_LENGTH, blank=True)
    phone = models.CharField(max_length=NAME_LENGTH, blank=True)
    email = models.CharField(max_length=NAME_LENGTH, blank=True)

    class Meta(ClinicalRow.Meta):
        verbose_name_plural = "related people"

    def __str__(self) -> str:
        return f"Related person {self.pk}"
