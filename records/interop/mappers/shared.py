"""Columns that many kinds of clinical row share."""

import uuid

from records.chart.models import Condition, Encounter
from records.interop.context import PatientContext
from records.interop.drafts import Columns
from records.interop.element import Element, Moment
from records.patients.display import clean_display
from records.patients.models import Organization


def encounter(element: Element, context: PatientContext, key: str = "encounter") -> Columns:
    return {"encounter_id": encounter_of(element.element(key), context)}


def encounter_of(reference: Element, context: PatientContext) -> uuid.UUID | None:
    return context.pk(reference, Encounter)


def author(reference: Element, within: Element, context: PatientContext) -> Columns:
    return {
        "author_id": context.file.practitioner(reference),
        "author_name": context.file.name_of(reference, within),
    }


def reason(element: Element, context: PatientContext) -> Columns:
    """Why: all reasons in words, and the first that is one of the patient's conditions."""
    references = element.elements("reasonReference")
    words = [concept.words for concept in element.concepts("reasonCode")]
    words += [clean_display(context.file.name_of(reference, element)) for reference in references]
    conditions = (context.pk(reference, Condition) for reference in references)
    return {
        "reason_text": "; ".join(dict.fromkeys(word for word in words if word)),
        "reason_condition_id": next((pk for pk in conditions if pk is not None), None),
    }


def organization_name(actors: list[Element], within: Element, context: PatientContext) -> str:
    """Of several performers, the one that is an organization."""
    found = (actor for actor in actors if context.pk(actor, Organization))
    return next((context.file.name_of(actor, within) for actor in found), "")


def when(element: Element, name: str) -> tuple[Moment, Moment]:
    """A choice element: `onset` reads onsetDateTime, else onsetPeriod."""
    moment = element.moment(f"{name}DateTime")
    return (moment, Moment()) if moment else element.period(f"{name}Period")


def amount(quantity: Element) -> str:
    """“480 mL”; empty when no value is given."""
    value = quantity.decimal_text("value")
    return " ".join(part for part in (value.removesuffix(".0"), quantity.string("unit")) if part) if value else ""
