import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from records.access.permissions import Permission as P
from records.appointments.states import Status
from records.models import Appointment, Coverage
from records.scheduling.choices import Modality
from tests.factories.appointments import (
    AppointmentFactory,
    HeldFactory,
    next_morning,
)
from tests.factories.records import GrantFactory, PatientFactory
from tests.records.appointments.clinic import Clinic
from tests.records.appointments.pages import held_by, url

pytestmark = pytest.mark.django_db


def test_words_typed_for_a_lost_time_are_kept(client: Client, grant, clinic: Clinic) -> None:
    ago = timezone.now() - dt.timedelta(minutes=6)
    held = HeldFactory(
        patient=grant.patient,
        created_by=grant.user,
        visit_type=clinic.visit_type,
        provider=clinic.provider,
        location=clinic.location,
        created_at=ago,
    )
    confirm = url(grant, "appointment_confirm", appointment=held.pk)
    page = client.post(confirm, {"reason_text": "My long story"}, follow=True)
    assert "we hold it again" in page.content.decode()
    assert "My long story" in page.content.decode()
    done = client.post(page.redirect_chain[-1][0], {"reason_text": "My long story"}, follow=True)
    assert "Your appointment is booked" in done.content.decode()


def test_words_of_danger_are_answered_to_once_and_never_block(client: Client, grant, clinic: Clinic) -> None:
    held = HeldFactory(patient=grant.patient, created_by=grant.user, visit_type=clinic.visit_type)
    confirm = url(grant, "appointment_confirm", appointment=held.pk)
    page = client.post(confirm, {"reason_text": "chest pain"})
    held.refresh_from_db()
    assert held.status == Status.HELD
    assert "Please do not wait for an answer" in page.content.decode()
    assert "chest pain" in page.content.decode()
    client.post(confirm, {"reason_text": "chest pain", "warned": "on"})
    held.refresh_from_db()
    assert (held.status, held.is_urgent) == (Status.BOOKED, True)


def test_insurance_on_file_is_offered_to_who_may_see_it(client: Client, grant, clinic: Clinic) -> None:
    now = timezone.now()
    mine = Coverage.objects.create(patient=grant.patient, released_at=now, status="active", payor_name="Blue Shield")
    other = Coverage.objects.create(patient=PatientFactory(), released_at=now, status="active", payor_name="Not mine")
    held = HeldFactory(patient=grant.patient, created_by=grant.user, visit_type=clinic.visit_type)
    confirm = url(grant, "appointment_confirm", appointment=held.pk)
    page = client.get(confirm).content.decode()
    assert "Blue Shield" in page
    assert "Not mine" not in page
    assert client.post(confirm, {"coverage": other.pk}).status_code == 422
    client.post(confirm, {"coverage": mine.pk})
    held.refresh_from_db()
    assert held.coverage == mine


def test_person_moves_an_appointment(client: Client, grant, clinic: Clinic) -> None:
    old = AppointmentFactory(
        patient=grant.patient, visit_type=clinic.visit_type, provider=clinic.provider, location=clinic.location
    )
    page = client.get(url(grant, "appointment_find"), {"moving": old.pk})
    assert "You keep this appointment until the new time is sure" in page.content.decode()
    slot = page.context["days"][-1].groups[0].times[-1].value
    held = client.post(url(grant, "appointment_hold"), {"moving": old.pk, "slot": slot}, follow=True)
    client.post(held.redirect_chain[-1][0], {})
    old.refresh_from_db()
    assert old.status == Status.CANCELLED
    shown = client.get(url(grant, "appointment", appointment=old.pk)).content.decode()
    assert "See the new time" in shown


def test_conflict_is_shown_only_where_it_may_be_seen(client: Client, clinic: Clinic) -> None:
    patient = PatientFactory()
    proxy = GrantFactory(patient=patient, kind="proxy", permissions=[P.APPOINTMENTS, P.APPOINTMENTS_BOOK])
    client.force_login(proxy.user)
    held = HeldFactory(patient=patient, created_by=proxy.user, visit_type=clinic.visit_type)
    other = AppointmentFactory(patient=patient, visit_type__name="Eye test", is_sensitive=True)
    confirm = url(proxy, "appointment_confirm", appointment=held.pk)
    assert "another appointment at this time" not in client.get(confirm).content.decode()
    Appointment.objects.filter(pk=other.pk).update(is_sensitive=False)
    page = client.get(confirm).content.decode()
    assert "another appointment at this time" in page
    assert "Eye test" in page


def test_words_typed_for_one_patient_are_not_put_before_another(client: Client, grant, clinic: Clinic) -> None:
    held = held_by(grant, clinic, created_at=timezone.now() - dt.timedelta(minutes=6))
    client.post(url(grant, "appointment_confirm", appointment=held.pk), {"reason_text": "Private story"})
    other = GrantFactory(user=grant.user, kind="parent", permissions=[P.APPOINTMENTS, P.APPOINTMENTS_BOOK])
    theirs = held_by(other, clinic, starts_at=next_morning(5))
    page = client.get(url(other, "appointment_confirm", appointment=theirs.pk)).content.decode()
    assert "Private story" not in page


def test_insurance_that_was_chosen_for_a_lost_time_is_kept(client: Client, grant, clinic: Clinic) -> None:
    mine = Coverage.objects.create(
        patient=grant.patient, released_at=timezone.now(), status="active", payor_name="Blue Shield"
    )
    held = held_by(grant, clinic, created_at=timezone.now() - dt.timedelta(minutes=6))
    path = url(grant, "appointment_confirm", appointment=held.pk)
    page = client.post(path, {"coverage": mine.pk}, follow=True).content.decode()
    assert f'<option value="{mine.pk}" selected>' in page


def test_moving_keeps_how_it_takes_place_and_what_was_told(client: Client, grant, clinic: Clinic) -> None:
    clinic.visit_type.modalities = ["in_person", "video"]
    clinic.visit_type.save()
    old = AppointmentFactory(
        patient=grant.patient,
        visit_type=clinic.visit_type,
        provider=clinic.provider,
        location=clinic.location,
        modality=Modality.VIDEO,
        reason_text="My knee",
        interpreter_language="Spanish",
        accessibility="A wheelchair",
    )
    page = client.get(url(grant, "appointment_find"), {"moving": old.pk})
    slot = page.context["days"][-1].groups[0].times[-1].value
    asked = {"moving": old.pk, "slot": slot, "modality": ""}
    held = client.post(url(grant, "appointment_hold"), asked, follow=True)
    assert Appointment.objects.get(status=Status.HELD).modality == Modality.VIDEO
    for words in ("My knee", "Spanish", "A wheelchair"):
        assert words in held.content.decode()
    clinic.visit_type.modalities = ["in_person"]
    clinic.visit_type.save()
    held = client.post(url(grant, "appointment_hold"), asked, follow=True)
    assert Appointment.objects.get(status=Status.HELD).modality == Modality.IN_PERSON


def test_what_is_over_is_not_moved(client: Client, grant, clinic: Clinic) -> None:
    row = AppointmentFactory(
        patient=grant.patient, visit_type=clinic.visit_type, status=Status.CANCELLED, cancelled_at=timezone.now()
    )
    page = client.get(url(grant, "appointment_find"), {"moving": row.pk}, follow=True).content.decode()
    assert "That appointment can no longer be moved" in page


def test_late_rule_is_told_before_booking_what_is_late_already(client: Client, grant, clinic: Clinic) -> None:
    clinic.visit_type.cancel_hours = 24 * 30
    clinic.visit_type.save()
    page = client.get(url(grant, "appointment_confirm", appointment=held_by(grant, clinic).pk)).content.decode()
    assert "It is late to cancel or move" in page


def test_danger_that_was_answered_to_is_not_answered_to_again_when_moving(
    client: Client, grant, clinic: Clinic
) -> None:
    old = AppointmentFactory(patient=grant.patient, visit_type=clinic.visit_type, reason_text="chest pain")
    held = held_by(grant, clinic, replaces=old, starts_at=next_morning(5))
    path = url(grant, "appointment_confirm", appointment=held.pk)
    page = client.post(path, {"reason_text": "chest pain and worse"}).content.decode()
    assert "Please do not wait for an answer" in page
    client.post(path, {"reason_text": "chest pain"})
    held.refresh_from_db()
    assert (held.status, held.is_urgent) == (Status.BOOKED, True)
