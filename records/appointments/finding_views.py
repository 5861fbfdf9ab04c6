"""The first steps of booking: why, and when."""

import datetime as dt
import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from records.access.gate import PatientRequest, patient_page
from records.access.lists import searched
from records.access.permissions import Permission
from records.appointments import finding, rules
from records.appointments.finding import Finder
from records.appointments.kinds import APPOINTMENT
from records.appointments.subjects import Subject, subject_of
from records.danger.check import danger_in
from records.hours.calendar import opens_again
from records.scheduling.providers import Provider
from records.scheduling.visit_types import VisitReason

STEPS = [gettext_lazy("Reason"), gettext_lazy("Time"), gettext_lazy("Confirm")]


@patient_page(Permission.APPOINTMENTS, kind=APPOINTMENT, methods=("GET", "POST"))
def new(request: PatientRequest) -> HttpResponse:
    """Why somebody comes, or whom they want to see. A search is posted, so that its words stay out of addresses."""
    request.scope.require(Permission.APPOINTMENTS_BOOK)
    at = timezone.now()
    words = searched(request)
    provider = _provider(request)
    reasons = rules.reasons_for(request.scope, established=rules.is_established(request.scope.patient, at), at=at)
    if words:
        reasons = [found for found in reasons if _is_meant(found[0], words)]
    if provider is not None:
        types = set(provider.visit_types.values_list("pk", flat=True))
        reasons = [found for found in reasons if found[0].visit_type_id in types]
    context = {
        "steps": STEPS,
        "step": STEPS[0],
        "words": words,
        "reasons": reasons,
        "provider": provider,
        "providers": [] if provider or words else Provider.objects.active().select_related("practitioner"),
        "danger": danger_in(words) if words else None,
        "opens_at": opens_again(at),
        "is_deceased": request.scope.patient.is_deceased,
    }
    return TemplateResponse(request, "records/appointments/new.html", context)


@patient_page(Permission.APPOINTMENTS, kind=APPOINTMENT)
def find(request: PatientRequest) -> HttpResponse:
    """The free times that fit, soonest first by day, or as a week."""
    request.scope.require(Permission.APPOINTMENTS_BOOK)
    at = timezone.now()
    subject = subject_of(request.GET, request.scope, at)
    if subject is None or subject.obstacle is not None:
        return back_to_reasons(request, subject)
    if subject.moving is not None and not rules.can_change(subject.moving, at):
        messages.warning(request, _("That appointment can no longer be moved."))
        return redirect("records:appointments", patient=request.scope.patient.pk)
    finder = Finder(request, subject, at)
    is_week = request.GET.get("view") == "week"
    context: dict[str, Any] = {
        "steps": STEPS,
        "step": STEPS[1],
        "subject": subject,
        "form": finder.form,
        "is_week": is_week,
    }
    if is_week:
        context |= {"rows": finder.week(), "first": finder.first, "dates": finder.dates}
        following: dt.date | None = finder.first + dt.timedelta(days=finding.WEEK)
        context["earlier_url"] = _with(request, start=max(finder.first - dt.timedelta(days=finding.WEEK), finder.today))
        context["is_first"] = finder.first == finder.today
    else:
        context["days"], following = finder.days()
    context["more_url"] = _with(request, start=following) if following else ""
    # Soonest first begins today, whichever week was looked at.
    context["other_view_url"] = _with(request, view="", start="") if is_week else _with(request, view="week")
    return TemplateResponse(request, "records/appointments/find.html", context)


def back_to_reasons(request: PatientRequest, subject: Subject | None) -> HttpResponseRedirect:
    if subject is not None and subject.obstacle is not None:
        messages.warning(request, str(subject.obstacle.label))
    return redirect("records:appointment_new", patient=request.scope.patient.pk)


def _provider(request: PatientRequest) -> Provider | None:
    try:
        pk = uuid.UUID(request.GET.get("provider", ""))
    except ValueError:
        return None
    return get_object_or_404(Provider.objects.active().select_related("practitioner"), pk=pk)


def _is_meant(reason: VisitReason, words: str) -> bool:
    text = f"{reason.name} {reason.other_words} {reason.visit_type.name}".casefold()
    return all(word in text for word in words.casefold().split())


def _with(request: PatientRequest, **changed: Any) -> str:
    """This page's address with some of its parameters changed."""
    query = request.GET.copy()
    for name, value in changed.items():
        query[name] = str(value)
    return f"{request.path}?{query.urlencode()}"
