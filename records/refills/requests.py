"""What was asked for: a batch with a number, one item for each medication, and the steps of each."""

import datetime as dt
import uuid
from collections.abc import Collection, Iterable
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from records.access.models import GrantKind
from records.access.permissions import Permission
from records.access.rows import PatientRow, PatientRowQuerySet
from records.access.scope import Scope
from records.danger.check import Danger
from records.refills.controlled import Schedule
from records.refills.eligibility import GOING_ON
from records.refills.pharmacies import Pharmacy
from records.refills.states import AT_PHARMACY, CLINICS_TURN, OPEN, EventKind, Kind, State

COMMENT_LENGTH = 1000
TEXT_LENGTH = 2000
PHARMACY_LENGTH = 200
# The pharmacy tells people itself when it is ready; after this nobody still waits for it here.
AT_PHARMACY_SHOWN = dt.timedelta(days=30)


class RefillRequest(PatientRow):
    """Several medications asked for at once. It is sensitive when one of them is: its comment may speak of that one."""

    permission = Permission.REFILLS

    once = models.UUIDField(unique=True)
    number = models.CharField(max_length=20, unique=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_as = models.CharField(max_length=20, choices=GrantKind)
    comment = models.TextField(max_length=COMMENT_LENGTH, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["patient", "-created_at"], name="refill_request_by_patient")
        ]

    def is_seen_with(self, permissions: Collection[Permission]) -> bool:
        """As every patient's row; a medication that became sensitive since hides it, too."""
        if not super().is_seen_with(permissions):
            return False
        return Permission.SENSITIVE in permissions or not self.items.filter(medication__is_sensitive=True).exists()


class RefillItemQuerySet(PatientRowQuerySet["RefillItem"]):
    def for_scopes(self, scopes: Iterable[Scope]) -> "RefillItemQuerySet":
        """As every patient's row, unless the medication became sensitive since; with the parts that pages name."""
        scopes = list(scopes)
        fully = [scope.patient.pk for scope in scopes if scope.may(Permission.SENSITIVE)]
        rows = super().for_scopes(scopes).filter(Q(medication__is_sensitive=False) | Q(patient__in=fully))
        return rows.with_parts()

    def with_parts(self) -> "RefillItemQuerySet":
        rows = self.select_related("request", "medication", "pharmacy", "patient", "assigned_to")
        return rows.defer("medication__raw", "patient__raw")

    def undecided(self) -> "RefillItemQuerySet":
        """Those that the clinic has not finished."""
        return self.filter(state__in=OPEN)

    def under_way(self, at: dt.datetime) -> "RefillItemQuerySet":
        """Those, and what was sent to the pharmacy and can still be expected there."""
        expected = Q(state__in=AT_PHARMACY, moved_at__gt=at - AT_PHARMACY_SHOWN)
        return self.filter(Q(state__in=OPEN) | expected).order_by("-request__created_at", "position", "pk")

    def past(self, at: dt.datetime) -> "RefillItemQuerySet":
        expected = Q(state__in=AT_PHARMACY, moved_at__gt=at - AT_PHARMACY_SHOWN)
        return self.exclude(Q(state__in=OPEN) | expected).order_by("-moved_at", "pk")

    def late(self, at: dt.datetime) -> "RefillItemQuerySet":
        return self.filter(state__in=CLINICS_TURN, due_at__lt=at)


class RefillItem(PatientRow):
    """One medication of a request.

    `schedule` is what the medication's was when it was asked for. The pharmacy is one of the clinic's list, or in
    the patient's words. `answer` is what the patient is told with the decision. `prepared_by` has looked at it and
    passed it on to somebody who may sign.
    """

    permission = Permission.REFILLS

    request = models.ForeignKey(RefillRequest, on_delete=models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField()
    medication = models.ForeignKey("records.MedicationRequest", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    schedule = models.CharField(max_length=3, choices=Schedule, blank=True)
    days_left = models.PositiveSmallIntegerField()
    pharmacy = models.ForeignKey(Pharmacy, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    pharmacy_other = models.CharField(max_length=PHARMACY_LENGTH, blank=True)
    is_urgent = models.BooleanField(default=False)
    danger = models.CharField(max_length=20, choices=Danger, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.REQUESTED)
    moved_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    prepared_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(max_length=TEXT_LENGTH, blank=True)

    objects: ClassVar[Any] = RefillItemQuerySet.as_manager()

    class Meta:
        permissions: ClassVar[list[Any]] = [
            ("sign_refillitem", "Can approve renewals, new prescriptions and controlled medications"),
        ]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["medication"], condition=Q(state__in=OPEN), name="refill_one_open_per_medication"
            ),
            models.UniqueConstraint(fields=["request", "medication"], name="refill_medication_once_per_request"),
            models.CheckConstraint(
                condition=Q(pharmacy__isnull=True) | Q(pharmacy_other=""), name="refill_one_pharmacy"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True, decided_at__isnull=True)
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="refill_decided_whole",
            ),
            models.CheckConstraint(
                condition=Q(prepared_by__isnull=True, prepared_at__isnull=True)
                | Q(prepared_by__isnull=False, prepared_at__isnull=False),
                name="refill_prepared_whole",
            ),
            models.CheckConstraint(condition=~Q(state=State.DENIED) | ~Q(answer=""), name="refill_denied_with_reason"),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["patient", "state", "-moved_at"], name="refill_by_patient"),
            models.Index(fields=["medication", "-moved_at"], name="refill_by_medication"),
            models.Index(fields=["due_at", "id"], condition=Q(state__in=CLINICS_TURN), name="refill_waiting"),
            models.Index(fields=["state", "-moved_at"], name="refill_by_state"),
        ]

    def is_seen_with(self, permissions: Collection[Permission]) -> bool:
        """The rule of `for_scopes` for one."""
        may = super().is_seen_with(permissions)
        return may and (Permission.SENSITIVE in permissions or not self.medication.is_sensitive)

    @property
    def is_stopped(self) -> bool:
        """Whether the medication was stopped or paused since it was asked for."""
        return self.medication.entered_in_error or self.medication.status not in GOING_ON

    @property
    def needs_signature(self) -> bool:
        """Whether a clinician approves it: all but a refill that was ordered already, goes on, and is not controlled."""
        return self.kind != Kind.REFILL or bool(self.schedule) or self.is_stopped

    @property
    def seen(self) -> int:
        """Tells what was looked at from what it has become: the number of its steps."""
        return len(self.events.all())

    def follow(self, schedule: str) -> None:
        """Takes the schedule that the clinic's list gives it now. Schedule II has no refills (21 CFR 1306.12(a))."""
        self.schedule = schedule or self.schedule
        if self.schedule == Schedule.II:
            self.kind = Kind.NEW_PRESCRIPTION

    def is_late(self, at: dt.datetime) -> bool:
        return self.state in CLINICS_TURN and self.due_at is not None and self.due_at < at

    def note(self, kind: EventKind, *, at: dt.datetime, by: Any, text: str = "", for_staff: str = "") -> None:
        """Appends a step to its history."""
        RefillEvent.objects.create(item=self, kind=kind, at=at, by=by, text=text, for_staff=for_staff)


class RefillEvent(models.Model):
    """A step of one item. The patient reads `text`; `for_staff` only colleagues."""

    item = models.ForeignKey(RefillItem, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=20, choices=EventKind)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(max_length=TEXT_LENGTH, blank=True)
    for_staff = models.TextField(max_length=TEXT_LENGTH, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["at", "pk"]

    def __str__(self) -> str:
        return f"Refill event {self.pk}"


class RefillDraft(models.Model):
    """What somebody has begun to ask for, kept from page to page until it is sent; nobody else sees it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    patient = models.ForeignKey("records.Patient", on_delete=models.CASCADE, related_name="+")
    content = models.JSONField(default=dict)
    updated_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["user", "patient"], name="refill_draft_once_per_patient"),
        ]

    def __str__(self) -> str:
        return f"Refill draft {self.pk}"
