"""A guarantor sends a link; somebody else, in another browser, pays with it and says who they are."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from billing.ledger import verification
from billing.models import GuarantorAccess, VisitAccount
from tests.factories.billing import AccessFactory, AccountFactory, GuarantorFactory, VisitFactory
from tests.factories.records import PASSWORD, GrantFactory
from tests.journeys.test_paying import pay_at_the_provider

type CheckPage = Callable[[Page], None]


@pytest.fixture
def access(live_server: object) -> GuarantorAccess:
    """Maya Alvarez, who owes $194.96 for one visit and signs in."""
    account = AccountFactory(guarantor=GuarantorFactory(given_name="Maya", family_name="Alvarez"), number="10204417")
    visit = VisitFactory(account=account, owed_cents=194_96)
    grant = GrantFactory(patient=visit.patient)
    return AccessFactory(user=grant.user, account=account)


@pytest.fixture
def other_page(new_context: Callable[[], BrowserContext]) -> Page:
    """In a browser that knows nothing of the first."""
    return new_context().new_page()


def sign_in(page: Page, access: GuarantorAccess) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("E-mail address").fill(access.user.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/home/")


def make_link(page: Page, check: CheckPage) -> str:
    """From the bill to the address that is to be sent."""
    page.get_by_role("link", name="Billing", exact=True).click()
    page.get_by_role("link", name=re.compile("^1 visit")).click()
    check(page)
    page.get_by_role("link", name="Send a pay link").click()
    expect(page.get_by_text("No links yet")).to_be_visible()
    check(page)
    page.get_by_role("link", name="Make a link").click()
    page.get_by_label("Several people, until the amount is reached").check()
    page.get_by_label("Amount", exact=True).fill("1000")
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_role("alert")).to_contain_text("$194.96 is owed for that now")
    check(page)
    page.get_by_label("Amount", exact=True).fill("120")
    page.get_by_role("button", name="Next").click()
    check(page)
    page.get_by_role("button", name="Make the link").click()
    check(page)
    return page.get_by_label("The link’s address").input_value()


def answer(page: Page, address: str, check: CheckPage) -> None:
    """Pays $45.00 of it as Aunt Ines."""
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_have_text("Maya asks you to help with a bill")
    expect(page.locator(".amount")).to_have_text("$120.00")
    check(page)
    page.get_by_role("button", name="Continue").click()
    expect(page).to_have_url(re.compile(r"/pay/link/[\w-]+/amount/$"))
    page.get_by_label("Another amount", exact=True).first.check()
    page.get_by_role("textbox", name="Another amount").fill("45")
    page.get_by_label("Tell Maya it was you").check()
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter the name that Maya should see")
    check(page)
    page.get_by_label("Your name").fill("Aunt Ines")
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_text("Maya will see that Aunt Ines paid.")).to_be_visible()
    check(page)
    page.get_by_role("button", name="Pay $45.00").click()
    pay_at_the_provider(page, check)
    expect(page.get_by_text("Thank you. Your payment went through.")).to_be_visible()
    check(page)
    expect(page.get_by_text("4417")).to_have_count(0)


def see_who_paid(page: Page, check: CheckPage) -> None:
    page.reload()
    expect(page.locator(".amount")).to_have_text("$45.00")
    expect(page.get_by_text("Aunt Ines")).to_be_visible()
    check(page)
    page.get_by_role("link", name="Open the payment").click()
    expect(page.get_by_text("This payment went through")).to_be_visible()
    check(page)


def test_somebody_else_pays_with_a_link_and_the_guarantor_sees_who(
    page: Page, other_page: Page, check_page: CheckPage, access: GuarantorAccess
) -> None:
    sign_in(page, access)
    answer(other_page, make_link(page, check_page), check_page)
    see_who_paid(page, check_page)
    page.get_by_role("link", name="Billing", exact=True).click()
    expect(page.locator(".amount").first).to_have_text("$149.96")
    assert VisitAccount.objects.get().patient_cents == 149_96
    assert verification.faults() == []


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_it_all_works_without_script(page: Page, other_page: Page, access: GuarantorAccess) -> None:
    def look(page: Page) -> None:
        """Nothing: the checks of a page are script."""

    sign_in(page, access)
    answer(other_page, make_link(page, look), look)
    see_who_paid(page, look)
    page.go_back()
    page.get_by_role("button", name="Take the link back").click()
    expect(page.get_by_text("Whoever opens it is told so.")).to_be_visible()
