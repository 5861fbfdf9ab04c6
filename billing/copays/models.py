"""A copay that is expected at an appointment."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ExpectedCopay(models.Model):
    """What is due at the desk for one appointment, in cents, before the insurer has decided anything."""

    appointment = models.OneToOneField("records.Appointment", on_delete=models.CASCADE, related_name="expected_copay")
    amount_cents = models.PositiveIntegerField(_("amount in cents"))

    class Meta:
        verbose_name = _("expected copay")
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="expectedcopay_is_something"),
        ]

    def __str__(self) -> str:
        return f"Expected copay {self.pk}"
