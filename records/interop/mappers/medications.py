"""Prescriptions, reported medications and dispenses."""

import calendar
import datetime as dt
import uuid

from records.chart.models import Medication, MedicationDispense, MedicationRequest
from records.interop.codes import RXNORM
from records.interop.context import PatientContext
from records.interop.drafts import Columns, Draft, RowMapper, coded, effective, required
from records.interop.element import Concept, Element
from records.interop.mappers import shared
from records.patients.precision import PartialDate, Precision

ADHERENCE = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-medication-adherence"
# Days in the units that a supply is told in: UCUM codes and the words beside them. A month is 30 days of pills.
DAYS = {"d": 1, "day": 1, "days": 1, "wk": 7, "week": 7, "weeks": 7, "mo": 30, "month": 30, "months": 30}
MOST_DAYS = 3650
PERIODS = {"s": "second", "min": "minute", "h": "hour", "d": "day", "wk": "week", "mo": "month", "a": "year"}


def request(element: Element, context: PatientContext) -> Draft:
    supply = element.element("dispenseRequest")
    return Draft(
        {
            **_product(element, context),
            **effective(element.moment("authoredOn")),
            **shared.encounter(element, context),
            **shared.author(element.element("requester"), element, context),
            **shared.reason(element, context),
            **_dosage(element, "dosageInstruction"),
            "status": element.string("status"),
            "status_reason": element.concept("statusReason").words,
            "intent": element.string("intent"),
            "is_reported": element.boolean("reportedBoolean") is True or bool(element.element("reportedReference")),
            "category": element.first("category").as_concept().words,
            "repeats_allowed": supply.whole("numberOfRepeatsAllowed"),
            "quantity_text": shared.amount(supply.element("quantity")),
            "supply_text": shared.amount(supply.element("expectedSupplyDuration")),
            "days_supply": _days(supply.element("expectedSupplyDuration")),
            "valid_until": _last_day(supply),
            "pharmacy_name": context.file.name_of(supply.element("performer"), element),
            "adherence": _adherence(element),
            "note": element.notes(),
        }
    )


def statement(element: Element, context: PatientContext) -> Draft:
    """A MedicationStatement: what the patient, or somebody for them, says they take."""
    start, end = shared.when(element, "effective")
    return Draft(
        {
            **_product(element, context),
            **effective(start or element.moment("dateAsserted"), end),
            **shared.encounter(element, context, "context"),
            **shared.author(element.element("informationSource"), element, context),
            **shared.reason(element, context),
            **_dosage(element, "dosage"),
            "status": element.string("status"),
            "status_reason": element.first("statusReason").as_concept().words,
            "is_reported": True,
            "category": element.concept("category").words,
            "note": element.notes(),
        }
    )


def dispense(element: Element, context: PatientContext) -> Draft:
    actors = [item.element("actor") for item in element.elements("performer")]
    return Draft(
        {
            **_product(element, context),
            **effective(element.moment("whenHandedOver") or element.moment("whenPrepared")),
            **shared.encounter(element, context, "context"),
            "status": element.string("status"),
            "request_id": context.pk(element.first("authorizingPrescription"), MedicationRequest),
            "kind": element.concept("type").words,
            "quantity_text": shared.amount(element.element("quantity")),
            "supply_text": shared.amount(element.element("daysSupply")),
            "days_supply": _days(element.element("daysSupply")),
            "dosage_text": _dosage(element, "dosageInstruction")["dosage_text"],
            "pharmacy_name": shared.organization_name(actors, element, context)
            or context.file.name_of(element.element("location"), element),
        }
    )


def _product(element: Element, context: PatientContext) -> Columns:
    """The medication by code, or by reference to a Medication in the file, in the resource or known before."""
    concept = element.concept("medicationCodeableConcept", prefer=RXNORM)
    reference = element.element("medicationReference")
    pk = context.pk(reference, Medication)
    if not concept and reference:
        concept = _referenced(reference, element, context, pk)
    return {**coded(required(concept, element, "medication[x]")), "medication_id": pk}


def _referenced(reference: Element, element: Element, context: PatientContext, pk: uuid.UUID | None) -> Concept:
    resource = context.resource(reference.data, element.data)
    if resource is not None:
        return Element(resource, reference.path).concept("code", prefer=RXNORM)
    if pk is not None:
        row = Medication.objects.get(pk=pk)
        return Concept(row.code_system, row.code, row.code_display, row.text)
    return Concept(text=reference.string("display"))


def _dosage(element: Element, key: str) -> Columns:
    instructions = element.elements(key)
    lines = [_instruction(item) for item in instructions]
    needed = [item.boolean("asNeededBoolean") for item in instructions]
    return {
        "dosage_text": "\n".join(line for line in lines if line),
        "as_needed": needed[0] if needed else None,
    }


def _instruction(item: Element) -> str:
    """The sender's words; without those, a plain rendering of dose and timing."""
    if text := item.string("text"):
        return text
    if text := item.string("patientInstruction"):
        return text
    dose = item.first("doseAndRate").element("doseQuantity")
    amount = shared.amount(dose)
    words = [
        f"{amount} {'' if dose.string('unit') else 'dose'}".strip() if amount else "",
        _frequency(item.element("timing").element("repeat")),
        "as needed" if item.boolean("asNeededBoolean") else "",
        *(concept.words for concept in item.concepts("additionalInstruction")),
    ]
    return ", ".join(word for word in words if word)


def _frequency(repeat: Element) -> str:
    times, period = repeat.whole("frequency"), repeat.decimal_text("period").removesuffix(".0")
    unit = PERIODS.get(repeat.string("periodUnit"), "")
    if not times or not period or not unit:
        return ""
    often = "once" if times == 1 else f"{times} times"
    return f"{often} a {unit}" if period == "1" else f"{often} every {period} {unit}s"


def _days(quantity: Element) -> int | None:
    """How many whole days a supply lasts; None when it is not told in days, weeks or months."""
    value = quantity.decimal("value")
    each = DAYS.get(quantity.string("code")) or DAYS.get(quantity.string("unit").lower())
    if value is None or each is None:
        return None
    days = int(value * each)
    return days if 0 < days <= MOST_DAYS else None


def _last_day(supply: Element) -> dt.date | None:
    """The end of the validity period; one that is told only to the month or year lasts to its end."""
    _start, end = supply.period("validityPeriod")
    if end.at is None:
        return None
    if end.precision == Precision.YEAR:
        return dt.date(end.at.year, 12, 31)
    if end.precision == Precision.MONTH:
        return dt.date(end.at.year, end.at.month, calendar.monthrange(end.at.year, end.at.month)[1])
    return PartialDate(end.at, end.precision).local.date()


def _adherence(element: Element) -> str:
    for extension in element.elements("extension"):
        if extension.string("url") == ADHERENCE:
            for part in extension.elements("extension"):
                if part.string("url") == "medicationAdherence":
                    return part.concept("valueCodeableConcept").words
    return ""


MAPPERS = {
    "MedicationRequest": RowMapper(MedicationRequest, request),
    "MedicationStatement": RowMapper(MedicationRequest, statement),
    "MedicationDispense": RowMapper(MedicationDispense, dispense),
}
