"""Which payment provider this installation has: chosen by its keys, and refused where it would be the wrong money."""

import re

from django.core.exceptions import ImproperlyConfigured

SANDBOX = "billing.sandbox.gateway.SandboxGateway"
STRIPE = "billing.payments.gateways.stripe.gateway.StripeGateway"
# The choice is left to the keys.
BY_KEYS = "by keys"
_KEY = re.compile(r"(?:sk|rk)_(test|live)_\w+", re.ASCII)


def gateway_path(*, production: bool, chosen: str, key: str, webhook_secret: str, api_base: str) -> str:
    """The dotted path of the gateway; empty when it was deliberately chosen that nothing is payable online.

    Raises ImproperlyConfigured, with the mend, for settings under which money could go wrong.
    """
    if chosen == BY_KEYS:
        if production and not key:
            raise ImproperlyConfigured(
                "Nothing can be paid online: set STRIPE_SECRET_KEY to a live key (sk_live_…) and STRIPE_WEBHOOK_SECRET,"
                " or PAYMENT_GATEWAY= (empty) if that is meant."
            )
        chosen = STRIPE if key else SANDBOX
    if production and "sandbox" in chosen:
        raise ImproperlyConfigured("The sandbox takes no real money: set PAYMENT_GATEWAY to a live provider.")
    if key or chosen == STRIPE:
        _check_keys(production=production, key=key, webhook_secret=webhook_secret, api_base=api_base)
    return chosen


def _check_keys(*, production: bool, key: str, webhook_secret: str, api_base: str) -> None:
    match = _KEY.fullmatch(key)
    if match is None:
        raise ImproperlyConfigured("STRIPE_SECRET_KEY starts with sk_live_, or outside production with sk_test_.")
    if production and match[1] != "live":
        raise ImproperlyConfigured("A test key takes no real money: set STRIPE_SECRET_KEY to a live key (sk_live_…).")
    if not production and match[1] == "live":
        raise ImproperlyConfigured("A live key takes real money: outside production use a test key (sk_test_…).")
    if not webhook_secret.startswith("whsec_"):
        raise ImproperlyConfigured("Set STRIPE_WEBHOOK_SECRET to the signing secret of the webhook (whsec_…).")
    if production and api_base:
        raise ImproperlyConfigured("STRIPE_API_BASE is for tests and the demo: remove it in production.")
    if api_base and not re.fullmatch(r"https?://[^/\s]+", api_base):
        raise ImproperlyConfigured("STRIPE_API_BASE is an origin such as http://127.0.0.1:12111.")
