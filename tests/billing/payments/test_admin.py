"""The billing office finds a payment, and all that came of it, by the number that a caller reads out."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from billing.models import Dispute, ProviderPayment, Refund, WorkItem
from billing.payments.refunds import actions as refunds
from billing.payments.refunds.states import RefundReason
from billing.sandbox import disputes
from tests.billing.payments.steps import hear, open_page, start
from tests.factories.billing import VisitFactory
from tests.factories.records import UserFactory
from tests.factories.sandbox import open_checkout, pay
from tests.staff import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def clerk() -> Client:
    return client_of("Billing office")


@pytest.fixture
def payment() -> ProviderPayment:
    """A payment of $125.00 on account 1020 4417, with a refund and a chargeback; two more of others."""
    other = VisitFactory(owed_cents=10_00)
    pay(open_page(start(other)).checkout_ref)
    pay(open_checkout().ref)
    visit = VisitFactory(owed_cents=125_00, number="7000213305", account__number="10204417")
    attempt = open_page(start(visit, cents=125_00))
    pay(attempt.checkout_ref)
    hear()
    found = ProviderPayment.objects.get(attempt=attempt)
    refunds.request(
        payment_id=found.pk,
        amount_cents=10_00,
        reason=RefundReason.GOODWILL,
        note="",
        by=UserFactory(is_staff=True),
        at=timezone.now(),
    )
    disputes.open_dispute(payment_ref=found.ref, amount_cents=20_00, at=timezone.now())
    hear()
    return found


@pytest.mark.parametrize("typed", ["10204417", "1020 4417", "1020-4417", "7000213305", "7000 2133 05"])
def test_payment_and_what_came_of_it_are_found_by_either_number_as_it_is_printed(clerk, payment, typed):
    account = payment.account
    expected = {
        "providerpayment": {payment},
        "paymentattempt": {payment.attempt},
        "refund": set(Refund.objects.filter(payment=payment)),
        "dispute": set(Dispute.objects.filter(payment=payment)),
        "workitem": set(WorkItem.objects.filter(account=account)),
        "ledgertransaction": set(account.transactions.all()),
    }
    for model, rows in expected.items():
        answer = clerk.get(reverse(f"admin:billing_{model}_changelist"), {"q": typed})
        assert rows
        assert set(answer.context["cl"].result_list) == rows, model


@pytest.mark.parametrize("model", ["charge", "ledgerentry", "visitaccount", "accountnumber"])
def test_rows_of_one_visit_are_found_by_its_number_alone(clerk, payment, model):
    other = VisitFactory(account=payment.account, owed_cents=5_00)
    url = reverse(f"admin:billing_{model}_changelist")
    one, another = (
        {row.pk for row in clerk.get(url, {"q": typed}).context["cl"].result_list}
        for typed in ("7000 2133 05", str(other.account_number))
    )
    assert one and another
    assert not one & another
