"""What the care team and the patient mean to do, and what for."""

from typing import Any, ClassVar

from django.db import models

from records.access.permissions import Permission
from records.patients.clinical import CODE_LENGTH, DISPLAY_LENGTH, NAME_LENGTH, SYSTEM_LENGTH, VisitRow
from records.patients.display import clean_display
from records.patients.precision import PartialDate, Precision, partial


class Goal(VisitRow):
    """Something to reach; `status` is FHIR's lifecycleStatus, `text` what it is."""

    permission = Permission.SUMMARY

    achievement_status = models.CharField(max_length=40, blank=True)
    target_text = models.CharField(max_length=DISPLAY_LENGTH, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    due_precision = models.CharField(max_length=10, choices=Precision, blank=True)
    note = models.TextField(max_length=20_000, blank=True)

    @property
    def due(self) -> PartialDate | None:
        return partial(self.due_at, self.due_precision)


class CarePlan(VisitRow):
    """A plan of care; the code is its category (`text`: self care, diabetic diet, …)."""

    permission = Permission.SUMMARY

    intent = models.CharField(max_length=40, blank=True)
    description = models.TextField(max_length=20_000, blank=True)
    care_team = models.ForeignKey(
        "records.CareTeam", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    addresses = models.ManyToManyField("records.Condition", blank=True, related_name="+")
    goals = models.ManyToManyField(Goal, blank=True, related_name="plans")


class CarePlanActivity(models.Model):
    """One thing to do under a plan; read it through its plan."""

    plan = models.ForeignKey(CarePlan, on_delete=models.CASCADE, related_name="activities")
    position = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=40, blank=True)
    code_system = models.CharField(max_length=SYSTEM_LENGTH, blank=True)
    code = models.CharField(max_length=CODE_LENGTH, blank=True)
    text = models.CharField(max_length=DISPLAY_LENGTH, blank=True)
    location_name = models.CharField(max_length=NAME_LENGTH, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["position"]
        verbose_name_plural = "care plan activities"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["plan", "position"], name="careplanactivity_one_per_position"),
        ]

    def __str__(self) -> str:
        return f"Care plan activity {self.pk}"

    @property
    def display(self) -> str:
        return clean_display(self.text) or self.code
