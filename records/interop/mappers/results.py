"""Observations and reports, how they belong together, and what they said before."""

import uuid
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from django.db import models

from records.interop.attachments import read_attachment
from records.interop.codes import LOINC
from records.interop.context import FileContext, PatientContext
from records.interop.drafts import Columns, Draft, RowMapper, coded, effective, required
from records.interop.element import Concept, Element
from records.interop.mappers import shared
from records.interop.outcomes import Reject
from records.interop.values import value_columns
from records.results.models import DiagnosticReport, Observation, ObservationComponent, ResultVersion
from records.results.observations import Category
from records.results.values import ValueFields

BLOOD_PRESSURE = frozenset({"85354-9", "55284-4", "8480-6", "8462-4"})
SMOKING_STATUS = "72166-2"
# US Core's finer categories by the section of the record where a reader looks for them.
FINER_CATEGORIES = {
    "sdoh": Category.SURVEY,
    "functional-status": Category.SURVEY,
    "disability-status": Category.SURVEY,
    "cognitive-status": Category.SURVEY,
    "treatment-intervention-preference": Category.SURVEY,
    "care-experience-preference": Category.SURVEY,
}
REPORT_CATEGORIES = {
    "LAB": DiagnosticReport.Category.LABORATORY,
    "laboratory": DiagnosticReport.Category.LABORATORY,
    "RAD": DiagnosticReport.Category.IMAGING,
    "LP29684-5": DiagnosticReport.Category.IMAGING,
    "CUS": DiagnosticReport.Category.CARDIOLOGY,
    "LP29708-2": DiagnosticReport.Category.CARDIOLOGY,
    "PAT": DiagnosticReport.Category.PATHOLOGY,
    "LP7839-6": DiagnosticReport.Category.PATHOLOGY,
    "SP": DiagnosticReport.Category.PATHOLOGY,
}
# US Core's clinical note types, which some systems also send as reports
# (https://hl7.org/fhir/us/core/ValueSet-us-core-clinical-note-type.html).
NOTE_TYPES = frozenset(
    {"11488-4", "18842-5", "11504-8", "28570-0", "34117-2", "11506-3", "34746-8", "57133-1", "34111-5", "34109-9"}
)
VALUE_COLUMNS = tuple(field.name for field in ValueFields._meta.local_fields)


def observation(element: Element, context: PatientContext) -> Draft:
    element.elements("hasMember")  # read by link(), once all rows are there
    code = required(element.concept("code", prefer=LOINC), element, "code")
    start, end = shared.when(element, "effective")
    return Draft(
        {
            **coded(code),
            **effective(start or element.moment("effectiveInstant"), end),
            **shared.encounter(element, context),
            **shared.author(element.first("performer"), element, context),
            **value_columns(element),
            "status": element.string("status"),
            "category": _category(element, code),
            "issued_at": element.moment("issued").at,
            "specimen": _specimen(element, context),
            "method": element.concept("method").words,
            "body_site": element.concept("bodySite").words,
            "note": element.notes(),
        },
        parts={ObservationComponent: [_component(item) for item in element.elements("component")]},
    )


def report(element: Element, context: PatientContext) -> Draft:
    element.elements("result")  # read by link(), once all rows are there
    code = required(element.concept("code", prefer=LOINC), element, "code")
    start, end = shared.when(element, "effective")
    performer = element.first("performer") or element.first("resultsInterpreter")
    forms = [read_attachment(item, context.file) for item in element.elements("presentedForm")]
    if any(form.has_other_content for form in forms):
        context.warn(element.data, element.at("presentedForm"), "Only plain text is kept of documents so far.")
    return Draft(
        {
            **coded(code),
            **effective(start, end),
            **shared.encounter(element, context),
            **shared.author(performer, element, context),
            "status": element.string("status"),
            "category": _report_category(element, code),
            "issued_at": element.moment("issued").at,
            "performer_name": context.file.name_of(performer, element),
            "conclusion": element.string("conclusion")
            or "; ".join(concept.words for concept in element.concepts("conclusionCode")),
            "narrative": "\n\n".join(form.text for form in forms if form.text),
        }
    )


def _specimen(element: Element, context: PatientContext) -> str:
    reference = element.element("specimen")
    specimen = context.resource(reference.data, element.data)
    if specimen is not None:
        with suppress(Reject):
            return Element(specimen, reference.path).concept("type").words
    return reference.string("display")


def _component(item: Element) -> Columns:
    concept = item.concept("code", prefer=LOINC)
    return {**coded(concept), **value_columns(item)}


def _category(element: Element, code: Concept) -> str:
    if code.system == LOINC and code.code in BLOOD_PRESSURE:
        return Category.VITAL_SIGNS
    if code.system == LOINC and code.code == SMOKING_STATUS:
        return Category.SOCIAL_HISTORY
    codes = [
        coding.as_coding().code for category in element.elements("category") for coding in category.elements("coding")
    ]
    found = {FINER_CATEGORIES.get(code, code) for code in codes}
    return next((category for category in Category if category.value in found), Category.OTHER)


def _report_category(element: Element, code: Concept) -> str:
    if code.system == LOINC and code.code in NOTE_TYPES:
        return DiagnosticReport.Category.NOTE
    if code.system == LOINC and code.code in BLOOD_PRESSURE:
        return DiagnosticReport.Category.VITALS
    codes = (
        coding.as_coding().code for category in element.elements("category") for coding in category.elements("coding")
    )
    known = (REPORT_CATEGORIES[code] for code in codes if code in REPORT_CATEGORIES)
    return next(known, DiagnosticReport.Category.OTHER)


def keep_observation(row: Observation, changed: set[str], parts: bool, context: FileContext) -> list[models.Model]:
    """The value that a new message is about to replace; nothing when only its status or surroundings change."""
    if not parts and changed.isdisjoint(VALUE_COLUMNS):
        return []
    components = list(row.components.all())
    if not row.has_value and not any(component.has_value for component in components):
        return []
    text = "; ".join(f"{component.display}: {component.shown}" for component in components)
    values = {name: getattr(row, name) for name in VALUE_COLUMNS}
    return [_version(row, context, text, observation=row, **values)]


def keep_report(row: DiagnosticReport, changed: set[str], parts: bool, context: FileContext) -> list[models.Model]:
    text = "\n\n".join(part for part in (row.conclusion, row.narrative) if part)
    if changed.isdisjoint({"conclusion", "narrative"}) or not text:
        return []
    return [_version(row, context, text, report=row)]


def _version(row: Any, context: FileContext, text: str, **columns: Any) -> ResultVersion:
    return ResultVersion(
        number=row.versions.count() + 1,
        status=row.status,
        text=text,
        raw=row.raw,
        replaced_at=context.at,
        **columns,
    )


def link(context: PatientContext) -> None:
    """Ties observations to the report that lists them and to the panel that has them as members."""
    wanted: dict[uuid.UUID, Columns] = defaultdict(dict)
    for report_pk, references in _accepted(context, "DiagnosticReport", "result"):
        for position, reference in enumerate(references):
            # An observation listed twice stays with the report that came first.
            if (pk := context.pk(reference, Observation)) and "report_id" not in wanted[pk]:
                wanted[pk] |= {"report_id": report_pk, "report_position": position}
    for panel_pk, references in _accepted(context, "Observation", "hasMember"):
        for reference in references:
            if (pk := context.pk(reference, Observation)) and pk != panel_pk:
                wanted[pk].setdefault("parent_id", panel_pk)
    changed = []
    for row in Observation.objects.only("report_id", "report_position", "parent_id").filter(pk__in=wanted):
        columns = wanted[row.pk]
        if any(getattr(row, name) != value for name, value in columns.items()):
            for name, value in columns.items():
                setattr(row, name, value)
            changed.append(row)
    Observation.objects.bulk_update(changed, ["report", "report_position", "parent"], batch_size=200)


def _accepted(context: PatientContext, name: str, key: str) -> Iterator[tuple[uuid.UUID, list[Element]]]:
    """The rows that this file's resources of a type became, each with the references it lists under `key`."""
    for found, resource in context.entries.get(name, []):
        if found in context.file.rows:
            yield context.file.rows[found][1], Element(resource, name).elements(key)


MAPPERS = {
    "DiagnosticReport": RowMapper(DiagnosticReport, report, keep_earlier=keep_report),
    "Observation": RowMapper(Observation, observation, {ObservationComponent: "observation"}, keep_observation),
}
