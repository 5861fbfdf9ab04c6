"""Providers with the people around them: what payers, banks and the network do, in the same words for each."""

import contextlib
import datetime as dt
import hashlib
import hmac
import json
import uuid
from typing import Any

from django.utils import timezone

from billing.payments.gateways.protocol import PaymentGateway, RefundOrder
from billing.payments.gateways.stripe.gateway import StripeGateway
from billing.sandbox import actions, disputes, notices, refunds
from billing.sandbox.gateway import SandboxGateway
from billing.sandbox.methods import LAST4
from billing.sandbox.models import Event, Fault, Payment
from billing.sandbox.states import DisputeStatus, RefundStatus
from tests.factories.sandbox import order
from tests.fake_stripe import controls, events, faults
from tests.fake_stripe import disputes as fake_disputes
from tests.fake_stripe import payments as fake_payments
from tests.fake_stripe import refunds as fake_refunds
from tests.fake_stripe.errors import ApiError
from tests.fake_stripe.in_process import InProcess
from tests.fake_stripe.state import Fake

type Post = tuple[bytes, dict[str, str]]

BY_LAST4 = {last4: method for method, last4 in LAST4.items()}


class World:
    """One provider. Numbers are the last four digits of test cards and accounts, the same for all."""

    gateway: PaymentGateway

    def open(self, **terms: Any) -> str:
        return self.gateway.open_checkout(order(**terms), str(uuid.uuid4())).ref

    def paid(self, number: str = "4242", **terms: Any) -> str:
        """The ref of a payment that went through on a page of its own."""
        ref = self.open(**terms)
        self.pay(ref, number)
        payment = self.gateway.read_checkout(ref).payments[-1].ref
        if number in ("6789", "5559"):
            self.decide_bank(payment)
        return payment

    def refund(self, payment: str, cents: int, key: str | None = None) -> Any:
        return self.gateway.request_refund(RefundOrder(uuid.uuid4(), payment, cents), key or str(uuid.uuid4()))

    def pay(self, ref: str, number: str) -> None: ...
    def answer(self, ref: str, *, is_approved: bool) -> None: ...
    def decide_bank(self, payment: str) -> None: ...
    def refund_at_desk(self, payment: str, cents: int) -> None: ...
    def decide_refund(self, ref: str, status: str) -> None: ...
    def dispute(self, payment: str, status: str = "open") -> str: ...
    def decide_dispute(self, ref: str, status: str, cents: int | None = None) -> None: ...
    def fail(self, kind: str, operation: str) -> None: ...
    def posts(self) -> list[Post]: ...
    def sign(self, raw: bytes, at: dt.datetime) -> dict[str, str]: ...
    def body(self, **changed: Any) -> bytes: ...


class SandboxWorld(World):
    def __init__(self) -> None:
        self.gateway = SandboxGateway()

    def pay(self, ref: str, number: str) -> None:
        actions.pay(ref=ref, method=BY_LAST4[number], at=timezone.now())

    def answer(self, ref: str, *, is_approved: bool) -> None:
        actions.answer(ref=ref, is_approved=is_approved, at=timezone.now())

    def decide_bank(self, payment: str) -> None:
        actions.decide_banks(timezone.now() + dt.timedelta(minutes=2))
        Payment.objects.filter(ref=payment, paid_at__isnull=False).update(paid_at=timezone.now())

    def refund_at_desk(self, payment: str, cents: int) -> None:
        refunds.refund_at_desk(payment_ref=payment, amount_cents=cents, at=timezone.now())

    def decide_refund(self, ref: str, status: str) -> None:
        refunds.decide_refund(ref=ref, status=RefundStatus(status), at=timezone.now())

    def dispute(self, payment: str, status: str = "open") -> str:
        return disputes.open_dispute(payment_ref=payment, at=timezone.now(), status=DisputeStatus(status)).ref

    def decide_dispute(self, ref: str, status: str, cents: int | None = None) -> None:
        disputes.decide_dispute(ref=ref, status=DisputeStatus(status), amount_cents=cents, at=timezone.now())

    def fail(self, kind: str, operation: str) -> None:
        Fault.objects.create(kind=kind, operation={"open": "open_checkout", "refund": "request_refund"}[operation])

    def posts(self) -> list[Post]:
        bodies = [notices.body_of(event) for event in Event.objects.order_by("pk")]
        return [(raw, self.sign(raw, timezone.now())) for raw in bodies]

    def sign(self, raw: bytes, at: dt.datetime) -> dict[str, str]:
        return notices.sign(raw, at)

    def body(self, **changed: Any) -> bytes:
        content = {"id": "sbx_evt_1", "type": "checkout.completed", "checkout": "sbx_cs_1", "livemode": False}
        return json.dumps(content | changed).encode()


class StripeWorld(World):
    """The real SDK against the fake, without a wire between them."""

    FAULTS = {
        "not_sent": faults.Fault.TOO_MANY,
        "answer_lost": faults.Fault.CUT_AFTER,
        "failed_before": faults.Fault.ERROR_BEFORE,
        "failed_after": faults.Fault.ERROR_AFTER,
    }
    STATUS = {"open": "needs_response", "warning": "warning_needs_response"}

    def __init__(self) -> None:
        self.fake = Fake()
        self.gateway = StripeGateway(InProcess(self.fake))

    def pay(self, ref: str, number: str) -> None:
        with contextlib.suppress(ApiError):  # A page that is over says so, and takes nothing.
            fake_payments.pay(self.fake, ref, number)

    def answer(self, ref: str, *, is_approved: bool) -> None:
        fake_payments.answer(self.fake, ref, is_approved=is_approved)

    def decide_bank(self, payment: str) -> None:
        fake_payments.decide_bank(self.fake, self.fake.store.get("payment_intent", payment))

    def refund_at_desk(self, payment: str, cents: int) -> None:
        controls.CONTROLS["refund"](self.fake, payment, cents)

    def decide_refund(self, ref: str, status: str) -> None:
        fake_refunds.decide(self.fake, ref, status)

    def dispute(self, payment: str, status: str = "open") -> str:
        return fake_disputes.open_dispute(self.fake, payment, status=self.STATUS.get(status, status))["id"]

    def decide_dispute(self, ref: str, status: str, cents: int | None = None) -> None:
        fake_disputes.decide(self.fake, ref, self.STATUS.get(status, status), cents=cents)

    def fail(self, kind: str, operation: str) -> None:
        path = {"open": "POST /v1/checkout/sessions", "refund": "POST /v1/refunds"}[operation]
        self.fake.faults.add(self.FAULTS[kind], path)

    def posts(self) -> list[Post]:
        return [events.sign(self.fake, event) for event in self.fake.store.all("event")]

    def sign(self, raw: bytes, at: dt.datetime) -> dict[str, str]:
        seconds = int(at.timestamp())
        signed = f"{seconds}.".encode() + raw
        return {"Stripe-Signature": f"t={seconds},v1={_hmac(self.fake.webhook_secret, signed)}"}

    def body(self, **changed: Any) -> bytes:
        content = {
            "id": "evt_1",
            "object": "event",
            "type": "checkout.session.completed",
            "data": {"object": {"id": "cs_test_1", "object": "checkout.session"}},
            "livemode": False,
        }
        return json.dumps(content | changed).encode()


def _hmac(secret: str, signed: bytes) -> str:
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
