"""Dates that may be no more than a year: kept as an instant plus how much of it is known.

FHIR's dateTime may stop at the year, the month or the day (https://hl7.org/fhir/R4/datatypes.html#dateTime).
Such a value is stored as the first instant it covers, in UTC, and is never shifted to another time zone.
"""

import datetime as dt
from dataclasses import dataclass

from django.db import models
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

FORMATS = {"year": "Y", "month": "M Y"}


class Precision(models.TextChoices):
    YEAR = "year", gettext_lazy("Year")
    MONTH = "month", gettext_lazy("Month")
    DAY = "day", gettext_lazy("Day")
    MINUTE = "minute", gettext_lazy("Minute")
    SECOND = "second", gettext_lazy("Second")


@dataclass(frozen=True)
class PartialDate:
    """An instant of which `precision` says how much was really given."""

    at: dt.datetime
    precision: str

    @property
    def has_time(self) -> bool:
        return self.precision in (Precision.MINUTE, Precision.SECOND)

    @property
    def local(self) -> dt.datetime:
        """In the clinic's time zone when the time of day is known; unshifted otherwise."""
        return timezone.localtime(self.at) if self.has_time else self.at.astimezone(dt.UTC)

    def __str__(self) -> str:
        """“2019”, “Mar 2019” or “Mar 4, 2019”."""
        return formats.date_format(self.local, FORMATS.get(self.precision, "M j, Y"))

    @property
    def with_time(self) -> str:
        """The same with the time of day, where one was given."""
        if not self.has_time:
            return str(self)
        return f"{self}, {formats.date_format(self.local, 'g:i A')}"

    @property
    def iso(self) -> str:
        """As FHIR writes it, no more precise than what came in."""
        if self.has_time:
            return self.at.astimezone(dt.UTC).isoformat()
        return self.local.strftime({"year": "%Y", "month": "%Y-%m"}.get(self.precision, "%Y-%m-%d"))


@dataclass(frozen=True)
class Effective:
    """When something was true or done: a start, an end, both or neither."""

    start: PartialDate | None = None
    end: PartialDate | None = None

    def __bool__(self) -> bool:
        return self.start is not None or self.end is not None

    def __str__(self) -> str:
        """“Mar 4, 2019”, “2019 to Mar 2020”, “until 2020”; empty when nothing is known."""
        if self.start and self.end:
            first, last = str(self.start), str(self.end)
            return first if first == last else _("%(start)s to %(end)s") % {"start": first, "end": last}
        if self.end:
            return _("until %(end)s") % {"end": self.end}
        return str(self.start) if self.start else ""

    @property
    def with_time(self) -> str:
        """The start with its time of day; empty when no start is known."""
        return self.start.with_time if self.start else ""


def partial(at: dt.datetime | None, precision: str) -> PartialDate | None:
    return PartialDate(at, precision) if at is not None else None
