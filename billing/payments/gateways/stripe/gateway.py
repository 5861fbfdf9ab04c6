"""Stripe through hosted Checkout by redirect: no script of theirs, no card number of anybody's on our pages."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from urllib.parse import urlsplit

from django.conf import settings
from stripe import HTTPClient, ListObject, StripeObject

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
from billing.payments.gateways.stripe import facts, notices, orders, transport
from billing.payments.gateways.stripe.errors import NotUnderstood, asking

PAGE_ORIGIN = "https://checkout.stripe.com"
_CHARGE = "latest_charge.balance_transaction"
_MOVED = ("balance_transaction", "failure_balance_transaction")
# Lists come by pages of this many; more than MOST at once is no list that we can judge.
PAGE_SIZE = 100
MOST = 20_000
# What counts as ours in Stripe's accounting: fees, payouts and transfers between its balances do not.
MONEY = frozenset({"charge", "charge_failure", "refund", "refund_failure", "dispute", "dispute_reversal"})


class StripeGateway:
    """Implements protocol.PaymentGateway with the keys of the settings."""

    code = "stripe"

    def __init__(self, http_client: HTTPClient | None = None) -> None:
        key, base = settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE
        self.livemode = "_live_" in key
        parts = urlsplit(base)
        self.page_origins = (f"{parts.scheme}://{parts.netloc}" if base else PAGE_ORIGIN,)
        self._api = transport.client(key, api_base=base, http_client=http_client).v1

    def open_checkout(self, order: CheckoutOrder, key: str) -> HostedPage:
        params = orders.checkout_params(order)
        with asking():
            session = self._api.checkout.sessions.create(params, {"idempotency_key": orders.checkout_key(key, params)})
        if session.url is None:
            raise NotUnderstood("stripe: a page without an address")
        return HostedPage(session.id, session.url, dt.datetime.fromtimestamp(session.expires_at, dt.UTC))

    def read_checkout(self, ref: str) -> CheckoutFacts:
        with asking():
            session = self._api.checkout.sessions.retrieve(ref, {"expand": [f"payment_intent.{_CHARGE}"]})
        return facts.checkout_facts(session)

    def close_checkout(self, ref: str) -> CheckoutFacts:
        """Stripe refuses to close what is complete or over; then the facts say so."""
        try:
            with asking():
                self._api.checkout.sessions.expire(ref)
        except Refused:
            pass
        return self.read_checkout(ref)

    def read_payment(self, ref: str) -> PaymentFacts:
        with asking():
            intent = self._api.payment_intents.retrieve(ref, {"expand": [_CHARGE]})
            expand = [f"data.{name}" for name in _MOVED]
            refunds = _all(self._api.refunds.list({"payment_intent": ref, "limit": PAGE_SIZE, "expand": expand}))
            disputes = _all(self._api.disputes.list({"payment_intent": ref, "limit": PAGE_SIZE}))
        return facts.payment_facts(intent, reversed(refunds), reversed(disputes))

    def request_refund(self, order: RefundOrder, key: str) -> RefundFacts:
        params = orders.refund_params(order)
        params["expand"] = list(_MOVED)
        with asking():
            return facts.refund_facts(self._api.refunds.create(params, {"idempotency_key": key}))

    def authenticate_notice(self, raw: bytes, headers: Mapping[str, str], at: dt.datetime) -> Notice:
        secrets = [settings.STRIPE_WEBHOOK_SECRET, settings.STRIPE_WEBHOOK_SECRET_OLD]
        return notices.authenticate(raw, headers, at, secrets=filter(None, secrets), livemode=self.livemode)

    def notices_since(self, at: dt.datetime) -> Iterable[Notice]:
        """Stripe keeps events for 30 days."""
        with asking():
            found = self._api.events.list(
                {"created": {"gte": int(at.timestamp())}, "types": list(notices.TYPES), "limit": PAGE_SIZE}
            )
            events = _all(found)
        return [notices.notice_of(event.to_dict()) for event in reversed(events)]

    def checkouts_since(self, at: dt.datetime) -> Iterable[CheckoutFacts]:
        with asking():
            found = self._api.checkout.sessions.list(
                {
                    "created": {"gte": int(at.timestamp())},
                    "limit": PAGE_SIZE,
                    "expand": [f"data.payment_intent.{_CHARGE}"],
                }
            )
            sessions = _all(found)
        return [facts.checkout_facts(session) for session in reversed(sessions)]

    def net_between(self, start: dt.datetime, end: dt.datetime) -> int:
        with asking():
            found = self._api.balance_transactions.list(
                {
                    "created": {"gte": int(start.timestamp()), "lt": int(end.timestamp())},
                    "currency": facts.SETTLES_IN,
                    "limit": PAGE_SIZE,
                }
            )
            return sum(moved.amount for moved in _all(found) if moved.reporting_category in MONEY)


def _all[T: StripeObject](pages: ListObject[T]) -> list[T]:
    """Every row of a list, newest first, page after page."""
    rows: Iterator[T] = pages.auto_paging_iter()
    found = list(islice(rows, MOST + 1))
    if len(found) > MOST:
        raise NotUnderstood("stripe: too many rows to judge")
    return found
