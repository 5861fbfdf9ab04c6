"""People, the clinic's directory, and insurance."""

from records.patients.coverage import Coverage
from records.patients.people import Address, ContactPoint, Gender, Patient, PatientName, RelatedPerson
from records.patients.providers import (
    CareTeam,
    CareTeamMember,
    Location,
    Organization,
    Practitioner,
    PractitionerRole,
)

__all__ = [
    "Address",
    "CareTeam",
    "CareTeamMember",
    "ContactPoint",
    "Coverage",
    "Gender",
    "Location",
    "Organization",
    "Patient",
    "PatientName",
    "Practitioner",
    "PractitionerRole",
    "RelatedPerson",
]
