"""Reports together with the values that their reader may see."""

from typing import Any

from django.db.models import Prefetch, QuerySet

from records.access.scope import Scope
from records.results.models import Result


def with_results(reports: QuerySet[Any], scope: Scope) -> QuerySet[Any]:
    """Loads each report's visible values as `results`, in the laboratory's order, in one query."""
    visible = Result.objects.for_scopes([scope]).as_lines().order_by("report_position", "pk")
    return reports.prefetch_related(Prefetch("observations", queryset=visible, to_attr="results"))
