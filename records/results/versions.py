"""Earlier values of results that were corrected. Rows are only ever added."""

from typing import Any, ClassVar

from django.db import models

from records.results.observations import Observation
from records.results.reports import DiagnosticReport, ResultStatus
from records.results.values import ValueFields


class ResultVersion(ValueFields):
    """What an observation or report said before a later message replaced it; read it through that row.

    `text` holds what has no place in the value: a report's words, or the parts of a blood pressure.
    """

    observation = models.ForeignKey(
        Observation, on_delete=models.PROTECT, null=True, blank=True, related_name="versions"
    )
    report = models.ForeignKey(
        DiagnosticReport, on_delete=models.PROTECT, null=True, blank=True, related_name="versions"
    )
    number = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=40, choices=ResultStatus, blank=True)
    text = models.TextField(blank=True)
    raw = models.JSONField(default=dict, blank=True)
    replaced_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["-number"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=models.Q(observation__isnull=False, report__isnull=True)
                | models.Q(observation__isnull=True, report__isnull=False),
                name="resultversion_of_one_thing",
            ),
            models.UniqueConstraint(fields=["observation", "number"], name="resultversion_number_of_observation"),
            models.UniqueConstraint(fields=["report", "number"], name="resultversion_number_of_report"),
        ]

    def __str__(self) -> str:
        return f"Result version {self.pk}"
