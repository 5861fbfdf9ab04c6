"""The failures of payments.md §7 that no other test shows; docs/payments.md lists them all, each with its test."""

import datetime as dt
from dataclasses import replace

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from billing.ledger import actions as ledger
from billing.ledger.actions import Decision
from billing.ledger.choices import Bucket
from billing.ledger.paying import NotPlaceable
from billing.models import Adjudication, ProviderEvent, ProviderPayment
from billing.payments import placing, settling
from billing.payments.gateways.protocol import GatewayError
from billing.payments.gateways.registry import gateway
from billing.payments.models import PaymentAttempt
from billing.payments.reconciliation import orphans
from billing.payments.reconciliation.run import reconcile
from billing.payments.refunds.actions import left_cents
from billing.sandbox import notices as sandbox_notices
from billing.sandbox import refunds
from billing.sandbox.models import Checkout, Event, Fault, Payment
from records.notifications import delivery
from records.notifications.models import Notification
from tests.billing.payments.steps import hear, in_bucket, open_page, owed, posted, start, work
from tests.factories.billing import VisitFactory, decide
from tests.factories.sandbox import open_checkout, pay

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def visit():
    return VisitFactory(owed_cents=125_00)


def _page_after_a_saved_failure(visit) -> tuple[PaymentAttempt, str]:
    """The attempt on its second page, and the first one, which was made though the provider answered 500."""
    attempt = start(visit)
    for _ in range(2):
        Fault.objects.create(kind=Fault.Kind.FAILED_AFTER, operation="open_checkout")
    with pytest.raises(GatewayError):
        open_page(attempt)
    Fault.objects.all().delete()
    attempt = open_page(PaymentAttempt.objects.get(pk=attempt.pk))
    orphan = Checkout.objects.exclude(ref=attempt.checkout_ref).get()
    return attempt, orphan.ref


def test_page_behind_a_saved_failure_is_swept_and_the_payers_own_stays(visit):
    attempt, orphan = _page_after_a_saved_failure(visit)
    assert reconcile(timezone.now()).orphans == 1
    states = dict(Checkout.objects.values_list("ref", "status"))
    assert (states[orphan], states[attempt.checkout_ref]) == ("expired", "open")
    assert PaymentAttempt.objects.get().state == "open"


def test_page_behind_a_saved_failure_that_is_paid_before_the_sweep_is_money(visit):
    _attempt, orphan = _page_after_a_saved_failure(visit)
    pay(orphan)
    reconcile(timezone.now())
    assert (PaymentAttempt.objects.get().state, posted(), owed(visit)) == ("paid", 1, 0)


def test_page_of_an_attempt_that_is_being_opened_is_left_open(visit):
    attempt = start(visit)
    page = open_checkout(attempt_id=attempt.pk)
    assert reconcile(timezone.now()).orphans == 0
    assert Checkout.objects.get(pk=page.pk).status == "open"


def test_page_that_its_attempt_comes_to_know_while_pages_are_read_is_left_open(visit):
    attempt = open_page(start(visit))
    facts = gateway().read_checkout(attempt.checkout_ref)
    assert not orphans._is_mended(facts, timezone.now())
    assert Checkout.objects.get().status == "open"


def test_money_in_another_currency_waits_in_suspense_for_what_it_was_worth(visit):
    attempt = open_page(start(visit))
    pay(attempt.checkout_ref)
    facts = gateway().read_payment(Payment.objects.get().ref)
    for _ in range(2):
        settling.record_payment(facts=replace(facts, currency="eur", settled_cents=134_20), at=timezone.now())
    assert (owed(visit), in_bucket(Bucket.SUSPENSE), work()) == (125_00, -134_20, ["foreign_currency"])


def test_money_in_another_currency_that_goes_back_leaves_nothing_to_place(visit):
    attempt = open_page(start(visit))
    pay(attempt.checkout_ref)
    ref = Payment.objects.get().ref
    for cents in (25_00, 100_00):
        refunds.refund_at_desk(payment_ref=ref, amount_cents=cents, at=timezone.now())
    whole = gateway().read_payment(ref)
    for facts in (replace(whole, refunds=whole.refunds[:1]), whole, whole):
        settling.record_payment(facts=replace(facts, currency="eur", settled_cents=134_20), at=timezone.now())
        payment = ProviderPayment.objects.get()
        left = placing.waiting_cents(payment)
        assert left == (107_36 if facts.refunds[1:] == () else 0)
        assert left_cents(payment) == 0
    assert in_bucket(Bucket.PROCESSOR) == 0
    with pytest.raises(NotPlaceable):
        placing.move(payment_id=payment.pk, account_id=visit.account_id, at=timezone.now())


def test_balance_that_an_insurer_lowers_while_somebody_pays_caps_the_payment():
    visit = VisitFactory(pending_cents=100_00)
    charge = visit.charges.get()
    decide(charge, Decision(insurance_cents=10_00, coinsurance_cents=90_00))
    attempt = open_page(start(visit, cents=90_00, chosen={visit.pk: 90_00}))
    first = Adjudication.objects.get()
    ledger.take_back(adjudication=first, effective_date=timezone.localdate(), at=timezone.now())
    decide(charge, Decision(insurance_cents=60_00, coinsurance_cents=40_00))
    pay(attempt.checkout_ref)
    hear()
    assert (owed(visit), in_bucket(Bucket.REFUNDABLE), work()) == (0, -50_00, ["overpayment"])


def test_mail_server_that_is_down_leaves_the_payment_and_the_receipt_comes_later(visit, settings, mailoutbox):
    pay(open_page(start(visit, email="payer@example.org")).checkout_ref)
    hear()
    receipt = Notification.objects.get(kind="receipt")
    working = settings.MAILERS
    settings.MAILERS = {"default": {"BACKEND": "tests.records.notifications.test_delivery.DownServer"}}
    delivery.deliver(notification_id=receipt.pk, at=timezone.now())
    assert (owed(visit), mailoutbox) == (0, [])
    settings.MAILERS = working
    delivery.deliver(notification_id=receipt.pk, at=timezone.now() + dt.timedelta(hours=1))
    assert [mail.to for mail in mailoutbox] == [["payer@example.org"]]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_database_that_is_down_makes_the_provider_send_the_notice_again(visit):
    pay(open_page(start(visit)).checkout_ref)
    event = Event.objects.get()
    raw = sandbox_notices.body_of(event)
    headers = sandbox_notices.sign(raw, timezone.now())
    client = Client(raise_request_exception=False)

    def send() -> int:
        return client.post("/webhooks/sandbox/", raw, content_type="application/json", headers=headers).status_code

    table = ProviderEvent._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} RENAME TO gone")
        try:
            assert send() == 500
        finally:
            cursor.execute(f"ALTER TABLE gone RENAME TO {table}")
    assert send() == 200
    hear()
    assert (posted(), owed(visit)) == (1, 0)
