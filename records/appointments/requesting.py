"""Asking for an appointment where patients do not pick the time, and what staff make of it."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from records.access.models import User
from records.access.numbers import new_number
from records.access.permissions import Permission
from records.appointments import booking, rules
from records.appointments.actors import Actor
from records.appointments.booking import NotBookable
from records.appointments.bookings import Appointment
from records.appointments.choice import Choice, Details
from records.appointments.requests import AppointmentRequest
from records.appointments.states import RequestState
from records.appointments.telling import ANSWERED, path_of, tell_readers
from records.danger.check import danger_in
from records.hours.calendar import NoHours, calendar
from records.patients.people import Patient
from records.scheduling.choices import Modality
from records.scheduling.providers import Provider
from records.scheduling.visit_types import VisitReason, VisitType


class Answered(Exception):
    """Somebody has booked or answered it already, or the patient took it back."""


class AlreadyAsked(Exception):
    """The patient waits for an answer to the same wish; `open_request` is it."""

    def __init__(self, open_request: AppointmentRequest) -> None:
        super().__init__(open_request.number)
        self.open_request = open_request


@dataclass(frozen=True)
class WishedVisit:
    """What is asked for. `wishes` are up to three times (records/appointments/requests.py)."""

    visit_type: VisitType
    reason: VisitReason | None
    provider: Provider | None
    modality: Modality | str
    wishes: Sequence[dict[str, str]]
    details: Details


@transaction.atomic
def ask(*, actor: Actor, wished: WishedVisit, once: uuid.UUID, at: dt.datetime) -> AppointmentRequest:
    """Puts the wish before staff, with the day by which it is answered; the same `once` again gives the same.

    Raises NotBookable, AlreadyAsked and PermissionMissing.
    """
    scope = actor.scope
    assert scope is not None  # noqa: S101 (for the type checker: staff book)
    scope.require(Permission.APPOINTMENTS_BOOK)
    if wished.visit_type.is_sensitive:
        scope.require(Permission.SENSITIVE)
    is_known = rules.is_established(scope.patient, at)
    found = rules.obstacle_ahead(wished.visit_type, scope.patient, established=is_known, at=at)
    if found not in (None, rules.Obstacle.ASK):
        raise NotBookable(found)
    # Two who ask at the same moment ask one after the other.
    Patient.objects.select_for_update(no_key=True).get(pk=scope.patient.pk)
    mine = AppointmentRequest.objects.for_scope(scope)
    known: AppointmentRequest | None = mine.filter(once=once).first()
    if known is not None:
        return known
    same = mine.filter(visit_type=wished.visit_type, state=RequestState.OPEN).first()
    if same is not None:
        raise AlreadyAsked(same)
    is_elsewhere = AppointmentRequest.objects.filter(once=once).exists()
    return _ask(actor, wished, uuid.uuid4() if is_elsewhere else once, at)


def _ask(actor: Actor, wished: WishedVisit, once: uuid.UUID, at: dt.datetime) -> AppointmentRequest:
    assert actor.scope is not None  # noqa: S101 (for the type checker)
    patient, details = actor.scope.patient, wished.details
    asked = AppointmentRequest.objects.create(
        once=once,
        number=new_number(),
        patient=patient,
        is_sensitive=wished.visit_type.is_sensitive,
        released_at=at,
        visit_type=wished.visit_type,
        reason=wished.reason,
        provider=wished.provider,
        modality=wished.modality,
        wishes=list(wished.wishes),
        reason_text=details.reason_text,
        is_urgent=danger_in(details.reason_text, details.accessibility) is not None,
        interpreter_language=details.interpreter_language,
        accessibility=details.accessibility,
        created_by=actor.user,
        created_at=at,
        due_at=_due_after(at),
    )
    actor.log_change(patient.pk, asked.pk, at)
    return asked


@transaction.atomic
def take_back(*, actor: Actor, request_id: uuid.UUID, at: dt.datetime) -> None:
    """The patient no longer wants it. Raises Answered and PermissionMissing."""
    asked = _locked(request_id)
    actor.require_for(asked)
    if asked.state == RequestState.CANCELLED:
        return
    _decide(asked, RequestState.CANCELLED, actor.user, at)
    actor.log_change(asked.patient_id, asked.pk, at)


@transaction.atomic
def take(*, actor: Actor, request_id: uuid.UUID, at: dt.datetime) -> None:
    """Somebody of staff deals with it. Raises Answered."""
    asked = _locked(request_id)
    if asked.state != RequestState.OPEN:
        raise Answered(str(request_id))
    asked.assigned_to = actor.user
    asked.save(update_fields=["assigned_to"])
    actor.log_change(asked.patient_id, asked.pk, at)


@transaction.atomic
def decline(*, actor: Actor, request_id: uuid.UUID, answer: str, at: dt.datetime) -> None:
    """Answers without an appointment; the patient reads `answer`. Raises Answered."""
    asked = _locked(request_id)
    asked.answer = answer
    _decide(asked, RequestState.DECLINED, actor.user, at)
    tell_readers(asked, kind=ANSWERED, cause=f"answered:{asked.pk}", at=at, path=path_of_request(asked))
    actor.log_change(asked.patient_id, asked.pk, at)


@transaction.atomic
def book(
    *,
    actor: Actor,
    request_id: uuid.UUID,
    choice: Choice,
    details: Details,
    at: dt.datetime,
    is_outside_hours: bool = False,
) -> Appointment:
    """Books what was wished for, with the details as staff have them. Raises Answered, cells.Taken and NotBookable."""
    asked = _locked(request_id)
    if asked.state != RequestState.OPEN:
        raise Answered(str(request_id))
    appointment = booking.book_at_once(
        patient=asked.patient,
        actor=actor,
        choice=choice,
        details=details,
        at=at,
        is_outside_hours=is_outside_hours,
        is_sensitive=asked.is_sensitive,
    )
    asked.appointment = appointment
    _decide(asked, RequestState.BOOKED, actor.user, at)
    return appointment


def path_of_request(asked: AppointmentRequest) -> str:
    """Where the patient reads of it."""
    if asked.appointment is not None:
        return path_of(asked.appointment)
    return reverse("records:appointment_request", kwargs={"patient": asked.patient_id, "asked": asked.pk})


def _decide(asked: AppointmentRequest, state: RequestState, by: User, at: dt.datetime) -> None:
    if asked.state != RequestState.OPEN:
        raise Answered(str(asked.pk))
    asked.state, asked.decided_by, asked.decided_at = state, by, at
    asked.save()


def _locked(request_id: uuid.UUID) -> AppointmentRequest:
    rows = AppointmentRequest.objects.select_for_update(of=("self",)).select_related("patient", "visit_type")
    asked: AppointmentRequest = rows.get(pk=request_id)
    return asked


def _due_after(at: dt.datetime) -> dt.datetime | None:
    try:
        return calendar().due_after(at, settings.APPOINTMENT_REQUEST_DAYS)
    except NoHours:
        return None
