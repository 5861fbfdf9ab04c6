"""The portal's whole way with money, through the real Stripe SDK: pages, notices, refunds and disputes."""

import datetime as dt

import pytest
from django.utils import timezone

from billing.ledger import verification
from billing.ledger.choices import Bucket
from billing.payments import actions, settling
from billing.payments.gateways.protocol import NotSent, OutcomeUnknown
from billing.payments.models import PaymentAttempt, ProviderPayment
from billing.payments.refunds import actions as refunds
from billing.payments.refunds import sending
from billing.payments.refunds.states import RefundReason
from tests.billing.payments.steps import apply_notices, in_bucket, open_page, owed, posted, start, work
from tests.factories.billing import VisitFactory
from tests.factories.records import UserFactory
from tests.fake_stripe import disputes, payments
from tests.fake_stripe import refunds as at_stripe
from tests.fake_stripe.faults import Fault
from tests.fake_stripe.portal import send_notices, taking_payments

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

SESSIONS = "POST /v1/checkout/sessions"


@pytest.fixture
def fake():
    with taking_payments() as fake:
        yield fake


@pytest.fixture
def visit():
    return VisitFactory(owed_cents=144_96)


def _hear(fake) -> None:
    send_notices(fake)
    apply_notices()


def _paid(fake, visit, number: str = "4242") -> ProviderPayment:
    attempt = open_page(start(visit))
    payments.pay(fake, attempt.checkout_ref, number)
    _hear(fake)
    return ProviderPayment.objects.get(attempt=attempt)


def _state(attempt: PaymentAttempt) -> str:
    return PaymentAttempt.objects.get(pk=attempt.pk).state


def test_card_that_is_declined_and_then_one_that_pays(fake, visit):
    attempt = open_page(start(visit))
    payments.pay(fake, attempt.checkout_ref, "0002")
    settling.settle(attempt_id=attempt.pk, at=timezone.now())
    assert (_state(attempt), owed(visit)) == ("open", 144_96)
    payments.pay(fake, attempt.checkout_ref, "4242")
    for _ in range(2):
        _hear(fake)
        settling.settle(attempt_id=attempt.pk, at=timezone.now())
    assert (_state(attempt), owed(visit), posted()) == ("paid", 0, 1)
    assert verification.faults() == []


@pytest.mark.parametrize(("number", "state", "left"), [("6789", "paid", 0), ("1116", "failed", 144_96)])
def test_bank_debit_is_shown_as_under_way_until_it_is_decided(fake, visit, number, state, left):
    payment = _paid(fake, visit, number)
    assert (_state(payment.attempt), owed(visit)) == ("processing", 144_96)
    payments.decide_bank(fake, fake.store.get("payment_intent", payment.ref))
    _hear(fake)
    assert (_state(payment.attempt), owed(visit)) == (state, left)
    assert verification.faults() == []


def test_payer_who_changes_the_amount_leaves_no_page_that_could_be_paid_too(fake, visit):
    attempt = open_page(start(visit))
    payer = actions.Payer(kind=attempt.payer_kind, ref=attempt.payer_ref, is_guarantor=False)
    other = open_page(start(visit, payer, cents=50_00))
    assert fake.store.get("checkout.session", attempt.checkout_ref)["status"] == "expired"
    payments.pay(fake, other.checkout_ref, "4242")
    _hear(fake)
    assert (_state(attempt), _state(other), owed(visit)) == ("expired", "paid", 94_96)


def test_saved_failure_does_not_stand_in_the_payers_way(fake, visit):
    fake.faults.add(Fault.ERROR_AFTER, SESSIONS)
    attempt = start(visit)
    with pytest.raises(OutcomeUnknown):
        open_page(attempt)
    attempt = open_page(start(visit, actions.Payer(kind="guest", ref=attempt.payer_ref, is_guarantor=False)))
    assert attempt.state == "open"
    payments.pay(fake, attempt.checkout_ref, "4242")
    _hear(fake)
    assert owed(visit) == 0


def test_crash_after_the_page_was_made_finds_it_again(fake, visit):
    fake.faults.add(Fault.CUT_AFTER, SESSIONS, times=1)
    attempt = open_page(start(visit))
    pages = list(fake.store.all("checkout.session"))
    assert [page["id"] for page in pages] == [attempt.checkout_ref]


def test_refund_in_part_goes_back_and_opens_what_it_had_paid(fake, visit):
    payment = _paid(fake, visit)
    refund = _refund(payment, 44_96)
    assert (refund.state, owed(visit)) == ("succeeded", 44_96)
    _hear(fake)
    assert (owed(visit), in_bucket(Bucket.PROCESSOR)) == (44_96, 100_00)
    with pytest.raises(refunds.NotRefundable):
        _refund(payment, 100_01)
    assert verification.faults() == []


def test_refund_whose_answer_was_lost_is_sent_once(fake, visit):
    payment = _paid(fake, visit)
    fake.faults.add(Fault.ERROR_AFTER, "POST /v1/refunds")
    refund = _refund(payment, 44_96)
    assert (refund.state, owed(visit)) == ("succeeded", 44_96)
    assert len(list(fake.store.all("refund"))) == 1


def test_refund_that_fails_after_all_comes_back(fake, visit):
    payment = _paid(fake, visit, "5126")
    refund = _refund(payment, 44_96)
    at_stripe.decide(fake, refund.ref, "failed")
    _hear(fake)
    refund.refresh_from_db()
    assert (refund.state, owed(visit)) == ("failed", 0)
    assert "refund_failed" in work()
    assert verification.faults() == []


def test_chargeback_takes_the_money_and_gives_it_back_when_it_is_won(fake, visit):
    payment = _paid(fake, visit, "0259")
    dispute = disputes.open_dispute(fake, payment.ref)
    _hear(fake)
    assert (in_bucket(Bucket.PROCESSOR), in_bucket(Bucket.DISPUTE_HOLD)) == (0, 144_96)
    disputes.decide(fake, dispute["id"], "won")
    _hear(fake)
    assert (in_bucket(Bucket.PROCESSOR), in_bucket(Bucket.DISPUTE_HOLD)) == (144_96, 0)
    assert verification.faults() == []


def test_chargeback_that_is_lost_for_less_leaves_that_owed(fake, visit):
    payment = _paid(fake, visit, "0259")
    dispute = disputes.open_dispute(fake, payment.ref, cents=60_00)
    _hear(fake)
    disputes.decide(fake, dispute["id"], "lost", cents=25_00)
    _hear(fake)
    assert (owed(visit), in_bucket(Bucket.PROCESSOR), in_bucket(Bucket.DISPUTE_HOLD)) == (25_00, 119_96, 0)
    assert verification.faults() == []


def test_returned_bank_debit_is_owed_again(fake, visit):
    payment = _paid(fake, visit, "5559")
    payments.decide_bank(fake, fake.store.get("payment_intent", payment.ref))
    _hear(fake)
    assert owed(visit) == 0
    disputes.open_dispute(fake, payment.ref)
    _hear(fake)
    assert (owed(visit), in_bucket(Bucket.PROCESSOR)) == (144_96, 0)
    assert verification.faults() == []


def test_provider_that_is_down_leaves_nothing_that_blocks(fake, visit):
    attempt = start(visit)
    fake.faults.add(Fault.TOO_MANY, SESSIONS, times=2)
    with pytest.raises(NotSent):
        open_page(attempt)
    assert open_page(PaymentAttempt.objects.get(pk=attempt.pk)).state == "open"


def _refund(payment: ProviderPayment, cents: int):
    refund = refunds.request(
        payment_id=payment.pk,
        amount_cents=cents,
        reason=RefundReason.OVERPAID,
        note="",
        by=UserFactory(),
        at=timezone.now(),
    )
    return sending.send(refund_id=refund.pk, at=timezone.now() + dt.timedelta(seconds=1))
