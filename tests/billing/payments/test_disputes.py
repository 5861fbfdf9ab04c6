import datetime as dt
from dataclasses import replace

import pytest
from django.core.management import call_command
from django.utils import timezone

from billing.ledger.choices import Bucket
from billing.ledger.models import LedgerEntry, LedgerTransaction
from billing.ledger.work import WorkItem
from billing.payments import settling
from billing.payments.disputes.models import Dispute
from billing.payments.gateways.registry import gateway
from billing.payments.models import ProviderPayment
from billing.payments.reconciliation import totals
from billing.payments.reconciliation.run import reconcile
from billing.payments.refunds import actions as refunds
from billing.sandbox import disputes as sandbox
from billing.sandbox import refunds as desk
from billing.sandbox.methods import Method
from billing.sandbox.models import DisputeMove
from billing.sandbox.states import DisputeStatus
from records.notifications.models import Notification
from tests.billing.payments.steps import hear, in_bucket, open_page, owed, start, work
from tests.factories.billing import VisitFactory
from tests.factories.sandbox import pay

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def visit():
    return VisitFactory(owed_cents=125_00)


@pytest.fixture
def payment(visit) -> ProviderPayment:
    attempt = open_page(start(visit, email="payer@example.org"))
    pay(attempt.checkout_ref)
    hear()
    return ProviderPayment.objects.get()


def _open(payment, status=DisputeStatus.OPEN, **terms) -> str:
    opened = sandbox.open_dispute(payment_ref=payment.ref, at=timezone.now(), status=status, **terms)
    hear()
    return opened.ref


def _decide(ref: str, status: DisputeStatus, **terms) -> Dispute:
    sandbox.decide_dispute(ref=ref, status=status, at=timezone.now(), **terms)
    hear()
    return Dispute.objects.get(ref=ref)


def _sound() -> None:
    call_command("verify_ledger", "--offline")


def test_money_that_was_taken_waits_for_the_outcome(visit, payment):
    _open(payment)
    assert (owed(visit), in_bucket(Bucket.PROCESSOR), in_bucket(Bucket.DISPUTE_HOLD)) == (0, 0, 125_00)
    assert work() == ["chargeback"]
    assert refunds.left_cents(payment) == 0
    _sound()


def test_won_chargeback_puts_everything_back(visit, payment):
    won = _decide(_open(payment), DisputeStatus.WON)
    assert (won.state, won.ended_at is not None) == ("won", True)
    assert (owed(visit), in_bucket(Bucket.PROCESSOR), in_bucket(Bucket.DISPUTE_HOLD)) == (0, 125_00, 0)
    assert refunds.left_cents(payment) == 125_00
    _sound()


def test_lost_chargeback_is_owed_again_and_the_payer_hears_of_it(visit, payment):
    _decide(_open(payment), DisputeStatus.LOST)
    assert (owed(visit), in_bucket(Bucket.PROCESSOR), in_bucket(Bucket.DISPUTE_HOLD)) == (125_00, 0, 0)
    assert work() == ["chargeback", "chargeback_lost"]
    assert Notification.objects.filter(kind="payment_returned", address="payer@example.org").count() == 1
    _sound()


def test_lost_chargeback_of_a_part_opens_that_part(visit, payment):
    _decide(_open(payment, amount_cents=25_00), DisputeStatus.LOST)
    assert (owed(visit), in_bucket(Bucket.PROCESSOR)) == (25_00, 100_00)
    assert refunds.left_cents(payment) == 100_00
    _sound()


def test_warning_moves_nothing_until_it_takes(visit, payment):
    ref = _open(payment, DisputeStatus.WARNING)
    assert (in_bucket(Bucket.DISPUTE_HOLD), work()) == (0, [])
    _decide(ref, DisputeStatus.OPEN)
    assert in_bucket(Bucket.DISPUTE_HOLD) == 125_00
    _sound()


@pytest.mark.parametrize("status", [DisputeStatus.PREVENTED, DisputeStatus.WON])
def test_chargeback_that_ended_before_it_took_moves_nothing(visit, payment, status):
    _decide(_open(payment, DisputeStatus.WARNING), status)
    assert (owed(visit), in_bucket(Bucket.PROCESSOR)) == (0, 125_00)
    _sound()


def test_bank_debit_that_is_returned_is_lost_at_once(visit):
    attempt = open_page(start(visit))
    pay(attempt.checkout_ref, Method.CARD)
    hear()
    payment = ProviderPayment.objects.get()
    sandbox.return_debit(payment_ref=payment.ref, at=timezone.now())
    hear()
    assert (owed(visit), in_bucket(Bucket.PROCESSOR)) == (125_00, 0)
    _sound()


def test_win_after_a_loss_is_believed(visit, payment):
    ref = _open(payment)
    _decide(ref, DisputeStatus.LOST)
    _decide(ref, DisputeStatus.WON)
    assert (owed(visit), in_bucket(Bucket.PROCESSOR), in_bucket(Bucket.DISPUTE_HOLD)) == (0, 125_00, 0)
    _sound()


def test_lost_notices_of_a_chargeback_are_found(visit, payment):
    opened = sandbox.open_dispute(payment_ref=payment.ref, at=timezone.now())
    reconcile(timezone.now())
    assert Dispute.objects.get(ref=opened.ref).is_withdrawn
    sandbox.decide_dispute(ref=opened.ref, status=DisputeStatus.LOST, at=timezone.now())
    reconcile(timezone.now())
    assert owed(visit) == 125_00
    _sound()


def test_same_notice_twice_changes_nothing(visit, payment):
    ref = _open(payment)
    _decide(ref, DisputeStatus.LOST)
    reconcile(timezone.now())
    hear()
    assert (owed(visit), in_bucket(Bucket.DISPUTE_HOLD)) == (125_00, 0)


def test_chargeback_beyond_what_refunds_left_waits_in_suspense_and_staff_look(visit, payment):
    desk.refund_at_desk(payment_ref=payment.ref, amount_cents=100_00, at=timezone.now())
    hear()
    _decide(_open(payment), DisputeStatus.LOST)
    assert (owed(visit), in_bucket(Bucket.SUSPENSE)) == (125_00, 100_00)
    assert "money_left_over" in work()
    _sound()


def test_what_is_withheld_follows_the_amount_that_the_bank_asks_for(visit, payment):
    ref = _open(payment, amount_cents=60_00)
    for cents in (25_00, 90_00):
        changed = _decide(ref, DisputeStatus.OPEN, amount_cents=cents)
        assert changed.amount_cents == cents
        assert (in_bucket(Bucket.DISPUTE_HOLD), in_bucket(Bucket.PROCESSOR)) == (cents, 125_00 - cents)
        assert (owed(visit), refunds.left_cents(payment)) == (0, 125_00 - cents)
        _sound()


def test_visit_owes_what_was_lost_and_the_rest_comes_back(visit, payment):
    _decide(_open(payment, amount_cents=60_00), DisputeStatus.LOST, amount_cents=25_00)
    assert (owed(visit), in_bucket(Bucket.PROCESSOR), in_bucket(Bucket.DISPUTE_HOLD)) == (25_00, 100_00, 0)
    assert refunds.left_cents(payment) == 100_00
    assert _told_of() == ["$25.00"]
    _sound()


def test_loss_that_is_said_to_be_another_is_corrected_and_told(visit, payment):
    ref = _open(payment, DisputeStatus.LOST, amount_cents=60_00)
    for cents in (25_00, 90_00):
        _decide(ref, DisputeStatus.LOST, amount_cents=cents)
        hear()
        assert (owed(visit), in_bucket(Bucket.PROCESSOR), in_bucket(Bucket.DISPUTE_HOLD)) == (
            cents, 125_00 - cents, 0,
        )  # fmt: skip
        _sound()
    assert _told_of() == ["$60.00", "$25.00", "$90.00"]
    assert (
        Notification.objects.filter(kind="payment_returned").order_by("created_at").last().context["earlier"]
        == "$25.00"
    )


def test_changed_amount_touches_nothing_that_is_posted(visit, payment):
    ref = _open(payment, DisputeStatus.LOST, amount_cents=60_00)
    before = set(LedgerTransaction.objects.values_list()) | set(LedgerEntry.objects.values_list())
    _decide(ref, DisputeStatus.LOST, amount_cents=25_00)
    assert before < set(LedgerTransaction.objects.values_list()) | set(LedgerEntry.objects.values_list())
    rounds = LedgerTransaction.objects.filter(kind__in=["chargeback", "chargeback_lost"])
    assert set(rounds.values_list("source_ref", flat=True)) == {ref, f"{ref}#2"}
    assert rounds.filter(reversed_by__isnull=False).count() == 2


def test_changed_amount_said_again_changes_nothing(visit, payment):
    _decide(_open(payment, amount_cents=60_00), DisputeStatus.LOST, amount_cents=25_00)
    count = LedgerTransaction.objects.count()
    for _ in range(2):
        settling.settle_payment(ref=payment.ref, at=timezone.now())
    assert LedgerTransaction.objects.count() == count
    assert _told_of() == ["$25.00"]


def test_what_was_paid_again_meanwhile_is_over_by_the_difference_alone(visit, payment):
    ref = _open(payment, DisputeStatus.LOST, amount_cents=60_00)
    pay(open_page(start(visit, cents=60_00)).checkout_ref)
    hear()
    assert owed(visit) == 0
    _decide(ref, DisputeStatus.LOST, amount_cents=25_00)
    assert (owed(visit), in_bucket(Bucket.REFUNDABLE)) == (0, -35_00)
    assert work().count("overpayment") == 1
    _sound()


def test_win_after_a_changed_amount_gives_back_what_was_kept(visit, payment):
    ref = _open(payment, DisputeStatus.LOST, amount_cents=60_00)
    _decide(ref, DisputeStatus.LOST, amount_cents=25_00)
    _decide(ref, DisputeStatus.WON)
    assert (owed(visit), in_bucket(Bucket.PROCESSOR), in_bucket(Bucket.DISPUTE_HOLD)) == (0, 125_00, 0)
    _sound()


def test_warning_of_another_amount_moves_nothing(visit, payment):
    ref = _open(payment, DisputeStatus.WARNING, amount_cents=60_00)
    assert _decide(ref, DisputeStatus.WARNING, amount_cents=25_00).amount_cents == 25_00
    assert (in_bucket(Bucket.DISPUTE_HOLD), work()) == (0, [])
    _decide(ref, DisputeStatus.OPEN)
    assert in_bucket(Bucket.DISPUTE_HOLD) == 25_00
    _sound()


def test_staff_read_from_what_to_what_the_amount_changed(visit, payment):
    _decide(_open(payment, amount_cents=60_00), DisputeStatus.OPEN, amount_cents=25_00)
    assert WorkItem.objects.get(cause__endswith="#2").note == "fraudulent: $25.00 instead of $60.00"


def test_difference_counts_on_the_day_it_moved(visit, payment):
    began, changed = (timezone.now() - dt.timedelta(days=days) for days in (5, 2))
    ref = sandbox.open_dispute(payment_ref=payment.ref, at=timezone.now(), amount_cents=60_00).ref
    DisputeMove.objects.update(moved_at=began)
    hear()
    sandbox.decide_dispute(ref=ref, status=DisputeStatus.LOST, amount_cents=25_00, at=changed)
    hear()
    for moment, cents in ((began, -60_00), (changed, 35_00)):
        total = totals.compare(timezone.localdate(moment), timezone.now())
        assert (total.provider_cents, total.ledger_cents) == (cents, cents)


def _told_of() -> list[str]:
    told = Notification.objects.filter(kind="payment_returned").order_by("created_at")
    return [notice.context["amount"] for notice in told]


def _told(payment, **terms) -> None:
    """The provider says so of the one chargeback, whatever it said before."""
    facts = gateway().read_payment(payment.ref)
    changed = replace(facts, disputes=tuple(replace(dispute, **terms) for dispute in facts.disputes))
    settling.record_payment(facts=changed, at=timezone.now())


def test_money_that_is_taken_again_after_a_win_is_posted_again(visit, payment):
    _decide(_open(payment), DisputeStatus.WON)
    _told(payment, status=DisputeStatus.OPEN, is_withdrawn=True)
    assert (in_bucket(Bucket.PROCESSOR), in_bucket(Bucket.DISPUTE_HOLD)) == (0, 125_00)
    _told(payment, status=DisputeStatus.LOST, is_withdrawn=True)
    assert (owed(visit), in_bucket(Bucket.PROCESSOR), in_bucket(Bucket.DISPUTE_HOLD)) == (125_00, 0, 0)
    _sound()
    _told(payment, status=DisputeStatus.WON, is_withdrawn=False)
    assert (owed(visit), in_bucket(Bucket.PROCESSOR), in_bucket(Bucket.DISPUTE_HOLD)) == (0, 125_00, 0)
    _sound()


def test_loss_that_shows_no_movement_yet_is_a_loss(visit, payment):
    _open(payment, DisputeStatus.WARNING)
    _told(payment, status=DisputeStatus.LOST, is_withdrawn=False)
    assert (owed(visit), in_bucket(Bucket.PROCESSOR)) == (125_00, 0)
    _sound()


def test_reading_from_before_the_end_that_is_written_down_late_is_put_right(visit, payment):
    before = gateway().read_payment(_payment_of(_open(payment)))
    _decide(before.disputes[0].ref, DisputeStatus.WON)
    settling.record_payment(facts=before, at=timezone.now())
    assert in_bucket(Bucket.PROCESSOR) == 0
    reconcile(timezone.now())
    assert (Dispute.objects.get().state, in_bucket(Bucket.PROCESSOR)) == ("won", 125_00)
    _sound()


def _payment_of(ref: str) -> str:
    return Dispute.objects.get(ref=ref).payment.ref


def test_days_of_taking_and_giving_back_are_the_providers(visit, payment):
    ref = sandbox.open_dispute(payment_ref=payment.ref, at=timezone.now()).ref
    days = {"withdrawn_at": timezone.now() - dt.timedelta(days=5), "returned_at": timezone.now() - dt.timedelta(days=2)}
    moved = [timezone.localdate(days[name]) for name in ("withdrawn_at", "returned_at")]
    DisputeMove.objects.update(moved_at=days["withdrawn_at"])
    hear()
    sandbox.decide_dispute(ref=ref, status=DisputeStatus.WON, at=days["returned_at"])
    hear()
    posted = LedgerTransaction.objects.filter(kind__in=["chargeback", "reversal"])
    assert sorted(posted.values_list("effective_date", flat=True)) == moved
