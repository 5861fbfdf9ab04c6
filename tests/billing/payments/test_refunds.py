import datetime as dt
from dataclasses import replace

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from billing.ledger import paying
from billing.ledger.choices import Bucket
from billing.ledger.models import GuarantorAccount, LedgerTransaction
from billing.payments import settling
from billing.payments.gateways.protocol import NotSent, RefundOrder, Refused
from billing.payments.gateways.protocol import RefundStatus as Status
from billing.payments.gateways.registry import gateway
from billing.payments.models import ProviderPayment
from billing.payments.reconciliation.run import reconcile
from billing.payments.refunds import actions, recording, sending
from billing.payments.refunds.models import Refund
from billing.payments.refunds.states import RefundReason
from billing.sandbox import refunds as sandbox
from billing.sandbox.gateway import SandboxGateway
from billing.sandbox.methods import Method
from billing.sandbox.models import Fault, SavedError
from billing.sandbox.models import Payment as SandboxPayment
from billing.sandbox.models import Refund as SandboxRefund
from billing.sandbox.states import RefundStatus
from records.approvals import actions as approvals
from records.approvals.models import Approval
from records.notifications.models import Notification
from tests.billing.ledger.steps import pay as at_the_desk
from tests.billing.payments.steps import hear, in_bucket, open_page, owed, start, work
from tests.factories.billing import AccessFactory, VisitFactory, payer_of
from tests.factories.records import UserFactory
from tests.factories.sandbox import pay

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def visit():
    return VisitFactory(owed_cents=125_00)


def _paid(visit, method=Method.CARD, **terms) -> ProviderPayment:
    attempt = open_page(start(visit, **terms))
    pay(attempt.checkout_ref, method)
    hear()
    return ProviderPayment.objects.get(attempt=attempt)


def guarantor_of(visit):
    return payer_of(AccessFactory(account=visit.account))


def _ask(payment, cents, by=None, reason=RefundReason.BILLING_ERROR) -> Refund:
    return actions.request(
        payment_id=payment.pk,
        amount_cents=cents,
        reason=reason,
        note="",
        by=by or UserFactory(is_staff=True),
        at=timezone.now(),
    )


def _send(refund) -> Refund:
    return sending.send(refund_id=refund.pk, at=timezone.now())


def _sound() -> None:
    call_command("verify_ledger", "--offline")


def _queued() -> int:
    return DBTaskResult.objects.filter(task_path__endswith=".send_refund").count()


def _credit(visit) -> int:
    return GuarantorAccount.objects.get(pk=visit.account_id).credit_cents


def test_full_refund_makes_the_visit_owed_again(visit, settings):
    settings.REFUND_APPROVAL_CENTS = 1_000_00
    refund = _send(_ask(_paid(visit, email="payer@example.org"), 125_00))
    assert (refund.state, owed(visit), in_bucket(Bucket.PROCESSOR)) == ("succeeded", 125_00, 0)
    assert Notification.objects.filter(kind="refunded", address="payer@example.org").count() == 1
    _sound()


def test_parts_are_refunded_until_nothing_is_left(visit):
    payment = _paid(visit)
    _send(_ask(payment, 30_00))
    _send(_ask(payment, 20_00))
    assert owed(visit) == 50_00
    assert actions.left_cents(payment) == 75_00
    with pytest.raises(actions.NotRefundable) as refused:
        _ask(payment, 75_01)
    assert refused.value.left_cents == 75_00
    _sound()


@pytest.mark.parametrize("cents", [0, -1])
def test_nothing_and_less_cannot_be_refunded(visit, cents):
    with pytest.raises(actions.NotRefundable):
        _ask(_paid(visit), cents)


def test_sending_twice_sends_once(visit):
    refund = _ask(_paid(visit), 30_00)
    _send(refund)
    _send(refund)
    hear()
    assert LedgerTransaction.objects.filter(kind="refund").count() == 1
    assert owed(visit) == 30_00


def test_visits_of_the_payment_are_opened_newest_first():
    old = VisitFactory(owed_cents=60_00, service_date=dt.date(2026, 1, 5))
    new = VisitFactory(owed_cents=40_00, service_date=dt.date(2026, 3, 5), account=old.account)
    payment = _paid(old, cents=100_00)
    _send(_ask(payment, 50_00))
    _send(_ask(payment, 10_00))
    assert (owed(new), owed(old)) == (40_00, 20_00)
    _sound()


def test_third_partys_excess_goes_back_before_anything_is_owed_again(visit):
    first, second = open_page(start(visit)), open_page(start(visit))
    for attempt in (first, second):
        pay(attempt.checkout_ref)
        hear()
    _send(_ask(ProviderPayment.objects.get(attempt=second), 100_00))
    assert (owed(visit), in_bucket(Bucket.REFUNDABLE)) == (0, -25_00)
    _sound()


def test_guarantors_unspent_credit_goes_back_first(visit):
    payer = guarantor_of(visit)
    first, second = open_page(start(visit, payer)), open_page(start(visit))
    for attempt in (second, first):
        pay(attempt.checkout_ref)
        hear()
    assert _credit(visit) == 125_00
    _send(_ask(ProviderPayment.objects.get(attempt=first), 100_00))
    assert (owed(visit), _credit(visit)) == (0, 25_00)
    _sound()


def test_credit_that_was_spent_opens_what_it_had_paid(visit, settings):
    settings.REFUND_APPROVAL_CENTS = 1_000_00
    attempt = open_page(start(visit, guarantor_of(visit), chosen={visit.pk: 125_00}))
    at_the_desk(visit.account, 50_00)
    pay(attempt.checkout_ref)
    hear()
    payment = ProviderPayment.objects.get()
    other = VisitFactory(owed_cents=50_00, account=visit.account, service_date=dt.date(2025, 1, 1))
    paying.use_credit(
        account_id=visit.account_id,
        cents=50_00,
        source="test",
        source_ref="use",
        effective_date=timezone.localdate(),
        at=timezone.now(),
    )
    assert (owed(visit), owed(other), _credit(visit)) == (0, 0, 0)
    _send(_ask(payment, 125_00))
    assert (owed(visit), owed(other)) == (75_00, 50_00)
    _sound()


def test_large_refund_waits_for_a_second_person(visit):
    payment, clerk, head = _paid(visit), UserFactory(is_staff=True), UserFactory(is_staff=True, is_superuser=True)
    _ask(payment, 100_00, by=clerk)
    refund = _ask(payment, 1, by=clerk)
    assert (refund.state, _send(refund).state) == ("waiting", "waiting")
    approval, queued = Approval.objects.get(), _queued()
    approvals.decide(approval_id=approval.pk, is_approved=True, note="", by=head, at=timezone.now())
    assert _queued() == queued + 1
    assert _send(refund).state == "succeeded"


def test_refund_that_waits_for_a_second_person_can_not_be_asked_for_again(visit):
    payment = _paid(visit)
    assert _ask(payment, 101_00).state == "waiting"
    with pytest.raises(actions.NotRefundable) as refused:
        _ask(payment, 24_01)
    assert refused.value.left_cents == 24_00


def test_second_person_can_say_no(visit):
    payment, head = _paid(visit), UserFactory(is_staff=True, is_superuser=True)
    refund = _ask(payment, 125_00)
    approvals.decide(
        approval_id=Approval.objects.get().pk, is_approved=False, note="Not ours", by=head, at=timezone.now()
    )
    assert (_send(refund).state, owed(visit)) == ("declined", 0)
    assert actions.left_cents(payment) == 125_00


def test_refund_of_a_bank_debit_is_posted_when_it_went(visit):
    attempt = open_page(start(visit))
    pay(attempt.checkout_ref, Method.REFUND_WAITS)
    hear()
    refund = _send(_ask(ProviderPayment.objects.get(), 30_00))
    assert (refund.state, owed(visit)) == ("pending", 0)
    assert reconcile(timezone.now()).refunds == 0
    sandbox.decide_refund(ref=refund.ref, status=RefundStatus.SUCCEEDED, at=timezone.now())
    assert reconcile(timezone.now()).refunds == 1
    assert owed(visit) == 30_00
    _sound()


def test_refund_that_fails_after_it_succeeded_is_reversed_exactly(visit):
    refund = _send(_ask(_paid(visit), 30_00))
    assert owed(visit) == 30_00
    sandbox.decide_refund(ref=refund.ref, status=RefundStatus.FAILED, at=timezone.now())
    hear()
    refund.refresh_from_db()
    assert (refund.state, owed(visit), work()) == ("failed", 0, ["refund_failed"])
    assert actions.left_cents(refund.payment) == 125_00
    _sound()


def test_refund_that_is_canceled_on_its_way_goes_before_staff_and_can_be_asked_for_again(visit):
    payment = _paid(visit, Method.REFUND_WAITS)
    refund = _send(_ask(payment, 30_00))
    facts = gateway().read_payment(payment.ref)
    canceled = replace(facts, refunds=(replace(facts.refunds[0], status=Status.CANCELED),))
    settling.record_payment(facts=canceled, at=timezone.now())
    refund.refresh_from_db()
    assert (refund.state, work(), owed(visit)) == ("canceled", ["refund_failed"], 0)
    assert actions.left_cents(payment) == 125_00


def test_refund_that_fails_after_the_visit_was_paid_again_leaves_no_visit_overpaid(visit):
    refund = _send(_ask(_paid(visit), 30_00))
    _paid(visit, cents=30_00)
    sandbox.decide_refund(ref=refund.ref, status=RefundStatus.FAILED, at=timezone.now())
    hear()
    assert (owed(visit), in_bucket(Bucket.REFUNDABLE)) == (0, -30_00)
    _sound()


def test_refund_made_at_the_providers_desk_is_posted_and_goes_before_staff(visit):
    payment = _paid(visit)
    sandbox.refund_at_desk(payment_ref=payment.ref, amount_cents=25_00, at=timezone.now())
    hear()
    refund = Refund.objects.get()
    assert (refund.reason, refund.requested_by, refund.state) == ("outside", None, "succeeded")
    assert (owed(visit), work()) == (25_00, ["refund_outside"])
    _sound()


def test_refund_the_provider_refuses_says_why_and_leaves_the_money(visit):
    payment = _paid(visit)
    refund = _ask(payment, 100_00)
    sandbox.refund_at_desk(payment_ref=payment.ref, amount_cents=50_00, at=timezone.now())
    refund = _send(refund)
    assert (refund.state, bool(refund.failure), owed(visit)) == ("failed", True, 0)
    hear()
    assert owed(visit) == 50_00
    _sound()


@pytest.mark.parametrize("kind", [Fault.Kind.NOT_SENT, Fault.Kind.ANSWER_LOST])
def test_lost_answer_is_looked_for_and_never_asked_under_a_fresh_key(visit, kind):
    refund = _ask(_paid(visit), 30_00)
    Fault.objects.create(kind=kind, operation="request_refund")
    Fault.objects.create(kind=Fault.Kind.NOT_SENT, operation="read_payment")
    with pytest.raises(Exception, match="sandbox"):
        _send(refund)
    assert owed(visit) == 0
    reconcile(timezone.now())
    refund.refresh_from_db()
    assert (refund.state, owed(visit)) == ("succeeded", 30_00)
    assert LedgerTransaction.objects.filter(kind="refund").count() == 1
    _sound()


def test_refund_whose_key_the_provider_has_forgotten_is_looked_for_first(visit):
    refund = _ask(_paid(visit), 30_00)
    Fault.objects.create(kind=Fault.Kind.ANSWER_LOST, operation="request_refund")
    Fault.objects.create(kind=Fault.Kind.NOT_SENT, operation="read_payment")
    with pytest.raises(NotSent):
        _send(refund)
    SandboxRefund.objects.update(key=None)
    assert _send(refund).state == "succeeded"
    assert SandboxRefund.objects.count() == 1


def test_refund_whose_failure_the_provider_repeats_goes_before_staff_and_out_in_the_end(visit):
    refund = _ask(_paid(visit), 30_00)
    Fault.objects.create(kind=Fault.Kind.FAILED_BEFORE, operation="request_refund")
    for hours in (0, 23):
        reconcile(timezone.now() + dt.timedelta(hours=hours))
        assert work() == []
    reconcile(timezone.now() + dt.timedelta(hours=25))
    assert work() == ["refund_failed"]
    assert actions.left_cents(refund.payment) == 95_00
    SavedError.objects.all().delete()
    reconcile(timezone.now() + dt.timedelta(hours=26))
    refund.refresh_from_db()
    assert (refund.state, owed(visit), SandboxRefund.objects.count()) == ("succeeded", 30_00, 1)


def test_refund_is_asked_for_under_one_key_while_it_lives(visit):
    refund = _ask(_paid(visit), 30_00)
    _send(refund)
    assert SandboxRefund.objects.get().key == refund.key == Refund.objects.get().key


def test_refund_event_before_the_payment_event_posts_both(visit):
    attempt = open_page(start(visit))
    pay(attempt.checkout_ref)
    taken = SandboxPayment.objects.get(checkout=attempt.checkout_ref)
    sandbox.refund_at_desk(payment_ref=taken.ref, amount_cents=25_00, at=timezone.now())
    reconcile(timezone.now())
    assert (owed(visit), ProviderPayment.objects.get().attempt) == (25_00, attempt)
    _sound()


def test_refund_that_was_believed_refused_and_went_out_after_all_is_posted(visit):
    payment = _paid(visit)
    refund = _ask(payment, 30_00)
    with transaction.atomic():
        recording.fail(refund=refund, why="believed so", at=timezone.now())
    sandbox.request_refund(order=RefundOrder(refund.pk, payment.ref, 30_00), key=refund.key, at=timezone.now())
    hear()
    refund.refresh_from_db()
    assert (refund.state, owed(visit)) == ("succeeded", 30_00)
    _sound()


class TwoWorkers(SandboxGateway):
    """While one worker waits for its answer, which is no, another one has heard yes."""

    def request_refund(self, order, key):
        super().request_refund(order, key)
        settling.settle_payment(ref=order.payment_ref, at=timezone.now())
        raise Refused("sandbox: already refunded")


def test_refusal_does_not_take_back_what_another_worker_has_heard_of(visit, settings):
    refund = _ask(_paid(visit), 30_00)
    settings.PAYMENT_GATEWAY = f"{__name__}.TwoWorkers"
    gateway.cache_clear()
    try:
        assert _send(refund).state == "succeeded"
    finally:
        gateway.cache_clear()
    assert (owed(visit), work()) == (30_00, [])
