"""Money that was paid in another currency is shown in that currency, to payers and to staff."""

from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from django.utils import timezone

from billing.ledger.work import WorkItem
from billing.payments import receipts, settling
from billing.payments.gateways.registry import gateway
from billing.payments.models import ProviderPayment
from billing.sandbox import disputes, refunds
from billing.sandbox.models import Payment
from billing.sandbox.states import DisputeStatus
from records.notifications.models import Notification
from tests.billing.payments.steps import open_page, start
from tests.factories.billing import VisitFactory
from tests.factories.sandbox import pay
from tests.queries import BUDGET, cost_of
from tests.staff import staff_in

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def attempt():
    """A guest who owes $125.00 and whose card was charged 125.00 EUR."""
    attempt = open_page(start(VisitFactory(owed_cents=125_00), email="payer@example.org"))
    pay(attempt.checkout_ref)
    Payment.objects.update(currency="eur")
    return attempt


@pytest.fixture
def payment(attempt) -> ProviderPayment:
    return _settled()


@pytest.fixture
def staff(client):
    client.force_login(staff_in("Billing office"))
    return client


def _settled(**changed) -> ProviderPayment:
    facts = gateway().read_payment(Payment.objects.get().ref)
    return settling.record_payment(facts=replace(facts, settled_cents=134_20, **changed), at=timezone.now())


def _told(kind: str) -> list[str]:
    notices = Notification.objects.filter(kind=kind, address="payer@example.org").order_by("created_at")
    return [notice.context["amount"] for notice in notices]


def test_receipt_says_what_was_paid(client, attempt, payment):
    url = urlsplit(receipts.receipt_url(attempt))
    page = client.get(f"{url.path}?{url.query}", follow=True).content.decode()
    assert "125.00 EUR" in page
    assert "$125.00" not in page


def test_mailed_receipt_says_what_was_paid(payment):
    _settled()
    assert _told("receipt") == ["125.00 EUR"]


def test_staff_read_what_was_paid_and_what_it_was_worth(payment):
    assert WorkItem.objects.get().note == "Paid 125.00 EUR, $134.20 to us."


def test_currency_without_cents_has_none(attempt):
    Payment.objects.update(currency="jpy", amount_cents=18_500)
    _settled()
    assert WorkItem.objects.get().note == "Paid 18,500 JPY, $134.20 to us."


def test_what_goes_back_is_told_in_what_was_paid(payment):
    refunds.refund_at_desk(payment_ref=payment.ref, amount_cents=25_00, at=timezone.now())
    _settled()
    assert _told("refunded") == ["25.00 EUR"]


def test_what_the_bank_took_is_told_in_what_was_paid(payment):
    lost = disputes.open_dispute(
        payment_ref=payment.ref, amount_cents=60_00, status=DisputeStatus.LOST, at=timezone.now()
    )
    _settled()
    disputes.decide_dispute(ref=lost.ref, status=DisputeStatus.LOST, amount_cents=25_00, at=timezone.now())
    _settled()
    assert _told("payment_returned") == ["60.00 EUR", "25.00 EUR"]
    assert Notification.objects.filter(context__earlier="60.00 EUR").exists()
    assert WorkItem.objects.filter(note="fraudulent: 25.00 EUR instead of 60.00 EUR").exists()


@pytest.mark.parametrize("model", ["providerpayment", "refund", "dispute"])
def test_admin_names_the_currency(staff, payment, model):
    for cents in (25_00, 30_00):
        refunds.refund_at_desk(payment_ref=payment.ref, amount_cents=cents, at=timezone.now())
        disputes.open_dispute(
            payment_ref=payment.ref, amount_cents=cents, status=DisputeStatus.WARNING, at=timezone.now()
        )
    _settled()
    shown = {"providerpayment": "125.00 EUR", "refund": "25.00 EUR", "dispute": "30.00 EUR"}[model]
    url = reverse(f"admin:billing_{model}_changelist")
    page = staff.get(url).content.decode()
    assert shown in page
    assert f"${shown[:5]}" not in page
    assert cost_of(lambda: staff.get(url)) <= BUDGET
    inside = staff.get(reverse("admin:billing_providerpayment_change", args=[payment.pk])).content.decode()
    assert shown in inside
