"""Organizations, places, clinicians and products: rows about no patient."""

from records.chart.medications import Medication
from records.interop.codes import NPI, RXNORM
from records.interop.context import FileContext, name_parts
from records.interop.drafts import Columns, Draft, RowMapper, coded, required
from records.interop.element import Element
from records.interop.index import identifiers_of
from records.patients.models import Location, Organization, Practitioner, PractitionerRole


def organization(element: Element, context: FileContext) -> Draft:
    return Draft(
        {
            "name": element.string("name"),
            "kind": element.first("type").as_concept().code,
            "npi": npi(element),
            "phone": telecom(element, "phone"),
            "active": element.boolean("active") is not False,
            **address(element.first("address")),
        }
    )


def location(element: Element, context: FileContext) -> Draft:
    return Draft(
        {
            "name": element.string("name"),
            "kind": element.first("type").as_concept().words,
            "status": element.string("status"),
            "phone": telecom(element, "phone"),
            "organization_id": context.pk(element.element("managingOrganization"), Organization),
            **address(element.element("address")),
        }
    )


def practitioner(element: Element, context: FileContext) -> Draft:
    return Draft(
        {
            **name_parts(element.first("name")),
            "npi": npi(element),
            "active": element.boolean("active") is not False,
            "gender": element.string("gender"),
            "phone": telecom(element, "phone"),
            "email": telecom(element, "email"),
        }
    )


def practitioner_role(element: Element, context: FileContext) -> Draft:
    return Draft(
        {
            "practitioner_id": context.pk(element.element("practitioner"), Practitioner),
            "organization_id": context.pk(element.element("organization"), Organization),
            "location_id": context.pk(element.first("location"), Location),
            "active": element.boolean("active") is not False,
            "role": element.first("code").as_concept().words,
            "specialty": element.first("specialty").as_concept().words,
            "phone": telecom(element, "phone"),
            "email": telecom(element, "email"),
        }
    )


def medication(element: Element, context: FileContext) -> Draft:
    return Draft(
        {
            **coded(required(element.concept("code", prefer=RXNORM), element, "code")),
            "status": element.string("status"),
            "form": element.concept("form").words,
        }
    )


def npi(element: Element) -> str:
    return next((value for system, value in identifiers_of(element.data) if system == NPI), "")


def telecom(element: Element, system: str) -> str:
    points = element.elements("telecom")
    return next((point.string("value") for point in points if point.string("system") == system), "")


def address(element: Element) -> Columns:
    """An Address as the columns of PostalAddress."""
    return {
        "lines": "\n".join(element.strings("line")) or element.string("text"),
        "city": element.string("city"),
        "state": element.string("state"),
        "postal_code": element.string("postalCode"),
        "country": element.string("country"),
    }


MAPPERS = {
    "Organization": RowMapper(Organization, organization),
    "Location": RowMapper(Location, location),
    "Practitioner": RowMapper(Practitioner, practitioner),
    "PractitionerRole": RowMapper(PractitionerRole, practitioner_role),
    "Medication": RowMapper(Medication, medication),
}
