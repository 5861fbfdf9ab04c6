"""What becomes of a booked appointment: confirmed, cancelled, and at the desk arrived, done, missed or put right."""

import datetime as dt
import uuid

from django.db import transaction

from records.appointments import freed, rules, telling
from records.appointments.actors import Actor
from records.appointments.bookings import Appointment
from records.appointments.locking import locked
from records.appointments.states import NEXT, CancelReason, EventKind, Status
from records.danger.check import danger_in
from records.scheduling import cells


class NotPossible(Exception):
    """The appointment has come too far, or not far enough, for that."""


@transaction.atomic
def cancel(*, actor: Actor, appointment_id: uuid.UUID, reason: CancelReason, note: str, at: dt.datetime) -> Appointment:
    """Cancels it and offers its time to whoever waits for one like it. Cancelling again changes nothing.

    A patient's late cancellation, or one with words of danger, is kept for staff to look at. Raises NotPossible and PermissionMissing.
    """
    appointment = locked(appointment_id)
    actor.require_for(appointment)
    if appointment.status == Status.CANCELLED:
        return appointment
    if not rules.can_change(appointment, at):
        raise NotPossible(appointment.status)
    appointment.status, appointment.cancelled_at = Status.CANCELLED, at
    appointment.cancel_reason, appointment.cancel_note = reason, note
    appointment.is_urgent = appointment.is_urgent or danger_in(note) is not None
    appointment.is_late_cancel = actor.scope is not None and rules.is_late(appointment, at)
    appointment.sequence += 1
    appointment.save()
    appointment.note(EventKind.CANCELLED, at=at, by=actor.user)
    cells.release(appointment_id=appointment.pk)
    freed.end_for(appointment=appointment, at=at)
    freed.offer_freed(appointment, at)
    telling.tell(appointment, EventKind.CANCELLED, at)
    actor.log_change(appointment.patient_id, appointment.pk, at)
    return appointment


@transaction.atomic
def confirm(*, appointment_id: uuid.UUID, at: dt.datetime, actor: Actor | None = None) -> Appointment:
    """Notes that the patient is coming; by the link of a reminder there is no actor. Again it changes nothing.

    Raises NotPossible and PermissionMissing.
    """
    appointment = locked(appointment_id)
    if actor is not None:
        actor.require_for(appointment)
    if not rules.can_change(appointment, at):
        raise NotPossible(appointment.status)
    if appointment.confirmed_at is None:
        appointment.confirmed_at = at
        appointment.save(update_fields=["confirmed_at"])
        appointment.note(EventKind.CONFIRMED, at=at, by=actor.user if actor else None)
    return appointment


EVENTS = {
    Status.ARRIVED: EventKind.ARRIVED,
    Status.FULFILLED: EventKind.FULFILLED,
    Status.NO_SHOW: EventKind.NO_SHOW,
    Status.BOOKED: EventKind.CORRECTED,
}


@transaction.atomic
def mark(*, actor: Actor, appointment_id: uuid.UUID, status: Status, at: dt.datetime) -> Appointment:
    """At the desk: arrived, done, missed, or back to booked when that was a mistake.

    Nobody is missed before the time has come. Raises NotPossible for what the table of states does not have.
    """
    appointment = locked(appointment_id)
    current = Status(appointment.status)
    is_too_early = status in (Status.NO_SHOW, Status.FULFILLED) and appointment.starts_at > at
    if status not in EVENTS or status not in NEXT[current] or current == Status.HELD or is_too_early:
        raise NotPossible(f"{current} → {status}")
    appointment.status = status
    appointment.save(update_fields=["status"])
    appointment.note(EVENTS[status], at=at, by=actor.user)
    actor.log_change(appointment.patient_id, appointment.pk, at)
    return appointment


def look_at_late(*, actor: Actor, appointment_id: uuid.UUID, at: dt.datetime) -> None:
    """A cancellation leaves the queue of staff."""
    Appointment.objects.filter(pk=appointment_id).cancelled_to_look_at().update(late_seen_at=at)


@transaction.atomic
def set_video_link(*, actor: Actor, appointment_id: uuid.UUID, url: str, at: dt.datetime) -> None:
    """Staff enter where a video visit takes place."""
    appointment = locked(appointment_id)
    appointment.video_url = url
    appointment.save(update_fields=["video_url"])
    actor.log_change(appointment.patient_id, appointment.pk, at)
