"""Orders to the sandbox, and payers who act on its pages."""

import datetime as dt
import uuid
from typing import Any

from django.utils import timezone

from billing.payments.gateways.protocol import CheckoutOrder
from billing.sandbox import actions
from billing.sandbox.methods import Method
from billing.sandbox.models import Checkout


def order(**terms: Any) -> CheckoutOrder:
    """What the portal would ask: an hour for $125."""
    usual = {
        "attempt_id": uuid.uuid4(),
        "amount_cents": 125_00,
        "product_name": "Account payment",
        "success_url": "https://portal.example/pay/return/?t=token",
        "cancel_url": "https://portal.example/pay/amount/",
        "expires_at": timezone.now() + dt.timedelta(hours=1),
    }
    return CheckoutOrder(**usual | terms)


def open_checkout(**terms: Any) -> Checkout:
    return actions.open_checkout(order=order(**terms), key=str(uuid.uuid4()), at=timezone.now())


def pay(ref: str, method: Method = Method.CARD, *, at: dt.datetime | None = None) -> None:
    """The payer chooses a way to pay on the hosted page, and says yes to the bank."""
    actions.pay(ref=ref, method=method, at=at or timezone.now())
    if method == Method.ASKS:
        actions.answer(ref=ref, is_approved=True, at=at or timezone.now())
