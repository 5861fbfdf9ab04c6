import pytest
from django.template.loader import render_to_string
from django.utils import timezone

from billing.ledger import verification
from billing.ledger.choices import Bucket
from billing.ledger.models import LedgerTransaction
from billing.payments import settling
from billing.payments import verification as payments_verification
from billing.payments.gateways.protocol import NotSent
from billing.payments.gateways.registry import gateway
from billing.payments.models import PayerKind, ProviderPayment
from billing.payments.payable import Reason, payable_of
from billing.payments.payers import Payer
from billing.sandbox import actions as sandbox
from billing.sandbox.methods import Method
from billing.sandbox.models import Checkout, Fault, Payment
from records.models import Notification
from tests.billing.payments.steps import hear, in_bucket, open_page, owed, posted, start, work
from tests.factories.billing import AccessFactory, VisitFactory, guest, payer_of
from tests.factories.sandbox import pay

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def visit():
    return VisitFactory(owed_cents=125_00)


@pytest.fixture(autouse=True)
def sound_ledger():
    yield
    assert verification.faults() == []


def _settle(attempt):
    return settling.settle(attempt_id=attempt.pk, at=timezone.now())


def _paid(visit, method=Method.CARD, payer=None, **wish):
    attempt = open_page(start(visit, payer, **wish))
    pay(attempt.checkout_ref, method)
    return attempt


def test_paid_page_is_posted_once_however_often_it_is_settled(visit):
    attempt = _paid(visit)
    states = [_settle(attempt).state for _ in range(3)]
    assert states == ["paid"] * 3
    assert (owed(visit), posted(), in_bucket(Bucket.PROCESSOR)) == (0, 1, 125_00)
    transaction = LedgerTransaction.objects.get(kind="payment")
    assert (transaction.source, transaction.source_ref) == ("sandbox", Payment.objects.get().ref)
    assert (transaction.attempt_id, transaction.livemode) == (attempt.pk, False)


def test_reading_from_before_the_money_came_that_is_written_down_late_takes_nothing_back(visit):
    attempt = open_page(start(visit))
    pay(attempt.checkout_ref, Method.BANK)
    early = gateway().read_checkout(attempt.checkout_ref)
    sandbox.decide_banks(timezone.now())
    _settle(attempt)
    settling.record(attempt_id=attempt.pk, facts=early, at=timezone.now())
    payment = ProviderPayment.objects.get()
    assert (payment.status, payment.paid_at is not None) == ("succeeded", True)
    assert list(payments_verification.faults()) == []


def test_open_page_settles_to_nothing(visit):
    attempt = _settle(open_page(start(visit)))
    assert (attempt.state, owed(visit), posted()) == ("open", 125_00, 0)


def test_attempt_without_a_page_settles_to_nothing(visit):
    assert _settle(start(visit)).state == "created"


def test_declined_card_leaves_the_attempt_open_and_can_be_followed_by_a_good_one(visit):
    attempt = _paid(visit, Method.DECLINED)
    assert _settle(attempt).state == "open"
    assert (owed(visit), posted()) == (125_00, 0)
    pay(attempt.checkout_ref)
    assert _settle(attempt).state == "paid"
    assert sorted(ProviderPayment.objects.values_list("status", flat=True)) == ["failed", "succeeded"]
    assert (owed(visit), posted()) == (0, 1)


def test_bank_that_asks_pays_after_the_yes(visit):
    attempt = open_page(start(visit))
    sandbox.pay(ref=attempt.checkout_ref, method=Method.ASKS, at=timezone.now())
    assert _settle(attempt).state == "open"
    sandbox.answer(ref=attempt.checkout_ref, is_approved=True, at=timezone.now())
    assert _settle(attempt).state == "paid"


def test_bank_payment_on_its_way_lowers_what_can_be_paid_and_not_what_is_owed(visit):
    attempt = _paid(visit, Method.BANK)
    assert _settle(attempt).state == "processing"
    mine = Payer(PayerKind.GUEST, attempt.payer_ref, is_guarantor=False)
    payable = payable_of(visit.account, payer=mine)
    assert (payable.owed_cents, payable.processing_cents, payable.now_cents) == (125_00, 125_00, 0)
    assert payable.reason == Reason.PROCESSING
    assert posted() == 0
    anybody = payable_of(visit.account, payer=guest())
    assert (anybody.others_cents, anybody.now_cents, anybody.reason) == (125_00, 125_00, None)


def test_bank_payment_that_comes_through_is_posted(visit):
    attempt = _paid(visit, Method.BANK)
    _settle(attempt)
    sandbox.decide_banks(timezone.now())
    assert _settle(attempt).state == "paid"
    assert (owed(visit), posted()) == (0, 1)


def test_bank_payment_that_fails_leaves_the_balance_and_can_be_paid_again(visit):
    attempt = _paid(visit, Method.BANK_FAILS)
    _settle(attempt)
    sandbox.decide_banks(timezone.now())
    assert _settle(attempt).state == "failed"
    assert (owed(visit), posted()) == (125_00, 0)
    assert payable_of(visit.account).now_cents == 125_00


def test_page_that_ran_out_of_time_expires_the_attempt(visit):
    attempt = open_page(start(visit))
    sandbox.close(ref=attempt.checkout_ref, at=timezone.now())
    assert _settle(attempt).state == "expired"


def test_payment_after_expiry_is_money_all_the_same_and_is_marked_late(visit):
    attempt = open_page(start(visit))
    sandbox.close(ref=attempt.checkout_ref, at=timezone.now())
    assert _settle(attempt).state == "expired"
    Checkout.objects.update(status="open")
    pay(attempt.checkout_ref)
    settled = _settle(attempt)
    assert (settled.state, settled.is_late) == ("paid", True)
    assert (owed(visit), posted()) == (0, 1)


def test_second_payment_of_one_attempt_is_recorded_too(visit):
    attempt = _paid(visit)
    _settle(attempt)
    Checkout.objects.update(status="open")
    pay(attempt.checkout_ref)
    assert _settle(attempt).state == "paid"
    assert (posted(), in_bucket(Bucket.PROCESSOR), in_bucket(Bucket.REFUNDABLE)) == (2, 250_00, -125_00)
    assert work() == ["overpayment"]


@pytest.mark.parametrize(("paid", "left", "refundable"), [(100_00, 25_00, 0), (130_00, 0, -5_00)])
def test_other_amount_than_asked_is_posted_as_it_is_and_staff_look(visit, paid, left, refundable):
    attempt = _paid(visit)
    Payment.objects.update(amount_cents=paid)
    _settle(attempt)
    _settle(attempt)
    assert (owed(visit), posted(), in_bucket(Bucket.REFUNDABLE)) == (left, 1, refundable)
    assert work().count("amount_mismatch") == 1


def test_other_currency_of_unknown_worth_is_not_posted_and_staff_look(visit):
    attempt = _paid(visit)
    Payment.objects.update(currency="eur")
    _settle(attempt)
    assert (owed(visit), posted()) == (125_00, 0)
    assert work() == ["foreign_currency"]


def test_guest_who_pays_second_gets_the_excess_back_to_their_card(visit):
    guarantor = payer_of(AccessFactory(account=visit.account))
    first, second = _paid(visit, payer=guarantor), _paid(visit)
    _settle(first), _settle(second)
    visit.account.refresh_from_db()
    assert (owed(visit), posted()) == (0, 2)
    assert (visit.account.credit_cents, in_bucket(Bucket.REFUNDABLE)) == (0, -125_00)
    assert work() == ["overpayment"]


def test_guarantor_who_pays_second_gets_a_credit(visit):
    guarantor = payer_of(AccessFactory(account=visit.account))
    first, second = _paid(visit), _paid(visit, payer=guarantor)
    _settle(first), _settle(second)
    visit.account.refresh_from_db()
    assert (owed(visit), posted()) == (0, 2)
    assert (visit.account.credit_cents, in_bucket(Bucket.REFUNDABLE)) == (125_00, 0)
    assert work() == ["overpayment"]


def test_chosen_visits_are_paid_and_no_others(visit):
    other = VisitFactory(account=visit.account, owed_cents=80_00)
    _settle(_paid(visit, cents=80_00, chosen={other.pk: 80_00}))
    assert (owed(visit), owed(other)) == (125_00, 0)


def test_provider_that_does_not_answer_changes_nothing(visit):
    attempt = _paid(visit)
    Fault.objects.create(kind=Fault.Kind.NOT_SENT, operation="read_checkout")
    with pytest.raises(NotSent):
        _settle(attempt)
    assert posted() == 0
    assert _settle(attempt).state == "paid"


def test_receipt_is_sent_once_per_payment_and_only_when_asked_for(visit):
    attempt = _paid(visit, email="payer@example.org")
    _settle(attempt)
    hear()
    notification = Notification.objects.get()
    assert (notification.kind, notification.address) == ("receipt", "payer@example.org")
    assert notification.context["amount"] == "$125.00"
    other = VisitFactory(owed_cents=10_00)
    _settle(_paid(other))
    assert Notification.objects.count() == 1


def test_payer_whose_bank_payment_fails_is_told_once(visit):
    attempt = _paid(visit, Method.BANK_FAILS, email="payer@example.org")
    sandbox.decide_banks(timezone.now())
    _settle(attempt)
    hear()
    notification = Notification.objects.get()
    assert (notification.kind, notification.address) == ("payment_failed", "payer@example.org")
    for part in ("txt", "html"):
        body = render_to_string(f"billing/payments/failed_email/body.{part}", dict(notification.context))
        assert "$125.00" in body
        assert attempt.confirmation in body
        assert visit.title not in body


def test_debit_that_fails_is_told_to_everybody_who_could_wait_for_it(visit):
    waiting = [
        AccessFactory(account=visit.account).user,
        AccessFactory(account=visit.account, role="payer_amounts").user,
    ]
    payer = AccessFactory(account=visit.account, role="payer_lines")
    ended = AccessFactory(account=visit.account, revoked_at=timezone.now()).user
    attempt = _paid(visit, Method.BANK_FAILS, payer=payer_of(payer), email="payer@example.org")
    _settle(attempt)
    sandbox.decide_banks(timezone.now())
    for _ in range(2):
        _settle(attempt)
    told = Notification.objects.filter(kind="others_payment_failed", channel="email")
    assert sorted(told.values_list("user", flat=True)) == sorted(user.pk for user in waiting)
    assert not told.filter(user__in=[payer.user, ended]).exists()
    assert Notification.objects.filter(kind="payment_failed").count() == 1
    for row in told:
        for part in ("html", "txt"):
            text = render_to_string(f"billing/payments/others_failed_email/body.{part}", row.context)
            assert "125.00" not in text


def test_declined_card_is_told_to_nobody_else(visit):
    AccessFactory(account=visit.account)
    _settle(_paid(visit, Method.DECLINED))
    assert not Notification.objects.filter(kind="others_payment_failed").exists()
