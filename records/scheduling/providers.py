"""Who gives appointments, and when."""

import uuid
from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Mod
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from records.hours.models import Weekday
from records.patients.providers import Location, Practitioner
from records.scheduling.choices import ExceptionKind
from records.scheduling.visit_types import CELL_MINUTES, DEFAULT_STEP_MINUTES, VisitType, whole_cells, whole_time


class ProviderQuerySet(models.QuerySet["Provider"]):
    def active(self) -> "ProviderQuerySet":
        return self.filter(is_active=True, practitioner__active=True)


class Provider(models.Model):
    """A practitioner who takes appointments. `languages` are BCP 47 codes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    practitioner = models.OneToOneField(Practitioner, on_delete=models.PROTECT, related_name="provider")
    specialty = models.CharField(max_length=100)
    languages = models.JSONField(default=list, blank=True)
    visit_types = models.ManyToManyField(VisitType, related_name="providers", blank=True)
    accepts_new = models.BooleanField(_("takes new patients"), default=True)
    is_active = models.BooleanField(_("active"), default=True)

    objects = ProviderQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["practitioner__family", "practitioner__given", "id"]

    def __str__(self) -> str:
        return self.practitioner.formal_name


class Availability(models.Model):
    """A stretch of every week, by the clock of its place. One that ends at or before its start ends the next day.

    Visits begin every `step_minutes` from its start. Without visit types it is for all of the provider's.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="availabilities")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+")
    weekday = models.SmallIntegerField(choices=Weekday)
    starts_at = models.TimeField(_("from"), validators=[whole_time])
    ends_at = models.TimeField(_("until"), validators=[whole_time])
    step_minutes = models.PositiveSmallIntegerField(
        default=DEFAULT_STEP_MINUTES,
        validators=[MinValueValidator(CELL_MINUTES), MaxValueValidator(240), whole_cells],
    )
    visit_types = models.ManyToManyField(VisitType, related_name="+", blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(_("last day"), null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["weekday", "starts_at"]
        verbose_name_plural = "weekly availability"
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(valid_until__isnull=True)
                | Q(valid_from__lte=F("valid_until")),
                name="availability_days_in_order",
            ),
            models.CheckConstraint(
                condition=Q(step_minutes__gte=CELL_MINUTES) & Q(Exact(Mod("step_minutes", Value(CELL_MINUTES)), 0)),
                name="availability_step_on_grid",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.starts_at:%H:%M}–{self.ends_at:%H:%M}"


class AvailabilityException(models.Model):
    """What makes some days of a provider different. Without times it is the whole of each day.

    Without a place it holds at all of them, by the clock of each. Extra hours need a place and times. Reserved
    time is kept for its visit types, and opens to all of the provider's `opens_hours` before it begins, where
    that is set.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="exceptions")
    kind = models.CharField(max_length=10, choices=ExceptionKind)
    first_date = models.DateField(_("first day"))
    last_date = models.DateField(_("last day"))
    starts_at = models.TimeField(_("from"), null=True, blank=True, validators=[whole_time])
    ends_at = models.TimeField(_("until"), null=True, blank=True, validators=[whole_time])
    location = models.ForeignKey(Location, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    visit_types = models.ManyToManyField(VisitType, related_name="+", blank=True)
    opens_hours = models.PositiveSmallIntegerField(_("hours before, open to all"), null=True, blank=True)
    note = models.CharField(max_length=200, blank=True, help_text=_("for staff"))

    class Meta:
        ordering: ClassVar[list[str]] = ["first_date", "starts_at"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(first_date__lte=F("last_date")), name="availabilityexception_days_in_order"
            ),
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True, ends_at__isnull=True)
                | Q(starts_at__isnull=False, ends_at__isnull=False),
                name="availabilityexception_times_whole",
            ),
            models.CheckConstraint(
                condition=~Q(kind=ExceptionKind.EXTRA) | Q(location__isnull=False, starts_at__isnull=False),
                name="availabilityexception_extra_has_place",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.first_date} – {self.last_date}"
