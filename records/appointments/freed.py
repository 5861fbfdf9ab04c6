"""A freed time is offered to who has waited longest for one like it: one person at a time, with a clock."""

import datetime as dt

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from records.access.permissions import Permission
from records.access.readers import readers_of
from records.appointments import clocks, telling, video
from records.appointments.bookings import Appointment
from records.appointments.locking import locked, locked_with_old
from records.appointments.states import OfferState, Status
from records.appointments.waiting import WaitlistEntry, WaitlistOffer
from records.notifications.preferences import wishes_of
from records.scheduling import cells, slots
from records.scheduling.cells import Taken

# Nobody is offered a time that begins sooner than this after the clock has run out.
NOTICE = dt.timedelta(hours=2)
# So many of those who wait are looked at for one freed time, and so many offers end in one go.
MOST = 200


def offer_freed(freed: Appointment, at: dt.datetime) -> WaitlistOffer | None:
    """Offers the time of an appointment to who has waited longest for one like it; None when it suits nobody."""
    if freed.starts_at < clocks.runs_out(clocks.waking(at, freed.location), freed.location) + NOTICE:
        return None
    for entry in _candidates(freed):
        if not _suits(entry, freed) or not _is_free(entry, freed, at):
            continue
        try:
            with transaction.atomic():
                offer = _offer(entry, freed, at)
        except Taken:
            continue
        if offer is not None:
            return offer
    return None


def end_for(*, appointment: Appointment, at: dt.datetime) -> None:
    """Ends the waiting of an appointment, which is locked, and passes its open offer on."""
    for offer in _open_offers(entry__appointment=appointment):
        end(offer, OfferState.WITHDRAWN, at)
    WaitlistEntry.objects.filter(appointment=appointment, ended_at__isnull=True).update(ended_at=at)


def follow(*, old: Appointment, new: Appointment, at: dt.datetime) -> None:
    """Whoever moved by themselves to a later day goes on waiting; an earlier time was what they waited for."""
    for offer in _open_offers(entry__appointment=old):
        end(offer, OfferState.WITHDRAWN, at)
    entries = WaitlistEntry.objects.filter(appointment=old, ended_at__isnull=True)
    if new.starts_at < old.starts_at:
        entries.update(ended_at=at)
    else:
        entries.update(appointment=new)


def expire_offers(at: dt.datetime) -> int:
    """Passes on what nobody answered in time; returns how many. A periodic job."""
    due = WaitlistOffer.objects.filter(state=OfferState.OFFERED, expires_at__lte=at).order_by("expires_at")
    ended = 0
    for offer_id, held_id in list(due.values_list("pk", "held")[:MOST]):
        with transaction.atomic():
            locked_with_old(held_id)
            offer = WaitlistOffer.objects.select_for_update().get(pk=offer_id)
            if offer.state == OfferState.OFFERED:
                end(offer, OfferState.EXPIRED, at)
                ended += 1
    return ended


def end_past(at: dt.datetime) -> int:
    """Ends the waiting for something earlier than what has begun; returns how many. A periodic job."""
    over = WaitlistEntry.objects.filter(ended_at__isnull=True, appointment__starts_at__lte=at)
    return over.update(ended_at=at)


def end(offer: WaitlistOffer, state: OfferState, at: dt.datetime) -> None:
    """Ends an offer, which is locked with its appointments, and passes its time on."""
    offer.state, offer.answered_at = state, at
    offer.save(update_fields=["state", "answered_at"])
    held = offer.held
    held.status, held.cancelled_at, held.held_until = Status.CANCELLED, at, None
    held.save(update_fields=["status", "cancelled_at", "held_until"])
    cells.release(appointment_id=held.pk)
    offer_freed(held, at)


def _open_offers(**whose: Appointment) -> list[WaitlistOffer]:
    rows = WaitlistOffer.objects.select_for_update(of=("self",)).filter(state=OfferState.OFFERED, **whose)
    return list(rows.select_related("held__visit_type", "held__location", "held__patient"))


def _candidates(freed: Appointment) -> list[WaitlistEntry]:
    """Those who wait for something like it, longest first; nobody twice for the same time, nor two offers at once."""
    waiting = WaitlistEntry.objects.filter(
        ended_at__isnull=True,
        earliest_date__lte=freed.local_start.date(),
        appointment__status=Status.BOOKED,
        appointment__starts_at__gt=freed.starts_at,
        appointment__patient__is_deceased=False,
        appointment__visit_type__minutes__lte=(freed.ends_at - freed.starts_at).total_seconds() // 60,
    )
    waiting = waiting.filter(Q(same_provider=False) | Q(appointment__provider=freed.provider_id))
    offers = WaitlistOffer.objects.filter(entry=OuterRef("pk"))
    open_or_same = Q(state=OfferState.OFFERED) | Q(held__provider=freed.provider_id, held__starts_at=freed.starts_at)
    waiting = waiting.exclude(patient=freed.patient_id).exclude(Exists(offers.filter(open_or_same)))
    return list(waiting.select_related("appointment__visit_type", "patient").order_by("created_at", "id")[:MOST])


def _suits(entry: WaitlistEntry, freed: Appointment) -> bool:
    start = freed.local_start
    return (not entry.weekdays or start.weekday() in entry.weekdays) and (
        not entry.times_of_day or slots.time_of_day(start.time()) in entry.times_of_day
    )


def _is_free(entry: WaitlistEntry, freed: Appointment, at: dt.datetime) -> bool:
    return slots.is_free(
        visit_type=entry.appointment.visit_type,
        modality=entry.appointment.modality,
        provider_id=freed.provider_id,
        location_id=freed.location_id,
        starts_at=freed.starts_at,
        at=at,
        for_staff=True,
    )


def _still_waits(entry: WaitlistEntry) -> bool:
    """Locks what the person has, and looks again: they may have cancelled, or been offered another time meanwhile."""
    locked(entry.appointment_id)
    waiting = WaitlistEntry.objects.filter(
        pk=entry.pk, ended_at__isnull=True, appointment=entry.appointment_id, appointment__status=Status.BOOKED
    )
    return waiting.exclude(offers__state=OfferState.OFFERED).exists()


def _offer(entry: WaitlistEntry, freed: Appointment, at: dt.datetime) -> WaitlistOffer | None:
    """None when nobody can answer it in time. Raises cells.Taken."""
    has, place = entry.appointment, freed.location
    people = readers_of(has, at, may=Permission.APPOINTMENTS_BOOK)
    told_at = clocks.waking(at, place)
    if not people or not _still_waits(entry):
        return None
    heard_at = min(wishes_of(user).not_before(told_at) for user in people)
    expires_at = clocks.runs_out(clocks.waking(heard_at, place), place)
    if freed.starts_at < expires_at + NOTICE:
        return None
    held = Appointment.objects.create(
        patient_id=has.patient_id,
        is_sensitive=has.is_sensitive or has.visit_type.is_sensitive,
        released_at=at,
        provider_id=freed.provider_id,
        location_id=freed.location_id,
        visit_type=has.visit_type,
        reason_id=has.reason_id,
        modality=has.modality,
        video_url=video.room_for(has.modality),
        starts_at=freed.starts_at,
        ends_at=freed.starts_at + dt.timedelta(minutes=has.visit_type.minutes),
        held_until=expires_at,
        replaces=has,
        reason_text=has.reason_text,
        is_urgent=has.is_urgent,
        interpreter_language=has.interpreter_language,
        accessibility=has.accessibility,
        coverage_id=has.coverage_id,
        created_by_id=entry.created_by_id,
        created_at=at,
    )
    cells.take(
        provider_id=held.provider_id,
        start=held.starts_at,
        end=held.ends_at,
        appointment_id=held.pk,
        at=at,
        held_until=expires_at,
    )
    offer = WaitlistOffer.objects.create(entry=entry, held=held, offered_at=at, expires_at=expires_at)
    telling.tell_each(
        people,
        kind=telling.OFFER,
        cause=f"offer:{offer.pk}",
        at=told_at,
        path=reverse("records:appointment_offer", kwargs={"patient": held.patient_id, "offer": offer.pk}),
        until=freed.location.says(expires_at),
    )
    return offer
