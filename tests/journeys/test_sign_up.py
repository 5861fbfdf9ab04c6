"""A patient signs up with the code from the front desk, sets up a second step, and signs in with it."""

import re
from collections.abc import Callable

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.utils import timezone
from playwright.sync_api import Page, expect

from portal.accounts import actions
from records.access.log import Origin
from records.models import Patient
from tests.factories.records import PASSWORD, PatientFactory, UserFactory

type CheckPage = Callable[[Page], None]
NEW_PASSWORD = "seven-lanterns-over-water"


@pytest.fixture
def patient(live_server: object) -> Patient:
    return PatientFactory(given="Maya", family="Alvarez")


@pytest.fixture
def code(patient: Patient) -> str:
    staff = UserFactory(is_staff=True)
    return actions.issue(patient=patient, staff=staff, at=timezone.now(), origin=Origin())[1]


def test_patient_signs_up_and_protects_the_account(
    page: Page, check_page: CheckPage, patient: Patient, code: str
) -> None:
    # Given a code from the front desk, the welcome page leads to signing up.
    page.goto("/")
    check_page(page)
    page.goto("/activate/")
    page.get_by_label("Activation code").fill("2222 2222 2222")
    page.get_by_label("Birth date").fill("1985-04-12")
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_role("alert")).to_contain_text("do not open a record")
    check_page(page)

    # When code and birth date are right, an account is made and its address verified.
    page.get_by_label("Activation code").fill(code.lower())
    page.get_by_role("button", name="Next").click()
    check_page(page)
    page.get_by_label("E-mail address").fill("maya@example.org")
    page.get_by_label("Choose a password").fill(NEW_PASSWORD)
    page.get_by_role("button", name="Create the account").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Verify your e-mail address")
    check_page(page)
    found = re.search(r"^ {4}(\S+)$", str(mail.outbox[-1].body), re.MULTILINE)
    assert found
    page.get_by_label("Code").fill(found[1])
    page.get_by_role("button", name="Continue").click()

    # Then the record is hers.
    page.wait_for_url("**/home/")
    check_page(page)

    # And she can add an authenticator app.
    page.goto("/settings/")
    check_page(page)
    page.get_by_role("link", name="Set up a second step").click()
    check_page(page)
    page.get_by_role("link", name="Set up an app").click()
    page.get_by_label("Password", exact=True).fill(NEW_PASSWORD)
    check_page(page)
    page.get_by_role("button", name="Continue").click()
    page.get_by_text("Cannot scan it?").click()
    secret = page.locator("details code").inner_text()
    check_page(page)
    page.get_by_label("Code from the app").fill(code_of(secret))
    page.get_by_role("button", name="Turn on the app").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your recovery codes")
    check_page(page)
    recovery_code = page.locator("main li code").first.inner_text()

    # From then on, her password alone is not enough.
    page.goto("/accounts/logout/")
    check_page(page)
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    page.goto("/accounts/login/")
    check_page(page)
    page.get_by_label("E-mail address").fill("maya@example.org")
    page.get_by_label("Password", exact=True).fill(NEW_PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("One more step")
    check_page(page)
    page.get_by_label("Code").fill(recovery_code)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/home/")


def test_passkey_is_added_and_signs_in_alone(page: Page, check_page: CheckPage, live_server: object) -> None:
    user = UserFactory()
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    page.goto("/accounts/login/")
    page.get_by_label("E-mail address").fill(user.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/home/")
    page.goto("/accounts/2fa/webauthn/add/")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    check_page(page)
    page.get_by_label("Sign in with it alone").check()
    page.get_by_role("button", name="Add the key").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your recovery codes")
    page.goto("/accounts/2fa/webauthn/")
    check_page(page)
    page.context.clear_cookies()
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/home/")


def code_of(secret: str) -> str:
    """What an authenticator app with this key shows now."""
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
