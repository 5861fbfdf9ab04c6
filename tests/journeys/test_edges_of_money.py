"""What people do with tabs, Back, and other people's payments, at both doors; nothing is paid but what was shown."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from billing.ledger import verification
from billing.ledger.models import GuarantorAccess, LedgerEntry, VisitAccount
from billing.models import PaymentAttempt
from billing.sandbox import actions as sandbox
from records.access.models import User
from tests.billing.payments.steps import hear, open_page, start
from tests.factories.billing import AccessFactory, AccountFactory, GuarantorFactory, VisitFactory
from tests.factories.records import GrantFactory
from tests.factories.sandbox import pay
from tests.journeys.steps import sign_in
from tests.journeys.test_paying import look_up, pay_at_the_provider
from tests.staff import staff_in
from tests.working import work

type EnterAs = Callable[[Page, User], None]
type CheckPage = Callable[[Page], None]
type Door = Callable[[], Page]


@pytest.fixture
def access(live_server: object) -> GuarantorAccess:
    """Ana Alvarez, who signs in: $50.00 and $144.96 owed on account 1020 4417."""
    guarantor = GuarantorFactory(given_name="Ana", family_name="Alvarez")
    account = AccountFactory(guarantor=guarantor, number="10204417")
    VisitFactory(account=account, owed_cents=50_00, number="7000213308", title="Orthopedist")
    visit = VisitFactory(account=account, owed_cents=144_96, number="7000213305", title="Emergency department")
    return AccessFactory(user=GrantFactory(patient=visit.patient).user, account=account)


@pytest.fixture
def other(access: GuarantorAccess) -> VisitAccount:
    """Somebody else’s bill of $30.00."""
    account = AccountFactory(guarantor=GuarantorFactory(given_name="Joe", family_name="Whitfield"), number="10833168")
    return VisitFactory(account=account, owed_cents=30_00)


@pytest.fixture
def stranger(new_context: Callable[[], BrowserContext]) -> Page:
    return new_context().new_page()


def find(page: Page, number: str, name: str) -> None:
    page.goto("/pay/")
    look_up(page, number, name)
    expect(page.get_by_role("heading", level=1)).to_have_text("Choose an amount")


@pytest.fixture(params=["guest", "signed in"])
def door(request: pytest.FixtureRequest, page: Page, access: GuarantorAccess) -> Door:
    """Opens a tab on the amount page of Ana’s bill."""
    if request.param == "signed in":
        sign_in(page, access.user)

    def open_tab() -> Page:
        tab = page.context.new_page()
        if request.param == "guest":
            find(tab, "1020 4417", "Alvarez")
        else:
            tab.goto(f"/billing/{access.account_id}/pay/")
        return tab

    return open_tab


def choose(page: Page, amount: str) -> None:
    page.get_by_label("Another amount", exact=True).first.check()
    page.get_by_role("textbox", name="Another amount").fill(amount)
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Review your payment")


def press_pay(page: Page) -> None:
    page.get_by_role("button", name=re.compile(r"^Pay \$")).click()


def pay_with(page: Page, label: str) -> None:
    page.get_by_label(re.compile(label)).check()
    press_pay(page)


def thanked(page: Page) -> None:
    expect(page.get_by_text("Thank you. Your payment went through.")).to_be_visible()


def test_two_bills_in_two_tabs_of_a_guest(page: Page, access: GuarantorAccess, other: VisitAccount) -> None:
    first, second = page.context.new_page(), page.context.new_page()
    find(first, "10204417", "Alvarez")
    choose(first, "20")
    find(second, "10833168", "Whitfield")
    second.get_by_role("button", name="Next").click()
    first.reload()
    press_pay(first)
    expect(first.locator(".amount").first).to_have_text("$20.00")
    pay_with(first, "4242")
    thanked(first)
    expect(first.get_by_text("4417")).to_be_visible()
    press_pay(second)
    pay_with(second, "4242")
    thanked(second)
    expect(second.get_by_text("3168")).to_be_visible()
    paid = PaymentAttempt.objects.filter(state="paid").values_list("account", "amount_cents")
    assert set(paid) == {(access.account_id, 20_00), (other.account_id, 30_00)}


def test_two_tabs_of_one_bill(door: Door, access: GuarantorAccess) -> None:
    first, second = door(), door()
    choose(first, "20")
    choose(second, "30")
    press_pay(second)
    press_pay(first)
    expect(first.locator(".amount").first).to_have_text("$20.00")
    second.reload()
    expect(second.get_by_text("This page has run out of time")).to_be_visible()
    pay_with(first, "4242")
    thanked(first)
    assert PaymentAttempt.objects.get(state="paid").amount_cents == 20_00


def test_back_twice_after_paying_pays_nothing_more(page: Page, check_page: CheckPage, access: GuarantorAccess) -> None:
    sign_in(page, access.user)
    visit = VisitAccount.objects.get(title="Orthopedist")
    page.goto(f"/billing/{access.account_id}/visits/{visit.pk}/")
    page.get_by_role("button", name="Pay this visit").click()
    review = page.url
    press_pay(page)
    pay_at_the_provider(page, check_page)
    thanked(page)
    expect(page.get_by_text("$144.96 is left to pay now.")).to_be_visible()
    check_page(page)
    for _back in range(2):
        page.goto(review)
        expect(page.get_by_text("You have not been charged.")).to_be_visible()
    check_page(page)
    access.account.refresh_from_db()
    assert (access.account.credit_cents, PaymentAttempt.objects.count()) == (0, 1)


def test_cancelled_and_declined_payments_say_once_that_nothing_was_paid(door: Door, check_page: CheckPage) -> None:
    tab = door()
    choose(tab, "20")
    press_pay(tab)
    pay_with(tab, "0002")
    expect(tab.get_by_role("alert")).to_be_visible()
    tab.get_by_role("link", name="Cancel and go back").click()
    expect(tab.get_by_text("Nothing was paid.")).to_be_visible()
    check_page(tab)
    tab.reload()
    expect(tab.get_by_text("Nothing was paid.")).to_have_count(0)
    choose(tab, "25")
    expect(tab.get_by_text("Is this paid already?")).to_have_count(0)
    press_pay(tab)
    pay_with(tab, "4242")
    thanked(tab)


def test_debit_of_somebody_else_warns_leaves_the_choice_and_is_told_when_it_fails(
    page: Page, stranger: Page, check_page: CheckPage, access: GuarantorAccess
) -> None:
    find(stranger, "10204417", "Alvarez")
    stranger.get_by_role("button", name="Next").click()
    press_pay(stranger)
    pay_with(stranger, "1116")
    expect(stranger.get_by_text("Your bank payment is on its way")).to_be_visible()

    sign_in(page, access.user)
    page.goto("/billing/")
    expect(page.get_by_text("A bank payment of $194.96 by somebody else is on its way.")).to_be_visible()
    expect(page.get_by_text("You do not need to do anything")).to_have_count(0)
    check_page(page)
    page.get_by_role("link", name="Pay Now").click()
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_text("Is this paid already?")).to_be_visible()
    check_page(page)

    sandbox.decide_banks(timezone.now() + dt.timedelta(hours=1))
    call_command("reconcile_payments")
    assert PaymentAttempt.objects.get().state == "failed"
    page.goto("/notifications/")
    expect(page.get_by_text("A payment on its way did not go through")).to_be_visible()


def test_two_pay_the_same_and_the_second_is_told_what_happens(
    page: Page, stranger: Page, check_page: CheckPage, access: GuarantorAccess
) -> None:
    for tab in (page, stranger):
        find(tab, "7000213305", "Alvarez")
        tab.get_by_role("button", name="Next").click()
        press_pay(tab)
    pay_with(page, "4242")
    thanked(page)
    pay_with(stranger, "4242")
    expect(stranger.get_by_text(re.compile("more than was still owed"))).to_be_visible()
    check_page(stranger)
    assert to_go_back() == 144_96
    assert verification.faults() == []


def to_go_back() -> int:
    return -sum(LedgerEntry.objects.filter(bucket="refundable").values_list("cents", flat=True))


def test_two_people_send_an_overpayment_back(
    page: Page, check_page: CheckPage, enter_as: EnterAs, access: GuarantorAccess
) -> None:
    visit = VisitAccount.objects.get(title="Emergency department")
    for attempt in [open_page(start(visit, chosen={visit.pk: 144_96})) for _tab in range(2)]:
        pay(attempt.checkout_ref)
    hear()

    enter_as(page, staff_in("Billing office", full_name="Clara Office"))
    page.goto("/admin/billing/workitem/")
    expect(page.get_by_text("$144.96")).to_be_visible()
    check_page(page)
    page.locator("#result_list tbody th a").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Change work item")
    check_page(page)
    item = page.url
    page.get_by_role("button", name="Send $144.96 back to the card ending in 4242").click()
    expect(page.get_by_text("second person has agreed")).to_be_visible()
    assert to_go_back() == 144_96

    enter_as(page, staff_in("Billing office", full_name="Hanna Head"))
    page.goto("/admin/records/approval/")
    check_page(page)
    page.locator("#result_list tbody th a").click()
    expect(page.get_by_text("Clara Office")).to_be_visible()
    check_page(page)
    page.get_by_role("button", name="Approve: send $144.96 back").click()
    expect(page.get_by_text("Approved.")).to_be_visible()
    work()
    page.goto(item)
    expect(page.get_by_text("Sent back")).to_be_visible()
    assert to_go_back() == 0
    assert verification.faults() == []
