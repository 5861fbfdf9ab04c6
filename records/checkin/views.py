"""Checking in, step by step; every step is saved when it is answered."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from records.access.gate import PatientRequest, patient_page
from records.access.permissions import Permission
from records.appointments import rules
from records.appointments.bookings import Appointment
from records.appointments.kinds import APPOINTMENT
from records.appointments.states import Status
from records.appointments.views import LONG, actor_of, posted, to
from records.checkin import actions, record_steps
from records.checkin.forms import SEARCH, SignForm
from records.checkin.models import CheckInAnswer
from records.checkin.steps import Step, StepForm, steps_for
from records.hours.calendar import opens_again


@dataclass(frozen=True)
class Line:
    """One step in the list; `answer` is None until it was answered."""

    step: Step
    answer: CheckInAnswer | None


@patient_page(Permission.APPOINTMENTS, kind=APPOINTMENT)
def index(request: PatientRequest, appointment: uuid.UUID) -> HttpResponse:
    """How far the check-in is, and what comes next."""
    request.scope.require(Permission.APPOINTMENTS_BOOK)
    row, at = _appointment(request, appointment), timezone.now()
    if row.status != Status.BOOKED:
        return to(request, row)
    lines = _lines(request, row)
    context = {
        "appointment": row,
        "lines": lines,
        "next": next((line.step for line in lines if line.answer is None), None),
        "opens": row.location.says(rules.check_in_opens_at(row), LONG),
        "is_open": rules.check_in_is_open(row, at),
        "is_over": row.starts_at <= at,
        "finished_at": row.check_in.finished_at if hasattr(row, "check_in") else None,
    }
    return TemplateResponse(request, "records/checkin/index.html", context)


@patient_page(Permission.APPOINTMENTS, kind=APPOINTMENT, methods=("GET", "POST"))
def step(request: PatientRequest, appointment: uuid.UUID, step: str) -> HttpResponse:
    """One step: confirm, change, or leave it for the visit."""
    request.scope.require(Permission.APPOINTMENTS_BOOK)
    row, at = _appointment(request, appointment), timezone.now()
    lines = _lines(request, row)
    line = next((line for line in lines if line.step.name == step), None)
    if line is None or not rules.check_in_is_open(row, at):
        return _to_list(request, row)
    form = line.step.form(posted(request), request.scope, row)
    is_sent = request.method == "POST" and SEARCH not in request.POST
    if is_sent and ("skip" in request.POST or (form.may_go_on() and _may_change(request, line.step, form))):
        return _answer(request, row, lines, line, form)
    context = {
        "appointment": row,
        "step": line.step,
        "steps": [each.step.title for each in lines],
        "form": form,
        "rows": line.step.shows(request.scope, row),
        "answer": line.answer,
        "opens_at": opens_again(at) if form.danger else None,
    }
    return TemplateResponse(request, "records/checkin/step.html", context, status=422 if form.errors else 200)


@patient_page(Permission.APPOINTMENTS, kind=APPOINTMENT, methods=("POST",))
def finish(request: PatientRequest, appointment: uuid.UUID) -> HttpResponse:
    request.scope.require(Permission.APPOINTMENTS_BOOK)
    row = _appointment(request, appointment)
    try:
        actions.finish(actor=actor_of(request), appointment_id=row.pk, at=timezone.now())
        messages.success(request, _("You are checked in. When you arrive, tell the front desk your name."))
    except actions.NotOpen:
        messages.warning(request, _("It is too late to check in here. Please go to the front desk when you arrive."))
    return to(request, row)


def _may_change(request: PatientRequest, step: Step, form: StepForm) -> bool:
    """Whether the reader may ask for what they typed over; the form says so where they may not."""
    if not form.changes or step.may_change(request.scope):
        return True
    form.add_error(None, _("You may confirm this, but not change it. Leave it for the visit, or ask the patient."))
    return False


def _answer(
    request: PatientRequest, row: Appointment, lines: list[Line], line: Line, form: StepForm
) -> HttpResponseRedirect:
    try:
        _keep(request, row, line.step, form)
    except actions.NotOpen:
        messages.warning(request, _("This appointment has changed meanwhile. This is how it stands now."))
        return to(request, row)
    return _on(request, row, lines, line)


def _keep(request: PatientRequest, row: Appointment, step: Step, form: StepForm) -> None:
    actor, at = actor_of(request), timezone.now()
    if "skip" in request.POST:
        actions.answer(actor=actor, appointment_id=row.pk, step=step.name, changes={}, at=at, is_skipped=True)
    elif isinstance(form, SignForm):
        actions.sign(
            actor=actor,
            appointment_id=row.pk,
            texts=form.texts,
            typed_name=form.cleaned_data.get("typed_name", ""),
            at=at,
        )
    elif step.name == record_steps.PHARMACY and form.changes:
        actions.keep_pharmacy(actor=actor, appointment_id=row.pk, pharmacy_id=form.changes["pharmacy"], at=at)
    else:
        actions.answer(actor=actor, appointment_id=row.pk, step=step.name, changes=form.changes, at=at)


def _on(request: PatientRequest, row: Appointment, lines: list[Line], done: Line) -> HttpResponseRedirect:
    """To the next step that was not answered, or back to the list."""
    for line in lines[lines.index(done) + 1 :]:
        if line.answer is None:
            return redirect(
                "records:check_in_step",
                patient=request.scope.patient.pk,
                appointment=row.pk,
                step=line.step.name,
            )
    return _to_list(request, row)


def _to_list(request: PatientRequest, row: Appointment) -> HttpResponseRedirect:
    return redirect("records:check_in", patient=request.scope.patient.pk, appointment=row.pk)


def _lines(request: PatientRequest, row: Appointment) -> list[Line]:
    answers: dict[str, Any] = {}
    if hasattr(row, "check_in"):
        answers = {answer.step: answer for answer in row.check_in.answers.all()}
    return [Line(step, answers.get(step.name)) for step in steps_for(request.scope, row)]


def _appointment(request: PatientRequest, pk: uuid.UUID) -> Appointment:
    rows = Appointment.objects.for_scope(request.scope).arranged().with_parts()
    found: Appointment = get_object_or_404(rows.select_related("check_in").prefetch_related("check_in__answers"), pk=pk)
    return found
