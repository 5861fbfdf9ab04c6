import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from records.access.log import AccessLogEntry
from records.appointments.states import RequestState, Status
from records.models import Appointment, CheckIn, CheckInAnswer
from records.notifications.models import Notification
from records.scheduling.choices import Booking, Modality
from tests.factories.appointments import AppointmentFactory, AppointmentRequestFactory, HeldFactory, next_morning
from tests.factories.records import GrantFactory, PatientFactory, UserFactory
from tests.queries import BUDGET, cost_of
from tests.records.appointments.clinic import Clinic
from tests.staff import client_of

pytestmark = pytest.mark.django_db

DAY = "admin:records_appointment_changelist"


@pytest.fixture
def desk() -> Client:
    return client_of("Front desk")


def page(row: Any, name: str = "change") -> str:
    return reverse(f"admin:records_{row._meta.model_name}_{name}", args=[row.pk])


def booked(clinic: Clinic, **fields: Any) -> Appointment:
    made: Appointment = AppointmentFactory(
        provider=clinic.provider, location=clinic.location, visit_type=clinic.visit_type, **fields
    )
    return made


@pytest.mark.parametrize("role", ["Front desk", "Nurse", "Clinician"])
def test_desk_sees_the_day_and_the_week_of_a_provider(clinic: Clinic, role: str) -> None:
    row = booked(clinic, patient__family="Diallo")
    booked(clinic, starts_at=row.starts_at + dt.timedelta(hours=1), status=Status.CANCELLED, cancelled_at=row.created_at,
           patient__family="Gone")  # fmt: skip
    HeldFactory(provider=clinic.provider, starts_at=row.starts_at + dt.timedelta(hours=2), patient__family="Held")
    client = client_of(role)
    asked = {"provider": clinic.provider.pk, "date": timezone.localdate(row.starts_at).isoformat()}
    for view in ("", "week"):
        shown = client.get(reverse(DAY), {**asked, "view": view}).content.decode()
        assert "Diallo" in shown
        assert "Gone" not in shown
        assert "Held" not in shown
    assert AccessLogEntry.objects.filter(kind="appointment", acting_as="staff", count=1).count() == 2


@pytest.mark.parametrize("role", ["Billing office", "Privacy officer"])
def test_other_roles_have_no_desk(clinic: Clinic, role: str) -> None:
    row, asked = booked(clinic), AppointmentRequestFactory()
    client = client_of(role)
    for path in (
        reverse(DAY),
        reverse("admin:records_appointment_late"),
        reverse("admin:records_appointment_book"),
        reverse("admin:records_appointment_when", args=[row.patient_id]),
        reverse("admin:records_appointmentrequest_changelist"),
        page(row),
        page(asked),
    ):
        assert client.get(path).status_code == 403, path
    for path in (page(row, "mark"), page(row, "cancel"), page(row, "seen"), page(asked, "take"), page(asked, "answer")):
        assert client.post(path, {}).status_code == 403, path
    row.refresh_from_db()
    assert row.status == Status.BOOKED


def test_patients_have_no_desk(client: Client, clinic: Clinic) -> None:
    row = booked(clinic)
    client.force_login(GrantFactory(patient=row.patient).user)
    assert client.get(page(row)).status_code in (302, 403, 404)


@pytest.mark.parametrize("query", ["?date=never", "?date=9999-12-31&view=week", "?provider=x", "?provider=%00"])
def test_addresses_that_make_no_sense_show_today(desk: Client, clinic: Clinic, query: str) -> None:
    assert desk.get(reverse(DAY) + query).status_code == 200


def test_desk_without_providers_says_so(desk: Client) -> None:
    assert "No provider takes appointments yet" in desk.get(reverse(DAY)).content.decode()


def test_desk_marks_and_puts_right(desk: Client, clinic: Clinic) -> None:
    row = booked(clinic, starts_at=next_morning(-1))
    for status in ("arrived", "fulfilled"):
        back = desk.post(page(row, "mark"), {"status": status, "back": "day"})
        assert back["Location"].startswith(reverse(DAY))
    row.refresh_from_db()
    assert row.status == Status.FULFILLED
    for wrong in ("noshow", "cancelled", "x", ""):
        desk.post(page(row, "mark"), {"status": wrong})
    row.refresh_from_db()
    assert row.status == Status.FULFILLED
    shown = desk.get(page(row)).content.decode()
    assert 'value="arrived"' in shown
    assert 'value="noshow"' not in shown


def test_clinic_cancels_and_the_patient_is_told(desk: Client, clinic: Clinic) -> None:
    grant = GrantFactory()
    row = booked(clinic, patient=grant.patient)
    assert desk.post(page(row, "cancel"), {"cancel-reason": "x"}).status_code == 422
    desk.post(page(row, "cancel"), {"cancel-reason": "clinic", "cancel-note": "Dr. is ill"})
    row.refresh_from_db()
    assert (row.status, row.cancel_reason, row.is_late_cancel) == (Status.CANCELLED, "clinic", False)
    assert Notification.objects.filter(kind="appointment_cancelled", user=grant.user).exists()


def test_late_cancellation_stays_until_it_was_seen(desk: Client, clinic: Clinic) -> None:
    row = booked(clinic, patient__family="Owens")
    Appointment.objects.filter(pk=row.pk).update(
        status=Status.CANCELLED, cancelled_at=timezone.now(), is_late_cancel=True
    )
    late = reverse("admin:records_appointment_late")
    assert "Owens" in desk.get(late).content.decode()
    desk.post(page(row, "seen"))
    assert "Owens" not in desk.get(late).content.decode()


def test_desk_finds_a_patient_and_books_a_free_time(desk: Client, clinic: Clinic) -> None:
    clinic.visit_type.booking = Booking.STAFF
    clinic.visit_type.save()
    patient = PatientFactory(given="Amara", family="Diallo", mrn="MRN-77", birth_date=dt.date(1961, 3, 4))
    PatientFactory(given="Amara", family="Other")
    search = reverse("admin:records_appointment_book")
    for words in ("mrn-77", "amara dia", "Diallo", "3/4/1961", "amara 1961-03-04"):
        shown = desk.post(search, {"q": words}).content.decode()
        assert "Amara Diallo" in shown, words
        assert "Amara Other" not in shown, words
    when = f"{reverse('admin:records_appointment_when', args=[patient.pk])}?type={clinic.visit_type.pk}"
    times = desk.get(when).context["times"]
    assert desk.post(when, {"modality": "in_person"}).status_code == 422
    assert desk.post(when, {"modality": "in_person", "slot": "x.y.z"}).status_code == 422
    desk.post(when, {"modality": "in_person", "slot": times[0]["value"], "reason_text": "Knee"})
    row = Appointment.objects.get()
    assert (row.patient, row.status, row.reason_text) == (patient, Status.BOOKED, "Knee")
    again = desk.post(when, {"modality": "in_person", "slot": times[0]["value"]})
    assert "That time is not free" in again.content.decode()
    assert Appointment.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "is_booked"),
    [
        ({}, True),
        ({"own_start": "2031-06-05T21:03"}, False),
        ({"own_start": ""}, False),
        ({"own_place": ""}, False),
        ({"own_start": "never"}, False),
    ],
    ids=["whole", "off the grid", "no time", "no place", "no date"],
)
def test_desk_books_a_time_of_its_own(desk: Client, clinic: Clinic, typed: dict, is_booked: bool) -> None:
    patient = PatientFactory()
    when = f"{reverse('admin:records_appointment_when', args=[patient.pk])}?type={clinic.visit_type.pk}"
    whole = {
        "modality": "in_person",
        "own_provider": clinic.provider.pk,
        "own_place": clinic.location.pk,
        "own_start": "2031-06-05T21:00",
    }
    response = desk.post(when, whole | typed)
    assert response.status_code == (302 if is_booked else 422)
    assert Appointment.objects.count() == int(is_booked)


def test_wish_is_taken_booked_and_told(desk: Client, clinic: Clinic) -> None:
    grant = GrantFactory()
    asked = AppointmentRequestFactory(patient=grant.patient, visit_type=clinic.visit_type)
    queue = reverse("admin:records_appointmentrequest_changelist")
    assert asked.number in desk.get(queue).content.decode()
    desk.post(page(asked, "take"))
    assert asked.number in desk.get(queue, {"folder": "mine"}).content.decode()
    when = reverse("admin:records_appointment_when", args=[grant.patient.pk])
    query = f"?asked={asked.pk}&type={clinic.visit_type.pk}"
    times = desk.get(when + query).context["times"]
    told = {"reason_text": asked.reason_text}
    desk.post(when + query, {"modality": "in_person", "slot": times[0]["value"], **told})
    asked.refresh_from_db()
    assert (asked.state, asked.appointment.patient) == (RequestState.BOOKED, grant.patient)
    assert asked.appointment.reason_text == "My shoulder again"
    assert Notification.objects.filter(kind="appointment_booked", user=grant.user).exists()
    assert asked.number in desk.get(queue, {"folder": "answered"}).content.decode()


def test_wish_is_answered_without_an_appointment(desk: Client) -> None:
    grant = GrantFactory()
    asked = AppointmentRequestFactory(patient=grant.patient)
    assert desk.post(page(asked, "answer"), {"answer": ""}).status_code == 422
    desk.post(page(asked, "answer"), {"answer": "<script>Call us</script>"})
    desk.post(page(asked, "answer"), {"answer": "Twice"})
    asked.refresh_from_db()
    assert (asked.state, asked.answer) == (RequestState.DECLINED, "<script>Call us</script>")
    assert Notification.objects.filter(kind="appointment_answered", user=grant.user).count() == 2
    assert "&lt;script&gt;" in desk.get(page(asked)).content.decode()


@pytest.mark.parametrize("count", [1, 30])
def test_pages_cost_the_same_however_much_there_is(desk: Client, clinic: Clinic, count: int) -> None:
    start = next_morning(3, 8)
    for number in range(count):
        row = booked(clinic, starts_at=start + dt.timedelta(minutes=30 * number))
        asked = AppointmentRequestFactory(assigned_to=UserFactory(is_staff=True))
        late = booked(clinic, starts_at=start + dt.timedelta(days=10, minutes=30 * number), status=Status.CANCELLED,
                      cancelled_at=timezone.now(), is_late_cancel=True)  # fmt: skip
    assert late
    day = f"{reverse(DAY)}?provider={clinic.provider.pk}&date={timezone.localdate(start).isoformat()}"
    when = f"{reverse('admin:records_appointment_when', args=[row.patient_id])}?type={clinic.visit_type.pk}"
    for path in (
        day,
        f"{day}&view=week",
        when,
        page(row),
        page(asked),
        reverse("admin:records_appointment_late"),
        reverse("admin:records_appointmentrequest_changelist"),
    ):
        desk.get(path)
        assert cost_of(lambda path=path: desk.get(path)) <= BUDGET, path


@pytest.mark.parametrize(
    ("url", "is_kept"),
    [("https://video.example/room", True), ("http://video.example/room", False), ("javascript:alert(1)", False)],
)
def test_desk_enters_where_a_video_visit_takes_place(desk: Client, clinic: Clinic, url: str, is_kept: bool) -> None:
    row = booked(clinic, modality=Modality.VIDEO)
    assert desk.post(page(row, "video"), {"video-url": url}).status_code == (302 if is_kept else 422)
    row.refresh_from_db()
    assert row.video_url == (url if is_kept else "")


def test_confidential_wish_stays_so_whatever_is_booked_and_staffs_words_count(desk: Client, clinic: Clinic) -> None:
    asked = AppointmentRequestFactory(visit_type=clinic.visit_type, is_sensitive=True, accessibility="A ramp")
    path = f"{reverse('admin:records_appointment_when', args=[asked.patient_id])}?asked={asked.pk}&type={clinic.visit_type.pk}"
    shown = desk.get(path)
    assert "A ramp" in shown.content.decode()
    slot = shown.context["times"][0]["value"]
    desk.post(path, {"modality": "in_person", "slot": slot, "reason_text": "Put in other words"})
    booked = Appointment.objects.get()
    assert (booked.is_sensitive, booked.reason_text) == (True, "Put in other words")


@pytest.mark.parametrize("start", ["9999-12-31", "0001-01-01"])
def test_day_at_the_ends_of_time_breaks_nothing(desk: Client, clinic: Clinic, start: str) -> None:
    when = reverse("admin:records_appointment_when", args=[PatientFactory().pk])
    assert desk.get(when, {"type": clinic.visit_type.pk, "start": start}).status_code == 200


@pytest.mark.parametrize("start", ["9999-12-31T23:55", "0001-01-01T00:00"])
def test_own_time_lies_within_reach(desk: Client, clinic: Clinic, start: str) -> None:
    when = reverse("admin:records_appointment_when", args=[PatientFactory().pk])
    own = {"own_provider": clinic.provider.pk, "own_place": clinic.location.pk, "own_start": start}
    answer = desk.post(f"{when}?type={clinic.visit_type.pk}", {"modality": "in_person", **own})
    assert answer.status_code == 422
    assert "within ten years" in answer.content.decode()
    assert not Appointment.objects.exists()


def test_cancellation_with_words_of_danger_waits_to_be_seen(desk: Client, clinic: Clinic) -> None:
    row = booked(clinic, status=Status.CANCELLED, cancelled_at=timezone.now(), is_urgent=True, cancel_note="…")
    late = reverse("admin:records_appointment_late")
    assert row.patient.full_name in desk.get(late).content.decode()
    desk.post(page(row, "seen"))
    assert row.patient.full_name not in desk.get(late).content.decode()


@pytest.mark.parametrize("view", ["", "week"])
def test_provider_who_has_left_stays_in_the_list_while_something_is_booked(
    desk: Client, clinic: Clinic, view: str
) -> None:
    row = booked(clinic)
    clinic.provider.is_active = False
    clinic.provider.save()
    day = timezone.localdate(row.starts_at).isoformat()
    asked = {"provider": clinic.provider.pk, "date": day, "view": view}
    assert row.patient.full_name in desk.get(reverse(DAY), asked).content.decode()
    Appointment.objects.update(status=Status.CANCELLED, cancelled_at=timezone.now())
    assert "No provider takes appointments yet" in desk.get(reverse(DAY), asked).content.decode()


def test_desk_is_told_at_a_glance_that_the_patient_has_died(desk: Client, clinic: Clinic) -> None:
    row = booked(clinic, patient__is_deceased=True)
    asked = {"provider": clinic.provider.pk, "date": timezone.localdate(row.starts_at).isoformat()}
    assert "Has died" in desk.get(reverse(DAY), asked).content.decode()


def test_link_can_be_entered_while_the_video_visit_has_begun(desk: Client, clinic: Clinic) -> None:
    row = booked(clinic, modality=Modality.VIDEO)
    start = timezone.now() - dt.timedelta(minutes=5)
    Appointment.objects.update(starts_at=start, ends_at=start + dt.timedelta(minutes=30))
    assert "Keep the link" in desk.get(page(row)).content.decode()


def test_answers_of_a_check_in_are_named_as_the_patient_saw_them(desk: Client, clinic: Clinic) -> None:
    row = booked(clinic)
    now = timezone.now()
    check_in = CheckIn.objects.create(appointment=row, patient=row.patient, released_at=now, started_at=now)
    CheckInAnswer.objects.create(
        check_in=check_in, step="contacts", outcome="verified", answered_by=row.created_by, answered_at=now
    )
    assert "Phone, e-mail and address: Confirmed" in desk.get(page(row)).content.decode()
