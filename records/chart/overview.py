"""Pages that draw several sections together: the summary, and one visit."""

import uuid
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse

from records.access.gate import PatientRequest, patient_page
from records.access.permissions import Permission
from records.access.scope import Scope
from records.chart import kinds
from records.chart.models import AllergyIntolerance, Condition, Encounter, MedicationRequest
from records.chart.visit_parts import parts_of
from records.documents.models import DocumentReference
from records.results.loading import with_results
from records.results.models import DiagnosticReport

FEW = 5
# A visit shows at most this many reports and notes; the sections hold the rest.
MANY = 50


@patient_page(Permission.SUMMARY, kind=kinds.SUMMARY)
def summary(request: PatientRequest) -> HttpResponse:
    """What matters now, from each section that the reader may see."""
    scope = request.scope
    context: dict[str, Any] = {
        "allergies": _some(scope, AllergyIntolerance.objects.for_scopes([scope]).active().valid()),
        "problems": _some(scope, Condition.objects.for_scopes([scope]).problems().current().valid()),
        "medications": _some(scope, MedicationRequest.objects.for_scopes([scope]).current()),
        "reports": _some(scope, with_results(DiagnosticReport.objects.for_scopes([scope]).results(), scope)),
        "visits": _some(scope, Encounter.objects.for_scopes([scope]).valid()),
    }
    return TemplateResponse(request, "records/chart/summary.html", context)


@patient_page(Permission.VISITS, kind=kinds.VISIT)
def visit(request: PatientRequest, visit: uuid.UUID) -> HttpResponse:
    """One visit and what belongs to it, as far as the reader may see each kind."""
    scope = request.scope
    encounter = get_object_or_404(Encounter.objects.for_scope(scope), pk=visit)
    reports = DiagnosticReport.objects.for_scopes([scope]).results().filter(encounter=encounter)
    documents = DocumentReference.objects.for_scopes([scope]).filter(encounter=encounter)
    context = {
        "visit": encounter,
        "reports": reports.as_lines().newest_first()[:MANY],
        "documents": documents.newest_first()[:MANY],
        **parts_of(encounter, scope),
    }
    return TemplateResponse(request, "records/chart/visit.html", context)


def _some(scope: Scope, rows: Any) -> list[Any] | None:
    """The newest few; None when the section is closed to the reader, which is not the same as empty."""
    return list(rows.as_lines().newest_first()[:FEW]) if scope.may(rows.model.permission) else None
