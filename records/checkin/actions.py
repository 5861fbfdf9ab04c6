"""Answering the steps of a check-in, and what staff make of the changes."""

import datetime as dt
import uuid
from collections.abc import Mapping

from django.db import transaction

from records.access.models import User
from records.access.permissions import Permission
from records.appointments import rules
from records.appointments.actors import Actor
from records.appointments.locking import locked
from records.checkin.models import CheckIn, CheckInAnswer, FormText, Outcome, Signature
from records.checkin.steps import step_of
from records.danger.check import danger_in
from records.refills import pharmacies


class NotOpen(Exception):
    """It is too early or too late to check in, or the appointment is no longer booked."""


@transaction.atomic
def answer(
    *,
    actor: Actor,
    appointment_id: uuid.UUID,
    step: str,
    changes: Mapping[str, str],
    at: dt.datetime,
    is_skipped: bool = False,
) -> CheckInAnswer:
    """Keeps what was said at a step, over what was said there before. Raises NotOpen and PermissionMissing."""
    check_in, needed = _open(actor, appointment_id, at), step_of(step).changing
    if changes and needed is not None and actor.scope is not None:
        actor.scope.require(needed)
    outcome = Outcome.SKIPPED if is_skipped else Outcome.UPDATED if changes else Outcome.VERIFIED
    kept, _made = CheckInAnswer.objects.update_or_create(
        check_in=check_in,
        step=step,
        defaults={
            "outcome": outcome,
            "changes": dict(changes),
            "is_urgent": danger_in(*changes.values()) is not None,
            "answered_by": actor.user,
            "answered_at": at,
            "handled_by": None,
            "handled_at": None,
        },
    )
    actor.log_change(check_in.patient_id, appointment_id, at)
    return kept


@transaction.atomic
def keep_pharmacy(*, actor: Actor, appointment_id: uuid.UUID, pharmacy_id: str, at: dt.datetime) -> None:
    """Of who may ask for refills it counts at once, and staff have nothing to carry over. Raises as `answer`."""
    check_in = _open(actor, appointment_id, at)
    pharmacy = pharmacies.chosen_by(pharmacy_id)
    if pharmacy is None:
        return
    kept = answer(
        actor=actor, appointment_id=appointment_id, step="pharmacy", changes={"pharmacy": str(pharmacy)}, at=at
    )
    if actor.scope is None or actor.scope.may(Permission.REFILLS_REQUEST):
        pharmacies.prefer(patient=check_in.patient, pharmacy=pharmacy, at=at)
        CheckInAnswer.objects.filter(pk=kept.pk).update(handled_at=at)


@transaction.atomic
def sign(*, actor: Actor, appointment_id: uuid.UUID, texts: list[FormText], typed_name: str, at: dt.datetime) -> None:
    """Signs these versions for the patient; signing again changes nothing. Raises as `answer`."""
    check_in = _open(actor, appointment_id, at)
    Signature.objects.bulk_create(
        [
            Signature(
                patient=check_in.patient,
                released_at=at,
                form=text,
                typed_name=typed_name,
                signed_by=actor.user,
                signed_at=at,
            )
            for text in texts
        ],
        ignore_conflicts=True,
    )
    answer(actor=actor, appointment_id=appointment_id, step="forms", changes={}, at=at)


@transaction.atomic
def finish(*, actor: Actor, appointment_id: uuid.UUID, at: dt.datetime) -> CheckIn:
    """The person is done, whatever was left out. Raises NotOpen and PermissionMissing."""
    check_in = _open(actor, appointment_id, at)
    if check_in.finished_at is None:
        check_in.finished_at = at
        check_in.save(update_fields=["finished_at"])
        actor.log_change(check_in.patient_id, appointment_id, at)
    return check_in


def handle(*, answer_id: int, by: User, at: dt.datetime) -> None:
    """Staff have carried a change over; again it changes nothing."""
    CheckInAnswer.objects.filter(pk=answer_id, handled_at__isnull=True).update(handled_by=by, handled_at=at)


def _open(actor: Actor, appointment_id: uuid.UUID, at: dt.datetime) -> CheckIn:
    appointment = locked(appointment_id)
    actor.require_for(appointment)
    if not rules.check_in_is_open(appointment, at):
        raise NotOpen(str(appointment_id))
    found, _made = CheckIn.objects.get_or_create(
        appointment=appointment,
        defaults={
            "patient_id": appointment.patient_id,
            "is_sensitive": appointment.is_sensitive,
            "released_at": at,
            "started_at": at,
        },
    )
    return found
