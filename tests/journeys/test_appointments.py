"""Somebody books, moves and cancels; takes an earlier time; checks in ahead; with and without scripts."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from records.access.models import Grant
from records.appointments import changing
from records.appointments.actors import Actor
from records.appointments.states import CancelReason, Status
from records.models import Appointment, CheckInAnswer, FormText, MedicationRequest, Pharmacy, Signature
from tests.factories.appointments import AppointmentFactory, next_morning
from tests.factories.records import GrantFactory, UserFactory
from tests.factories.scheduling import (
    AvailabilityFactory,
    LocationFactory,
    ProviderFactory,
    VisitReasonFactory,
    VisitTypeFactory,
)
from tests.journeys.steps import sign_in

type CheckPage = Callable[[Page], None]


@pytest.fixture
def clinic(live_server: object) -> dict[str, Any]:
    """Dr. Okafor, who sees people every day from eight to six, for half an hour."""
    visit = VisitTypeFactory(name="Follow-up", preparation="Bring a list of what you take.")
    VisitReasonFactory(name="Something we have seen you for", other_words="blood pressure", visit_type=visit)
    place = LocationFactory(name="Larkspur Family Medicine", lines="100 Garden Street", time_zone="")
    doctor = ProviderFactory(practitioner__given="Ines", practitioner__family="Okafor", specialty="Internal medicine")
    doctor.visit_types.add(visit)
    for weekday in range(7):
        AvailabilityFactory(
            provider=doctor,
            location=place,
            weekday=weekday,
            starts_at=dt.time(8),
            ends_at=dt.time(18),
            step_minutes=30,
        )
    return {"visit_type": visit, "location": place, "provider": doctor}


@pytest.fixture
def maya(live_server: object) -> Grant:
    return GrantFactory(patient__given="Maya", patient__family="Alvarez", user__full_name="Maya Alvarez")


def appointments(page: Page, person: Grant) -> None:
    page.goto(f"/patients/{person.patient.pk}/appointments/")


def test_time_is_found_booked_moved_and_cancelled(
    page: Page, check_page: CheckPage, clinic: dict[str, Any], maya: Grant
) -> None:
    sign_in(page, maya.user)
    appointments(page, maya)
    expect(page.get_by_role("heading", name="Nothing booked")).to_be_visible()
    check_page(page)
    page.get_by_role("link", name="Book an appointment").click()

    # The reason, in the person's own words.
    page.get_by_label("Describe it in a word or two").fill("blood pressure")
    page.get_by_role("button", name="Search").click()
    check_page(page)
    page.get_by_role("link", name="Something we have seen you for").click()

    # The time: by week, on another day, then soonest first.
    page.get_by_role("link", name="By week").click()
    check_page(page)
    page.get_by_role("link", name="Later").click()
    page.get_by_role("link", name="Soonest first").click()
    check_page(page)
    page.get_by_text("Place, person, days and times").click()
    page.get_by_label("Afternoon, 12 to 5").check()
    page.get_by_role("button", name="Show these times").click()
    page.get_by_role("button", name=re.compile("^12:30 PM")).first.click()

    # The last look; words of danger are answered to once.
    expect(page.get_by_text("It is not booked yet.")).to_be_visible()
    check_page(page)
    page.get_by_label("What is it about?").fill("Chest pain since yesterday")
    page.get_by_role("button", name="Book this appointment").click()
    expect(page.get_by_role("heading", name="Please do not wait for an answer")).to_be_visible()
    expect(page.get_by_label("What is it about?")).to_have_value("Chest pain since yesterday")
    check_page(page)
    page.get_by_role("button", name="Book it anyway").click()
    expect(page.get_by_text("Your appointment is booked.")).to_be_visible()
    expect(page.get_by_text("Bring a list of what you take.")).to_be_visible()
    check_page(page)
    first = Appointment.objects.get(status=Status.BOOKED)
    assert first.is_urgent

    # A file for the calendar.
    with page.expect_download() as saved:
        page.get_by_role("link", name="Add to my calendar").click()
    assert saved.value.suggested_filename == "appointment.ics"

    # Another time: the old one stays until the new one is sure.
    page.get_by_role("link", name="Move it").click()
    expect(page.get_by_text("You keep this appointment until the new time is sure")).to_be_visible()
    page.get_by_role("link", name="By week").click()
    page.get_by_role("link", name="Later").click()
    page.get_by_role("button", name=re.compile("^9:00 AM")).first.click()
    expect(page.get_by_text("It takes the place of this one")).to_be_visible()
    check_page(page)
    page.get_by_role("button", name="Move to this time").click()
    first.refresh_from_db()
    assert first.status == Status.CANCELLED

    # Cancelled, with the rule before and a reason.
    page.get_by_role("link", name="Cancel it").click()
    expect(page.get_by_text("You can cancel or move it until")).to_be_visible()
    page.get_by_role("button", name="Cancel the appointment").click()
    expect(page.get_by_role("alert")).to_be_visible()
    check_page(page)
    page.get_by_label("The time does not suit me").check()
    page.get_by_role("button", name="Cancel the appointment").click()
    expect(page.get_by_text("The appointment is cancelled.")).to_be_visible()
    check_page(page)
    assert not Appointment.objects.filter(status=Status.BOOKED).exists()


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_booking_works_without_scripts_and_by_keyboard(page: Page, clinic: dict[str, Any], maya: Grant) -> None:
    sign_in(page, maya.user)
    appointments(page, maya)
    page.get_by_role("link", name="Book an appointment").click()
    page.get_by_role("link", name="Something we have seen you for").click()
    page.get_by_role("button", name=re.compile("(AM|PM)")).first.focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Book this appointment").click()
    expect(page.get_by_text("Your appointment is booked.")).to_be_visible()


def test_earlier_time_is_offered_and_taken(
    page: Page, check_page: CheckPage, clinic: dict[str, Any], maya: Grant
) -> None:
    mine = AppointmentFactory(patient=maya.patient, starts_at=next_morning(20), **clinic)
    sign_in(page, maya.user)
    page.goto(f"/patients/{maya.patient.pk}/appointments/{mine.pk}/")
    page.get_by_role("link", name="Tell me of an earlier one").click()
    check_page(page)
    page.get_by_role("button", name="Put me on the wait list").click()
    expect(page.get_by_text("You are on the wait list. We tell you")).to_be_visible()

    # Somebody else gives up a time.
    nurse = Actor(UserFactory(is_staff=True))
    other = AppointmentFactory(starts_at=next_morning(5), **clinic)
    changing.cancel(actor=nurse, appointment_id=other.pk, reason=CancelReason.CLINIC, note="", at=timezone.now())
    page.goto("/home/")
    page.get_by_role("link", name=re.compile("An earlier appointment is free")).first.click()
    check_page(page)
    page.get_by_role("button", name="Take the earlier time").click()
    expect(page.get_by_text("The earlier time is yours.")).to_be_visible()
    mine.refresh_from_db()
    assert mine.status == Status.CANCELLED
    assert Appointment.objects.get(patient=maya.patient, status=Status.BOOKED).starts_at == other.starts_at


def test_checking_in_ahead_step_by_step(page: Page, check_page: CheckPage, clinic: dict[str, Any], maya: Grant) -> None:
    visit = AppointmentFactory(patient=maya.patient, starts_at=next_morning(3), **clinic)
    MedicationRequest.objects.create(
        patient=maya.patient, released_at=visit.created_at, status="active", text="Metformin 500 mg"
    )
    Pharmacy.objects.create(name="Elm Pharmacy", city="Hartford", is_clinics_own=True)
    FormText.objects.create(name="consent", version=1, title="Consent to care", body="I agree to be treated.")
    sign_in(page, maya.user)
    page.goto(f"/patients/{maya.patient.pk}/appointments/{visit.pk}/")
    page.get_by_role("link", name="Check in ahead").click()
    check_page(page)
    page.get_by_role("link", name="Next step").click()

    page.get_by_label("Phone").fill("860-555-0177")
    check_page(page)
    page.get_by_role("button", name="Save and go on").click()
    page.get_by_role("button", name="Leave it for the visit").click()
    page.get_by_label("Metformin 500 mg").check()
    check_page(page)
    page.get_by_role("button", name="Save and go on").click()
    page.get_by_role("button", name="Save and go on").click()
    page.get_by_label("Elm Pharmacy").check()
    check_page(page)
    page.get_by_role("button", name="Save and go on").click()
    page.get_by_role("button", name="Save and go on").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("I have read these texts and agree to them").check()
    page.get_by_label("Your full name, as your signature").fill("Maya Alvarez")
    check_page(page)
    page.get_by_role("button", name="Save and go on").click()
    check_page(page)
    page.get_by_role("button", name="I am done").click()
    expect(page.get_by_text("You are checked in.")).to_be_visible()
    outcomes = dict(CheckInAnswer.objects.values_list("step", "outcome"))
    assert outcomes == {
        "contacts": "updated",
        "coverage": "skipped",
        "medications": "updated",
        "allergies": "verified",
        "pharmacy": "updated",
        "forms": "verified",
    }
    assert Signature.objects.get().typed_name == "Maya Alvarez"
