"""Where the pages are, and what stands on them."""

from django.urls import reverse

from records.models import Appointment
from tests.factories.appointments import HeldFactory
from tests.factories.scheduling import VisitReasonFactory
from tests.records.appointments.clinic import Clinic


def url(grant, name: str = "appointments", **kwargs) -> str:
    return reverse(f"records:{name}", kwargs={"patient": grant.patient.pk, **kwargs})


def reason_of(clinic: Clinic, **fields):
    return VisitReasonFactory(visit_type=clinic.visit_type, **fields)


def held_by(grant, clinic: Clinic, **fields) -> Appointment:
    made: Appointment = HeldFactory(
        patient=grant.patient,
        created_by=grant.user,
        visit_type=clinic.visit_type,
        provider=clinic.provider,
        location=clinic.location,
        **fields,
    )
    return made
