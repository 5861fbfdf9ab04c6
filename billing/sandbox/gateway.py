"""The provider as the portal meets it: the protocol's requests, answered from the provider's own tables."""

import datetime as dt
from collections.abc import Iterable, Mapping
from urllib.parse import urljoin

from django.urls import reverse
from django.utils import timezone

from billing.payments.gateways.protocol import (
    CheckoutFacts,
    CheckoutOrder,
    HostedPage,
    Notice,
    PaymentFacts,
    RefundFacts,
    RefundOrder,
    Refused,
)
from billing.sandbox import actions, facts, notices, refunds
from billing.sandbox.faults import on_the_way
from billing.sandbox.models import Checkout, Event, Payment


class SandboxGateway:
    """Implements protocol.PaymentGateway. Like any provider it goes by a clock of its own."""

    code = "sandbox"
    livemode = False
    page_origins: tuple[str, ...] = ()

    def open_checkout(self, order: CheckoutOrder, key: str) -> HostedPage:
        with on_the_way("open_checkout", key):
            checkout = actions.open_checkout(order=order, key=key, at=timezone.now())
        page = reverse("sandbox:checkout", kwargs={"ref": checkout.ref})
        return HostedPage(ref=checkout.ref, url=urljoin(order.success_url, page), expires_at=checkout.expires_at)

    def read_checkout(self, ref: str) -> CheckoutFacts:
        with on_the_way("read_checkout"):
            return facts.checkout_facts(actions.look_up(ref=ref, at=timezone.now()))

    def close_checkout(self, ref: str) -> CheckoutFacts:
        with on_the_way("close_checkout"):
            return facts.checkout_facts(actions.close(ref=ref, at=timezone.now()))

    def read_payment(self, ref: str) -> PaymentFacts:
        with on_the_way("read_payment"):
            payment = Payment.objects.select_related("checkout").filter(ref=ref).first()
            if payment is None:
                raise Refused("sandbox: no such payment")
            return facts.payment_facts(payment, payment.checkout, is_whole=True)

    def request_refund(self, order: RefundOrder, key: str) -> RefundFacts:
        with on_the_way("request_refund", key):
            return facts.refund_facts(refunds.request_refund(order=order, key=key, at=timezone.now()))

    def authenticate_notice(self, raw: bytes, headers: Mapping[str, str], at: dt.datetime) -> Notice:
        return notices.authenticate(raw, headers, at)

    def notices_since(self, at: dt.datetime) -> Iterable[Notice]:
        with on_the_way("notices_since"):
            events = Event.objects.filter(created_at__gte=at).select_related("payment")
            return [facts.notice_of(event) for event in events]

    def checkouts_since(self, at: dt.datetime) -> Iterable[CheckoutFacts]:
        with on_the_way("checkouts_since"):
            made = Checkout.objects.filter(created_at__gte=at).prefetch_related("payments")
            return [facts.checkout_facts(checkout) for checkout in made.order_by("created_at", "pk")]

    def net_between(self, start: dt.datetime, end: dt.datetime) -> int:
        with on_the_way("net_between"):
            return facts.net_between(start, end)
