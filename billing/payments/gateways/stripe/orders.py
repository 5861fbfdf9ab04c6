"""What is asked of Stripe. It learns amounts and our UUIDs: no person, no visit, no account number."""

import hashlib
import json
from typing import TYPE_CHECKING, Any, cast

from billing.payments.gateways.protocol import CheckoutOrder, RefundOrder

if TYPE_CHECKING:
    from stripe.params import RefundCreateParams
    from stripe.params.checkout import SessionCreateParams

# Names in `metadata`, by which a payment or refund says what it is for.
ATTEMPT = "attempt"
REFUND = "refund"


def checkout_params(order: CheckoutOrder) -> "SessionCreateParams":
    """A hosted page for one amount. The payment itself names the attempt too, so that it is never an orphan."""
    metadata = {ATTEMPT: str(order.attempt_id)}
    price = {
        "currency": order.currency,
        "product_data": {"name": order.product_name},
        "unit_amount": order.amount_cents,
    }
    params = {
        "mode": "payment",
        "ui_mode": "hosted_page",
        "submit_type": "pay",
        "allowed_payment_method_types": ["card", "us_bank_account"],
        "adaptive_pricing": {"enabled": False},
        "line_items": [{"price_data": price, "quantity": 1}],
        "expires_at": int(order.expires_at.timestamp()),
        "success_url": order.success_url,
        "cancel_url": order.cancel_url,
        "metadata": metadata,
        # Captured at once, so that what reached our balance is known with the payment and counts on its day.
        "payment_intent_data": {"metadata": metadata, "capture_method": "automatic"},
    }
    return cast("SessionCreateParams", _canonical(params))


def checkout_key(key: str, params: "SessionCreateParams") -> str:
    """The Idempotency-Key of a page: it covers the parameters, so that no key is ever used for others.

    Another order under the attempt's key opens another page, as a turned key does; nobody knows the first one's
    address, and reconciliation closes it.
    """
    digest = hashlib.sha256(json.dumps(params, sort_keys=True).encode()).hexdigest()
    return f"{key}:{digest[:32]}"


def refund_params(order: RefundOrder) -> "RefundCreateParams":
    """Follows from the refund's row alone, which never changes: its key has one meaning."""
    params = {
        "payment_intent": order.payment_ref,
        "amount": order.amount_cents,
        "metadata": {REFUND: str(order.refund_id)},
    }
    return cast("RefundCreateParams", _canonical(params))


def _canonical(value: Any) -> Any:
    """The same bytes for the same order, whatever order a database gave its fields back in."""
    if isinstance(value, dict):
        return {name: _canonical(value[name]) for name in sorted(value)}
    if isinstance(value, list):
        return [_canonical(item) for item in value]
    return value
