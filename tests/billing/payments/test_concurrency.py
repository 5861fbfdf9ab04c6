"""Several tabs, payers and processes at once, as people and providers bring them about (test_races.py: many more)."""

import pytest
from django.utils import timezone

from billing.ledger import verification
from billing.ledger.choices import Bucket
from billing.payments import actions, notices, settling, tasks
from billing.payments.models import PaymentAttempt, ProviderEvent
from billing.payments.reconciliation import run as reconciliation
from billing.sandbox import notices as sandbox_notices
from billing.sandbox.models import Checkout, Fault
from tests.billing.payments.steps import in_bucket, open_page, owed, posted, start, work
from tests.factories.billing import AccessFactory, VisitFactory, guest, payer_of
from tests.factories.sandbox import pay
from tests.together import together

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

MANY = 8


@pytest.fixture
def visit():
    return VisitFactory(owed_cents=800_00)


def _settle(attempt):
    return lambda: settling.settle(attempt_id=attempt.pk, at=timezone.now()).state


def test_two_who_pay_in_full_at_the_same_time_pay_the_bill_once_and_the_rest_is_kept_apart(visit):
    attempts = [open_page(start(visit)), open_page(start(visit, payer_of(AccessFactory(account=visit.account))))]
    for attempt in attempts:
        pay(attempt.checkout_ref)
    assert together(*[_settle(attempt) for attempt in attempts * 3]) == ["paid"] * 6
    assert (owed(visit), posted()) == (0, 2)
    assert in_bucket(Bucket.CREDIT) + in_bucket(Bucket.REFUNDABLE) == -800_00
    assert work() == ["overpayment"]
    assert verification.faults() == []


def test_double_click_starts_one_attempt_on_one_page(visit):
    payer = guest()
    results = together(*[lambda: open_page(start(visit, payer)).page_url] * MANY)
    assert len(set(results)) == 1
    assert (PaymentAttempt.objects.count(), Checkout.objects.count()) == (1, 1)


def test_worker_and_a_payer_who_presses_again_end_with_one_page_that_the_payer_knows(visit):
    payer = guest()
    attempt = start(visit, payer)
    tasks.go_on(attempt=attempt, at=timezone.now())
    Fault.objects.create(kind=Fault.Kind.SLOW, operation="open_checkout")
    _none, pressed = together(
        lambda: actions.ask_again(attempt_id=attempt.pk, tries=1, at=timezone.now()),
        lambda: open_page(start(visit, payer)),
    )
    attempt.refresh_from_db()
    assert attempt.state == "open"
    assert (pressed.page_url, pressed.checkout_ref) == (attempt.page_url, attempt.checkout_ref)
    assert Checkout.objects.get().ref == attempt.checkout_ref


def test_two_tabs_with_different_wishes_leave_one_page_that_can_be_paid(visit):
    payer = guest()
    for _ in range(5):
        wishes = [lambda cents=cents: open_page(start(visit, payer, cents=cents)).state for cents in (100_00, 200_00)]
        assert set(together(*wishes)) <= {"open", "expired", "abandoned"}
        told = PaymentAttempt.objects.exclude(checkout_ref=None).values("checkout_ref")
        assert Checkout.objects.filter(status="open", ref__in=told).count() <= 1
        assert PaymentAttempt.objects.filter(state__in=["created", "open"]).count() <= 1


def test_paying_while_another_tab_changes_the_amount_is_never_lost(visit):
    payer = guest()
    attempt = open_page(start(visit, payer, cents=100_00))
    together(lambda: pay(attempt.checkout_ref), lambda: open_page(start(visit, payer, cents=200_00)))
    reconciliation.reconcile(timezone.now())
    attempt.refresh_from_db()
    is_paid = Checkout.objects.get(ref=attempt.checkout_ref).status == "complete"
    assert attempt.state == ("paid" if is_paid else "expired")
    assert owed(visit) == (700_00 if is_paid else 800_00)


def test_notice_that_comes_to_several_processes_is_stored_once():
    now = timezone.now()
    raw = b'{"id": "e1", "type": "t", "checkout": "", "livemode": false}'
    headers = sandbox_notices.sign(raw, now)
    results = together(*[lambda: notices.ingest(raw=raw, headers=headers, at=now)] * MANY)
    assert sorted(map(bool, results)) == [False] * (MANY - 1) + [True]
    assert ProviderEvent.objects.count() == 1
