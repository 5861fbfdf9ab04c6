import datetime as dt

import pytest

from records.access.permissions import Permission as P
from records.access.scope import PermissionMissing
from records.appointments import changing
from records.appointments.actors import Actor
from records.appointments.changing import NotPossible
from records.appointments.states import NEXT, CancelReason, EventKind, Status
from records.models import Appointment, SlotCell
from records.notifications.models import Notification
from tests.factories.appointments import AppointmentFactory
from tests.factories.records import GrantFactory, PatientFactory, UserFactory
from tests.records.appointments.clinic import NOW, Clinic, on, somebody

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def cancel(actor: Actor, appointment: Appointment, at: dt.datetime = NOW) -> Appointment:
    return changing.cancel(actor=actor, appointment_id=appointment.pk, reason=CancelReason.COST, note="", at=at)


def test_cancelled_time_is_free_again_and_everybody_is_told(clinic: Clinic) -> None:
    patient = PatientFactory()
    actor = somebody(patient=patient)
    somebody(patient=patient, kind="proxy")
    booked = clinic.booked(actor, on(3, 10))
    cancelled = cancel(actor, booked)
    assert (cancelled.status, cancelled.cancelled_at, cancelled.is_late_cancel) == (Status.CANCELLED, NOW, False)
    assert cancelled.sequence == booked.sequence + 1
    assert not SlotCell.objects.exists()
    assert Notification.objects.filter(kind="appointment_cancelled", channel="email").count() == 2
    assert clinic.booked(somebody(), on(3, 10)).status == Status.BOOKED


def test_cancelling_twice_changes_nothing(clinic: Clinic) -> None:
    actor = somebody()
    booked = clinic.booked(actor, on(3, 10))
    cancel(actor, booked)
    again = cancel(actor, booked, at=NOW + dt.timedelta(hours=1))
    assert again.cancelled_at == NOW
    assert booked.events.filter(kind=EventKind.CANCELLED).count() == 1


@pytest.mark.parametrize(("hours", "is_late"), [(24, False), (23, True)])
def test_patient_who_cancels_late_is_seen_by_staff(clinic: Clinic, hours: int, is_late: bool) -> None:
    actor = somebody()
    booked = clinic.booked(actor, on(3, 10))
    assert cancel(actor, booked, at=booked.starts_at - dt.timedelta(hours=hours)).is_late_cancel is is_late


def test_clinic_that_cancels_late_is_not(clinic: Clinic) -> None:
    booked = clinic.booked(somebody(), on(3, 10))
    nurse = Actor(UserFactory(is_staff=True))
    assert not cancel(nurse, booked, at=booked.starts_at - dt.timedelta(hours=1)).is_late_cancel


def test_what_has_begun_cannot_be_cancelled(clinic: Clinic) -> None:
    actor = somebody()
    booked = clinic.booked(actor, on(3, 10))
    with pytest.raises(NotPossible):
        cancel(actor, booked, at=booked.starts_at)


def test_who_may_not_book_cannot_cancel_or_confirm(clinic: Clinic) -> None:
    patient = PatientFactory()
    booked = clinic.booked(somebody(patient=patient), on(3, 10))
    for actor in (somebody(P.APPOINTMENTS_BOOK, patient=patient, kind="proxy"), somebody()):
        with pytest.raises(PermissionMissing):
            cancel(actor, booked)
        with pytest.raises(PermissionMissing):
            changing.confirm(appointment_id=booked.pk, at=NOW, actor=actor)


def test_proxy_who_does_not_see_it_cannot_cancel_it(clinic: Clinic) -> None:
    patient = PatientFactory()
    booked = clinic.booked(somebody(patient=patient), on(3, 10))
    Appointment.objects.filter(pk=booked.pk).update(is_sensitive=True)
    with pytest.raises(PermissionMissing):
        cancel(somebody(P.SENSITIVE, patient=patient, kind="proxy"), booked)


def test_confirming_is_noted_once(clinic: Clinic) -> None:
    actor = somebody()
    booked = clinic.booked(actor, on(3, 10))
    changing.confirm(appointment_id=booked.pk, at=NOW, actor=actor)
    confirmed = changing.confirm(appointment_id=booked.pk, at=NOW + dt.timedelta(hours=1))
    assert confirmed.confirmed_at == NOW
    assert booked.events.filter(kind=EventKind.CONFIRMED).count() == 1


ALLOWED = {
    (Status.BOOKED, Status.ARRIVED),
    (Status.BOOKED, Status.NO_SHOW),
    (Status.ARRIVED, Status.FULFILLED),
    (Status.ARRIVED, Status.BOOKED),
    (Status.FULFILLED, Status.ARRIVED),
    (Status.NO_SHOW, Status.BOOKED),
    (Status.NO_SHOW, Status.ARRIVED),
}


@pytest.mark.parametrize("new", Status)
@pytest.mark.parametrize("old", sorted(set(Status) - {Status.HELD}))
def test_desk_marks_only_what_can_follow(old: Status, new: Status) -> None:
    cancelled = {"cancelled_at": NOW} if old == Status.CANCELLED else {}
    appointment = AppointmentFactory(status=old, starts_at=NOW - dt.timedelta(minutes=5), **cancelled)
    nurse = Actor(UserFactory(is_staff=True))
    if (old, new) not in ALLOWED:
        with pytest.raises(NotPossible):
            changing.mark(actor=nurse, appointment_id=appointment.pk, status=new, at=NOW)
        return
    changing.mark(actor=nurse, appointment_id=appointment.pk, status=new, at=NOW)
    appointment.refresh_from_db()
    assert appointment.status == new
    assert appointment.events.count() == 1


def test_nobody_is_missed_before_the_time() -> None:
    appointment = AppointmentFactory(starts_at=NOW + dt.timedelta(minutes=5))
    with pytest.raises(NotPossible):
        changing.mark(
            actor=Actor(UserFactory(is_staff=True)), appointment_id=appointment.pk, status=Status.NO_SHOW, at=NOW
        )


def test_every_status_is_in_the_table() -> None:
    assert set(NEXT) == set(Status)


def test_sensitive_appointment_is_told_only_to_who_sees_it(clinic: Clinic) -> None:
    clinic.visit_type.is_sensitive = True
    clinic.visit_type.save()
    patient = PatientFactory()
    actor, proxy = somebody(patient=patient), somebody(P.SENSITIVE, patient=patient, kind="proxy")
    blind = GrantFactory(patient=patient, kind="proxy", permissions=["results", "sensitive"])
    clinic.booked(actor, on(3, 10))
    told = set(Notification.objects.values_list("user", flat=True))
    assert told == {actor.user.pk}
    assert proxy.user.pk not in told
    assert blind.user_id not in told
