"""Two payers at once, beside what happens when money is spread over what was read before the lock."""

import datetime as dt
import threading

import pytest
from django.utils import timezone

from billing.ledger import paying, posting, verification
from billing.ledger.choices import Bucket, TransactionKind
from billing.ledger.posting import Entry
from billing.models import LedgerEntry, VisitAccount
from tests.factories.billing import VisitFactory
from tests.together import together

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

DAY = dt.date(2026, 3, 1)


@pytest.fixture
def bill():
    return VisitFactory(owed_cents=100_00)


def owed(bill):
    return VisitAccount.objects.get(pk=bill.pk).patient_cents


def test_spread_over_what_was_read_before_the_lock_two_payments_overpay_the_visit(bill):
    """The control: `post` locks and balances, yet too late to know what the other payer left."""
    both_have_looked = threading.Barrier(2)

    def look_then_post(ref):
        part = min(70_00, owed(bill))
        both_have_looked.wait(timeout=30)
        posting.post(
            kind=TransactionKind.PAYMENT,
            source="test",
            source_ref=ref,
            account_id=bill.account_id,
            entries=[Entry(Bucket.PROCESSOR, part), Entry(Bucket.PATIENT_AR, -part, bill.pk)],
            effective_date=DAY,
            at=timezone.now(),
        )

    assert together(lambda: look_then_post("a"), lambda: look_then_post("b")) == [None, None]
    assert owed(bill) == -40_00


def test_spread_under_the_lock_the_second_payer_gets_back_what_is_over(bill):
    def pay(ref):
        paying.pay(
            account_id=bill.account_id,
            cents=70_00,
            chosen={bill.pk: 70_00},
            is_guarantor=False,
            source="test",
            payment_ref=ref,
            at=timezone.now(),
            effective_date=DAY,
        )

    assert together(lambda: pay("a"), lambda: pay("b")) == [None, None]
    assert owed(bill) == 0
    assert [entry.cents for entry in LedgerEntry.objects.filter(bucket=Bucket.REFUNDABLE)] == [-40_00]
    assert verification.faults() == []
