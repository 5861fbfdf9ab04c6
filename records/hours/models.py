"""The hours and closed days that staff keep in the admin."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Weekday(models.IntegerChoices):
    """As datetime.date.weekday() counts."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class OpeningHours(models.Model):
    """From when to when somebody reads and answers on a weekday; a weekday without a row is no business day."""

    weekday = models.SmallIntegerField(choices=Weekday, unique=True)
    opens_at = models.TimeField()
    closes_at = models.TimeField()

    class Meta:
        ordering = ["weekday"]
        verbose_name_plural = "opening hours"
        constraints = [models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="hours_open_before_close")]

    def __str__(self) -> str:
        return self.get_weekday_display()


class ClosedDay(models.Model):
    """A day on which nobody answers, whatever weekday it is."""

    date = models.DateField(unique=True)
    name = models.CharField(max_length=100)

    class Meta:
        ordering = ["date"]

    def __str__(self) -> str:
        return self.name
