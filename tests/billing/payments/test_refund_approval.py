"""Who approves a refund reads amount, payer, reason and account, and what will happen."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from billing.models import ProviderPayment, Refund
from billing.payments.refunds import actions
from billing.payments.refunds.states import RefundReason
from records.approvals.models import Approval
from tests.billing.payments.steps import hear, open_page, start
from tests.factories.billing import AccessFactory, VisitFactory, guest, payer_of
from tests.factories.records import UserFactory
from tests.factories.sandbox import open_checkout, pay
from tests.queries import BUDGET, cost_of
from tests.staff import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

LIST = "admin:records_approval_changelist"


@pytest.fixture
def head() -> Client:
    return client_of("Billing office")


@pytest.fixture
def visit():
    return VisitFactory(
        owed_cents=125_00,
        account__number="10204417",
        account__guarantor__given_name="Maya",
        account__guarantor__family_name="Alvarez",
    )


def asked(payment: ProviderPayment, cents: int = 125_00) -> Refund:
    return actions.request(
        payment_id=payment.pk,
        amount_cents=cents,
        reason=RefundReason.OTHER,
        note="The clinic was closed that day",
        by=UserFactory(is_staff=True, full_name="Clara Office"),
        at=timezone.now(),
    )


def paid(visit, payer=None) -> ProviderPayment:
    attempt = open_page(start(visit, payer or guest()))
    pay(attempt.checkout_ref)
    hear()
    return ProviderPayment.objects.get(attempt=attempt)


def words(client: Client, address: str) -> str:
    body = client.get(address).content.decode().split("<body")[1]
    return " ".join(re.sub(r"<[^>]*>", " ", body).split())


def page_of(client: Client, refund: Refund) -> str:
    approval = Approval.objects.get(object_id=str(refund.pk))
    return words(client, reverse("admin:records_approval_change", args=[approval.pk]))


def test_approver_reads_everything_in_words_and_no_row_id(head, visit):
    payment = paid(visit, payer_of(AccessFactory(account=visit.account, user__full_name="Maya Alvarez")))
    refund = asked(payment)
    page = page_of(head, refund)
    for said in (
        "Send $125.00 back to Card ending in 4242, paid by Maya Alvarez on account 1020 4417.",
        payment.attempt.confirmation,
        "Another reason (say which)",
        "The clinic was closed that day",
        "Maya Alvarez, account 1020 4417",
        "Clara Office",
        "Approve: send $125.00 back",
        "What the payment had paid is owed again",
        "A refund cannot be called back.",
    ):
        assert said in page
    for raw in (refund.pk, payment.pk, payment.ref, visit.account_id):
        assert not re.search(rf"\b{raw}\b", page)


def test_guest_is_named_by_their_way_in(head, visit):
    assert "paid by a guest on account 1020 4417." in page_of(head, asked(paid(visit)))


def test_payment_of_nobody_says_so(head):
    pay(open_checkout(amount_cents=125_00).ref)
    hear()
    page = page_of(head, asked(ProviderPayment.objects.get()))
    assert "Send $125.00 back to Card ending in 4242. We do not know who paid it." in page


def test_list_says_amount_and_account_at_the_same_cost(head, visit):
    asked(paid(visit))
    assert "Send $125.00 back to Card ending in 4242" in words(head, reverse(LIST))
    few = cost_of(lambda: head.get(reverse(LIST)))
    for _ in range(4):
        asked(paid(VisitFactory(owed_cents=125_00)))
    assert cost_of(lambda: head.get(reverse(LIST))) <= min(few, BUDGET)
