"""The contract of a gateway (payments/gateways/protocol.py), and the faults that tests can ask for."""

import uuid

import pytest
from django.urls import resolve
from django.utils import timezone

from billing.payments.gateways import patience
from billing.payments.gateways.protocol import (
    CheckoutStatus,
    NotSent,
    OutcomeUnknown,
    PaymentGateway,
    PaymentStatus,
    Refused,
)
from billing.payments.gateways.registry import gateway
from billing.sandbox import faults
from billing.sandbox.gateway import SandboxGateway
from billing.sandbox.methods import Method
from billing.sandbox.models import Checkout, Fault
from tests.factories.sandbox import order, pay

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

GATEWAY: PaymentGateway = SandboxGateway()


def test_settings_choose_the_sandbox_which_is_never_live():
    assert isinstance(gateway(), SandboxGateway)
    assert (gateway().code, gateway().livemode) == ("sandbox", False)


def test_page_is_on_the_payers_own_host_and_ends_when_asked():
    wish = order()
    page = GATEWAY.open_checkout(wish, "k")
    assert page.url.startswith("https://portal.example/sandbox/checkout/sbx_cs_")
    assert resolve(page.url.removeprefix("https://portal.example")).kwargs == {"ref": page.ref}
    assert page.expires_at == wish.expires_at


def test_facts_of_a_paid_page():
    wish = order()
    ref = GATEWAY.open_checkout(wish, "k").ref
    pay(ref, Method.DECLINED)
    pay(ref, Method.CARD)
    facts = GATEWAY.read_checkout(ref)
    assert (facts.attempt_id, facts.status) == (wish.attempt_id, CheckoutStatus.COMPLETE)
    declined, paid = facts.payments
    assert (declined.status, declined.paid_at) == (PaymentStatus.FAILED, None)
    assert (paid.status, paid.amount_cents, paid.currency) == (PaymentStatus.SUCCEEDED, 125_00, "usd")
    assert (paid.method, paid.last4, paid.livemode) == ("card", "4242", False)
    assert paid.paid_at is not None
    assert GATEWAY.close_checkout(ref) == facts


def test_reading_notices_that_the_time_is_over():
    ref = GATEWAY.open_checkout(order(), "k").ref
    Checkout.objects.update(expires_at=timezone.now())
    assert GATEWAY.read_checkout(ref).status == CheckoutStatus.EXPIRED


def test_unknown_page_is_refused():
    for ask in (GATEWAY.read_checkout, GATEWAY.close_checkout):
        with pytest.raises(Refused):
            ask("sbx_cs_none")


def test_request_that_is_not_sent_does_nothing_once():
    Fault.objects.create(kind=Fault.Kind.NOT_SENT, operation="open_checkout")
    with pytest.raises(NotSent):
        GATEWAY.open_checkout(order(), "k")
    assert not Checkout.objects.exists()
    assert GATEWAY.open_checkout(order(), "k").ref


def test_answer_that_is_lost_leaves_the_page_for_the_same_key():
    Fault.objects.create(kind=Fault.Kind.ANSWER_LOST, operation="open_checkout")
    wish, key = order(), str(uuid.uuid4())
    with pytest.raises(OutcomeUnknown):
        GATEWAY.open_checkout(wish, key)
    made = Checkout.objects.get()
    assert GATEWAY.open_checkout(wish, key).ref == made.ref


def test_fault_waits_for_its_operation():
    Fault.objects.create(kind=Fault.Kind.NOT_SENT, operation="read_checkout")
    ref = GATEWAY.open_checkout(order(), "k").ref
    with pytest.raises(NotSent):
        GATEWAY.read_checkout(ref)


def test_failure_is_repeated_for_its_key_alone():
    Fault.objects.create(kind=Fault.Kind.FAILED_BEFORE, operation="open_checkout")
    for _ in range(2):
        with pytest.raises(OutcomeUnknown):
            GATEWAY.open_checkout(order(), "k")
    assert not Checkout.objects.exists()
    assert GATEWAY.open_checkout(order(), "k2").ref


def test_slow_request_is_carried_out(monkeypatch):
    waited = []
    monkeypatch.setattr(faults.time, "sleep", waited.append)
    Fault.objects.create(kind=Fault.Kind.SLOW)
    assert GATEWAY.open_checkout(order(), "k").ref
    assert waited == [faults.SLOW_SECONDS]


def test_slow_request_does_not_outlast_a_page_that_waits(monkeypatch):
    waited = []
    monkeypatch.setattr(faults.time, "sleep", waited.append)
    Fault.objects.create(kind=Fault.Kind.SLOW)
    with patience.within(0.25, clock=lambda: sum(waited)), pytest.raises(OutcomeUnknown):
        GATEWAY.open_checkout(order(), "k")
    assert waited == [0.25]
    assert not Checkout.objects.exists()


def test_nothing_is_asked_when_nobody_waits_any_more():
    with patience.within(0), pytest.raises(NotSent):
        GATEWAY.open_checkout(order(), "k")
