"""Which provider takes the money here: one dotted path in the settings."""

import functools

from django.conf import settings
from django.utils.module_loading import import_string

from billing.payments.gateways.protocol import PaymentGateway


def is_open() -> bool:
    """Whether anything can be paid online here."""
    return bool(settings.PAYMENT_GATEWAY)


@functools.cache
def gateway() -> PaymentGateway:
    made: PaymentGateway = import_string(settings.PAYMENT_GATEWAY)()
    return made
