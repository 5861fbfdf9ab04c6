"""A patient's appointments, and what can be done with one of them."""

import datetime as dt
import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.translation import gettext as _

from records.access.client import origin_of
from records.access.gate import PatientRequest, patient_page
from records.access.lists import page_of
from records.access.permissions import Permission
from records.appointments import calendar_files, changing, rules, video
from records.appointments.actors import Actor
from records.appointments.bookings import Appointment
from records.appointments.forms import CancelForm
from records.appointments.kinds import APPOINTMENT
from records.appointments.models import AppointmentRequest
from records.appointments.states import CancelReason, RequestState, Status
from records.hours.calendar import opens_again

# More than anybody has ahead, asked for or offered.
MANY = 50
# A time in words, as django.utils.dateformat has it.
LONG = "l, M j, g:i A"


def actor_of(request: PatientRequest) -> Actor:
    return Actor(request.user, request.scope, origin_of(request))


def posted(request: PatientRequest) -> Any:
    """What a form is bound to: an empty one that was sent is wrong, one that was only opened is not."""
    return request.POST if request.method == "POST" else None


@patient_page(Permission.APPOINTMENTS, kind=APPOINTMENT)
def index(request: PatientRequest) -> HttpResponse:
    """What is offered, ahead, asked for, and past."""
    at, scope = timezone.now(), request.scope
    rows = Appointment.objects.for_scope(scope).with_parts()
    ahead = list(rows.ahead(at).with_waiting()[:MANY])
    asked = AppointmentRequest.objects.for_scope(scope).filter(state=RequestState.OPEN)
    context = {
        "upcoming": [row for row in ahead if row.booked_at],
        "offers": [row for row in ahead if not row.booked_at],
        "asked": asked.select_related("visit_type")[:MANY],
        "page_obj": page_of(request, rows.past(at)),
        "may_book": scope.may(Permission.APPOINTMENTS_BOOK),
    }
    return TemplateResponse(request, "records/appointments/index.html", context)


@patient_page(Permission.APPOINTMENTS, kind=APPOINTMENT)
def show(request: PatientRequest, appointment: uuid.UUID) -> HttpResponse:
    at = timezone.now()
    row, scope = appointment_of(request, appointment), request.scope
    is_ahead, says = rules.can_change(row, at), row.location.says
    can_change = is_ahead and scope.may(Permission.APPOINTMENTS_BOOK)
    context = {
        "appointment": row,
        "can_change": can_change,
        "can_move": can_change and rules.can_pick_another(row, scope.patient),
        "can_wait": can_change and row.visit_type.is_active and not scope.patient.is_deceased,
        "is_ahead": is_ahead,
        "check_in_is_open": rules.check_in_is_open(row, at),
        "check_in_opens_on": date_format(row.location.local(rules.check_in_opens_at(row)), "l, M j"),
        "free_until": says(rules.free_until(row), LONG),
        "is_late": rules.is_late(row, at),
        "waits": row.waitlist_entries.filter(ended_at__isnull=True).first(),
        "conflicts": conflicts_of(request, row),
        "moved_to": row.moves.arranged().first() if row.status == Status.CANCELLED else None,
        "video_is_ahead": video.is_ahead(row, at),
        "video_is_open": video.opens_at(row) <= at,
        "video_opens": says(video.opens_at(row), LONG),
        "visit": row.encounter if row.encounter_id and scope.may(Permission.VISITS) else None,
    }
    return TemplateResponse(request, "records/appointments/show.html", context)


@patient_page(Permission.APPOINTMENTS, kind=APPOINTMENT)
def calendar(request: PatientRequest, appointment: uuid.UUID) -> HttpResponse:
    row = appointment_of(request, appointment)
    # Of appointments that were moved the last one says how the entry stands.
    last = Appointment.objects.for_scope(request.scope).arranged().with_parts().filter(calendar_uid=row.calendar_uid)
    content = calendar_files.calendar_file(last.latest("sequence"), timezone.now())
    response = HttpResponse(content, content_type=calendar_files.CONTENT_TYPE)
    response["Content-Disposition"] = 'attachment; filename="appointment.ics"'
    return response


@patient_page(Permission.APPOINTMENTS, kind=APPOINTMENT, methods=("POST",))
def coming(request: PatientRequest, appointment: uuid.UUID) -> HttpResponse:
    row = appointment_of(request, appointment)
    try:
        changing.confirm(appointment_id=row.pk, at=timezone.now(), actor=actor_of(request))
        messages.success(request, _("Thank you. We expect you."))
    except changing.NotPossible:
        messages.warning(request, _("This appointment has changed meanwhile. This is how it stands now."))
    return to(request, row)


@patient_page(Permission.APPOINTMENTS, kind=APPOINTMENT, methods=("GET", "POST"))
def cancel(request: PatientRequest, appointment: uuid.UUID) -> HttpResponse:
    """Says what the rule is, asks why, and cancels."""
    request.scope.require(Permission.APPOINTMENTS_BOOK)
    row, at = appointment_of(request, appointment), timezone.now()
    if not rules.can_change(row, at):
        return to(request, row)
    form = CancelForm(posted(request))
    if request.method == "POST" and form.may_go_on():
        return _cancel(request, row, form, at)
    context = {
        "appointment": row,
        "form": form,
        "free_until": row.location.says(rules.free_until(row), LONG),
        "is_late": rules.is_late(row, at),
        "can_move": rules.can_pick_another(row, request.scope.patient),
        "opens_at": opens_again(at),
    }
    return TemplateResponse(request, "records/appointments/cancel.html", context, status=422 if form.errors else 200)


def _cancel(request: PatientRequest, row: Appointment, form: CancelForm, at: dt.datetime) -> HttpResponse:
    try:
        changing.cancel(
            actor=actor_of(request),
            appointment_id=row.pk,
            reason=CancelReason(form.cleaned_data["reason"]),
            note=form.cleaned_data["note"],
            at=at,
        )
        messages.success(request, _("The appointment is cancelled."))
    except changing.NotPossible:
        messages.warning(request, _("This appointment has changed meanwhile. This is how it stands now."))
    return to(request, row)


def conflicts_of(request: PatientRequest, row: Appointment) -> list[Appointment]:
    """The patient's other appointments at the same time, as far as the reader may see them."""
    mine = Appointment.objects.for_scope(request.scope).with_parts().exclude(pk=row.pk)
    if row.replaces_id:
        mine = mine.exclude(pk=row.replaces_id)
    booked = mine.filter(status__in=(Status.BOOKED, Status.ARRIVED))
    return list(booked.overlapping(row.starts_at, row.ends_at)[:MANY])


def to(request: PatientRequest, row: Appointment) -> HttpResponseRedirect:
    return redirect("records:appointment", patient=request.scope.patient.pk, appointment=row.pk)


def appointment_of(request: PatientRequest, pk: uuid.UUID) -> Appointment:
    found: Appointment = get_object_or_404(Appointment.objects.for_scope(request.scope).arranged().with_parts(), pk=pk)
    return found
