import datetime as dt
import uuid

import pytest
from django.test import Client
from django.utils import timezone

from records.access.permissions import Permission as P
from records.appointments.states import RequestState
from records.models import AppointmentRequest
from records.scheduling.choices import Booking
from tests.factories.appointments import (
    AppointmentFactory,
    AppointmentRequestFactory,
)
from tests.factories.records import GrantFactory
from tests.records.appointments.clinic import Clinic
from tests.records.appointments.pages import reason_of, url

pytestmark = pytest.mark.django_db


def test_person_asks_where_staff_book_and_takes_it_back(client: Client, grant, clinic: Clinic) -> None:
    clinic.visit_type.booking = Booking.REQUEST
    clinic.visit_type.save()
    reason = reason_of(clinic, name="A first talk")
    path = f"{url(grant, 'appointment_ask')}?reason={reason.pk}"
    assert path.replace("&", "&amp;") in client.get(url(grant, "appointment_new")).content.decode()
    once = client.get(path).context["form"]["once"].value()
    day = timezone.localdate() + dt.timedelta(days=4)
    typed = {"once": once, "reason_text": "I sleep badly", "date_1": day.isoformat(), "time_1": "morning"}
    assert client.post(path, typed | {"reason_text": ""}).status_code == 422
    assert client.post(path, typed | {"date_1": "1999-01-01"}).status_code == 422
    for _ in range(2):
        done = client.post(path, typed, follow=True)
    asked = AppointmentRequest.objects.get()
    assert asked.wishes == [{"date": day.isoformat(), "time_of_day": "morning"}]
    assert asked.number in done.content.decode()
    again = client.get(path).context["form"]["once"].value()
    twice = client.post(path, typed | {"once": again}, follow=True)
    assert "You have asked for this visit already" in twice.content.decode()
    client.post(url(grant, "appointment_take_back", asked=asked.pk))
    asked.refresh_from_db()
    assert asked.state == RequestState.CANCELLED


def test_danger_in_a_wish_is_answered_to_and_flags_it(client: Client, grant, clinic: Clinic) -> None:
    clinic.visit_type.booking = Booking.REQUEST
    clinic.visit_type.save()
    path = f"{url(grant, 'appointment_ask')}?type={clinic.visit_type.pk}"
    typed = {"once": uuid.uuid4(), "reason_text": "I want to die"}
    assert "Please do not wait for an answer" in client.post(path, typed).content.decode()
    assert not AppointmentRequest.objects.exists()
    client.post(path, typed | {"warned": "on"})
    assert AppointmentRequest.objects.get().is_urgent


def test_wish_leads_to_its_appointment_only_where_that_may_be_seen(client: Client) -> None:
    booked = AppointmentFactory(is_sensitive=True)
    asked = AppointmentRequestFactory(
        patient=booked.patient, state=RequestState.BOOKED, decided_at=timezone.now(), appointment=booked
    )
    proxy = GrantFactory(patient=booked.patient, kind="proxy", permissions=[P.APPOINTMENTS])
    patient = GrantFactory(patient=booked.patient)
    for grant, is_shown in ((proxy, False), (patient, True)):
        client.force_login(grant.user)
        page = client.get(url(grant, "appointment_request", asked=asked.pk)).content.decode()
        assert ("See the appointment" in page) is is_shown


def test_page_of_another_patients_wish_sent_for_this_one_asks_anew(client: Client, grant, clinic: Clinic) -> None:
    clinic.visit_type.booking = Booking.REQUEST
    clinic.visit_type.save()
    theirs = AppointmentRequestFactory()
    path = f"{url(grant, 'appointment_ask')}?type={clinic.visit_type.pk}"
    client.post(path, {"once": theirs.once, "reason_text": "I sleep badly"})
    asked = AppointmentRequest.objects.get(patient=grant.patient)
    assert asked.once != theirs.once
