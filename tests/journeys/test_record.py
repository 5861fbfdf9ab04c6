"""A clinic imports a real-format file; the patient signs in and reads a result with its trend."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from playwright.sync_api import Page, expect

from records.models import Patient
from tests.factories.records import GrantFactory
from tests.journeys.steps import sign_in

type CheckPage = Callable[[Page], None]

BUNDLE = Path(settings.BASE_DIR).parent / "shared" / "data" / "fhir" / "iris__Frankie174_Jast432.json"
SECTIONS = ("problems", "history", "allergies", "immunizations", "medications", "results", "vitals", "visits")

pytestmark = pytest.mark.skipif(
    not BUNDLE.exists() and os.environ.get("CI") != "true", reason="needs the sample files of ../shared/data/fhir"
)


@pytest.fixture
def patient(live_server: object) -> Patient:
    call_command("import_fhir", str(BUNDLE), verbosity=0)
    return Patient.objects.get(family="Jast432")


def test_imported_result_is_read_with_its_range_and_its_past(
    page: Page, check_page: CheckPage, patient: Patient
) -> None:
    grant = GrantFactory(patient=patient)
    sign_in(page, grant.user)
    check_page(page)

    # When the patient looks for a test by name,
    page.goto(f"/patients/{patient.pk}/results/")
    page.get_by_label("Find by name").fill("triglycerides")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("status")).to_contain_text("3 found.")
    assert "triglycerides" not in page.url
    check_page(page)

    # opens the newest panel and one value in it,
    page.get_by_role("link", name="Lipid Panel").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Lipid Panel")
    check_page(page)
    page.get_by_role("link", name="Triglycerides").click()

    # then the value stands there with what it is, the missing range is said, and the past is a picture and a table.
    expect(page.get_by_role("heading", level=1)).to_have_text("Triglycerides")
    expect(page.get_by_text("A kind of fat in your blood.")).to_be_visible()
    expect(page.get_by_text("No range given")).to_be_visible()
    expect(page.locator("svg.trend circle")).to_have_count(3)
    page.get_by_text("As a table").click()
    expect(page.get_by_role("row")).to_have_count(4)
    check_page(page)


def test_every_section_of_an_imported_record_passes_and_fits_a_phone(
    page: Page, check_page: CheckPage, patient: Patient
) -> None:
    grant = GrantFactory(patient=patient)
    sign_in(page, grant.user)
    page.goto(f"/patients/{patient.pk}/")
    check_page(page)
    for section in SECTIONS:
        page.goto(f"/patients/{patient.pk}/{section}/")
        expect(page.locator("main :is(.card, .empty)").first).to_be_visible()
        check_page(page)
    page.get_by_role("main").get_by_role("link").first.click()
    check_page(page)


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_record_is_read_without_script(page: Page, patient: Patient) -> None:
    grant = GrantFactory(patient=patient)
    sign_in(page, grant.user)
    page.goto(f"/patients/{patient.pk}/results/")
    page.get_by_label("Find by name").fill("triglycerides")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Lipid Panel").first.click()
    page.get_by_role("link", name="Triglycerides").click()
    page.get_by_text("As a table").click()
    expect(page.get_by_role("row")).to_have_count(4)
