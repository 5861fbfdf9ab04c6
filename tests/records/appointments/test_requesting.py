import uuid

import pytest

from records.access.permissions import Permission as P
from records.access.scope import PermissionMissing
from records.appointments import requesting
from records.appointments.actors import Actor
from records.appointments.choice import Details
from records.appointments.requesting import Answered, WishedVisit
from records.appointments.states import RequestState
from records.models import Appointment, AppointmentRequest
from records.scheduling.choices import Booking
from tests.factories.records import UserFactory
from tests.records.appointments.clinic import NOW, Clinic, on, somebody

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def ask(actor: Actor, clinic: Clinic) -> AppointmentRequest:
    wished = WishedVisit(clinic.visit_type, None, None, "", [], Details("It hurts"))
    return requesting.ask(actor=actor, wished=wished, once=uuid.uuid4(), at=NOW)


def test_confidential_visit_is_asked_for_by_who_sees_it_and_hidden_from_others(clinic: Clinic) -> None:
    clinic.visit_type.booking, clinic.visit_type.is_sensitive = Booking.REQUEST, True
    patient = somebody()
    proxy = somebody(P.SENSITIVE, patient=patient.scope.patient, kind="proxy")
    with pytest.raises(PermissionMissing):
        ask(proxy, clinic)
    asked = ask(patient, clinic)
    assert asked.is_sensitive
    assert not AppointmentRequest.objects.for_scope(proxy.scope).exists()
    with pytest.raises(PermissionMissing):
        requesting.take_back(actor=proxy, request_id=asked.pk, at=NOW)


def test_nobody_asks_or_takes_back_without_the_permission_or_for_another_patient(clinic: Clinic) -> None:
    patient = somebody()
    looks = somebody(P.APPOINTMENTS_BOOK, patient=patient.scope.patient, kind="proxy")
    with pytest.raises(PermissionMissing):
        ask(looks, clinic)
    asked = ask(patient, clinic)
    for actor in (looks, somebody()):
        with pytest.raises(PermissionMissing):
            requesting.take_back(actor=actor, request_id=asked.pk, at=NOW)
    asked.refresh_from_db()
    assert asked.state == RequestState.OPEN


def test_what_was_taken_back_is_not_booked(clinic: Clinic) -> None:
    patient, desk = somebody(), Actor(UserFactory(is_staff=True))
    asked = ask(patient, clinic)
    requesting.take_back(actor=patient, request_id=asked.pk, at=NOW)
    with pytest.raises(Answered):
        requesting.book(actor=desk, request_id=asked.pk, choice=clinic.choice(on(3, 10)), details=Details(), at=NOW)
    assert not Appointment.objects.exists()


def test_what_was_booked_is_not_taken_back(clinic: Clinic) -> None:
    patient, desk = somebody(), Actor(UserFactory(is_staff=True))
    asked = ask(patient, clinic)
    requesting.book(actor=desk, request_id=asked.pk, choice=clinic.choice(on(3, 10)), details=Details(), at=NOW)
    with pytest.raises(Answered):
        requesting.take_back(actor=patient, request_id=asked.pk, at=NOW)
