"""Payments that a bank asks back, by the numbers that do so and by hand."""

import datetime as dt

import pytest
from django.utils import timezone

from billing.payments.gateways.protocol import Refused
from billing.sandbox import actions, disputes
from billing.sandbox.methods import Method
from billing.sandbox.models import Dispute, Event
from tests.factories.sandbox import open_checkout, pay

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.mark.parametrize(
    ("method", "status", "reason"),
    [(Method.DISPUTED, "open", "fraudulent"), (Method.BANK_RETURNED, "lost", "insufficient_funds")],
)
def test_numbers_that_ask_back_do_so_once_and_after_their_minute(settings, method, status, reason):
    settings.SANDBOX_BANK_SECONDS = 60
    now = timezone.now()
    pay(open_checkout().ref, method, at=now)
    pay(open_checkout().ref, Method.CARD, at=now)
    paid_at = now + dt.timedelta(seconds=60) if method == Method.BANK_RETURNED else now
    actions.decide_banks(paid_at)
    assert disputes.ask_back(paid_at + dt.timedelta(seconds=59)) == 0
    assert disputes.ask_back(paid_at + dt.timedelta(seconds=60)) == 1
    assert disputes.ask_back(paid_at + dt.timedelta(days=1)) == 0
    dispute = Dispute.objects.get()
    assert (dispute.payment.method, dispute.status, dispute.reason) == (method, status, reason)
    assert dispute.is_withdrawn


def test_each_step_is_told():
    checkout = open_checkout()
    pay(checkout.ref)
    payment = checkout.payments.get()
    now = timezone.now()
    warning = disputes.open_dispute(payment_ref=payment.ref, at=now, status=Dispute.Status.WARNING)
    disputes.decide_dispute(ref=warning.ref, status=Dispute.Status.OPEN, at=now)
    disputes.decide_dispute(ref=warning.ref, status=Dispute.Status.LOST, at=now)
    told = list(Event.objects.filter(type__startswith="dispute").values_list("type", "payment__ref"))
    assert told == [(type_, payment.ref) for type_ in ("dispute.opened", "dispute.updated", "dispute.closed")]


def test_part_of_a_payment_can_be_disputed():
    checkout = open_checkout()
    pay(checkout.ref)
    dispute = disputes.open_dispute(
        payment_ref=checkout.payments.get().ref, at=timezone.now(), amount_cents=10_00, reason="duplicate"
    )
    assert (dispute.amount_cents, dispute.reason) == (10_00, "duplicate")


def test_nothing_is_asked_back_that_was_not_paid():
    checkout = open_checkout()
    pay(checkout.ref, Method.BANK)
    with pytest.raises(Refused):
        disputes.open_dispute(payment_ref=checkout.payments.get().ref, at=timezone.now())
    with pytest.raises(Refused):
        disputes.return_debit(payment_ref="sbx_pi_none", at=timezone.now())
