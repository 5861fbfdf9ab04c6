"""Single measurements and answers: laboratory values, vital signs, social history, surveys."""

from typing import Any, ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from records.access.permissions import Permission
from records.patients.clinical import CODE_LENGTH, DISPLAY_LENGTH, SYSTEM_LENGTH, ClinicalRowQuerySet, VisitRow
from records.patients.display import best_display
from records.results.reports import CHANGED, OPEN, DiagnosticReport
from records.results.values import VALUE_COLUMNS, ValueFields, whole_number

SYSTOLIC = "8480-6"
DIASTOLIC = "8462-4"


class Category(models.TextChoices):
    """FHIR's observation category, or OTHER."""

    LABORATORY = "laboratory", _("Lab test")
    VITAL_SIGNS = "vital-signs", _("Vital sign")
    SOCIAL_HISTORY = "social-history", _("Social history")
    SURVEY = "survey", _("Questionnaire")
    IMAGING = "imaging", _("Imaging")
    PROCEDURE = "procedure", _("Finding at a procedure")
    EXAM = "exam", _("Examination")
    THERAPY = "therapy", _("Therapy")
    ACTIVITY = "activity", _("Activity")
    OTHER = "other", _("Other")


VITALS = (Category.VITAL_SIGNS,)
PERSONAL = (Category.SOCIAL_HISTORY, Category.SURVEY)


class ObservationQuerySet[Row: "Observation"](ClinicalRowQuerySet[Row]):
    def with_parts(self) -> Self:
        """Loads components too (blood pressure has its values there)."""
        return self.prefetch_related("components")

    def series_of(self, observation: "Observation") -> Self:
        """What may be drawn as one line with it: the same patient, code and unit, numbers only, oldest first."""
        return self.filter(
            patient=observation.patient_id,
            code_system=observation.code_system,
            code=observation.code,
            unit=observation.unit,
            value_number__isnull=False,
            effective_start__isnull=False,
            entered_in_error=False,
        ).order_by("effective_start", "pk")


class Observation(VisitRow, ValueFields):
    """One measurement or answer, of any category. Pages read it through the class of their section."""

    permission = Permission.RESULTS
    line_columns = ("category", "report", "report_position", *VALUE_COLUMNS)
    Category = Category

    category = models.CharField(max_length=20, choices=Category, default=Category.OTHER)
    issued_at = models.DateTimeField(null=True, blank=True)
    report = models.ForeignKey(
        DiagnosticReport, on_delete=models.SET_NULL, null=True, blank=True, related_name="observations"
    )
    report_position = models.PositiveSmallIntegerField(default=0)
    parent = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="members")
    specimen = models.CharField(max_length=255, blank=True)
    method = models.CharField(max_length=255, blank=True)
    body_site = models.CharField(max_length=255, blank=True)
    note = models.TextField(max_length=20_000, blank=True)

    objects: ClassVar[Any] = ObservationQuerySet.as_manager()

    class Meta(VisitRow.Meta):
        indexes: ClassVar[list[Any]] = [
            *VisitRow.Meta.indexes,
            models.Index(fields=["patient", "code", "unit", "effective_start"], name="observation_series"),
        ]

    @property
    def is_pending(self) -> bool:
        """Ordered or begun, with no value yet."""
        return self.status in OPEN and not self.has_value

    @property
    def is_corrected(self) -> bool:
        return self.status in CHANGED

    @property
    def blood_pressure(self) -> str:
        """“128/82”, in whole mmHg, when its components are systolic and diastolic. Prefetch `components`."""
        parts = {part.code: whole_number(part.value_number) for part in self.components.all()}
        if SYSTOLIC not in parts and DIASTOLIC not in parts:
            return ""
        return f"{parts.get(SYSTOLIC) or '–'}/{parts.get(DIASTOLIC) or '–'}"


class ResultQuerySet(ObservationQuerySet["Result"]):
    def laboratory(self) -> "ResultQuerySet":
        return self.filter(category=Category.LABORATORY)


class VitalSignQuerySet(ObservationQuerySet["VitalSign"]):
    def standing_alone(self) -> "VitalSignQuerySet":
        """Without panels that only group others."""
        return self.exclude(models.Exists(Observation.objects.filter(parent=models.OuterRef("pk"))))


class ResultManager(models.Manager.from_queryset(ResultQuerySet)):  # type: ignore[misc]
    def get_queryset(self) -> models.QuerySet[Any]:
        return super().get_queryset().exclude(category__in=(*VITALS, *PERSONAL))


class VitalSignManager(models.Manager.from_queryset(VitalSignQuerySet)):  # type: ignore[misc]
    def get_queryset(self) -> models.QuerySet[Any]:
        return super().get_queryset().filter(category__in=VITALS)


class SocialHistoryManager(models.Manager.from_queryset(ObservationQuerySet)):  # type: ignore[misc]
    def get_queryset(self) -> models.QuerySet[Any]:
        return super().get_queryset().filter(category__in=PERSONAL)


class Result(Observation):
    """A laboratory or other test result."""

    objects: ClassVar[Any] = ResultManager()

    class Meta:
        proxy = True


class VitalSign(Observation):
    """A vital sign."""

    permission = Permission.VITALS
    objects: ClassVar[Any] = VitalSignManager()

    class Meta:
        proxy = True


class SocialHistory(Observation):
    """How the patient lives: smoking, work, questionnaires."""

    permission = Permission.HISTORY
    objects: ClassVar[Any] = SocialHistoryManager()

    class Meta:
        proxy = True
        verbose_name_plural = "social history"


class ObservationComponent(ValueFields):
    """One part of a measurement (systolic, diastolic); read it through its observation."""

    observation = models.ForeignKey(Observation, on_delete=models.CASCADE, related_name="components")
    position = models.PositiveSmallIntegerField()
    code_system = models.CharField(max_length=SYSTEM_LENGTH, blank=True)
    code = models.CharField(max_length=CODE_LENGTH, blank=True)
    code_display = models.CharField(max_length=DISPLAY_LENGTH, blank=True)
    text = models.CharField(max_length=DISPLAY_LENGTH, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["position"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["observation", "position"], name="component_one_per_position"),
        ]

    def __str__(self) -> str:
        return f"Component {self.pk}"

    @property
    def display(self) -> str:
        return best_display(self.text, self.code_display) or self.code
