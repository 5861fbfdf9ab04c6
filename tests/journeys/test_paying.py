"""A guarantor pays from the Billing Summary, and a guest pays a visit from a statement."""

import re
from collections.abc import Callable

import pytest
from captcha.models import CaptchaStore
from django.core import mail
from django.core.management import call_command
from playwright.sync_api import Page, expect

from billing.ledger import verification
from billing.models import VisitAccount
from tests.factories.billing import AccessFactory, AccountFactory, GuarantorFactory, VisitFactory
from tests.factories.records import PASSWORD, GrantFactory

type CheckPage = Callable[[Page], None]


@pytest.fixture
def visit(live_server: object) -> VisitAccount:
    """One visit of $144.96 on Ana Alvarez’s account, beside another of $50.00."""
    account = AccountFactory(
        guarantor=GuarantorFactory(given_name="Ana", family_name="Álvarez-O’Brien"), number="10204417"
    )
    VisitFactory(account=account, owed_cents=50_00)
    return VisitFactory(account=account, number="7000213305", owed_cents=144_96)


def pay_at_the_provider(page: Page, check_page: CheckPage, label: str = "4242") -> None:
    expect(page.get_by_text("Test payment: no money moves")).to_be_visible()
    check_page(page)
    page.get_by_label(re.compile(label)).check()
    page.get_by_role("button", name=re.compile(r"^Pay \$")).click()


def test_guarantor_pays_from_the_billing_summary(page: Page, check_page: CheckPage, visit: VisitAccount) -> None:
    grant = GrantFactory(patient=visit.patient)
    AccessFactory(user=grant.user, account=visit.account)
    page.goto("/accounts/login/")
    page.get_by_label("E-mail address").fill(grant.user.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/home/")

    # Given the summary with what is owed,
    page.get_by_role("link", name="Billing", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Billing Summary")
    expect(page.locator(".amount").first).to_have_text("$194.96")
    check_page(page)

    # when another amount is chosen, mended, reviewed and paid,
    page.get_by_role("link", name="Pay Now").click()
    page.get_by_label("Another amount", exact=True).first.check()
    page.get_by_role("textbox", name="Another amount").fill("1000")
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_role("alert")).to_contain_text("You owe $194.96")
    check_page(page)
    page.get_by_role("textbox", name="Another amount").fill("60.00")
    page.get_by_role("button", name="Next").click()
    expect(page.locator(".amount").first).to_have_text("$60.00")
    check_page(page)
    page.get_by_role("button", name="Pay $60.00").click()
    pay_at_the_provider(page, check_page)

    # then there is a receipt with a number, a mail without detail, and less is owed.
    expect(page.get_by_text("Thank you. Your payment went through.")).to_be_visible()
    expect(page.locator(".confirmation")).to_have_text(re.compile(r"^\w{5}-\w{5}$"))
    check_page(page)
    call_command("work", once=True)
    assert visit.patient.family not in str(mail.outbox[-1].body)
    page.goto("/billing/")
    expect(page.locator(".amount").first).to_have_text("$134.96")
    assert verification.faults() == []


def look_up(page: Page, number: str, last_name: str) -> None:
    page.get_by_label("Account number").fill(number)
    page.get_by_label("Guarantor’s last name").fill(last_name)
    page.get_by_label("Type the characters you see").fill(CaptchaStore.objects.latest("pk").challenge)
    page.get_by_role("button", name="Next").click()


def test_guest_pays_one_visit_from_a_statement(page: Page, check_page: CheckPage, visit: VisitAccount) -> None:
    page.goto("/")
    page.get_by_role("link", name="Pay My Bill").first.click()
    check_page(page)
    look_up(page, "7000 2133 05", "Smith")
    expect(page.get_by_role("alert")).to_contain_text("match those details")
    check_page(page)

    # When number and name are right, what is owed on that visit stands there, and nothing of the visit.
    look_up(page, "7000 2133 05", "alvarez obrien")
    expect(page.locator(".amount").first).to_have_text("$144.96")
    expect(page.get_by_text("A••• Á•••")).to_be_visible()
    expect(page.get_by_text(visit.title)).to_have_count(0)
    check_page(page)
    page.get_by_label("E-mail for the receipt").fill("aunt@example.org")
    page.get_by_role("button", name="Next").click()
    check_page(page)
    page.get_by_role("button", name="Pay $144.96").click()

    # The first card is declined in words that help; the second pays.
    pay_at_the_provider(page, check_page, "0002")
    expect(page.get_by_role("alert")).to_be_visible()
    pay_at_the_provider(page, check_page)
    expect(page.get_by_text("Thank you. Your payment went through.")).to_be_visible()
    check_page(page)
    visit.refresh_from_db()
    assert visit.patient_cents == 0
    assert verification.faults() == []

    # Looked up again, nothing is due, and the page says so.
    page.goto("/pay/")
    look_up(page, "7000213305", "ÁLVAREZ-O'BRIEN")
    expect(page.get_by_text("There is nothing to pay. Thank you.")).to_be_visible()
    check_page(page)


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_guest_pays_without_script_and_by_keyboard(page: Page, visit: VisitAccount) -> None:
    page.goto("/pay/")
    page.get_by_label("Account number").focus()
    page.keyboard.type("1020 4417")
    page.get_by_label("Guarantor’s last name").focus()
    page.keyboard.type("Alvarez OBrien")
    page.get_by_label("Type the characters you see").focus()
    page.keyboard.type(CaptchaStore.objects.latest("pk").response)
    page.keyboard.press("Enter")
    page.get_by_label("E-mail for the receipt").press("Enter")
    page.get_by_role("button", name="Pay $194.96").press("Enter")
    page.get_by_label(re.compile("4242")).press("Space")
    page.get_by_role("button", name="Pay $194.96").press("Enter")
    expect(page.get_by_text("Thank you. Your payment went through.")).to_be_visible()


def test_sample_statement_shows_where_the_numbers_are(page: Page, check_page: CheckPage, live_server: object) -> None:
    page.goto("/pay/")
    page.get_by_role("link", name="Where is my number?").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Where is my number?")
    check_page(page)
