from collections.abc import Callable

import pytest
from django.test import Client

from portal.accounts.middleware import SEEN_EVERY_SECONDS
from tests.factories.records import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

type SignIn = Callable[..., None]
MINUTE, HOUR = 60, 60 * 60


@pytest.fixture
def patient(client: Client, sign_in: SignIn) -> Client:
    sign_in(client, UserFactory())
    assert client.get("/settings/").status_code == 200
    return client


def test_fourteen_idle_minutes_are_no_reason(patient: Client, stale_session: SignIn) -> None:
    stale_session(patient, seen=14 * MINUTE)
    assert patient.get("/settings/").status_code == 200


def test_sixteen_idle_minutes_sign_out_and_say_so(patient: Client, stale_session: SignIn) -> None:
    old = patient.cookies["session"].value
    stale_session(patient, seen=16 * MINUTE)
    response = patient.get("/settings/")
    assert response.headers["Location"] == "/signed-out/?next=%2Fsettings%2F"
    page = patient.get(response.headers["Location"])
    assert b"/accounts/login/?next=/settings/" in page.content
    patient.cookies["session"] = old
    assert patient.get("/settings/").headers["Location"].startswith("/accounts/login/")


def test_twelve_hours_sign_out_however_busy(patient: Client, stale_session: SignIn) -> None:
    stale_session(patient, started=12 * HOUR - MINUTE)
    assert patient.get("/settings/").status_code == 200
    stale_session(patient, started=2 * MINUTE)
    assert patient.get("/settings/").headers["Location"].startswith("/signed-out/")


def test_form_sent_too_late_leads_home_and_not_to_a_post_address(patient: Client, stale_session: SignIn) -> None:
    stale_session(patient, seen=16 * MINUTE)
    assert patient.post("/activate/here/").headers["Location"] == "/signed-out/?next=%2Fhome%2F"


def test_public_page_goes_on_signed_out(patient: Client, stale_session: SignIn) -> None:
    stale_session(patient, seen=16 * MINUTE)
    assert patient.get("/activate/").status_code == 200
    assert "_auth_user_id" not in patient.session


def test_foreign_next_is_not_offered(client: Client) -> None:
    assert b"evil.example" not in client.get("/signed-out/?next=https://evil.example/").content


def test_last_seen_is_written_at_most_once_a_minute(patient: Client, stale_session: SignIn) -> None:
    stale_session(patient, seen=SEEN_EVERY_SECONDS - 10)
    seen = patient.session["seen_at"]
    patient.get("/settings/")
    assert patient.session["seen_at"] == seen
    stale_session(patient, seen=20)
    patient.get("/settings/")
    assert patient.session["seen_at"] > seen


def test_sessions_are_listed_and_ended_from_elsewhere(patient: Client, sign_in: SignIn) -> None:
    user = UserFactory()
    here, there = Client(), Client()
    sign_in(here, user)
    sign_in(there, user)
    assert here.get("/accounts/sessions/").context["session_count"] == 2
    here.post("/accounts/sessions/")
    assert there.get("/settings/").status_code == 302
    assert here.get("/settings/").status_code == 200
