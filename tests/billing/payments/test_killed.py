"""A process dies between the provider and the commit; the payer tries again, or reconciliation runs, and all is well."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from billing.ledger.choices import Bucket
from billing.ledger.models import LedgerTransaction
from billing.payments.models import PaymentAttempt, ProviderPayment
from billing.payments.reconciliation.run import reconcile
from billing.payments.refunds import actions as refunds
from billing.payments.refunds.models import Refund
from billing.payments.refunds.states import RefundReason
from billing.sandbox import disputes as sandbox
from billing.sandbox.models import Checkout
from billing.sandbox.models import Refund as SandboxRefund
from records.notifications.models import Notification
from tests.billing.payments.steps import hear, in_bucket, open_page, owed, posted, start
from tests.factories.billing import VisitFactory
from tests.factories.records import UserFactory
from tests.factories.sandbox import pay

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def _dies(point: str, pk: object) -> None:
    database = connection.settings_dict
    where = f"postgres://{database['USER']}@/{database['NAME']}?host={database['HOST']}"
    died = subprocess.run(  # noqa: S603 (our own program)
        [sys.executable, "-m", "tests.billing.payments.dying", point, str(pk)],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DATABASE_URL": where, "DJANGO_SETTINGS_MODULE": "portal.settings"},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert died.returncode == -9, died.stderr.decode()[-2000:]


@pytest.fixture
def visit():
    return VisitFactory(owed_cents=125_00)


@pytest.fixture
def payment(visit) -> ProviderPayment:
    pay(open_page(start(visit)).checkout_ref)
    hear()
    return ProviderPayment.objects.get()


@pytest.fixture(autouse=True)
def sound():
    yield
    call_command("verify_ledger", "--offline")


@pytest.mark.parametrize("point", ["before the page is asked for", "after the page was made"])
def test_payer_who_tries_again_gets_the_one_page(visit, point):
    attempt = start(visit)
    _dies(point, attempt.pk)
    again = open_page(PaymentAttempt.objects.get(pk=attempt.pk))
    assert (again.pk, Checkout.objects.count()) == (attempt.pk, 1)
    pay(again.checkout_ref)
    reconcile(timezone.now())
    assert (posted(), owed(visit)) == (1, 0)


def test_page_of_a_process_that_died_is_found_when_it_is_paid_after_all(visit):
    attempt = start(visit)
    _dies("after the page was made", attempt.pk)
    pay(Checkout.objects.get().ref)
    reconcile(timezone.now())
    attempt.refresh_from_db()
    assert (attempt.state, posted(), owed(visit)) == ("paid", 1, 0)


@pytest.mark.parametrize(
    "point",
    [
        "before the provider is read",
        "after the provider was read",
        "before the payment is posted",
        "after it was posted, before the commit",
        "after the commit",
    ],
)
def test_payment_is_posted_once_and_told_once(visit, point):
    attempt = open_page(start(visit, email="payer@example.org"))
    pay(attempt.checkout_ref)
    _dies(point, attempt.pk)
    assert posted() == (1 if point == "after the commit" else 0)
    for _ in range(2):
        reconcile(timezone.now())
    attempt.refresh_from_db()
    assert (attempt.state, posted(), owed(visit), in_bucket(Bucket.PROCESSOR)) == ("paid", 1, 0, 125_00)
    assert Notification.objects.filter(kind="receipt").count() == 1


@pytest.mark.parametrize(
    "point",
    [
        "before the refund is asked for",
        "after the refund was made",
        "before the refund is posted",
        "after the refund was posted, before the commit",
    ],
)
def test_refund_goes_out_once_and_is_posted_once(visit, payment, point):
    refund = refunds.request(
        payment_id=payment.pk,
        amount_cents=30_00,
        reason=RefundReason.GOODWILL,
        note="",
        by=UserFactory(is_staff=True),
        at=timezone.now(),
    )
    _dies(point, refund.pk)
    for _ in range(2):
        reconcile(timezone.now())
    assert (Refund.objects.get().state, SandboxRefund.objects.count(), owed(visit)) == ("succeeded", 1, 30_00)
    assert LedgerTransaction.objects.filter(kind="refund").count() == 1


@pytest.mark.parametrize("point", ["before a chargeback is posted", "after a chargeback was posted, before the commit"])
def test_chargeback_is_posted_once(payment, point):
    sandbox.open_dispute(payment_ref=payment.ref, at=timezone.now())
    _dies(point, payment.ref)
    for _ in range(2):
        reconcile(timezone.now())
    assert (in_bucket(Bucket.DISPUTE_HOLD), in_bucket(Bucket.PROCESSOR)) == (125_00, 0)
    assert LedgerTransaction.objects.filter(kind="chargeback").count() == 1


def test_page_that_was_closed_for_another_amount_ends(visit):
    attempt = open_page(start(visit))
    _dies("while a page that is given up is closed", attempt.pk)
    reconcile(timezone.now())
    attempt.refresh_from_db()
    assert (attempt.state, posted()) == ("expired", 0)
