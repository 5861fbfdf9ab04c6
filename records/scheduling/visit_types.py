"""What can be booked, and the reasons people know it by."""

import datetime as dt
import uuid
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Mod
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from records.scheduling.choices import Booking, Modality, Standing

# Time is kept in cells of this many minutes: every length and every beginning is a multiple of it.
CELL_MINUTES = 5
LONGEST_MINUTES = 480
FARTHEST_DAYS = 366
# Visits begin so many minutes apart where nobody says otherwise, as in extra hours.
DEFAULT_STEP_MINUTES = 15


def whole_cells(minutes: int) -> None:
    """Validates a length in minutes. Raises ValidationError."""
    if minutes % CELL_MINUTES:
        raise ValidationError(_("Use a multiple of 5 minutes."))


def whole_time(time: dt.time) -> None:
    """Validates a time by a clock. Raises ValidationError."""
    if time.minute % CELL_MINUTES or time.second or time.microsecond:
        raise ValidationError(_("Use a time on a multiple of 5 minutes, such as 9:05."))


def default_modalities() -> list[str]:
    return [Modality.IN_PERSON.value]


class VisitType(models.Model):
    """A kind of visit: how long, how, for whom, and how it may be booked and cancelled.

    `modalities` lists values of Modality. A sensitive one hides its appointments from whoever may not see
    sensitive information.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=100, unique=True)
    description = models.CharField(max_length=300, blank=True)
    minutes = models.PositiveSmallIntegerField(
        _("length in minutes"),
        validators=[MinValueValidator(CELL_MINUTES), MaxValueValidator(LONGEST_MINUTES), whole_cells],
    )
    modalities = models.JSONField(default=default_modalities)
    preparation = models.TextField(max_length=4000, blank=True, help_text=_("what the patient does before; plain text"))
    booking = models.CharField(max_length=10, choices=Booking, default=Booking.SELF)
    standing = models.CharField(_("for"), max_length=20, choices=Standing, default=Standing.ANY)
    min_age = models.PositiveSmallIntegerField(_("youngest, in years"), null=True, blank=True)
    max_age = models.PositiveSmallIntegerField(_("oldest, in years"), null=True, blank=True)
    lead_hours = models.PositiveSmallIntegerField(_("hours ahead that it must be booked"), default=12)
    horizon_days = models.PositiveSmallIntegerField(
        _("days ahead that it can be booked"), default=90, validators=[MaxValueValidator(FARTHEST_DAYS)]
    )
    cancel_hours = models.PositiveSmallIntegerField(
        _("hours ahead that it can be cancelled without being late"), default=24
    )
    is_sensitive = models.BooleanField(_("sensitive"), default=False)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(minutes__gte=CELL_MINUTES, minutes__lte=LONGEST_MINUTES), name="visittype_length"
            ),
            models.CheckConstraint(
                condition=Exact(Mod("minutes", Value(CELL_MINUTES)), 0), name="visittype_length_on_grid"
            ),
            models.CheckConstraint(
                condition=Q(min_age__isnull=True) | Q(max_age__isnull=True) | Q(min_age__lte=F("max_age")),
                name="visittype_ages_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class VisitReason(models.Model):
    """Why people come, in their words, and which visit that needs.

    With `advice` they read it before any time is offered; without `is_bookable` they read nothing but it, as
    with what should not wait for an appointment.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=100, unique=True)
    other_words = models.CharField(_("other words for it"), max_length=300, blank=True)
    visit_type = models.ForeignKey(VisitType, on_delete=models.PROTECT, related_name="reasons")
    advice = models.CharField(max_length=500, blank=True)
    is_bookable = models.BooleanField(_("can be booked or asked for online"), default=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar[list[str]] = ["position", "name"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(condition=Q(is_bookable=True) | ~Q(advice=""), name="visitreason_closed_has_advice"),
        ]

    def __str__(self) -> str:
        return self.name
