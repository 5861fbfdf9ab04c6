"""Somebody holds a letter: in by its square code without script, by a code from the mail, and reads it signed in."""

import re
from collections.abc import Callable

import pytest
from django.conf import settings
from django.core import mail
from django.core.management import call_command
from playwright.sync_api import Page, expect

from billing.models import Statement
from billing.statements import links
from tests.factories.billing import AccessFactory, AccountFactory, GuarantorFactory, VisitFactory, issue_statement
from tests.factories.records import PASSWORD, UserFactory

type CheckPage = Callable[[Page], None]


@pytest.fixture
def statement(live_server: object) -> Statement:
    """A letter to Ana Novák about $194.96 for two visits."""
    guarantor = GuarantorFactory(given_name="Ana", family_name="Novák", email="ana@example.org")
    account = AccountFactory(guarantor=guarantor, number="10204417")
    VisitFactory(account=account, owed_cents=50_00)
    VisitFactory(account=account, owed_cents=144_96)
    return issue_statement(account)


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_square_code_opens_the_bill_and_pays_it_without_script(page: Page, statement: Statement) -> None:
    page.goto(links.address_of(statement.link).removeprefix(settings.PORTAL_URL))
    expect(page.get_by_text("$194.96")).to_have_count(0)
    page.get_by_role("button", name="See this bill").press("Enter")
    expect(page.locator(".amount").first).to_have_text("$194.96")
    assert "s=" not in page.url
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Pay $194.96").click()
    page.get_by_label(re.compile("4242")).check()
    page.get_by_role("button", name="Pay $194.96").click()
    expect(page.get_by_text("Thank you. Your payment went through.")).to_be_visible()

    # Paid, the code opens nothing any more.
    page.goto(links.address_of(statement.link).removeprefix(settings.PORTAL_URL))
    expect(page.get_by_role("heading", level=1)).to_have_text("This code does not open a bill")


def test_pages_of_the_square_code_are_fit_for_everybody(
    page: Page, check_page: CheckPage, statement: Statement
) -> None:
    page.goto(links.address_of(statement.link).removeprefix(settings.PORTAL_URL))
    check_page(page)
    page.goto("/pay/statement/?s=forged")
    check_page(page)


def test_code_from_the_mail_opens_the_bill(page: Page, check_page: CheckPage, statement: Statement) -> None:
    page.goto("/pay/")
    page.get_by_role("link", name="Get a code by e-mail").click()
    page.get_by_role("button", name="Send the code").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter the account number")
    check_page(page)
    page.get_by_label("Account number").fill("1020 4417")
    page.get_by_label("Guarantor’s last name").fill("NOVAK")
    page.get_by_role("button", name="Send the code").click()
    expect(page.get_by_text("a code is on its way")).to_be_visible()
    check_page(page)
    call_command("work", once=True)
    sent = next(message for message in mail.outbox if message.to == ["ana@example.org"])
    code = re.search(r"\d{4} \d{4}", str(sent.body))
    assert code is not None
    page.get_by_label("Code from the e-mail").fill("0000 0000")
    page.get_by_role("button", name="Open the bill").click()
    expect(page.get_by_role("alert")).to_contain_text("does not open a bill")
    check_page(page)
    page.get_by_label("Code from the e-mail").fill(code[0])
    page.get_by_role("button", name="Open the bill").click()
    expect(page.locator(".amount").first).to_have_text("$194.96")


def test_guarantor_reads_statements_and_takes_the_letter(
    page: Page, check_page: CheckPage, statement: Statement
) -> None:
    user = UserFactory()
    AccessFactory(user=user, account=statement.account)
    page.goto("/accounts/login/")
    page.get_by_label("E-mail address").fill(user.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/home/")
    page.goto(f"/billing/{statement.account_id}/")
    page.get_by_role("link", name="Statements").click()
    check_page(page)
    page.locator("main").get_by_role("link", name=re.compile(r"^\w{3} \d+, \d{4}$")).click()
    expect(page.locator(".amount").first).to_have_text("$194.96")
    check_page(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the PDF").click()
    assert download.value.path().read_bytes() == bytes(statement.pdf)
