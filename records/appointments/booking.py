"""Getting a time: holding it while somebody confirms, booking it, and moving to it from another.

Time is kept by SlotCells (records/scheduling/cells.py), which the database lets nobody share.
"""

import datetime as dt
import uuid

from django.conf import settings
from django.db import transaction

from records.access.permissions import Permission
from records.appointments import freed, rules, telling, video
from records.appointments.actors import Actor
from records.appointments.bookings import Appointment
from records.appointments.choice import Choice, Details
from records.appointments.locking import locked_with_old
from records.appointments.states import CancelReason, EventKind, Status
from records.appointments.waiting import WaitlistOffer
from records.danger.check import danger_in
from records.patients.people import Patient
from records.patients.providers import Location
from records.scheduling import cells, slots
from records.scheduling.cells import Taken

HOLD = dt.timedelta(minutes=5)


class NotBookable(Exception):
    """The rules of the visit are against it; `obstacle` says which, in words."""

    def __init__(self, obstacle: rules.Obstacle) -> None:
        super().__init__(obstacle.value)
        self.obstacle = obstacle


class TooMany(Exception):
    """The patient has as many appointments ahead as can be booked online."""


class HoldOver(Exception):
    """The five minutes are over, and the time may be somebody else's by now."""


class CannotMove(Exception):
    """The appointment that was to be moved is over, cancelled, or moved already."""


@transaction.atomic
def hold(*, actor: Actor, choice: Choice, at: dt.datetime, replaces: Appointment | None = None) -> Appointment:
    """Keeps a time for five minutes, and lets go of what the same person held for the patient before.

    `replaces` is the appointment that it would move; that one stays as it is. Raises NotBookable, TooMany,
    CannotMove, cells.Taken and PermissionMissing.
    """
    scope = actor.scope
    assert scope is not None  # noqa: S101 (for the type checker: staff book at once)
    scope.require(Permission.APPOINTMENTS_BOOK)
    is_known = rules.is_established(scope.patient, at)
    _check_rules(scope.patient, choice, is_known=is_known)
    if choice.visit_type.is_sensitive:
        scope.require(Permission.SENSITIVE)
    if replaces is not None:
        actor.require_for(replaces)
        if not rules.can_change(replaces, at):
            raise CannotMove(str(replaces.pk))
    # Counting what the reader does not see would betray it.
    ahead = Appointment.objects.for_scope(scope).upcoming(at).count()
    if replaces is None and ahead >= settings.APPOINTMENTS_AHEAD:
        raise TooMany(str(ahead))
    let_go(actor=actor, patient_id=scope.patient.pk, at=at)
    if not slots.is_free(
        visit_type=choice.visit_type,
        modality=choice.modality,
        provider_id=choice.provider_id,
        location_id=choice.location_id,
        starts_at=choice.starts_at,
        at=at,
        is_new=not is_known,
    ):
        raise Taken(str(choice.provider_id))
    held = _new(choice, scope.patient, actor, at)
    held.held_until, held.replaces = at + HOLD, replaces
    held.is_sensitive = held.is_sensitive or (replaces is not None and replaces.is_sensitive)
    held.save()
    _take(held, at)
    return held


@transaction.atomic
def let_go(*, actor: Actor, patient_id: uuid.UUID, at: dt.datetime) -> None:
    """Gives back what this person holds for the patient; what the wait list offered stays theirs."""
    held = Appointment.objects.filter(patient=patient_id, created_by=actor.user, status=Status.HELD)
    for appointment_id in list(held.filter(offer__isnull=True).values_list("pk", flat=True)):
        appointment, _old = locked_with_old(appointment_id)
        if appointment.status == Status.HELD:
            cells.release(appointment_id=appointment.pk)
            appointment.status, appointment.cancelled_at, appointment.held_until = Status.CANCELLED, at, None
            appointment.save(update_fields=["status", "cancelled_at", "held_until"])


def forget_held(at: dt.datetime) -> int:
    """Deletes what was held a day ago and never booked; returns how many rows. A periodic job."""
    old = Appointment.objects.filter(booked_at__isnull=True, created_at__lt=at - dt.timedelta(days=1))
    deleted, _by_model = old.filter(offer__isnull=True).delete()
    return deleted


@transaction.atomic
def book(*, actor: Actor, appointment_id: uuid.UUID, details: Details, at: dt.datetime) -> Appointment:
    """Makes a held time the patient's, and cancels the one it moves. Booking it again changes nothing.

    Raises HoldOver, CannotMove and PermissionMissing.
    """
    appointment, old = locked_with_old(appointment_id)
    actor.require_for(appointment)
    if appointment.status == Status.BOOKED:
        return appointment
    is_offer = WaitlistOffer.objects.filter(held=appointment).exists()
    if is_offer or appointment.held_until is None or appointment.held_until <= at:
        raise HoldOver(str(appointment_id))
    _fill(appointment, details)
    settle(appointment=appointment, old=old, actor=actor, at=at)
    return appointment


@transaction.atomic
def book_at_once(
    *,
    patient: Patient,
    actor: Actor,
    choice: Choice,
    details: Details,
    at: dt.datetime,
    is_outside_hours: bool = False,
    is_sensitive: bool = False,
) -> Appointment:
    """Books for a patient at the desk, free of the limits of booking online.

    `is_outside_hours` books a time that the provider's timetable does not have; two visits at one time stay
    impossible. `is_sensitive` hides it even where its kind of visit is not sensitive. Raises cells.Taken, and
    NotBookable for a patient who has died.
    """
    if patient.is_deceased:
        raise NotBookable(rules.Obstacle.DECEASED)
    is_free = is_outside_hours or slots.is_free(
        visit_type=choice.visit_type,
        modality=choice.modality,
        provider_id=choice.provider_id,
        location_id=choice.location_id,
        starts_at=choice.starts_at,
        at=at,
        for_staff=True,
    )
    if not is_free:
        raise Taken(str(choice.provider_id))
    appointment = _new(choice, patient, actor, at)
    appointment.status, appointment.booked_at = Status.BOOKED, at
    appointment.is_sensitive = appointment.is_sensitive or is_sensitive
    _fill(appointment, details)
    appointment.save()
    _take(appointment, at)
    _tell_booked(appointment, EventKind.BOOKED, actor, at)
    return appointment


def settle(*, appointment: Appointment, old: Appointment | None, actor: Actor, at: dt.datetime) -> None:
    """What was held is booked, and only then is the old one given up. Both are locked. Raises HoldOver and CannotMove."""
    if old is not None and not rules.can_change(old, at):
        raise CannotMove(str(old.pk))
    try:
        cells.keep(appointment_id=appointment.pk, start=appointment.starts_at, end=appointment.ends_at)
    except Taken:
        raise HoldOver(str(appointment.pk)) from None
    appointment.status, appointment.booked_at, appointment.held_until = Status.BOOKED, at, None
    if old is not None:
        appointment.calendar_uid, appointment.sequence = old.calendar_uid, old.sequence + 1
    appointment.save()
    if old is not None:
        _give_up(old, appointment, actor, at)
    _tell_booked(appointment, EventKind.MOVED if old else EventKind.BOOKED, actor, at)


def _give_up(old: Appointment, new: Appointment, actor: Actor, at: dt.datetime) -> None:
    old.status, old.cancelled_at, old.cancel_reason = Status.CANCELLED, at, CancelReason.TIME
    old.is_late_cancel = rules.is_late(old, at)
    old.save()
    old.note(EventKind.MOVED, at=at, by=actor.user)
    cells.release(appointment_id=old.pk)
    freed.follow(old=old, new=new, at=at)
    freed.offer_freed(old, at)


def _tell_booked(appointment: Appointment, kind: EventKind, actor: Actor, at: dt.datetime) -> None:
    appointment.note(kind, at=at, by=actor.user)
    telling.tell(appointment, kind, at)
    actor.log_change(appointment.patient_id, appointment.pk, at)


def _check_rules(patient: Patient, choice: Choice, *, is_known: bool) -> None:
    place = Location.objects.filter(pk=choice.location_id).first()
    if place is None:
        raise Taken(str(choice.location_id))
    day = place.local(choice.starts_at).date()
    found = rules.obstacle(choice.visit_type, patient, established=is_known, day=day)
    if found is not None:
        raise NotBookable(found)
    if choice.reason is not None and (
        not choice.reason.is_bookable or choice.reason.visit_type_id != choice.visit_type.pk
    ):
        raise NotBookable(rules.Obstacle.STAFF_ONLY)


def _new(choice: Choice, patient: Patient, actor: Actor, at: dt.datetime) -> Appointment:
    return Appointment(
        patient=patient,
        is_sensitive=choice.visit_type.is_sensitive,
        released_at=at,
        provider_id=choice.provider_id,
        location_id=choice.location_id,
        visit_type=choice.visit_type,
        reason=choice.reason,
        modality=choice.modality,
        video_url=video.room_for(choice.modality),
        starts_at=choice.starts_at,
        ends_at=choice.ends_at,
        created_by=actor.user,
        created_at=at,
    )


def _fill(appointment: Appointment, details: Details) -> None:
    appointment.reason_text = details.reason_text
    appointment.interpreter_language = details.interpreter_language
    appointment.accessibility = details.accessibility
    appointment.coverage = details.coverage
    appointment.is_urgent = danger_in(details.reason_text, details.accessibility) is not None


def _take(appointment: Appointment, at: dt.datetime) -> None:
    cells.take(
        provider_id=appointment.provider_id,
        start=appointment.starts_at,
        end=appointment.ends_at,
        appointment_id=appointment.pk,
        at=at,
        held_until=appointment.held_until,
    )
