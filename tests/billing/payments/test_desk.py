"""What was paid at the desk counts where payers and staff look at payments."""

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from billing.ledger import paying
from billing.ledger.access import PayerScope
from billing.ledger.choices import AccessRole, Bucket
from billing.payments import duplicates
from billing.summary import payments
from tests.billing.payments.steps import in_bucket
from tests.factories.billing import AccessFactory, VisitFactory, guest
from tests.staff import client_of, confirm

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def take_at_desk(visit, cents, *, into=Bucket.CASH, is_guarantor=False):
    now = timezone.now()
    return paying.deposit(
        visit_id=visit.pk,
        cents=cents,
        is_guarantor=is_guarantor,
        source="desk",
        payment_ref=f"desk:{uuid.uuid4()}",
        into=into,
        at=now,
        effective_date=timezone.localdate(now),
    )


@pytest.fixture
def visit():
    return VisitFactory(pending_cents=80_00)


@pytest.mark.parametrize(("way", "bucket"), [("cash", Bucket.CASH), ("check", Bucket.CHECK)])
def test_clerk_says_how_it_was_paid(visit, way, bucket):
    url = reverse("admin:billing_visitaccount_deposit", args=[visit.pk])
    form = {"amount": "25.00", "payer": "other", "token": str(uuid.uuid4())}
    clerk = client_of("Billing office")
    assert "cash or a check" in clerk.post(url, form).content.decode()
    confirm(clerk, url, form | {"way": way})
    assert (in_bucket(bucket), in_bucket(Bucket.PROCESSOR)) == (25_00, 0)


def test_cash_of_the_same_amount_is_warned_of_before_the_next_payment(visit):
    take_at_desk(visit, 25_00)
    found = duplicates.alikes(account_id=visit.account_id, payer=guest(), cents=25_00, at=timezone.now())
    assert ["$25.00" in alike.text for alike in found] == [True]


def test_guarantor_sees_what_was_paid_at_the_desk(visit):
    access = AccessFactory(account=visit.account)
    take_at_desk(visit, 25_00, into=Bucket.CHECK)
    history = payments.history(PayerScope(access.user, visit.account, AccessRole.GUARANTOR))
    assert [paid.cents for paid in history] == [25_00]
