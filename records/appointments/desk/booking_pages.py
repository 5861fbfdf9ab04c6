"""Booking for a patient: who, what and when; a derived time, or one of staff's own."""

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from records.access.gate import send_logged
from records.access.staff_pages import StaffRequest, frame, log_seen, staff_page
from records.appointments import booking, requesting
from records.appointments.booking import NotBookable
from records.appointments.desk.forms import REACH, BookForm, Lists, WhatForm
from records.appointments.desk.gate import CHANGE, actor_of
from records.appointments.kinds import APPOINTMENT
from records.appointments.requests import AppointmentRequest
from records.appointments.states import RequestState
from records.patients.people import Patient
from records.patients.providers import Location
from records.scheduling import slots
from records.scheduling.cells import Taken
from records.scheduling.slots import Slot, Wish
from records.scheduling.visit_types import VisitType

FOUND, TIMES, AHEAD = 25, 60, 60
DETAILS = ("reason_text", "interpreter_language", "accessibility")


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(CHANGE)
def who(request: StaffRequest) -> HttpResponseBase:
    """Finds the patient; the words are posted, so that no name is in an address."""
    words = request.POST.get("q", "").replace("\0", "").strip()[:100]
    found = list(_matching(words)[:FOUND]) if words else []
    context = {**frame(_t("Book an appointment")), "words": words, "found": found, "kept": _kept(request)}
    response = TemplateResponse(request, "admin/appointments/who.html", context)
    return send_logged(
        request, response, lambda: log_seen(request, APPOINTMENT, object_id="patients", count=len(found))
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(CHANGE)
def when(request: StaffRequest, patient_id: uuid.UUID) -> HttpResponseBase:
    """Chooses visit and time for one patient, and books it; from a wish where the address names one."""
    patient = get_object_or_404(Patient, pk=patient_id)
    asked = _asked(request, patient)
    response = _when(request, patient, asked)
    return send_logged(
        request,
        response,
        lambda: log_seen(request, APPOINTMENT, patient_id=patient.pk, object_id=str(patient.pk)),
    )


def _when(request: StaffRequest, patient: Patient, asked: AppointmentRequest | None) -> HttpResponse:
    at, lists = timezone.now(), Lists()
    initial = {"type": str(asked.visit_type_id), "provider": str(asked.provider_id or "")} if asked else _kept(request)
    what = WhatForm(request.GET if "type" in request.GET else None, initial=initial, lists=lists)
    context: dict[str, Any] = {**frame(_t("Book an appointment")), "patient": patient, "asked": asked, "what": what}
    status = 200
    if what.is_bound and what.is_valid():
        visit_type = lists.visits[what.cleaned_data["type"]]
        told = {name: getattr(asked, name) for name in DETAILS} if asked else None
        posted = request.POST if request.method == "POST" else None
        form = BookForm(posted, visit_type=visit_type, lists=lists, initial=told)
        if posted is not None and form.is_valid():
            booked = _book(request, patient, asked, form, at)
            if booked is not None:
                return booked
        context |= {"form": form, "visit_type": visit_type, "times": _times(what, visit_type, lists, at)}
        status = 422 if form.errors else 200
    return TemplateResponse(request, "admin/appointments/when.html", context, status=status)


def _book(
    request: StaffRequest, patient: Patient, asked: AppointmentRequest | None, form: BookForm, at: dt.datetime
) -> HttpResponse | None:
    """To the appointment that was booked; None, with the reason on the form, when it could not be."""
    actor = actor_of(request)
    try:
        choice = form.choice()
        if asked is not None:
            booked = requesting.book(
                actor=actor,
                request_id=asked.pk,
                choice=choice,
                details=form.details,
                at=at,
                is_outside_hours=form.is_own,
            )
        else:
            booked = booking.book_at_once(
                patient=patient,
                actor=actor,
                choice=choice,
                details=form.details,
                at=at,
                is_outside_hours=form.is_own,
            )
    except (Taken, ValueError):
        form.add_error(None, _("That time is not free, or not any more. Nothing was booked: choose another."))
        return None
    except NotBookable as error:
        form.add_error(None, error.obstacle.label)
        return None
    except requesting.Answered:
        messages.error(request, _t("Somebody has answered this request already. Nothing was booked."))
        return redirect("admin:records_appointmentrequest_changelist")
    messages.success(request, _t("Booked. The patient is told."))
    return redirect("admin:records_appointment_change", object_id=booked.pk)


def _times(what: WhatForm, visit_type: VisitType, lists: Lists, at: dt.datetime) -> list[dict[str, Any]]:
    """The soonest free times in the words of the page."""
    wished, today = what.cleaned_data, timezone.localdate(at)
    only = wished["provider"]
    wish = Wish(visit_type, provider_ids=frozenset([uuid.UUID(only)] if only else []))
    first = min(max(wished["start"] or today, today), today + REACH)
    found = slots.find(wish, first=first, days=AHEAD, at=at, limit=TIMES, for_staff=True)
    places = {**lists.places, **_on_single_days(found, lists)}
    return [
        {
            "value": f"{slot.provider_id}.{slot.location_id}.{int(slot.starts_at.timestamp())}",
            "start": places[str(slot.location_id)].local(slot.starts_at),
            "provider": lists.providers[str(slot.provider_id)],
            "place": places[str(slot.location_id)],
        }
        for slot in found
    ]


def _on_single_days(found: Sequence[Slot], lists: Lists) -> dict[str, Location]:
    """Places where somebody is on single days only."""
    elsewhere = {str(slot.location_id) for slot in found} - lists.places.keys()
    return {str(row.pk): row for row in Location.objects.filter(pk__in=elsewhere)} if elsewhere else {}


def _kept(request: StaffRequest) -> dict[str, str]:
    """With whom and from which day on, when the desk came from a free time of a provider's day."""
    return {name: request.GET[name][:40] for name in ("provider", "start") if name in request.GET}


def _matching(words: str) -> Any:
    """By record number, or by names and birth date of which every word fits."""
    rows = Patient.objects.filter(active=True)
    named = Q()
    for word in words.split()[:5]:
        try:
            named &= Q(birth_date=forms.DateField().clean(word))
        except forms.ValidationError:
            named &= Q(given__istartswith=word) | Q(family__istartswith=word)
    return rows.filter(Q(mrn__iexact=words) | named).order_by("family", "given", "birth_date", "pk")


def _asked(request: StaffRequest, patient: Patient) -> AppointmentRequest | None:
    try:
        key = uuid.UUID(request.GET.get("asked", ""))
    except ValueError:
        return None
    rows: Any = AppointmentRequest.objects.filter(patient=patient, state=RequestState.OPEN)
    found: AppointmentRequest | None = rows.filter(pk=key).select_related("visit_type").first()
    return found
