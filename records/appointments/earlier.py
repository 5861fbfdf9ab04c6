"""The wait list: somebody asks to be told of an earlier time, and takes or leaves what is offered.

Nobody loses what they have: the old appointment is given up only when the new one is sure.
"""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from records.appointments import booking, freed, rules
from records.appointments.actors import Actor
from records.appointments.bookings import Appointment
from records.appointments.locking import locked, locked_with_old
from records.appointments.states import OfferState, Status
from records.appointments.waiting import WaitlistEntry, WaitlistOffer
from records.scheduling import slots
from records.scheduling.choices import TimeOfDay


class NothingEarlier(Exception):
    """The appointment can no longer be changed, or begins too soon to wait for an earlier one."""


class TooManyEntries(Exception):
    """The patient waits for as many as can be waited for."""


class OfferOver(Exception):
    """Somebody answered it, its time ran out, or the provider is away by now."""


@dataclass(frozen=True)
class Wishes:
    """When an earlier one would suit; empty means any."""

    earliest_date: dt.date
    weekdays: tuple[int, ...] = ()
    times_of_day: tuple[TimeOfDay, ...] = ()
    same_provider: bool = True


@transaction.atomic
def join(*, actor: Actor, appointment_id: uuid.UUID, wishes: Wishes, at: dt.datetime) -> WaitlistEntry:
    """Puts the patient on the list for an earlier time than this appointment's; again it changes the wishes.

    Raises NothingEarlier, TooManyEntries and PermissionMissing.
    """
    appointment = locked(appointment_id)
    actor.require_for(appointment)
    if not rules.can_change(appointment, at) or appointment.starts_at <= at + freed.NOTICE:
        raise NothingEarlier(str(appointment_id))
    entry = WaitlistEntry.objects.filter(appointment=appointment, ended_at__isnull=True).first()
    if entry is None:
        if _waits_for(actor, appointment.patient_id, at) >= settings.WAITLIST_ENTRIES:
            raise TooManyEntries(str(appointment.patient_id))
        entry = WaitlistEntry(
            appointment=appointment,
            patient_id=appointment.patient_id,
            is_sensitive=appointment.is_sensitive,
            released_at=at,
            created_by=actor.user,
            created_at=at,
        )
    entry.earliest_date, entry.weekdays = wishes.earliest_date, list(wishes.weekdays)
    entry.times_of_day, entry.same_provider = list(wishes.times_of_day), wishes.same_provider
    entry.save()
    actor.log_change(appointment.patient_id, appointment.pk, at)
    return entry


def _waits_for(actor: Actor, patient_id: uuid.UUID, at: dt.datetime) -> int:
    """How many appointments ahead wait for an earlier one; counting what somebody does not see would betray it."""
    rows = WaitlistEntry.objects.for_scope(actor.scope) if actor.scope else WaitlistEntry.objects.all()
    waiting = rows.filter(patient=patient_id, ended_at__isnull=True, appointment__status=Status.BOOKED)
    count: int = waiting.filter(appointment__starts_at__gt=at).count()
    return count


@transaction.atomic
def leave(*, actor: Actor, appointment_id: uuid.UUID, at: dt.datetime) -> None:
    """Takes the appointment off the list; an open offer goes to the next."""
    appointment = locked(appointment_id)
    actor.require_for(appointment)
    freed.end_for(appointment=appointment, at=at)
    actor.log_change(appointment.patient_id, appointment.pk, at)


@transaction.atomic
def accept(*, actor: Actor, offer_id: uuid.UUID, at: dt.datetime) -> Appointment:
    """Moves the patient to the offered time; the old one is given up when the new one is sure.

    Raises OfferOver, booking.CannotMove and PermissionMissing. Taking it again gives the same appointment.
    """
    held_id = WaitlistOffer.objects.values_list("held", flat=True).get(pk=offer_id)
    held, old = locked_with_old(held_id)
    offer = WaitlistOffer.objects.select_for_update().get(pk=offer_id)
    actor.require_for(held)
    if offer.state == OfferState.ACCEPTED:
        return held
    if offer.state != OfferState.OFFERED or offer.expires_at <= at or not _is_kept_free(held, at):
        raise OfferOver(str(offer_id))
    offer.state, offer.answered_at = OfferState.ACCEPTED, at
    offer.save(update_fields=["state", "answered_at"])
    try:
        booking.settle(appointment=held, old=old, actor=actor, at=at)
    except booking.HoldOver:
        raise OfferOver(str(offer_id)) from None
    return held


def _is_kept_free(held: Appointment, at: dt.datetime) -> bool:
    """Whether the provider's hours still have the time: an offer stays open for a night."""
    return slots.is_free(
        visit_type=held.visit_type,
        modality=held.modality,
        provider_id=held.provider_id,
        location_id=held.location_id,
        starts_at=held.starts_at,
        at=at,
        for_staff=True,
        besides=held.pk,
    )


@transaction.atomic
def decline(*, actor: Actor, offer_id: uuid.UUID, at: dt.datetime) -> None:
    """Leaves the patient what they have, still on the list, and passes the time on. Raises OfferOver."""
    held_id = WaitlistOffer.objects.values_list("held", flat=True).get(pk=offer_id)
    held, _old = locked_with_old(held_id)
    actor.require_for(held)
    offer = WaitlistOffer.objects.select_for_update().get(pk=offer_id)
    if offer.state == OfferState.DECLINED:
        return
    if offer.state != OfferState.OFFERED:
        raise OfferOver(str(offer_id))
    freed.end(offer, OfferState.DECLINED, at)
    actor.log_change(held.patient_id, held.pk, at)
