"""Money that the sandbox sends back, at once or by its banks' clock."""

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from billing.payments.gateways.protocol import RefundOrder, Refused
from billing.sandbox import disputes, refunds
from billing.sandbox.methods import Method
from billing.sandbox.models import Event, Payment, Refund
from tests.factories.sandbox import open_checkout, pay
from tests.together import together

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def _paid(method: Method = Method.CARD) -> Payment:
    checkout = open_checkout()
    pay(checkout.ref, method)
    return checkout.payments.get()


def _ask(payment: Payment, cents: int, *, at: dt.datetime | None = None) -> Refund:
    order = RefundOrder(uuid.uuid4(), payment.ref, cents)
    return refunds.request_refund(order=order, key=str(uuid.uuid4()), at=at or timezone.now())


@pytest.mark.parametrize(
    ("method", "statuses"),
    [
        (Method.CARD, ["succeeded", "succeeded"]),
        (Method.REFUND_WAITS, ["pending", "succeeded"]),
        (Method.REFUND_FAILS, ["succeeded", "failed"]),
    ],
)
def test_each_number_does_what_it_says_after_its_minute_and_only_once(settings, method, statuses):
    settings.SANDBOX_BANK_SECONDS = 60
    now = timezone.now()
    refund = _ask(_paid(method), 25_00, at=now)
    decided = int(statuses[0] != statuses[1])
    assert refund.status == statuses[0]
    assert refunds.decide_refunds(now + dt.timedelta(seconds=59)) == 0
    assert refunds.decide_refunds(now + dt.timedelta(seconds=60)) == decided
    assert refunds.decide_refunds(now + dt.timedelta(days=1)) == 0
    refund.refresh_from_db()
    assert refund.status == statuses[1]
    told = [type_ for type_ in Event.objects.values_list("type", flat=True) if type_.startswith("refund")]
    assert len(told) == 1 + decided


def test_a_refund_points_at_its_payment_and_at_no_checkout():
    payment = _paid()
    _ask(payment, 25_00)
    event = Event.objects.last()
    assert (event.type, event.checkout_ref, event.payment_ref) == ("refund.created", "", payment.ref)
    assert (Event.objects.first().checkout_ref, Event.objects.first().payment_ref) == (payment.checkout_id, "")


def test_failed_refund_gives_its_money_free_again_and_stays_failed():
    payment = _paid(Method.REFUND_FAILS)
    refund = _ask(payment, payment.amount_cents)
    with pytest.raises(Refused):
        _ask(payment, 1)
    failed = refunds.decide_refund(ref=refund.ref, status=Refund.Status.FAILED, at=timezone.now())
    assert failed.returned_at is not None
    assert refunds.left_cents(payment) == payment.amount_cents
    again = refunds.decide_refund(ref=refund.ref, status=Refund.Status.SUCCEEDED, at=timezone.now())
    assert again.status == "failed"


def test_refund_that_failed_before_it_was_sent_returns_nothing():
    refund = _ask(_paid(Method.REFUND_WAITS), 25_00)
    failed = refunds.decide_refund(ref=refund.ref, status=Refund.Status.FAILED, at=timezone.now())
    assert (failed.sent_at, failed.returned_at) == (None, None)


@pytest.mark.parametrize("cents", [0, -1, 125_01])
def test_amount_that_makes_no_sense_is_refused(cents):
    with pytest.raises(Refused):
        _ask(_paid(), cents)


def test_returned_dispute_lets_money_be_refunded_again():
    payment = _paid()
    dispute = disputes.open_dispute(payment_ref=payment.ref, at=timezone.now())
    with pytest.raises(Refused):
        _ask(payment, 1)
    disputes.decide_dispute(ref=dispute.ref, status=dispute.Status.WON, at=timezone.now())
    assert _ask(payment, payment.amount_cents).status == "succeeded"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_refunds_at_once_never_send_more_than_was_paid():
    payment = _paid()

    def ask() -> None:
        try:
            _ask(payment, 50_00)
        except Refused:
            return

    together(*[ask] * 6)
    assert sum(Refund.objects.values_list("amount_cents", flat=True)) == 100_00
