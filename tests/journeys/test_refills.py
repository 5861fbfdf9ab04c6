"""Maya asks for several medications; one of them is denied; the rest goes its way to the counter."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from records.access.models import Grant, User
from records.hours.models import OpeningHours
from records.models import ControlledDrug, RefillItem, RefillRequest, RefillText
from tests.factories.records import GrantFactory
from tests.factories.refills import DispenseFactory, PharmacyFactory, prescribed
from tests.staff import staff_in

type EnterAs = Callable[[Page, User], None]
type CheckPage = Callable[[Page], None]


@pytest.fixture
def maya(live_server: object) -> Grant:
    """With something of every kind, and a clinic with a list of pharmacies."""
    for day in range(5):
        OpeningHours.objects.get_or_create(weekday=day, defaults={"opens_at": "08:00", "closes_at": "18:00"})
    ControlledDrug.objects.get_or_create(words="oxycodone", code="", defaults={"schedule": "II"})
    grant: Grant = GrantFactory(patient__given="Maya", patient__family="Alvarez", user__full_name="Maya Alvarez")
    patient: Any = grant.patient
    PharmacyFactory(name="Elm Street Pharmacy", city="Kent", phone="860-555-0171")
    PharmacyFactory(name="Larkspur Pharmacy", is_clinics_own=True)
    prescribed(patient, text="Metformin 500 mg tablet")
    prescribed(patient, text="Hydrocortisone cream 2.5%")
    prescribed(patient, text="Oxycodone 5 mg tablet", repeats_allowed=2)
    prescribed(patient, text="Cetirizine 10 mg tablet", is_reported=True)
    prescribed(patient, text="Sertraline 50 mg tablet", status="stopped", status_reason="Felt better without it")
    thyroid = prescribed(patient, text="Levothyroxine 50 mcg tablet", repeats_allowed=3)
    earlier = timezone.now() - dt.timedelta(days=100)
    DispenseFactory(patient=patient, request=thyroid, pharmacy_name="Larkspur Pharmacy", effective_start=earlier)
    elsewhere = prescribed(patient, text="Lisinopril 10 mg tablet", repeats_allowed=3)
    DispenseFactory(patient=patient, request=elsewhere, pharmacy_name="Elm Street Pharmacy", effective_start=earlier)
    return grant


def tick(page: Page, name: str, left: str) -> None:
    page.get_by_role("checkbox", name=re.compile(name)).check()
    page.get_by_label(re.compile(f"Days of it you have left.*{name}")).fill(left)


def test_batch_with_one_denied(page: Page, check_page: CheckPage, maya: Grant, enter_as: EnterAs) -> None:
    enter_as(page, maya.user)
    page.goto(f"/patients/{maya.patient_id}/medications/")
    expect(page.get_by_text("Not requested").first).to_be_visible()
    check_page(page)
    page.get_by_role("link", name="Ask for refills").click()
    expect(page.get_by_text("Call Elm Street Pharmacy at 860-555-0171.")).to_be_visible()
    expect(page.get_by_text("The law allows no refills of this medication.")).to_be_visible()
    expect(page.get_by_text("Nobody here prescribes this")).to_be_visible()
    check_page(page)
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_role("alert")).to_contain_text("Tick at least one medication.")
    check_page(page)
    tick(page, "Metformin", "2")
    tick(page, "Hydrocortisone", "9")
    tick(page, "Levothyroxine", "5")
    page.get_by_role("button", name="Next").click()

    expect(page.get_by_text("please call, too")).to_be_visible()
    page.get_by_label("Find by name, town or ZIP code").fill("kent")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("radio", name=re.compile("Elm Street Pharmacy")).check()
    page.get_by_role("checkbox", name="Keep this as my usual pharmacy").check()
    check_page(page)
    page.get_by_role("button", name="Next").click()
    page.get_by_label("Anything we should know?").fill("I travel on Friday.")
    check_page(page)
    page.get_by_role("button", name="Next: review").click()
    expect(page.get_by_text("Nothing is requested until you press")).to_be_visible()
    check_page(page)
    assert not RefillRequest.objects.exists()
    page.get_by_role("button", name="Send", exact=True).dblclick()
    page.wait_for_url(re.compile(r"/refills/[0-9a-f-]{36}/$"))
    request = RefillRequest.objects.get()
    expect(page.get_by_role("heading", level=1)).to_contain_text(request.number)
    check_page(page)

    items = {item.medication.text.split()[0]: item for item in RefillItem.objects.select_related("medication")}
    decide(page, check_page, enter_as, items)

    enter_as(page, maya.user)
    page.goto(f"/patients/{maya.patient_id}/refills/{request.pk}/")
    expect(page.get_by_text("Not approved. The reason:")).to_be_visible()
    expect(page.get_by_text("We would like to see you first.")).to_be_visible()
    check_page(page)
    question = page.get_by_role("region", name="Metformin")
    question.get_by_label("Your answer").fill("One in the morning, one at night.")
    question.get_by_role("button", name="Send the answer").click()
    expect(page.get_by_text("Your answer is with the clinic.")).to_be_visible()
    page.goto(f"/patients/{maya.patient_id}/refills/")
    expect(page.get_by_text("Pick it up here:")).to_be_visible()
    check_page(page)


def decide(page: Page, check_page: CheckPage, enter_as: EnterAs, items: dict[str, RefillItem]) -> None:
    """The clinician denies the cream, asks about the tablets, and approves what our own pharmacy then has ready."""
    text, _made = RefillText.objects.get_or_create(
        purpose="denial", name="Visit needed", defaults={"body": "We would like to see you first."}
    )
    RefillText.objects.filter(pk=text.pk).update(body="We would like to see you first.")
    enter_as(page, staff_in("Clinician", full_name="Ines Okafor"))
    page.goto("/admin/records/refillitem/")
    check_page(page)
    page.get_by_role("link", name=re.compile("Hydrocortisone")).click()
    check_page(page)
    page.get_by_role("button", name="Take it").click()
    expect(page.get_by_text("Ines Okafor has it")).to_be_visible()
    denial = page.get_by_role("region", name="Do not approve")
    denial.get_by_label("Text to begin from").select_option(label="Visit needed")
    denial.get_by_role("button", name=re.compile("Put it in")).click()
    expect(denial.get_by_label("What the patient reads")).to_have_value("We would like to see you first.")
    denial.get_by_role("button", name="Do not approve").click()
    expect(page.get_by_text("The patient reads the reason.")).to_be_visible()
    check_page(page)

    page.goto(f"/admin/records/refillitem/{items['Metformin'].pk}/change/")
    asking = page.get_by_role("region", name="Ask the patient")
    asking.get_by_label("What the patient reads").fill("How do you take it now?")
    asking.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_text("It comes back here with the answer.")).to_be_visible()

    page.goto("/admin/records/refillitem/?kind=refill")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name=re.compile("Approve the ticked")).click()
    expect(page.get_by_role("heading", name="Approve this one?")).to_be_visible()
    check_page(page)
    page.get_by_role("button", name="Approve", exact=True).click()
    expect(page.get_by_text("1 approved.")).to_be_visible()
    page.goto(f"/admin/records/refillitem/{items['Levothyroxine'].pk}/change/")
    page.get_by_role("button", name="Sent to pharmacy").click()
    page.get_by_role("button", name="Ready", exact=True).click()
    expect(page.get_by_text("Noted, and the patient is told.").first).to_be_visible()
