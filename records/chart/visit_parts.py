"""What was found, done, given and ordered at one visit: four kinds of rows that a visit shows alike, in one query."""

from collections import defaultdict
from typing import Any

from django.db.models import Value

from records.access.scope import Scope
from records.chart.models import Condition, Encounter, Immunization, MedicationRequest, Procedure
from records.patients.clinical import LINE_COLUMNS

KINDS: dict[str, Any] = {
    "diagnoses": Condition,
    "procedures": Procedure,
    "immunizations": Immunization,
    "medications": MedicationRequest,
}
# A visit shows at most this many; the sections hold the rest.
MOST = 200


def parts_of(encounter: Encounter, scope: Scope) -> dict[str, list[Any]]:
    """By kind, the rows of this visit that the reader may see, newest first, with the columns of a line alone."""
    first, *others = [
        model.objects.for_scopes([scope])
        .filter(encounter=encounter)
        .annotate(kind=Value(kind))
        .values_list("kind", "pk", *LINE_COLUMNS)
        for kind, model in KINDS.items()
    ]
    found: dict[str, list[Any]] = defaultdict(list)
    for kind, pk, *values in first.union(*others, all=True).order_by("-effective_start", "pk")[:MOST]:
        found[kind].append(KINDS[kind](pk=pk, **dict(zip(LINE_COLUMNS, values, strict=True))))
    return dict(found)
