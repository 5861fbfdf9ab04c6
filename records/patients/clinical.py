"""What every row that came from a clinic's system carries, so that it can be traced, shown and sent out again."""

import uuid
from collections.abc import Iterable
from typing import Any, ClassVar, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from records.access.rows import PatientRow, PatientRowQuerySet
from records.access.scope import Scope
from records.patients.display import best_display
from records.patients.precision import Effective, PartialDate, Precision, partial

CODE_LENGTH = 100
SYSTEM_LENGTH = 255
DISPLAY_LENGTH = 1000
NAME_LENGTH = 255
TEXT_LENGTH = 20_000


# What every row of a list shows: what it is, when, whether it counts, and where it is from.
LINE_COLUMNS = (
    "text",
    "code_display",
    "code_system",
    "code",
    "status",
    "entered_in_error",
    "effective_start",
    "effective_precision",
    "effective_end",
    "effective_end_precision",
    "author_name",
    "source",
)


class Source(models.TextChoices):
    CLINIC = "clinic", _("Your clinic")
    PATIENT = "patient", _("Told us by you")
    ADMIN = "admin", _("Entered by staff")


class SourcedRow(models.Model):
    """Where a row came from. (source system, FHIR type, id there) names it for good: re-imports find it by that.

    `raw` is the resource as received, without identifiers that must never be kept (records/interop/redaction.py).
    """

    source = models.CharField(max_length=10, choices=Source, default=Source.CLINIC)
    source_system = models.CharField(max_length=SYSTEM_LENGTH, blank=True)
    fhir_type = models.CharField(max_length=40, blank=True)
    external_id = models.CharField(max_length=SYSTEM_LENGTH, blank=True)
    batch = models.ForeignKey("records.ImportBatch", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    raw = models.JSONField(default=dict, blank=True)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["source_system", "fhir_type", "external_id"],
                condition=~models.Q(external_id=""),
                name="%(class)s_once_per_source",
            ),
        ]


class DirectoryRow(SourcedRow):
    """A person or place of the clinic's directory: about no patient."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    class Meta(SourcedRow.Meta):
        abstract = True

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class ClinicalRowQuerySet[Row: "ClinicalRow"](PatientRowQuerySet[Row]):
    def for_scopes(self, scopes: Iterable[Scope]) -> Self:
        """As every patient's row, and without the resource as received, which no page shows."""
        return super().for_scopes(scopes).defer("raw")

    def as_lines(self) -> Self:
        """Loads what one line of a list shows; most columns belong to the page of a single row."""
        return self.only(*LINE_COLUMNS, *self.model.line_columns)

    def newest_first(self) -> Self:
        """By clinical time, undated rows last."""
        return self.order_by(models.F("effective_start").desc(nulls_last=True), "pk")

    def oldest_first(self) -> Self:
        return self.order_by(models.F("effective_start").asc(nulls_first=True), "pk")

    def valid(self) -> Self:
        """Without what the clinic says was entered in error; lists show those too, counts and trends do not."""
        return self.filter(entered_in_error=False)


class ClinicalRow(PatientRow, SourcedRow):
    """One statement about a patient, whatever its kind. `line_columns` are what its kind adds to LINE_COLUMNS."""

    line_columns: ClassVar[tuple[str, ...]] = ()

    status = models.CharField(max_length=40, blank=True)
    code_system = models.CharField(max_length=SYSTEM_LENGTH, blank=True)
    code = models.CharField(max_length=CODE_LENGTH, blank=True)
    code_display = models.CharField(max_length=DISPLAY_LENGTH, blank=True)
    text = models.TextField(max_length=TEXT_LENGTH, blank=True)
    effective_start = models.DateTimeField(null=True, blank=True)
    effective_end = models.DateTimeField(null=True, blank=True)
    effective_precision = models.CharField(max_length=10, choices=Precision, blank=True)
    effective_end_precision = models.CharField(max_length=10, choices=Precision, blank=True)
    author = models.ForeignKey(
        "records.Practitioner", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    author_name = models.CharField(max_length=NAME_LENGTH, blank=True)
    entered_in_error = models.BooleanField(default=False)

    objects: ClassVar[Any] = ClinicalRowQuerySet.as_manager()

    class Meta(SourcedRow.Meta):
        abstract = True
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["patient", "effective_start"], name="%(class)s_by_time"),
        ]

    @property
    def display(self) -> str:
        """What it is, in words: the sender's own text first, else the code's name, else the code."""
        return best_display(self.text, self.code_display) or self.code

    @property
    def effective(self) -> Effective:
        return Effective(
            partial(self.effective_start, self.effective_precision),
            partial(self.effective_end, self.effective_end_precision),
        )

    @property
    def started(self) -> PartialDate | None:
        return self.effective.start

    @property
    def ended(self) -> PartialDate | None:
        return self.effective.end


class VisitRow(ClinicalRow):
    """A statement that may have been made at a visit."""

    encounter = models.ForeignKey(
        "records.Encounter", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta(ClinicalRow.Meta):
        abstract = True
