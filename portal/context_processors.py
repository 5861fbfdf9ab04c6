"""What every template can say: the organisation's words and the menus of this request."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from billing.payments.gateways.registry import gateway, is_open
from portal import organization
from portal.navigation import Navigation


def portal(request: HttpRequest) -> dict[str, Any]:
    """What the layouts show.

    `portal`: the organisation's words, and whether payments are only tests; `navigation`: the menus, worked
    out when shown; `idle_seconds`: until sign-out.
    """
    return {
        "portal": {**organization.words(), "is_test_payments": is_open() and not gateway().livemode},
        "navigation": SimpleLazyObject(lambda: Navigation(request)),
        "idle_seconds": settings.SESSION_IDLE_SECONDS,
    }
