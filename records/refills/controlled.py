"""Which medications are controlled substances, and in which schedule (21 CFR 1308): a list that staff edit."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Schedule(models.TextChoices):
    """Schedule I has no accepted medical use and cannot be prescribed."""

    II = "II", _("Schedule II")
    III = "III", _("Schedule III")
    IV = "IV", _("Schedule IV")
    V = "V", _("Schedule V")


class ControlledDrug(models.Model):
    """A medication by the words of its name: all of them occur in the prescription's.

    Where several entries fit, that with most words counts, then the strictest: "acetaminophen codeine" (III) before
    "codeine" (II). An exact RxNorm code counts before all words.
    """

    words = models.CharField(max_length=200, help_text=_("ingredients or brand, such as: acetaminophen codeine"))
    code = models.CharField(_("RxNorm code"), max_length=20, blank=True, help_text=_("fits this code and no other"))
    schedule = models.CharField(max_length=3, choices=Schedule)

    class Meta:
        ordering: ClassVar[list[str]] = ["words", "code"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["words", "code"], name="controlled_drug_once"),
        ]

    def __str__(self) -> str:
        return f"{self.words} ({self.schedule})"


@dataclass(frozen=True)
class Entry:
    words: frozenset[str]
    code: str
    schedule: str


class ControlledList:
    """The list read once, for any number of prescriptions."""

    def __init__(self, rows: Iterable[tuple[str, str, str]]) -> None:
        self._entries = [Entry(_words(words), code, schedule) for words, code, schedule in rows]

    def schedule_of(self, code: str, *names: str) -> str:
        """The schedule of what has this RxNorm code or these names; empty when it is in none."""
        spoken = _words(" ".join(names))
        fits = [
            entry
            for entry in self._entries
            if (entry.code == code if entry.code else entry.words and entry.words <= spoken)
        ]
        strict = list(Schedule.values)
        fits.sort(key=lambda entry: (not entry.code, -len(entry.words), strict.index(entry.schedule)))
        return fits[0].schedule if fits else ""


def controlled_list() -> ControlledList:
    """As staff keep it now; one query."""
    return ControlledList(ControlledDrug.objects.values_list("words", "code", "schedule"))


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z]+", text.lower()))
