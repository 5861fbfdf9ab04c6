"""A guest and a guarantor pay through Stripe: the real SDK, its hosted page on another origin, and the real CSP."""

import re
import threading
from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.test import override_settings
from playwright.sync_api import Page, expect

from billing.ledger import verification
from billing.models import ProviderEvent, VisitAccount
from billing.payments.gateways import patience
from billing.payments.gateways.registry import gateway
from tests.billing.gateways.hanging import SESSIONS, hang
from tests.factories.billing import AccessFactory, VisitFactory
from tests.factories.records import PASSWORD, GrantFactory
from tests.fake_stripe.server import Server, running
from tests.journeys.conftest import Watch


@pytest.fixture
def stripe(live_server, watch: Watch) -> Iterator[Server]:
    """A fake Stripe on a port of its own, which the portal takes for Stripe."""
    with running() as server:
        gateway.cache_clear()
        with override_settings(
            PAYMENT_GATEWAY="billing.payments.gateways.stripe.gateway.StripeGateway",
            STRIPE_SECRET_KEY="sk_test_fake",
            STRIPE_WEBHOOK_SECRET="whsec_fake",
            STRIPE_API_BASE=server.url,
            ROOT_URLCONF="tests.journeys.stripe_urls",
        ):
            watch.others.add(server.url)
            yield server
        gateway.cache_clear()


@pytest.fixture
def visit(live_server: object) -> VisitAccount:
    return VisitFactory(owed_cents=144_96)


def sign_in_to_review(page: Page, visit: VisitAccount) -> None:
    grant = GrantFactory(patient=visit.patient)
    AccessFactory(user=grant.user, account=visit.account)
    page.goto("/accounts/login/")
    page.get_by_label("E-mail address").fill(grant.user.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/home/")
    page.goto(f"/billing/{visit.account_id}/pay/")
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Pay $144.96").click()


def pay(page: Page, stripe: Server, number: str) -> None:
    page.wait_for_url(f"{stripe.url}/c/pay/**")
    expect(page.get_by_role("heading", level=1)).to_have_text("Account payment")
    page.get_by_label(re.compile(number)).check()
    page.get_by_role("button", name="Pay $144.96").click()


def test_payer_pays_with_a_second_card_after_a_declined_one(page: Page, stripe: Server, visit: VisitAccount) -> None:
    sign_in_to_review(page, visit)
    pay(page, stripe, "0002$|0002:")
    expect(page.get_by_role("alert")).to_have_text("Your card was declined.")
    pay(page, stripe, "4242 4242:")
    expect(page.get_by_text("Thank you. Your payment went through.")).to_be_visible()
    visit.refresh_from_db()
    assert visit.patient_cents == 0
    assert verification.faults() == []


def test_bank_that_asks_and_bank_debit_that_takes_days(page: Page, stripe: Server, visit: VisitAccount) -> None:
    sign_in_to_review(page, visit)
    pay(page, stripe, "3155:")
    page.get_by_role("button", name="Fail").click()
    expect(page.get_by_role("alert")).to_contain_text("unable to authenticate")
    pay(page, stripe, "000123456789:")
    page.wait_for_url("**/billing/payments/**")
    expect(page.get_by_role("heading", level=1)).not_to_contain_text("Thank you")
    visit.refresh_from_db()
    assert visit.patient_cents == 144_96
    assert verification.faults() == []


def test_payer_waits_on_our_page_while_stripe_hangs_and_is_led_on_when_it_answers(
    page: Page, stripe: Server, visit: VisitAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = threading.Event()
    hang(stripe, over, SESSIONS)
    monkeypatch.setattr(patience, "SECONDS", 5.0)
    sign_in_to_review(page, visit)
    expect(page.get_by_role("heading", level=1)).to_have_text("We are still asking the payment company")
    expect(page.get_by_text("You have not been charged.")).to_be_visible()
    over.set()
    call_command("work", once=True)
    pay(page, stripe, "4242 4242:")
    expect(page.get_by_text("Thank you. Your payment went through.")).to_be_visible()
    assert verification.faults() == []


@pytest.mark.postgres  # On SQLite the live server's threads share one connection.
def test_stripes_notice_reaches_the_portal(page: Page, base_url: str, stripe: Server, visit: VisitAccount) -> None:
    stripe.webhook = f"{base_url}/webhooks/stripe/"
    sign_in_to_review(page, visit)
    pay(page, stripe, "4242 4242:")
    expect(page.get_by_text("Thank you. Your payment went through.")).to_be_visible()
    for _ in range(600):
        if ProviderEvent.objects.filter(provider="stripe", type="checkout.session.completed").exists():
            break
        page.wait_for_timeout(100)
    else:
        pytest.fail("no notice came")
