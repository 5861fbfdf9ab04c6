import datetime as dt
from functools import partial

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from records.appointments.states import Status
from records.models import Appointment
from records.scheduling.choices import Modality
from tests.factories.appointments import (
    AppointmentFactory,
    AppointmentRequestFactory,
    next_morning,
)
from tests.factories.chart import EncounterFactory
from tests.queries import BUDGET, cost_of
from tests.records.appointments.clinic import Clinic
from tests.records.appointments.pages import reason_of, url

pytestmark = pytest.mark.django_db


def test_rule_is_shown_before_cancelling_and_the_reason_asked(client: Client, grant) -> None:
    row = AppointmentFactory(patient=grant.patient)
    path = url(grant, "appointment_cancel", appointment=row.pk)
    assert "You can cancel or move it until" in client.get(path).content.decode()
    assert client.post(path, {}).status_code == 422
    client.post(path, {"reason": "clinic"})
    row.refresh_from_db()
    assert row.status == Status.BOOKED
    client.post(path, {"reason": "cost", "note": "<script>"})
    row.refresh_from_db()
    assert (row.status, row.cancel_reason) == (Status.CANCELLED, "cost")


def test_late_cancellation_is_said_to_be_late(client: Client, grant) -> None:
    row = AppointmentFactory(patient=grant.patient, starts_at=next_morning(1, 0), visit_type__cancel_hours=48)
    assert "It is late to cancel" in client.get(url(grant, "appointment_cancel", appointment=row.pk)).content.decode()


def test_video_link_opens_shortly_before(client: Client, grant) -> None:
    soon = timezone.now().replace(second=0, microsecond=0) + dt.timedelta(minutes=10)
    soon -= dt.timedelta(minutes=soon.minute % 5)
    video = {"modality": Modality.VIDEO, "video_url": "https://video.example/room", "patient": grant.patient}
    row = AppointmentFactory(starts_at=soon, **video)
    later = AppointmentFactory(starts_at=next_morning(), **video)
    assert "https://video.example/room" in client.get(url(grant, "appointment", appointment=row.pk)).content.decode()
    page = client.get(url(grant, "appointment", appointment=later.pk)).content.decode()
    assert "https://video.example/room" not in page
    assert "The link opens on" in page


def test_past_visit_leads_to_what_was_done_and_its_bill(client: Client, grant) -> None:
    visit = EncounterFactory(patient=grant.patient)
    row = AppointmentFactory(
        patient=grant.patient, status=Status.FULFILLED, encounter=visit, starts_at=next_morning(-3)
    )
    page = client.get(url(grant, "appointment", appointment=row.pk)).content.decode()
    assert reverse("records:visit", kwargs={"patient": grant.patient.pk, "visit": visit.pk}) in page
    assert reverse("billing:visit_of_encounter", kwargs={"encounter": visit.pk}) in page


@pytest.mark.parametrize("count", [1, 25])
def test_pages_cost_the_same_however_much_there_is(client: Client, grant, clinic: Clinic, count: int) -> None:
    parts = {"patient": grant.patient, "visit_type": clinic.visit_type}
    for number in range(count):
        AppointmentFactory(starts_at=next_morning(3 + number), **parts)
        AppointmentFactory(starts_at=next_morning(-3 - number), **parts)
        AppointmentRequestFactory(patient=grant.patient)
        clinic.another_provider()
        reason_of(clinic)
    one = Appointment.objects.upcoming(timezone.now()).first()
    for path in (
        url(grant),
        url(grant, "appointment_new"),
        url(grant, "appointment", appointment=one.pk),
        f"{url(grant, 'appointment_find')}?type={clinic.visit_type.pk}",
        f"{url(grant, 'appointment_find')}?type={clinic.visit_type.pk}&view=week",
    ):
        client.get(path)
        assert cost_of(partial(client.get, path)) <= BUDGET, path


@pytest.mark.parametrize(
    ("minutes", "status"),
    [(-5, Status.BOOKED), (-5, Status.ARRIVED), (5, Status.ARRIVED)],
    ids=["begun", "arrived and begun", "arrived"],
)
def test_video_link_stays_while_the_visit_goes_on(client: Client, grant, minutes: int, status: Status) -> None:
    row = AppointmentFactory(
        patient=grant.patient, modality=Modality.VIDEO, video_url="https://video.example/room", status=status
    )
    start = timezone.now() + dt.timedelta(minutes=minutes)
    Appointment.objects.update(starts_at=start, ends_at=start + dt.timedelta(minutes=30))
    path = url(grant, "appointment", appointment=row.pk)
    assert "https://video.example/room" in client.get(path).content.decode()
    start -= dt.timedelta(minutes=36)
    Appointment.objects.update(starts_at=start, ends_at=start + dt.timedelta(minutes=30))
    assert "https://video.example/room" not in client.get(path).content.decode()


def test_link_of_a_cancelled_video_visit_is_gone(client: Client, grant) -> None:
    start = timezone.now() + dt.timedelta(minutes=5)
    row = AppointmentFactory(
        patient=grant.patient,
        modality=Modality.VIDEO,
        video_url="https://video.example/room",
        status=Status.CANCELLED,
        cancelled_at=timezone.now(),
    )
    Appointment.objects.update(starts_at=start, ends_at=start + dt.timedelta(minutes=30))
    page = client.get(url(grant, "appointment", appointment=row.pk)).content.decode()
    assert "https://video.example/room" not in page


def test_what_can_no_longer_be_picked_leads_to_no_dead_end(client: Client, grant, clinic: Clinic) -> None:
    row = AppointmentFactory(patient=grant.patient, visit_type=clinic.visit_type)
    show, find = url(grant, "appointment", appointment=row.pk), url(grant, "appointment_find")
    assert f"{find}?moving=" in client.get(show).content.decode()
    clinic.visit_type.is_active = False
    clinic.visit_type.save()
    page = client.get(show).content.decode()
    assert f"{find}?moving=" not in page
    assert "To move it, call" in page
    assert "Tell me of an earlier one" not in page
    cancelling = client.get(url(grant, "appointment_cancel", appointment=row.pk)).content.decode()
    assert f"{find}?moving=" not in cancelling
    told = client.get(find, {"moving": row.pk}, follow=True).content.decode()
    assert "Our staff book this visit" in told


def test_calendar_of_a_moved_one_says_how_the_new_one_stands(client: Client, grant, clinic: Clinic) -> None:
    old = AppointmentFactory(patient=grant.patient, status=Status.CANCELLED, cancelled_at=timezone.now())
    AppointmentFactory(
        patient=grant.patient, replaces=old, calendar_uid=old.calendar_uid, sequence=1, starts_at=next_morning(5)
    )
    shown = client.get(url(grant, "appointment", appointment=old.pk)).content.decode()
    assert "Take it out of my calendar" not in shown
    file = client.get(url(grant, "appointment_calendar", appointment=old.pk)).content.decode()
    assert "METHOD:PUBLISH" in file
    assert "SEQUENCE:1" in file


def test_danger_in_a_cancellation_is_answered_to_and_seen_by_staff(client: Client, grant) -> None:
    row = AppointmentFactory(patient=grant.patient, starts_at=next_morning(9))
    path = url(grant, "appointment_cancel", appointment=row.pk)
    typed = {"reason": "other", "note": "I want to die"}
    page = client.post(path, typed).content.decode()
    assert "Please do not wait for an answer" in page
    assert "Cancel it anyway" in page
    row.refresh_from_db()
    assert row.status == Status.BOOKED
    client.post(path, {**typed, "warned": "on"})
    row.refresh_from_db()
    assert (row.status, row.is_urgent, row.is_late_cancel) == (Status.CANCELLED, True, False)
    assert list(Appointment.objects.cancelled_to_look_at()) == [row]
