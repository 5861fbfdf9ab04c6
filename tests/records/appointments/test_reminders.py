import datetime as dt

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from records.appointments import changing, reminders
from records.appointments.actors import Actor
from records.appointments.states import CancelReason, Status
from records.models import Appointment
from records.notifications import delivery, preferences
from records.notifications.choices import Category, Channel, Mode
from records.notifications.models import Notification
from tests.factories.appointments import AppointmentFactory, next_morning
from tests.factories.records import GrantFactory, UserFactory
from tests.working import work

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def reminded() -> list[str]:
    rows = Notification.objects.filter(kind="appointment_reminder", channel="email")
    return sorted(cause.rpartition(":")[2] for cause in rows.values_list("cause", flat=True))


@pytest.fixture
def appointment() -> Appointment:
    """In 30 days, booked long ago, by somebody who gets mail."""
    grant = GrantFactory()
    start = next_morning(days=30)
    return AppointmentFactory(patient=grant.patient, starts_at=start, created_at=start - dt.timedelta(days=60))


def test_reminders_come_weeks_days_and_hours_before_once_each(appointment: Appointment, settings) -> None:
    settings.APPOINTMENT_REMINDER_HOURS = [504, 72, 3]
    start = appointment.starts_at
    for hours, expected in [
        (505, []),
        (504, ["504"]),
        (503, ["504"]),
        (73, ["504"]),
        (72, ["504", "72"]),
        (71, ["504", "72"]),
        (3, ["3", "504", "72"]),
        (2.9, ["3", "504", "72"]),
    ]:
        reminders.remind(start - dt.timedelta(hours=hours))
        assert reminded() == expected, hours


def test_who_booked_within_the_time_is_not_reminded_of_what_they_just_did(appointment: Appointment) -> None:
    at = appointment.starts_at - dt.timedelta(hours=72)
    Appointment.objects.update(booked_at=at - dt.timedelta(minutes=30))
    reminders.remind(at)
    assert reminded() == []


@pytest.mark.parametrize("status", [Status.CANCELLED, Status.ARRIVED])
def test_only_booked_ones_are_reminded_of(appointment: Appointment, status: Status) -> None:
    cancelled_at = appointment.created_at if status == Status.CANCELLED else None
    Appointment.objects.update(status=status, cancelled_at=cancelled_at)
    reminders.remind(appointment.starts_at - dt.timedelta(hours=72))
    assert reminded() == []


def test_who_has_died_is_not_reminded(appointment: Appointment) -> None:
    patient = appointment.patient
    patient.is_deceased = True
    patient.save()
    patient.grants.update(kind="representative")
    reminders.remind(appointment.starts_at - dt.timedelta(hours=72))
    assert reminded() == []


def test_mail_says_nothing_of_whom_with_whom_when_or_why() -> None:
    grant = GrantFactory(patient__given="Canarygiven", patient__family="Canaryfamily")
    now = timezone.now()
    start = now.replace(minute=now.minute // 5 * 5, second=0, microsecond=0) + dt.timedelta(hours=72)
    AppointmentFactory(
        patient=grant.patient,
        starts_at=start,
        created_at=start - dt.timedelta(days=9),
        visit_type__name="Canaryvisit",
        location__name="Canaryplace",
        provider__practitioner__family="Canaryprovider",
        reason_text="Canaryreason",
    )
    reminders.remind(now)
    work()
    sent = next(message for message in mail.outbox if message.to == [grant.user.email])
    everything = sent.subject + sent.body + str(sent.alternatives)
    assert "Canary" not in everything
    assert start.strftime("%Y-%m-%d") not in everything
    assert "/appointments/coming/?t=" in everything


def test_link_asks_by_get_and_notes_by_post(client: Client, appointment: Appointment) -> None:
    path = reminders.confirm_path(appointment)
    page = client.get(path)
    assert page.status_code == 200
    appointment.refresh_from_db()
    assert appointment.confirmed_at is None
    assert appointment.patient.family not in page.content.decode()
    assert str(appointment.patient_id) not in page.content.decode()
    assert client.post(path).status_code == 200
    appointment.refresh_from_db()
    assert appointment.confirmed_at is not None


def test_link_is_over_when_the_appointment_changed_or_was_made_up(client: Client, appointment: Appointment) -> None:
    path = reminders.confirm_path(appointment)
    assert client.get(path[:-2] + "xx").status_code == 404
    assert client.get("/appointments/coming/?t=%00").status_code == 404
    changing.cancel(
        actor=Actor(UserFactory(is_staff=True)),
        appointment_id=appointment.pk,
        reason=CancelReason.CLINIC,
        note="",
        at=appointment.created_at,
    )
    assert client.get(path).status_code == 404
    assert client.post(path).status_code == 404


def queued(appointment: Appointment, hours: int) -> Notification:
    reminders.remind(appointment.starts_at - dt.timedelta(hours=hours))
    found: Notification = Notification.objects.get(kind="appointment_reminder", channel="email")
    return found


@pytest.mark.parametrize(
    ("changed", "hours", "is_sent"),
    [
        ({}, 70, True),
        ({"status": Status.ARRIVED}, 70, False),
        ({"sequence": 1}, 70, False),
        ({}, 0, False),
    ],
    ids=["as it was", "arrived", "changed", "begun"],
)
def test_reminder_that_waited_is_sent_only_while_it_is_true(
    appointment: Appointment, changed: dict, hours: int, is_sent: bool
) -> None:
    waits = queued(appointment, 72)
    if changed:
        Appointment.objects.update(**changed)
    delivery.deliver(notification_id=waits.pk, at=appointment.starts_at - dt.timedelta(hours=hours))
    assert bool(mail.outbox) is is_sent


def test_reminder_does_not_wait_for_a_summary_that_comes_too_late(appointment: Appointment) -> None:
    user = appointment.patient.grants.get().user
    preferences.choose(user=user, category=Category.APPOINTMENTS, channel=Channel.EMAIL, mode=Mode.DIGEST)
    assert queued(appointment, 3).state == Notification.State.QUEUED
