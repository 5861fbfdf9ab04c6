"""The pharmacies that the clinic sends prescriptions to, and the one that a patient keeps."""

import datetime as dt
import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from records.access.permissions import Permission
from records.access.rows import PatientRow
from records.patients.clinical import NAME_LENGTH
from records.patients.people import Patient, PostalAddress

# A search that finds more should be narrowed.
MOST_FOUND = 20


class PharmacyQuerySet(models.QuerySet["Pharmacy"]):
    def open_to_choose(self) -> "PharmacyQuerySet":
        return self.filter(active=True)

    def matching(self, words: str) -> "PharmacyQuerySet":
        """Those in whose name, town, street or ZIP code every word occurs."""
        rows = self
        for word in words.replace("\0", "").split()[:8]:
            rows = rows.filter(
                Q(name__icontains=word)
                | Q(city__icontains=word)
                | Q(lines__icontains=word)
                | Q(postal_code__startswith=word)
            )
        return rows


class Pharmacy(PostalAddress):
    """A pharmacy of the clinic's list. `is_clinics_own` is one that the clinic runs: it fills what is asked here."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=NAME_LENGTH)
    phone = models.CharField(max_length=40, blank=True)
    hours = models.CharField(max_length=200, blank=True, help_text=_("in words, such as Monday to Friday, 8 to 6"))
    is_clinics_own = models.BooleanField(
        _("our own"), default=False, help_text=_("patients ask for refills there through the portal")
    )
    active = models.BooleanField(default=True, help_text=_("patients can choose it"))

    objects = PharmacyQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-is_clinics_own", "name", "city", "pk"]
        verbose_name_plural = _("pharmacies")
        indexes: ClassVar[list[Any]] = [models.Index(fields=["name"], name="pharmacy_by_name")]

    def __str__(self) -> str:
        return f"{self.name}, {self.city}" if self.city else self.name


class PreferredPharmacy(PatientRow):
    """The pharmacy a patient usually goes to."""

    permission = Permission.REFILLS

    pharmacy = models.ForeignKey(Pharmacy, on_delete=models.PROTECT, related_name="+")
    updated_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = _("preferred pharmacies")
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["patient"], name="preferred_pharmacy_one_per_patient"),
        ]


def search(words: str) -> list[Pharmacy]:
    """The first MOST_FOUND that fit, the clinic's own before the others; without words, only the clinic's own."""
    rows = Pharmacy.objects.open_to_choose()
    rows = rows.matching(words) if words.strip() else rows.filter(is_clinics_own=True)
    return list(rows[:MOST_FOUND])


def chosen_by(pk: str) -> Pharmacy | None:
    """The pharmacy that a form names, if patients can choose it."""
    try:
        return Pharmacy.objects.open_to_choose().filter(pk=uuid.UUID(pk)).first()
    except ValueError:
        return None


def preferred_of(patient: Patient) -> Pharmacy | None:
    """The pharmacy that the patient keeps, unless the clinic no longer sends there."""
    kept = PreferredPharmacy.objects.filter(patient=patient, pharmacy__active=True).select_related("pharmacy").first()
    return kept.pharmacy if kept else None


def prefer(*, patient: Patient, pharmacy: Pharmacy, at: dt.datetime) -> None:
    """Keeps the pharmacy for next time. Who may do so is the caller's to check."""
    PreferredPharmacy.objects.update_or_create(
        patient=patient,
        defaults={"pharmacy": pharmacy, "updated_at": at},
        create_defaults={
            "pharmacy": pharmacy,
            "updated_at": at,
            "released_at": at,
        },
    )
