"""The last steps of booking: holding a time, and a last look at everything while it is held."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from records.access import throttle
from records.access.gate import PatientRequest, patient_page
from records.access.permissions import Permission
from records.appointments import booking, finding, rules
from records.appointments.bookings import Appointment
from records.appointments.choice import Choice, Details
from records.appointments.finding_views import STEPS, back_to_reasons
from records.appointments.forms import DetailsForm
from records.appointments.kinds import APPOINTMENT
from records.appointments.states import Status
from records.appointments.subjects import subject_of
from records.appointments.views import LONG, actor_of, conflicts_of, posted, to
from records.hours.calendar import opens_again
from records.patients.coverage import Coverage
from records.scheduling.cells import Taken
from records.scheduling.choices import Modality

# Holding times without booking keeps others from them.
HOLDS_PER_HOUR = 30
# What was typed for a time that was lost, kept for the next one.
TYPED = "appointment_typed"


@patient_page(Permission.APPOINTMENTS, kind=APPOINTMENT, methods=("POST",))
def hold(request: PatientRequest) -> HttpResponse:
    """Holds the time of the button that was pressed, for five minutes."""
    request.scope.require(Permission.APPOINTMENTS_BOOK)
    at = timezone.now()
    subject = subject_of(request.POST, request.scope, at)
    if subject is None:
        return back_to_reasons(request, None)
    back = HttpResponseRedirect(_find_url(request, subject.query))
    try:
        provider, place, start = finding.chosen(request.POST.get("slot", ""))
        modality = Modality(request.POST.get("modality") or subject.modality)
    except ValueError:
        return back
    if not throttle.hit("appointment_hold", str(request.user.pk), limit=HOLDS_PER_HOUR, seconds=3600):
        messages.warning(request, _("You looked at many times in a short while. Wait an hour, or call us."))
        return back
    choice = Choice(subject.visit_type, provider, place, start, modality, subject.reason)
    held = _hold(request, choice, subject.moving, at)
    if held is None:
        return back
    return redirect("records:appointment_confirm", patient=request.scope.patient.pk, appointment=held.pk)


@patient_page(Permission.APPOINTMENTS, kind=APPOINTMENT, methods=("GET", "POST"))
def confirm(request: PatientRequest, appointment: uuid.UUID) -> HttpResponse:
    """The last look: everything that is booked by pressing the button, while the time is held."""
    request.scope.require(Permission.APPOINTMENTS_BOOK)
    at = timezone.now()
    rows = Appointment.objects.for_scope(request.scope).with_parts().filter(offer__isnull=True)
    row = get_object_or_404(
        rows.select_related("replaces__location", "replaces__provider__practitioner", "replaces__coverage"),
        pk=appointment,
    )
    if row.booked_at is not None:
        return to(request, row)
    if row.status != Status.HELD:
        messages.warning(request, _("That time is no longer held for you. Choose a time again."))
        return HttpResponseRedirect(_find_url_of(request, row))
    form = DetailsForm(posted(request), initial=_told_before(request, row), coverages=_coverages(request))
    if request.method == "POST" and form.may_go_on():
        return _book(request, row, form, at)
    context = {
        "steps": STEPS,
        "step": STEPS[2],
        "appointment": row,
        "form": form,
        "opens_at": opens_again(at),
        "conflicts": conflicts_of(request, row),
        "free_until": row.location.says(rules.free_until(row), LONG),
        "is_late": rules.is_late(row, at),
        "is_over": row.held_until is None or row.held_until <= at,
        "find_url": _find_url_of(request, row),
    }
    return TemplateResponse(request, "records/appointments/confirm.html", context, status=422 if form.errors else 200)


@patient_page(Permission.APPOINTMENTS, kind=APPOINTMENT, methods=("POST",))
def release(request: PatientRequest) -> HttpResponse:
    """Gives the held time back."""
    request.scope.require(Permission.APPOINTMENTS_BOOK)
    booking.let_go(actor=actor_of(request), patient_id=request.scope.patient.pk, at=timezone.now())
    request.session.pop(TYPED, None)
    return redirect("records:appointments", patient=request.scope.patient.pk)


def _book(request: PatientRequest, row: Appointment, form: DetailsForm, at: dt.datetime) -> HttpResponse:
    typed = form.cleaned_data
    details = Details(
        typed["reason_text"], typed["interpreter_language"], typed["accessibility"], typed.get("coverage")
    )
    try:
        booked = booking.book(actor=actor_of(request), appointment_id=row.pk, details=details, at=at)
    except booking.HoldOver:
        return _try_again(request, row, details, at)
    except booking.CannotMove:
        messages.warning(
            request, _("The appointment you wanted to move has changed meanwhile. Nothing new was booked.")
        )
        return redirect("records:appointments", patient=request.scope.patient.pk)
    request.session.pop(TYPED, None)
    messages.success(request, _("Your appointment is booked."))
    return to(request, booked)


def _try_again(request: PatientRequest, row: Appointment, details: Details, at: dt.datetime) -> HttpResponse:
    """The hold ran out while somebody typed: holds the same time again, or keeps their words for another."""
    request.session[TYPED] = {"patient": str(row.patient_id), **_words_of(details)}
    choice = Choice(row.visit_type, row.provider_id, row.location_id, row.starts_at, Modality(row.modality), row.reason)
    held = _hold(request, choice, row.replaces, at)
    if held is None:
        return HttpResponseRedirect(_find_url_of(request, row))
    messages.warning(
        request, _("The five minutes were over. The time is still free: we hold it again. Please confirm.")
    )
    return redirect("records:appointment_confirm", patient=request.scope.patient.pk, appointment=held.pk)


def _told_before(request: PatientRequest, row: Appointment) -> dict[str, Any]:
    """What was typed for this patient and a time that was lost, or told of the appointment that is moved."""
    typed = request.session.get(TYPED, {})
    if typed.get("patient") == str(row.patient_id):
        return dict(typed)
    return _words_of(row.replaces) if row.replaces else {}


def _words_of(told: Details | Appointment) -> dict[str, Any]:
    return {
        "reason_text": told.reason_text,
        "interpreter_language": told.interpreter_language,
        "accessibility": told.accessibility,
        "coverage": str(told.coverage.pk) if told.coverage else "",
    }


def _hold(request: PatientRequest, choice: Choice, moving: Appointment | None, at: dt.datetime) -> Appointment | None:
    """What is held now; None, with the reason said, when it cannot be."""
    try:
        return booking.hold(actor=actor_of(request), choice=choice, at=at, replaces=moving)
    except Taken:
        messages.warning(request, _("Somebody else has just taken that time. Here is what is still free."))
    except booking.NotBookable as error:
        messages.warning(request, str(error.obstacle.label))
    except booking.TooMany:
        messages.warning(request, _("You have as many appointments ahead as can be booked online. Please call us."))
    except booking.CannotMove:
        messages.warning(request, _("That appointment can no longer be moved."))
    return None


def _coverages(request: PatientRequest) -> Any:
    if not request.scope.may(Permission.PROFILE):
        return None
    rows = Coverage.objects.for_scopes([request.scope]).valid()
    return rows.filter(status__in=("active", "")).order_by("order", "pk")


def _find_url(request: PatientRequest, query: Mapping[str, str]) -> str:
    base = reverse("records:appointment_find", kwargs={"patient": request.scope.patient.pk})
    return f"{base}?{urlencode(query)}"


def _find_url_of(request: PatientRequest, row: Appointment) -> str:
    """The times among which a held one was chosen."""
    named: dict[str, Any] = {"reason": row.reason_id, "moving": row.replaces_id}
    query = {name: str(pk) for name, pk in named.items() if pk}
    return _find_url(request, query or {"type": str(row.visit_type_id)})
