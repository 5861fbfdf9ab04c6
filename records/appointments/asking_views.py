"""Asking for an appointment that staff book, and what became of it."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from records.access.gate import PatientRequest, patient_page
from records.access.permissions import Permission
from records.appointments import requesting
from records.appointments.booking import NotBookable
from records.appointments.choice import Details
from records.appointments.forms import AskForm
from records.appointments.kinds import APPOINTMENT
from records.appointments.models import AppointmentRequest
from records.appointments.requesting import WishedVisit
from records.appointments.rules import Obstacle
from records.appointments.states import RequestState
from records.appointments.subjects import Subject, subject_of
from records.appointments.views import actor_of, posted
from records.hours.calendar import opens_again
from records.scheduling.providers import Provider


@patient_page(Permission.APPOINTMENTS, kind=APPOINTMENT, methods=("GET", "POST"))
def ask(request: PatientRequest) -> HttpResponse:
    """What somebody wishes for; words of danger are answered to once, and never keep it from being sent."""
    request.scope.require(Permission.APPOINTMENTS_BOOK)
    at = timezone.now()
    subject = subject_of(request.GET, request.scope, at)
    if subject is None or subject.obstacle not in (None, Obstacle.ASK):
        return redirect("records:appointment_new", patient=request.scope.patient.pk)
    providers = list(_providers(subject))
    form = AskForm(
        posted(request),
        providers=[(str(provider.pk), str(provider)) for provider in providers],
        modalities=subject.visit_type.modalities,
        today=timezone.localdate(at),
    )
    if request.method == "POST" and form.may_go_on():
        return _send(request, subject, form, providers)
    context = {"subject": subject, "form": form, "opens_at": opens_again(at)}
    return TemplateResponse(request, "records/appointments/ask.html", context, status=422 if form.errors else 200)


def _send(request: PatientRequest, subject: Subject, form: AskForm, providers: list[Provider]) -> HttpResponse:
    typed = form.cleaned_data
    wished = WishedVisit(
        visit_type=subject.visit_type,
        reason=subject.reason,
        provider=next((each for each in providers if str(each.pk) == typed["provider"]), None),
        modality=typed.get("modality", ""),
        wishes=form.wishes,
        details=Details(typed["reason_text"], typed["interpreter_language"], typed["accessibility"]),
    )
    try:
        asked = requesting.ask(actor=actor_of(request), wished=wished, once=typed["once"], at=timezone.now())
        messages.success(request, _("We have your request. Your number is %(number)s.") % {"number": asked.number})
    except requesting.AlreadyAsked as error:
        asked = error.open_request
        messages.warning(request, _("You have asked for this visit already. This is what you asked."))
    except NotBookable as error:
        messages.warning(request, str(error.obstacle.label))
        return redirect("records:appointment_new", patient=request.scope.patient.pk)
    return redirect("records:appointment_request", patient=request.scope.patient.pk, asked=asked.pk)


@patient_page(Permission.APPOINTMENTS, kind=APPOINTMENT)
def show(request: PatientRequest, asked: uuid.UUID) -> HttpResponse:
    row = _asked(request, asked)
    booked = row.appointment
    context = {
        "asked": row,
        "appointment": booked if booked and booked.is_seen_with(request.scope.permissions) else None,
        "is_open": row.state == RequestState.OPEN,
        "is_late": row.state == RequestState.OPEN and row.due_at is not None and row.due_at < timezone.now(),
        "may_book": request.scope.may(Permission.APPOINTMENTS_BOOK),
    }
    return TemplateResponse(request, "records/appointments/request.html", context)


@patient_page(Permission.APPOINTMENTS, kind=APPOINTMENT, methods=("POST",))
def take_back(request: PatientRequest, asked: uuid.UUID) -> HttpResponse:
    row = _asked(request, asked)
    try:
        requesting.take_back(actor=actor_of(request), request_id=row.pk, at=timezone.now())
        messages.success(request, _("You have taken it back."))
    except requesting.Answered:
        messages.warning(request, _("The clinic has answered meanwhile."))
    return redirect("records:appointment_request", patient=request.scope.patient.pk, asked=row.pk)


def _asked(request: PatientRequest, pk: uuid.UUID) -> AppointmentRequest:
    parts = ("visit_type", "reason", "provider__practitioner", "appointment")
    asked: AppointmentRequest = get_object_or_404(
        AppointmentRequest.objects.for_scope(request.scope).select_related(*parts), pk=pk
    )
    return asked


def _providers(subject: Subject) -> Any:
    rows = Provider.objects.active().filter(visit_types=subject.visit_type).select_related("practitioner")
    return rows.filter(accepts_new=True) if subject.is_new else rows
