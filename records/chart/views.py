"""The sections of the chart: one list each, filtered and in pages."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from records.access.gate import PatientRequest, patient_page
from records.access.lists import PER_PAGE, SEARCH_LIMIT, choose, page_of, searched
from records.access.permissions import Permission
from records.chart import kinds
from records.chart.models import (
    AllergyIntolerance,
    Condition,
    Encounter,
    Immunization,
    MedicationRequest,
    Procedure,
)
from records.results.models import SocialHistory

SEARCHABLE = ("GET", "POST")


@patient_page(Permission.PROBLEMS, kind=kinds.PROBLEMS, methods=SEARCHABLE)
def problems(request: PatientRequest) -> HttpResponse:
    show, filters = choose(request, {"current": _("Current"), "past": _("Past")})
    rows = Condition.objects.for_scope(request.scope).problems()
    rows = rows.current() if show == "current" else rows.ended()
    return _list(request, "records/chart/problems.html", rows.newest_first(), filters=filters, show=show)


@patient_page(Permission.HISTORY, kind=kinds.HISTORY, methods=SEARCHABLE)
def history(request: PatientRequest) -> HttpResponse:
    """Surgery and procedures first; then what was diagnosed at visits, for those who may see problems; then habits."""
    may_see_problems = request.scope.may(Permission.PROBLEMS)
    choices = {"procedures": _("Surgery and procedures")}
    if may_see_problems:
        choices |= {"past": _("Past health problems"), "diagnoses": _("Diagnoses at visits")}
    show, filters = choose(request, choices | {"life": _("Life and habits")})
    rows: Any
    if show == "past":
        rows = Condition.objects.for_scope(request.scope).problems().ended()
    elif show == "diagnoses":
        rows = Condition.objects.for_scope(request.scope).diagnoses()
    elif show == "life":
        rows = SocialHistory.objects.for_scope(request.scope)
    else:
        rows = Procedure.objects.for_scope(request.scope).medical()
    return _list(request, "records/chart/history.html", rows.newest_first(), filters=filters, show=show)


@patient_page(Permission.ALLERGIES, kind=kinds.ALLERGIES, methods=SEARCHABLE)
def allergies(request: PatientRequest) -> HttpResponse:
    """Active ones first, since they are what people look for; the rest stays in sight."""
    rows = AllergyIntolerance.objects.for_scope(request.scope)
    return _list(request, "records/chart/allergies.html", rows.order_by("status", "-criticality", "text", "pk"))


@patient_page(Permission.IMMUNIZATIONS, kind=kinds.IMMUNIZATIONS, methods=SEARCHABLE)
def immunizations(request: PatientRequest) -> HttpResponse:
    rows = Immunization.objects.for_scope(request.scope).newest_first()
    return _list(request, "records/chart/immunizations.html", rows)


@patient_page(Permission.MEDICATIONS, kind=kinds.MEDICATIONS, methods=SEARCHABLE)
def medications(request: PatientRequest) -> HttpResponse:
    show, filters = choose(request, {"current": _("Taking now"), "past": _("Past")})
    rows = MedicationRequest.objects.for_scope(request.scope)
    rows = rows.current() if show == "current" else rows.past()
    rows = rows.newest_first().select_related("medication").prefetch_related("dispenses")
    return _list(request, "records/chart/medications.html", rows, filters=filters, show=show)


@patient_page(Permission.VISITS, kind=kinds.VISITS, methods=SEARCHABLE)
def visits(request: PatientRequest) -> HttpResponse:
    return _list(
        request, "records/chart/visits.html", Encounter.objects.for_scope(request.scope).as_lines().newest_first()
    )


def _list(request: PatientRequest, template: str, rows: QuerySet[Any], **context: Any) -> HttpResponse:
    """One page of a list. A search is posted, so that its words stay out of addresses, and keeps the filter."""
    query = searched(request)
    if query:
        rows = rows.filter(Q(text__icontains=query) | Q(code_display__icontains=query) | Q(code__iexact=query))
    page = page_of(request, rows, per_page=SEARCH_LIMIT if query else PER_PAGE)
    return TemplateResponse(request, template, {"page_obj": page, "query": query, **context})
