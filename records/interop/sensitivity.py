"""Marks rows as sensitive, and with them everything that would betray them (clinical.md, Sensitivity).

From labels and from the clinic's list of codes on each resource; then along these lines, for one patient:

- a sensitive row makes its visit sensitive, and a visit's notes with it, since they tell what the visit was for;
- a visit labelled confidential makes every row of it sensitive;
- report and results, panel and members, order and dispenses, plan and goals stand or fall together;
- a sensitive condition covers what was prescribed, done or planned for it, and the team formed for it.

An import only ever adds the mark; staff take it off.
"""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import models

from records.access.sensitivity import has_sensitive_label
from records.chart.models import (
    AllergyIntolerance,
    CarePlan,
    Condition,
    Encounter,
    Goal,
    Immunization,
    MedicationDispense,
    MedicationRequest,
    Procedure,
)
from records.documents.models import DocumentReference
from records.interop.codes import canonical_system
from records.patients.models import CareTeam, Patient
from records.results.models import DiagnosticReport, Observation

type Node = tuple[type[models.Model], uuid.UUID]

# Where codes stand that say nothing of the row itself.
NOT_ABOUT_THE_ROW = frozenset({"meta", "extension", "contained", "identifier"})
# Foreign keys along which rows stand or fall together.
TIES: dict[type[models.Model], dict[str, type[models.Model]]] = {
    Observation: {"report_id": DiagnosticReport, "parent_id": Observation},
    MedicationDispense: {"request_id": MedicationRequest},
}
# Rows that name the condition they are for. The mark goes from the condition to them and no further:
# a plan that addresses two conditions must not hide the other.
REASONS = (Procedure, MedicationRequest, CareTeam)
WITH_VISIT = (
    Condition,
    Procedure,
    AllergyIntolerance,
    Immunization,
    MedicationRequest,
    MedicationDispense,
    Goal,
    CareTeam,
    CarePlan,
    DiagnosticReport,
    Observation,
    DocumentReference,
)


def labels_of(resource: dict[str, Any]) -> list[str]:
    """The codes of `meta.security`."""
    meta = resource.get("meta")
    listed = meta.get("security") if isinstance(meta, dict) else None
    if not isinstance(listed, list):
        return []
    return [str(label.get("code")) for label in listed if isinstance(label, dict)]


def is_sensitive_resource(resource: dict[str, Any], codes: frozenset[tuple[str, str]]) -> bool:
    """By its own labels and codes; any coding of a resource counts, so that a reason or an answer does too."""
    return has_sensitive_label(labels_of(resource)) or not codes.isdisjoint(_codings(resource))


def is_confidential_visit(resource: dict[str, Any]) -> bool:
    """Whether a label restricts the visit as a whole."""
    return has_sensitive_label(labels_of(resource))


def propagate(patient: Patient, at: dt.datetime) -> int:
    """Marks everything that would betray one of the patient's sensitive rows; returns how many were marked."""
    betrays: dict[Node, list[Node]] = defaultdict(list)
    marked: set[Node] = set()
    confidential: set[Node] = set()
    for source, target in _lines(patient, marked, confidential):
        betrays[source].append(target)
    reached = marked | confidential
    waiting = list(reached)
    while waiting:
        for node in betrays[waiting.pop()]:
            if node not in reached:
                reached.add(node)
                waiting.append(node)
    found: dict[type[models.Model], list[uuid.UUID]] = defaultdict(list)
    for model, pk in reached - marked:
        found[model].append(pk)
    for model, pks in found.items():
        model._base_manager.filter(pk__in=pks).update(is_sensitive=True, updated_at=at)
    return sum(len(pks) for pks in found.values())


def _lines(patient: Patient, marked: set[Node], confidential: set[Node]) -> Iterator[tuple[Node, Node]]:
    """All (from, to) along which the mark travels; collects where it starts: rows marked, visits labelled."""
    visits = Encounter.objects.filter(patient=patient)
    marked.update((Encounter, pk) for pk in visits.filter(is_sensitive=True).values_list("pk", flat=True))
    confidential.update((Encounter, pk) for pk in visits.filter(is_confidential=True).values_list("pk", flat=True))
    for model in WITH_VISIT:
        for values in model._base_manager.filter(patient=patient).values("pk", "is_sensitive", *_followed(model)):
            if values["is_sensitive"]:
                marked.add((model, values["pk"]))
            yield from _of_visit((model, values["pk"]), values, confidential)
            yield from _of_row((model, values["pk"]), values)
    for plan, condition in _through(CarePlan.addresses, "condition_id", patient):
        yield (Condition, condition), (CarePlan, plan)
    for plan, goal in _through(CarePlan.goals, "goal_id", patient):
        yield from _both_ways((CarePlan, plan), Goal, goal)


def _of_row(node: Node, values: dict[str, Any]) -> Iterator[tuple[Node, Node]]:
    for name, target in TIES.get(node[0], {}).items():
        yield from _both_ways(node, target, values[name])
    if condition := values.get("reason_condition_id"):
        yield (Condition, condition), node


def _followed(model: type[models.Model]) -> list[str]:
    names = ["encounter_id", *TIES.get(model, {})]
    if model in REASONS:
        names.append("reason_condition_id")
    if model is DiagnosticReport:
        names.append("category")
    return names


def _of_visit(node: Node, values: dict[str, Any], confidential: set[Node]) -> Iterator[tuple[Node, Node]]:
    if values["encounter_id"] is None:
        return
    visit: Node = (Encounter, values["encounter_id"])
    yield node, visit
    is_note = node[0] is DocumentReference or values.get("category") == DiagnosticReport.Category.NOTE
    if is_note or visit in confidential:
        yield visit, node


def _both_ways(node: Node, model: type[models.Model], pk: uuid.UUID | None) -> Iterator[tuple[Node, Node]]:
    if pk is not None:
        yield node, (model, pk)
        yield (model, pk), node


def _through(relation: Any, right: str, patient: Patient) -> Iterable[tuple[uuid.UUID, uuid.UUID]]:
    return relation.through.objects.filter(careplan__patient=patient).values_list("careplan_id", right)


def _codings(resource: dict[str, Any]) -> Iterator[tuple[str, str]]:
    stack: list[Any] = [value for key, value in resource.items() if key not in NOT_ABOUT_THE_ROW]
    while stack:
        node = stack.pop()
        if isinstance(node, list):
            stack.extend(node)
        elif isinstance(node, dict):
            system, code = node.get("system"), node.get("code")
            if isinstance(system, str) and isinstance(code, str):
                yield canonical_system(system), code
            stack.extend(value for key, value in node.items() if key not in NOT_ABOUT_THE_ROW)
