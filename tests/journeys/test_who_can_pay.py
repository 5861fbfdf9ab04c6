"""A guarantor invites somebody to pay, who signs in, accepts and sees amounts; then it is ended."""

import re
from collections.abc import Callable

import pytest
from django.conf import settings
from django.core import mail
from django.core.management import call_command
from playwright.sync_api import BrowserContext, Page, expect

from billing.models import GuarantorAccess
from tests.factories.billing import AccessFactory, AccountFactory, GuarantorFactory, VisitFactory
from tests.factories.records import PASSWORD, GrantFactory, UserFactory

type CheckPage = Callable[[Page], None]


@pytest.fixture
def access(live_server: object) -> GuarantorAccess:
    """Maya Alvarez, who owes $194.96 for one visit and signs in."""
    account = AccountFactory(guarantor=GuarantorFactory(given_name="Maya", family_name="Alvarez"))
    visit = VisitFactory(account=account, owed_cents=194_96)
    return AccessFactory(user=GrantFactory(patient=visit.patient).user, account=account)


@pytest.fixture
def other_page(new_context: Callable[[], BrowserContext]) -> Page:
    return new_context().new_page()


def fill_sign_in(page: Page, email: str) -> None:
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_invited_person_signs_in_accepts_and_is_let_go(
    page: Page, other_page: Page, check_page: CheckPage, access: GuarantorAccess
) -> None:
    ines = UserFactory(full_name="Ines Duarte", email="ines@example.org")
    page.goto("/accounts/login/")
    fill_sign_in(page, access.user.email)
    page.wait_for_url("**/home/")

    # The guarantor invites, after reading what the other person will see.
    page.goto(f"/billing/{access.account_id}/")
    page.get_by_role("link", name="Choose who can pay").click()
    expect(page.get_by_text("Only you so far")).to_be_visible()
    check_page(page)
    page.get_by_role("link", name="Invite somebody").click()
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_role("alert")).to_be_visible()
    check_page(page)
    page.get_by_label("Their e-mail address").fill(ines.email)
    page.get_by_label(re.compile("^Amounts only")).check()
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_text("Any visit: when, where, for whom, or what for")).to_be_visible()
    check_page(page)
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_text("works until")).to_be_visible()
    check_page(page)

    # The mail's link leads to a sign-in, and that to the question.
    call_command("work", once=True)
    (found,) = re.findall(r"https?://\S+/pay/invitation/\S+", str(mail.outbox[-1].body))
    other_page.goto(found.removeprefix(settings.PORTAL_URL))
    check_page(other_page)
    other_page.get_by_role("main").get_by_role("link", name="Sign in").click()
    fill_sign_in(other_page, ines.email)
    expect(other_page.get_by_role("heading", level=1)).to_have_text("Maya asks you to help pay a bill")
    check_page(other_page)
    other_page.get_by_role("button", name="Accept").click()
    expect(other_page.locator(".amount").first).to_have_text("$194.96")
    expect(other_page.get_by_text("The visits stay private.")).to_be_visible()
    check_page(other_page)

    # The guarantor sees who can pay since when, and ends it.
    page.reload()
    page.get_by_role("link", name=re.compile("^Change or end")).click()
    check_page(page)
    page.get_by_role("button", name="End their access").click()
    expect(page.get_by_text("Ines Duarte can no longer see or pay this bill.")).to_be_visible()
    assert other_page.goto(other_page.url).status == 404  # type: ignore[union-attr]
