import uuid

import pytest
from django.test import Client

from records.access.permissions import Permission as P
from records.appointments import booking_views
from records.appointments.states import Status
from records.models import Appointment
from tests.factories.appointments import (
    AppointmentFactory,
    next_morning,
)
from tests.factories.records import GrantFactory
from tests.records.appointments.clinic import Clinic
from tests.records.appointments.pages import reason_of, url

pytestmark = pytest.mark.django_db


def test_person_finds_holds_and_books_a_time(client: Client, grant, clinic: Clinic) -> None:
    reason = reason_of(clinic, name="Yearly check-up")
    assert "Yearly check-up" in client.get(url(grant, "appointment_new")).content.decode()
    page = client.get(url(grant, "appointment_find"), {"reason": reason.pk})
    time = page.context["days"][0].groups[0].times[0]
    held = client.post(url(grant, "appointment_hold"), {"reason": reason.pk, "slot": time.value}, follow=True)
    assert "It is not booked yet" in held.content.decode()
    done = client.post(held.redirect_chain[-1][0], {"reason_text": "My knee"}, follow=True)
    booked = Appointment.objects.get()
    assert (booked.status, booked.reason_text, booked.reason) == (Status.BOOKED, "My knee", reason)
    assert "Your appointment is booked" in done.content.decode()
    assert booked.starts_at == time.start
    again = client.post(held.redirect_chain[-1][0], {"reason_text": "twice"})
    assert again.status_code == 302
    assert Appointment.objects.count() == 1


def test_search_stays_out_of_the_address_and_finds_other_words(client: Client, grant, clinic: Clinic) -> None:
    reason_of(clinic, name="Yearly check-up", other_words="physical annual")
    reason_of(clinic, name="Vaccine")
    page = client.post(url(grant, "appointment_new"), {"q": "Physical"}).content.decode()
    assert "Yearly check-up" in page
    assert "Vaccine" not in page
    assert "Nothing fits these words" in client.post(url(grant, "appointment_new"), {"q": "zebra"}).content.decode()


def test_search_for_words_of_danger_says_whom_to_call(client: Client, grant, clinic: Clinic) -> None:
    page = client.post(url(grant, "appointment_new"), {"q": "chest pain"}).content.decode()
    assert "Please do not wait for an answer" in page


def test_reason_that_should_not_wait_shows_advice_and_no_times(client: Client, grant, clinic: Clinic) -> None:
    reason = reason_of(clinic, name="Chest pain", is_bookable=False, advice="Call 911 now.")
    page = client.get(url(grant, "appointment_new")).content.decode()
    assert "Call 911 now." in page
    assert f"reason={reason.pk}" not in page
    assert client.get(url(grant, "appointment_find"), {"reason": reason.pk}).status_code == 302


def test_what_cannot_be_booked_says_why(client: Client, grant, clinic: Clinic) -> None:
    clinic.visit_type.min_age = 90
    clinic.visit_type.save()
    reason = reason_of(clinic, name="For the very old")
    page = client.get(url(grant, "appointment_new")).content.decode()
    assert "This visit is for older patients." in page
    assert client.get(url(grant, "appointment_find"), {"reason": reason.pk}).status_code == 302


def test_sensitive_visit_is_offered_only_to_who_sees_it(client: Client, clinic: Clinic) -> None:
    clinic.visit_type.is_sensitive = True
    clinic.visit_type.save()
    reason = reason_of(clinic, name="Private matter")
    proxy = GrantFactory(kind="proxy", permissions=[P.APPOINTMENTS, P.APPOINTMENTS_BOOK])
    client.force_login(proxy.user)
    assert "Private matter" not in client.get(url(proxy, "appointment_new")).content.decode()
    assert client.get(url(proxy, "appointment_find"), {"reason": reason.pk}).status_code == 302


@pytest.mark.parametrize("view", ["", "week"])
@pytest.mark.parametrize(
    "wrong",
    [
        {"start": "never"},
        {"start": "0001-01-01"},
        {"start": "9999-12-31"},
        {"day": "9"},
        {"time": "midnight"},
        {"provider": "x"},
        {"provider": str(uuid.UUID(int=1))},
        {"place": "\0"},
        {"modality": "telepathy"},
    ],
    ids=["no date", "first day", "last day", "no weekday", "no time", "no id", "nobody", "nul", "no way"],
)
def test_filters_that_make_no_sense_break_nothing(
    client: Client, grant, clinic: Clinic, wrong: dict, view: str
) -> None:
    asked = {"type": clinic.visit_type.pk, "view": view, **wrong}
    assert client.get(url(grant, "appointment_find"), asked).status_code == 200


@pytest.mark.parametrize(
    "slot",
    ["", "x", "a.b.c", f"{uuid.UUID(int=1)}.{uuid.UUID(int=2)}.99999999999999", "\0.\0.1"],
    ids=["nothing", "a word", "letters", "after all time", "nul"],
)
def test_slot_that_makes_no_sense_holds_nothing(client: Client, grant, clinic: Clinic, slot: str) -> None:
    response = client.post(url(grant, "appointment_hold"), {"type": clinic.visit_type.pk, "slot": slot})
    assert response.status_code == 302
    assert not Appointment.objects.exists()


def test_time_that_somebody_took_meanwhile_says_so(client: Client, grant, clinic: Clinic) -> None:
    start = next_morning()
    AppointmentFactory(provider=clinic.provider, location=clinic.location, starts_at=start)
    slot = f"{clinic.provider.pk}.{clinic.location.pk}.{int(start.timestamp())}"
    response = client.post(url(grant, "appointment_hold"), {"type": clinic.visit_type.pk, "slot": slot}, follow=True)
    assert "Somebody else has just taken that time" in response.content.decode()


def test_holding_many_times_is_throttled(client: Client, grant, clinic: Clinic, monkeypatch) -> None:
    monkeypatch.setattr(booking_views, "HOLDS_PER_HOUR", 1)
    slot = f"{clinic.provider.pk}.{clinic.location.pk}.{int(next_morning().timestamp())}"
    asked = {"type": clinic.visit_type.pk, "slot": slot}
    assert "/confirm/" in client.post(url(grant, "appointment_hold"), asked)["Location"]
    assert "/find/" in client.post(url(grant, "appointment_hold"), asked)["Location"]


@pytest.mark.parametrize("seconds", [253402300500, -62135596800, 7258118400], ids=["last day", "first day", "far"])
def test_slot_at_the_ends_of_time_holds_nothing(client: Client, grant, clinic: Clinic, seconds: int) -> None:
    slot = f"{clinic.provider.pk}.{clinic.location.pk}.{seconds}"
    response = client.post(url(grant, "appointment_hold"), {"type": clinic.visit_type.pk, "slot": slot})
    assert response.status_code == 302
    assert not Appointment.objects.exists()


def test_slot_of_no_place_holds_nothing(client: Client, grant, clinic: Clinic) -> None:
    slot = f"{clinic.provider.pk}.{uuid.UUID(int=1)}.{int(next_morning().timestamp())}"
    response = client.post(url(grant, "appointment_hold"), {"type": clinic.visit_type.pk, "slot": slot}, follow=True)
    assert "Somebody else has just taken that time" in response.content.decode()
