"""Stripe's own test mode, for whoever has a key: STRIPE_LIVE_TEST_KEY=sk_test_… make test ARGS=tests/billing/gateways"""

import time
import uuid
from typing import Any

import stripe
from django.conf import settings

from billing.payments.gateways.stripe.gateway import StripeGateway
from tests.billing.gateways.worlds import StripeWorld

METHODS = {"4242": "pm_card_visa", "5126": "pm_card_refundFail", "7726": "pm_card_pendingRefund"}


class LiveWorld(StripeWorld):
    """Pays without the hosted page, by the API, and lets Stripe's own test cards decide."""

    def __init__(self, key: str) -> None:
        settings.STRIPE_SECRET_KEY = key
        self.gateway = StripeGateway()
        self._api = stripe.StripeClient(key, max_network_retries=2).v1

    def paid(self, number: str = "4242", **terms: Any) -> str:
        intent = self._api.payment_intents.create(
            {
                "amount": terms.get("amount_cents", 125_00),
                "currency": "usd",
                "confirm": True,
                "payment_method": METHODS[number],
                "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
                "metadata": {"attempt": str(terms.get("attempt_id", uuid.uuid4()))},
            }
        )
        return intent.id

    def decide_refund(self, ref: str, status: str) -> None:
        """Stripe decides by itself, within a minute."""
        for _ in range(60):
            if self._api.refunds.retrieve(ref).status == status:
                return
            time.sleep(1)
        raise AssertionError(f"the refund did not become {status}")
