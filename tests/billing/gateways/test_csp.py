"""`form-action` leads to the provider from the pages whose button goes there, and from no other."""

import pytest
from django.conf import settings as project
from django.urls import reverse

from tests.billing.guest.test_pages import let_in
from tests.doors import press
from tests.factories.billing import AccessFactory, VisitFactory
from tests.factories.records import UserFactory
from tests.fake_stripe.portal import taking_payments

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

PROVIDER = "form-action 'self' https://checkout.stripe.com"


def _policy(response) -> str:
    return next(part.strip() for part in response["Content-Security-Policy"].split(";") if "form-action" in part)


@pytest.fixture(autouse=True)
def stripe():
    with taking_payments():
        yield


@pytest.fixture
def guest(client):
    client.amount = let_in(client, VisitFactory(owed_cents=50_00))
    return client


@pytest.fixture
def payer(client):
    visit = VisitFactory(owed_cents=50_00)
    user = UserFactory()
    AccessFactory(user=user, account=visit.account)
    client.force_login(user)
    client.account = visit.account
    return client


def test_guests_review_leads_to_the_provider(guest):
    assert _policy(guest.get(guest.amount)) == "form-action 'self'"
    review = guest.post(guest.amount, {"how": "total", "email": "aunt@example.org"}, follow=True)
    assert _policy(review) == PROVIDER
    sent = press(guest, review.request["PATH_INFO"])
    assert sent["Location"].startswith("https://checkout.stripe.com/c/pay/cs_test_")


def test_payers_review_leads_to_the_provider(payer):
    pay = reverse("billing:pay", kwargs={"account": payer.account.pk})
    assert _policy(payer.get(pay)) == "form-action 'self'"
    review = payer.post(pay, {"how": "total", "email": ""}, follow=True)
    assert "<h1>Review your payment</h1>" in review.content.decode()
    assert _policy(review) == PROVIDER


@pytest.mark.parametrize("name", ["billing:summary", "billing:guest_lookup", "portal:welcome", "portal:home"])
def test_other_pages_lead_nowhere(payer, name):
    assert _policy(payer.get(reverse(name), follow=True)) == "form-action 'self'"


def test_no_other_page_widens_its_policy():
    widening = [
        f"{path.relative_to(project.BASE_DIR)}"
        for app in ("billing", "portal", "records")
        for path in sorted((project.BASE_DIR / app).rglob("*.py"))
        if "leads_to_provider" in (source := path.read_text()) or "csp_override" in source
    ]
    assert widening == ["billing/payments/csp.py", "billing/payments/pages.py"]
    assert (project.BASE_DIR / "billing/payments/pages.py").read_text().count("@leads_to_provider") == 1


def test_widening_follows_where_the_providers_pages_are(guest):
    with taking_payments(STRIPE_API_BASE="http://127.0.0.1:12111"):
        review = guest.post(guest.amount, {"how": "total", "email": "a@example.org"}, follow=True)
        assert _policy(review) == "form-action 'self' http://127.0.0.1:12111"
