"""The patient and the people and insurance around them."""

from records.interop.context import FileContext, PatientContext, name_parts
from records.interop.drafts import Columns, Draft, RowMapper, coded, effective
from records.interop.element import Concept, Element
from records.interop.mappers.directory import address, telecom
from records.interop.outcomes import Reject
from records.patients.display import clean_display
from records.patients.models import (
    Address,
    ContactPoint,
    Coverage,
    Gender,
    Organization,
    Patient,
    PatientName,
    RelatedPerson,
)

US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition/"
# Which name to call a patient by: the lowest rank.
NAME_RANK = {"usual": 0, "official": 1, "nickname": 3, "temp": 4, "old": 5, "maiden": 5, "anonymous": 6}
UNRANKED = 2
# https://terminology.hl7.org/CodeSystem-v3-MaritalStatus.html
MARITAL_STATUS = {
    "A": "Annulled",
    "D": "Divorced",
    "L": "Legally separated",
    "M": "Married",
    "P": "Polygamous",
    "S": "Never married",
    "T": "Domestic partner",
    "U": "Unmarried",
    "W": "Widowed",
}


def patient(element: Element, context: FileContext) -> Draft:
    birth = element.moment("birthDate")
    if birth.at is not None and birth.at > context.at:
        raise Reject(element.at("birthDate"), "This date is in the future.")
    died = element.moment("deceasedDateTime")
    gender = element.string("gender")
    language = _language(element)
    return Draft(
        {
            **name_parts(_current_name(element)),
            "mrn": _identifier(element, "MR"),
            "active": element.boolean("active") is not False,
            "birth_date": birth.at.date() if birth.at else None,
            "birth_date_precision": birth.precision or "day",
            "is_deceased": bool(died) or element.boolean("deceasedBoolean") is True,
            "deceased_at": died.at,
            "deceased_precision": died.precision,
            "gender": gender if gender in Gender else Gender.UNKNOWN,
            "birth_sex": _extension(element, "us-core-birthsex").string("valueCode"),
            "race": _extension_text(element, "us-core-race"),
            "ethnicity": _extension_text(element, "us-core-ethnicity"),
            "marital_status": _marital_status(element.concept("maritalStatus")),
            "language": language.code,
            "language_display": language.words,
        },
        parts={
            PatientName: [_name(name) for name in element.elements("name")],
            ContactPoint: [_contact(point) for point in element.elements("telecom")],
            Address: [_address(item) for item in element.elements("address")],
        },
    )


def related_person(element: Element, context: PatientContext) -> Draft:
    relationship = element.first("relationship").as_concept()
    return Draft(
        {
            **name_parts(element.first("name")),
            **address(element.first("address")),
            **effective(*element.period("period")),
            "active": element.boolean("active") is not False,
            "relationship": relationship.code,
            "relationship_display": relationship.words,
            "phone": telecom(element, "phone"),
            "email": telecom(element, "email"),
        }
    )


def coverage(element: Element, context: PatientContext) -> Draft:
    payor = element.first("payor")
    group, plan = _coverage_class(element, "group"), _coverage_class(element, "plan")
    return Draft(
        {
            **coded(element.concept("type")),
            **effective(*element.period("period")),
            "status": element.string("status"),
            "payor_id": context.pk(payor, Organization),
            "payor_name": context.file.name_of(payor, element),
            "plan_name": plan.string("name") or plan.string("value"),
            "group_name": group.string("name"),
            "group_number": group.string("value"),
            "subscriber_id": element.string("subscriberId") or _identifier(element, "MB"),
            "relationship": element.concept("relationship").code,
            "order": element.whole("order"),
        }
    )


def _current_name(element: Element) -> Element:
    names = element.elements("name")
    ranked = sorted(names, key=lambda name: NAME_RANK.get(name.string("use"), UNRANKED))
    return ranked[0] if ranked else Element({}, element.at("name"))


def _name(name: Element) -> Columns:
    start, end = name.period("period")
    use = name.string("use")
    return {
        **name_parts(name),
        "use": use if use in PatientName.Use else "",
        "period_start": start.at,
        "period_end": end.at,
    }


def _contact(point: Element) -> Columns:
    system = point.string("system")
    return {
        "system": system if system in ContactPoint.System else ContactPoint.System.OTHER,
        "value": point.string("value"),
        "use": point.string("use"),
    }


def _address(item: Element) -> Columns:
    start, end = item.period("period")
    return {**address(item), "use": item.string("use"), "period_start": start.at, "period_end": end.at}


def _marital_status(concept: Concept) -> str:
    # Some senders repeat the code where its name belongs.
    return MARITAL_STATUS.get(concept.code, concept.words) if concept.words == concept.code else concept.words


def _identifier(element: Element, kind: str) -> str:
    found = (item for item in element.elements("identifier") if item.concept("type").code == kind)
    return next((item.string("value") for item in found), "")


def _language(element: Element) -> Concept:
    spoken = sorted(element.elements("communication"), key=lambda item: not item.boolean("preferred"))
    return spoken[0].concept("language") if spoken else Concept()


def _extension(element: Element, name: str) -> Element:
    found = (item for item in element.elements("extension") if item.string("url") == US_CORE + name)
    return next(found, Element({}, element.at("extension")))


def _extension_text(element: Element, name: str) -> str:
    parts = _extension(element, name).elements("extension")
    text = clean_display(next((part.string("valueString") for part in parts if part.string("url") == "text"), ""))
    return text[:1].upper() + text[1:]


def _coverage_class(element: Element, code: str) -> Element:
    found = (item for item in element.elements("class") if item.concept("type").code == code)
    return next(found, Element({}, element.at("class")))


PATIENT = RowMapper(Patient, patient, {PatientName: "patient", ContactPoint: "patient", Address: "patient"})
MAPPERS = {
    "RelatedPerson": RowMapper(RelatedPerson, related_person),
    "Coverage": RowMapper(Coverage, coverage),
}
