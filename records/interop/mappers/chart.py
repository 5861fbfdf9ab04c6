"""Visits, problems, procedures, allergies and vaccines."""

from dataclasses import replace

from records.chart.history import CLERICAL_FINDINGS, CLERICAL_PROCEDURES
from records.chart.models import (
    AllergyIntolerance,
    Condition,
    Encounter,
    EncounterClass,
    Immunization,
    Procedure,
)
from records.interop.codes import CVX
from records.interop.context import PatientContext
from records.interop.drafts import Draft, RowMapper, coded, effective, required
from records.interop.element import Concept, Element
from records.interop.mappers import shared
from records.patients.models import Location, Organization

# v3 ActCode values beyond those with words of their own (https://terminology.hl7.org/ValueSet-v3-ActEncounterCode.html).
CLASSES = {"ACUTE": "IMP", "NONAC": "IMP", "SS": "AMB"}
MAIN_CLINICIAN = ("PPRF", "ATND")


def encounter(element: Element, context: PatientContext) -> Draft:
    place = element.first("location").element("location")
    provider = element.element("serviceProvider")
    code = element.element("class").as_coding().code
    code = CLASSES.get(code, code)
    reasons = shared.reason(element, context)
    return Draft(
        {
            **coded(element.first("type").as_concept()),
            **effective(*element.period("period")),
            **shared.author(_main_clinician(element), element, context),
            "status": element.string("status"),
            "encounter_class": code if code in EncounterClass else EncounterClass.OTHER if code else "",
            "reason_text": reasons["reason_text"],
            "part_of_id": context.pk(element.element("partOf"), Encounter),
            "service_provider_id": context.pk(provider, Organization),
            "service_provider_name": context.file.name_of(provider, element),
            "location_id": context.pk(place, Location),
            "location_name": context.file.name_of(place, element),
            "discharge_disposition": element.element("hospitalization").concept("dischargeDisposition").words,
        }
    )


def condition(element: Element, context: PatientContext) -> Draft:
    code = required(element.concept("code"), element, "code")
    onset, _until = shared.when(element, "onset")
    abated, _until = shared.when(element, "abatement")
    recorded = element.moment("recordedDate")
    return Draft(
        {
            **coded(code),
            **effective(onset, abated),
            **shared.encounter(element, context),
            **shared.author(element.element("asserter") or element.element("recorder"), element, context),
            "status": element.concept("clinicalStatus").code,
            "verification_status": element.concept("verificationStatus").code,
            "category": _condition_category(element, code),
            "severity": element.concept("severity").words,
            "recorded_at": recorded.at,
            "recorded_precision": recorded.precision,
            "note": element.notes(),
        }
    )


def procedure(element: Element, context: PatientContext) -> Draft:
    code = required(element.concept("code"), element, "code")
    actor = element.first("performer").element("actor")
    return Draft(
        {
            **coded(code),
            **effective(*shared.when(element, "performed")),
            **shared.encounter(element, context),
            **shared.author(actor or element.element("recorder"), element, context),
            **shared.reason(element, context),
            "status": element.string("status"),
            "status_reason": element.concept("statusReason").words,
            "category": element.concept("category").words,
            "is_clerical": (code.system, code.code) in CLERICAL_PROCEDURES,
            "location_name": context.file.name_of(element.element("location"), element),
            "body_site": element.first("bodySite").as_concept().words,
            "outcome": element.concept("outcome").words,
            "note": element.notes(),
        }
    )


def allergy(element: Element, context: PatientContext) -> Draft:
    onset, _until = shared.when(element, "onset")
    recorded = element.moment("recordedDate")
    return Draft(
        {
            **coded(required(_allergen(element.element("code")), element, "code")),
            **effective(onset),
            **shared.encounter(element, context),
            **shared.author(element.element("asserter") or element.element("recorder"), element, context),
            "status": element.concept("clinicalStatus").code,
            "verification_status": element.concept("verificationStatus").code,
            "kind": element.string("type"),
            "category": ", ".join(element.strings("category")),
            "criticality": element.string("criticality"),
            "recorded_at": recorded.at,
            "recorded_precision": recorded.precision,
            "reactions": [_reaction(item) for item in element.elements("reaction")],
            "note": element.notes(),
        }
    )


def immunization(element: Element, context: PatientContext) -> Draft:
    protocol = element.first("protocolApplied")
    number = protocol.whole("doseNumberPositiveInt")
    maker = element.element("manufacturer")
    expires = element.moment("expirationDate").at
    return Draft(
        {
            **coded(required(element.concept("vaccineCode", prefer=CVX), element, "vaccineCode")),
            **effective(element.moment("occurrenceDateTime")),
            **shared.encounter(element, context),
            **shared.author(element.first("performer").element("actor"), element, context),
            "status": element.string("status"),
            "status_reason": element.concept("statusReason").words,
            "occurrence_text": element.string("occurrenceString"),
            "primary_source": element.boolean("primarySource"),
            "report_origin": element.concept("reportOrigin").words,
            "lot_number": element.string("lotNumber"),
            "expiration_date": expires.date() if expires else None,
            "manufacturer": context.file.name_of(maker, element),
            "site": element.concept("site").words,
            "route": element.concept("route").words,
            "dose_text": shared.amount(element.element("doseQuantity")),
            "series": protocol.string("series"),
            "dose_number": str(number) if number is not None else protocol.string("doseNumberString"),
            "location_name": context.file.name_of(element.element("location"), element),
            "note": element.notes(),
        }
    )


def _main_clinician(element: Element) -> Element:
    seats = [seat for seat in element.elements("participant") if seat.element("individual")]

    def rank(seat: Element) -> bool:
        return not any(concept.code in MAIN_CLINICIAN for concept in seat.concepts("type"))

    return sorted(seats, key=rank)[0].element("individual") if seats else Element({}, element.path)


def _condition_category(element: Element, code: Concept) -> str:
    if (code.system, code.code) in CLERICAL_FINDINGS:
        return Condition.Category.CLERICAL
    codes = {
        coding.as_coding().code for category in element.elements("category") for coding in category.elements("coding")
    }
    # Without a category it belongs on the problem list, where somebody will look at it.
    known = (Condition.Category.PROBLEM, Condition.Category.ENCOUNTER, Condition.Category.CONCERN)
    return next((category for category in known if category.value in codes), Condition.Category.PROBLEM)


def _allergen(code: Element) -> Concept:
    """Some senders list several substances as codings of one code: all of them must be read, not the first."""
    concept = code.as_concept()
    names = dict.fromkeys(coding.as_coding().display for coding in code.elements("coding"))
    names.pop("", None)
    return concept if concept.text or len(names) < 2 else replace(concept, text=", ".join(names))


def _reaction(item: Element) -> dict[str, str]:
    words = [concept.words for concept in item.concepts("manifestation")]
    return {"text": ", ".join(word for word in words if word), "severity": item.string("severity")}


MAPPERS = {
    "Encounter": RowMapper(Encounter, encounter),
    "Condition": RowMapper(Condition, condition),
    "Procedure": RowMapper(Procedure, procedure),
    "AllergyIntolerance": RowMapper(AllergyIntolerance, allergy),
    "Immunization": RowMapper(Immunization, immunization),
}
