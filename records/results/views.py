"""Test results and vital signs: lists, a panel, one value with its range and its past."""

import uuid
from typing import Any

from django.db.models import F, Q, QuerySet, Value, Window
from django.db.models.functions import Coalesce, RowNumber
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse

from records.access.gate import PatientRequest, patient_page
from records.access.lists import PER_PAGE, SEARCH_LIMIT, page_of, searched
from records.access.permissions import Permission
from records.access.scope import Scope
from records.results import kinds, series
from records.results.charts import range_bar
from records.results.explanations import explanation
from records.results.loading import with_results
from records.results.models import DiagnosticReport, Result, VitalSign


@patient_page(Permission.RESULTS, kind=kinds.RESULTS, methods=("GET", "POST"))
def index(request: PatientRequest) -> HttpResponse:
    """Reports and single results, newest first. A search is posted, so that its words stay out of addresses."""
    query = searched(request)
    page = page_of(request, _rows(request.scope, query), per_page=SEARCH_LIMIT if query else PER_PAGE)
    page.object_list = _load(request.scope, list(page.object_list))
    return TemplateResponse(request, "records/results/index.html", {"page_obj": page, "query": query})


@patient_page(Permission.RESULTS, kind=kinds.REPORT)
def report(request: PatientRequest, report: uuid.UUID) -> HttpResponse:
    rows = with_results(DiagnosticReport.objects.for_scope(request.scope), request.scope)
    found = get_object_or_404(rows.prefetch_related("versions"), pk=report)
    return TemplateResponse(request, "records/results/report.html", {"report": found, "about": explanation(found.code)})


@patient_page(Permission.RESULTS, kind=kinds.RESULT)
def result(request: PatientRequest, result: uuid.UUID) -> HttpResponse:
    rows = Result.objects.for_scope(request.scope).select_related("report")
    found = get_object_or_404(rows.prefetch_related("versions", "components"), pk=result)
    return TemplateResponse(request, "records/results/result.html", _one(request.scope, found))


@patient_page(Permission.VITALS, kind=kinds.VITALS)
def vitals(request: PatientRequest) -> HttpResponse:
    """The latest value of each measurement, with how often it was taken."""
    rank = Window(
        RowNumber(), partition_by=[F("code"), F("unit")], order_by=[F("effective_start").desc(nulls_last=True)]
    )
    rows = VitalSign.objects.for_scope(request.scope).valid().standing_alone().annotate(rank=rank)
    latest = rows.as_lines().filter(rank=1).with_parts().order_by("text", "code_display", "pk")
    return TemplateResponse(request, "records/results/vitals.html", {"page_obj": page_of(request, latest, per_page=50)})


@patient_page(Permission.VITALS, kind=kinds.VITALS)
def vital(request: PatientRequest, vital: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(VitalSign.objects.for_scope(request.scope).with_parts(), pk=vital)
    return TemplateResponse(request, "records/results/vital.html", _one(request.scope, found))


def _one(scope: Scope, found: Any) -> dict[str, Any]:
    """One measurement with its range, its past and its trend."""
    is_pressure = bool(found.blood_pressure)
    if is_pressure:
        past = series.blood_pressures(scope, found)
        trend = series.pressure_trend(past)
    else:
        past = series.earlier(scope, found) if found.value_number is not None else []
        trend = series.trend_of(past, found)
    before = [other for other in past if other.effective_start < found.effective_start] if found.effective_start else []
    return {
        "result": found,
        "about": explanation(found.code),
        "range": range_bar(found),
        "trend": trend,
        "past": past[::-1],
        "is_pressure": is_pressure,
        "previous": before[-1] if before else None,
    }


def _rows(scope: Scope, query: str) -> QuerySet[Any]:
    """Ids of reports and of results outside any report, newest first, as one list."""
    reports = DiagnosticReport.objects.for_scope(scope).results()
    singles = Result.objects.for_scope(scope).filter(report__isnull=True, parent__isnull=True)
    if query:
        named = Q(text__icontains=query) | Q(code_display__icontains=query) | Q(code__iexact=query)
        inside = Result.objects.for_scope(scope).filter(named, report__isnull=False).values("report")
        reports, singles = reports.filter(named | Q(pk__in=inside)), singles.filter(named)
    when = Coalesce("effective_start", "issued_at", "released_at")
    columns = ("pk", "when", "is_report")
    first = reports.annotate(when=when, is_report=Value(1)).values_list(*columns)
    return first.union(singles.annotate(when=when, is_report=Value(0)).values_list(*columns), all=True).order_by(
        "-when"
    )


def _load(scope: Scope, keys: list[tuple[uuid.UUID, Any, int]]) -> list[Any]:
    """The rows behind one page of `_rows`, in its order, in two queries and one for the values of reports."""
    reports = with_results(DiagnosticReport.objects.for_scope(scope).as_lines(), scope)
    found = reports.in_bulk([pk for pk, _when, is_report in keys if is_report])
    found |= Result.objects.for_scope(scope).in_bulk([pk for pk, _when, is_report in keys if not is_report])
    return [found[pk] for pk, _when, _is_report in keys]
