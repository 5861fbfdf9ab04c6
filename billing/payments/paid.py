"""Who else is told of a payment: features above register by the way its payer came."""

import datetime as dt
from collections.abc import Callable

from billing.payments.gateways.protocol import PaymentFacts
from billing.payments.models import PayerKind, PaymentAttempt

# Called once for each payment, in the transaction that posts it.
type Tell = Callable[[PaymentAttempt, PaymentFacts, dt.datetime], None]

_TELLS: dict[str, Tell] = {}


def register(kind: PayerKind, tell: Tell) -> None:
    _TELLS[kind] = tell


def tell(*, attempt: PaymentAttempt, payment: PaymentFacts, at: dt.datetime) -> None:
    """Tells whoever registered for the attempt's kind of payer."""
    if attempt.payer_kind in _TELLS:
        _TELLS[attempt.payer_kind](attempt, payment, at)
