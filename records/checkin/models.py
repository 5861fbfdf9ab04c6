"""What was answered ahead of a visit, and what was signed."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from records.access.permissions import Permission
from records.access.rows import PatientRow
from records.checkin.steps import title_of
from records.patients.clinical import NAME_LENGTH


class Outcome(models.TextChoices):
    VERIFIED = "verified", _("Confirmed")
    UPDATED = "updated", _("Changed")
    SKIPPED = "skipped", _("Left for the visit")


class CheckIn(PatientRow):
    """One appointment's check-in; done when the person says so, and open to change until the visit."""

    permission = Permission.APPOINTMENTS

    appointment = models.OneToOneField("records.Appointment", on_delete=models.CASCADE, related_name="check_in")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("check-in")


class CheckInAnswer(models.Model):
    """What somebody said at one step. `changes` is what they want changed, as words for staff: name → value.

    Read it through its check-in. `handled_at` is when staff had carried the changes over.
    """

    check_in = models.ForeignKey(CheckIn, on_delete=models.CASCADE, related_name="answers")
    step = models.CharField(max_length=20)
    outcome = models.CharField(max_length=10, choices=Outcome)
    changes = models.JSONField(default=dict)
    is_urgent = models.BooleanField(default=False)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField()
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    handled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["answered_at", "pk"]
        verbose_name = _("check-in answer")
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["check_in", "step"], name="checkinanswer_once_per_step"),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(
                fields=["answered_at"],
                condition=Q(outcome=Outcome.UPDATED, handled_at__isnull=True),
                name="checkinanswer_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"Check-in answer {self.pk}"

    @property
    def step_title(self) -> str:
        return str(title_of(self.step))


class FormText(models.Model):
    """One version of a text that patients sign. What was signed is never changed: a new text is a new version."""

    name = models.SlugField(max_length=40, help_text=_("the same for every version"))
    version = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=NAME_LENGTH)
    body = models.TextField(max_length=50_000, help_text=_("plain text; an empty line begins a paragraph"))
    is_current = models.BooleanField(default=True, help_text=_("patients are asked to sign it"))

    class Meta:
        ordering: ClassVar[list[str]] = ["name", "-version"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["name", "version"], name="formtext_once_per_version"),
            models.UniqueConstraint(fields=["name"], condition=Q(is_current=True), name="formtext_one_current"),
        ]

    def __str__(self) -> str:
        return f"{self.title} (version {self.version})"


class Signature(PatientRow):
    """That somebody signed a version of a text for a patient, by typing their name."""

    permission = Permission.APPOINTMENTS

    form = models.ForeignKey(FormText, on_delete=models.PROTECT, related_name="signatures")
    typed_name = models.CharField(max_length=200)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["patient", "form"], name="signature_once_per_version"),
        ]
