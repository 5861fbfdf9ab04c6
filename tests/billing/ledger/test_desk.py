"""Cash and checks at the desk: money of ours that no provider holds."""

import pytest
from django.utils import timezone

from billing.ledger import paying, returns, verification
from billing.ledger.actions import Decision
from billing.ledger.choices import Bucket
from tests.billing.ledger.steps import DAY, in_bucket, owed
from tests.factories.billing import VisitFactory, decide

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture(params=[Bucket.CASH, Bucket.CHECK])
def bucket(request) -> Bucket:
    return request.param


@pytest.fixture
def visit(account, bucket):
    """$100.00 wait for the insurer, and somebody paid $25.00 of it at the desk."""
    covered = VisitFactory(account=account, pending_cents=100_00)
    paying.deposit(
        visit_id=covered.pk,
        cents=25_00,
        is_guarantor=False,
        source="desk",
        payment_ref="desk:1",
        into=bucket,
        at=timezone.now(),
        effective_date=DAY,
    )
    return covered


def _pay_back(cents, *, ref="r1"):
    return returns.refund(
        source="desk", payment_ref="desk:1", cents=cents, refund_ref=ref, effective_date=DAY, at=timezone.now()
    )


def test_cash_and_checks_stand_in_buckets_of_their_own(visit, bucket):
    assert (in_bucket(bucket), in_bucket(Bucket.PROCESSOR)) == (25_00, 0)
    assert verification.faults() == []


def test_money_of_the_desk_goes_back_out_of_where_it_came(visit, bucket):
    decide(visit.charges.get(), Decision(insurance_cents=90_00, copay_cents=10_00))
    _pay_back(15_00)
    assert (in_bucket(bucket), in_bucket(Bucket.PROCESSOR), in_bucket(Bucket.REFUNDABLE)) == (10_00, 0, 0)
    assert owed(visit) == [0]
    assert verification.faults() == []
