"""The day and the week of a provider, with the hours around what is booked."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from records.hours.models import ClosedDay
from records.models import Appointment
from records.scheduling.choices import ExceptionKind
from tests.factories.appointments import AppointmentFactory, next_morning
from tests.factories.records import PatientFactory
from tests.factories.scheduling import AvailabilityExceptionFactory, AvailabilityFactory, LocationFactory
from tests.records.appointments.clinic import Clinic
from tests.staff import client_of

pytestmark = pytest.mark.django_db

DAY = "admin:records_appointment_changelist"
VIEWS = pytest.mark.parametrize("view", ["", "week"])


def shown(client: Client, clinic: Clinic, start: dt.datetime, view: str) -> str:
    asked = {"provider": clinic.provider.pk, "date": timezone.localdate(start).isoformat(), "view": view}
    return " ".join(client.get(reverse(DAY), asked).content.decode().split())


@VIEWS
def test_free_time_stands_between_appointments_and_leads_to_booking(clinic: Clinic, view: str) -> None:
    start = next_morning()
    AppointmentFactory(provider=clinic.provider, location=clinic.location, visit_type__minutes=30, starts_at=start)
    page = shown(client_of("Front desk"), clinic, start, view)
    for words in ("8:00 AM–6:00 PM", "Free 8:00 AM–10:00 AM", "Free 10:30 AM–6:00 PM"):
        assert words in page
    address = f"?provider={clinic.provider.pk}&amp;start={timezone.localdate(start).isoformat()}"
    assert reverse("admin:records_appointment_book") + address in page


@VIEWS
def test_day_says_when_the_provider_is_away_or_the_clinic_closed(clinic: Clinic, view: str) -> None:
    start = next_morning()
    day = timezone.localdate(start)
    AvailabilityExceptionFactory(
        provider=clinic.provider, kind=ExceptionKind.AWAY, first_date=day, last_date=day,
        starts_at=dt.time(8), ends_at=dt.time(12),
    )  # fmt: skip
    client = client_of("Front desk")
    page = shown(client, clinic, start, view)
    assert "Away 8:00 AM–12:00 PM" in page
    assert "Free 12:00 PM–6:00 PM" in page
    ClosedDay.objects.create(date=day, name="Holiday")
    assert "Clinic closed" in shown(client, clinic, start, view)


def test_provider_and_day_are_kept_while_the_patient_is_looked_for(clinic: Clinic) -> None:
    client, patient = client_of("Front desk"), PatientFactory(family="Diallo")
    kept = {"provider": str(clinic.provider.pk), "start": "2031-06-02"}
    path = reverse("admin:records_appointment_book")
    page = client.post(f"{path}?provider={kept['provider']}&start={kept['start']}", {"q": "Diallo"}).content.decode()
    address = f"?provider={kept['provider']}&amp;start={kept['start']}"
    assert reverse("admin:records_appointment_when", args=[patient.pk]) + address in page
    form = client.get(reverse("admin:records_appointment_when", args=[patient.pk]), kept).context["what"]
    assert (form["provider"].value(), form["start"].value()) == (kept["provider"], kept["start"])


def test_own_time_is_by_the_clock_of_its_place(clinic: Clinic) -> None:
    """Half past seven in the evening in Chicago, where the timetable has nothing."""
    lakes = LocationFactory(time_zone="America/Chicago")
    AvailabilityFactory(provider=clinic.provider, location=lakes)
    day = timezone.localdate() + dt.timedelta(days=3)
    path = reverse("admin:records_appointment_when", args=[PatientFactory().pk])
    own = {"own_provider": clinic.provider.pk, "own_place": lakes.pk, "own_start": f"{day.isoformat()}T19:30"}
    client_of("Front desk").post(f"{path}?type={clinic.visit_type.pk}", {"modality": "in_person", **own})
    start = Appointment.objects.get().local_start
    assert (start.date(), start.hour, start.minute, str(start.tzinfo)) == (day, 19, 30, "America/Chicago")
