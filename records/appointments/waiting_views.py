"""The wait list: asking to be told of an earlier time, and answering an offer."""

import datetime as dt
import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from records.access.gate import PatientRequest, patient_page
from records.access.permissions import Permission
from records.appointments import earlier, rules
from records.appointments.bookings import Appointment
from records.appointments.forms import EarlierForm
from records.appointments.kinds import APPOINTMENT
from records.appointments.models import WaitlistEntry
from records.appointments.states import OfferState
from records.appointments.views import LONG, actor_of, appointment_of, conflicts_of, posted, to
from records.scheduling.choices import TimeOfDay


@patient_page(Permission.APPOINTMENTS, kind=APPOINTMENT, methods=("GET", "POST"))
def wait(request: PatientRequest, appointment: uuid.UUID) -> HttpResponse:
    """Asks to be told of an earlier time, or changes when one would suit."""
    request.scope.require(Permission.APPOINTMENTS_BOOK)
    row, at = appointment_of(request, appointment), timezone.now()
    if not rules.can_change(row, at):
        return to(request, row)
    entry = row.waitlist_entries.filter(ended_at__isnull=True).first()
    days = {"first": timezone.localdate(at), "last": row.local_start.date()}
    form = EarlierForm(posted(request), initial=_wishes_of(entry, at), **days)
    if request.method == "POST" and form.is_valid():
        return _join(request, row, form, at)
    context = {
        "appointment": row,
        "starts": row.location.says(row.starts_at, LONG),
        "form": form,
        "entry": entry,
        "minutes": settings.WAITLIST_OFFER_MINUTES,
    }
    return TemplateResponse(request, "records/appointments/wait.html", context, status=422 if form.errors else 200)


def _wishes_of(entry: WaitlistEntry | None, at: dt.datetime) -> dict[str, Any]:
    if entry is None:
        return {"earliest_date": timezone.localdate(at)}
    return {
        "earliest_date": entry.earliest_date,
        "weekdays": entry.weekdays,
        "times_of_day": entry.times_of_day,
        "other_providers": not entry.same_provider,
    }


def _join(request: PatientRequest, row: Appointment, form: EarlierForm, at: dt.datetime) -> HttpResponse:
    wished = form.cleaned_data
    wishes = earlier.Wishes(
        earliest_date=wished["earliest_date"],
        weekdays=tuple(wished["weekdays"]),
        times_of_day=tuple(TimeOfDay(value) for value in wished["times_of_day"]),
        same_provider=not wished["other_providers"],
    )
    try:
        earlier.join(actor=actor_of(request), appointment_id=row.pk, wishes=wishes, at=at)
        messages.success(request, _("You are on the wait list. We tell you when an earlier time is free."))
    except earlier.NothingEarlier:
        messages.warning(request, _("This appointment is too near to wait for an earlier one."))
    except earlier.TooManyEntries:
        messages.warning(
            request, _("You wait for as many earlier times as we can offer. Leave one of the wait lists first.")
        )
    return to(request, row)


@patient_page(Permission.APPOINTMENTS, kind=APPOINTMENT, methods=("POST",))
def stop_waiting(request: PatientRequest, appointment: uuid.UUID) -> HttpResponse:
    row = appointment_of(request, appointment)
    earlier.leave(actor=actor_of(request), appointment_id=row.pk, at=timezone.now())
    messages.success(request, _("You are no longer on the wait list. Your appointment stays as it is."))
    return to(request, row)


@patient_page(Permission.APPOINTMENTS, kind=APPOINTMENT, methods=("GET", "POST"))
def offer(request: PatientRequest, offer: uuid.UUID) -> HttpResponse:
    """An earlier time, held for a while: take it or leave it."""
    at = timezone.now()
    held = Appointment.objects.for_scope(request.scope).with_parts().filter(offer=offer)
    row = get_object_or_404(held.select_related("offer", "replaces__location", "replaces__provider__practitioner"))
    if request.method == "POST":
        return _answer(request, row, at)
    if row.booked_at is not None:
        return to(request, row)
    is_open = row.offer.state == OfferState.OFFERED and row.offer.expires_at > at
    context = {
        "offered": row,
        "has": row.replaces,
        "is_open": is_open,
        "conflicts": conflicts_of(request, row),
        "may_book": request.scope.may(Permission.APPOINTMENTS_BOOK),
    }
    return TemplateResponse(request, "records/appointments/offer.html", context)


def _answer(request: PatientRequest, row: Appointment, at: dt.datetime) -> HttpResponse:
    assert row.replaces is not None  # noqa: S101 (for the type checker: an offer moves an appointment)
    try:
        if "accept" in request.POST:
            earlier.accept(actor=actor_of(request), offer_id=row.offer.pk, at=at)
            messages.success(request, _("The earlier time is yours. Your old appointment was given up."))
            return to(request, row)
        earlier.decline(actor=actor_of(request), offer_id=row.offer.pk, at=at)
        messages.success(request, _("You keep your appointment, and stay on the wait list."))
    except (earlier.OfferOver, earlier.booking.CannotMove):
        messages.warning(request, _("This offer is over. Nothing was changed: you keep the appointment you have."))
    return to(request, row.replaces)
