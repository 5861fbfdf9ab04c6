"""The portal with Stripe as its provider: the real gateway and SDK, the fake behind them, in one process."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.test import override_settings
from django.utils import timezone

from billing.payments import notices
from billing.payments.gateways.protocol import BadNotice
from billing.payments.gateways.registry import gateway
from billing.payments.gateways.stripe.gateway import StripeGateway
from tests.fake_stripe import events
from tests.fake_stripe.in_process import InProcess
from tests.fake_stripe.state import Fake

_current: list[Fake] = []


class Gateway(StripeGateway):
    """What the settings name: it talks to the fake of the test that runs."""

    def __init__(self) -> None:
        super().__init__(InProcess(_current[-1]))


@contextmanager
def taking_payments(fake: Fake | None = None, **settings: Any) -> Iterator[Fake]:
    """Every request to the provider inside goes to `fake`. Its notices are sent by `send_notices`."""
    fake = fake or Fake()
    _current.append(fake)
    wanted = {
        "PAYMENT_GATEWAY": f"{__name__}.Gateway",
        "STRIPE_SECRET_KEY": "sk_test_fake",
        "STRIPE_WEBHOOK_SECRET": fake.webhook_secret,
    }
    gateway.cache_clear()
    try:
        with override_settings(**wanted | settings):
            yield fake
    finally:
        _current.remove(fake)
        gateway.cache_clear()


def send_notices(fake: Fake) -> int:
    """What is due goes to the portal as its webhook would take it in; returns how many were taken in."""
    return events.deliver(fake, _webhook)


def _webhook(raw: bytes, headers: dict[str, str]) -> int:
    try:
        notices.ingest(raw=raw, headers=headers, at=timezone.now())
    except BadNotice:
        return 400
    return 200
