"""The one widening of the content security policy: on the pages whose form leads to the provider."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.views.decorators.csp import csp_override

from billing.payments.gateways.registry import gateway, is_open


def leads_to_provider[**P](view: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
    """Lets the forms of a page end at the provider's hosted page: Chromium asks it of redirects too.

    It is worked out at each request, because the provider is known only then.
    """

    @wraps(view)
    def widened(*args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        origins = gateway().page_origins if is_open() else ()
        policy: dict[str, Any] = {
            **settings.SECURE_CSP,
            "form-action": [*settings.SECURE_CSP["form-action"], *origins],
        }
        response: HttpResponse = csp_override(policy)(view)(*args, **kwargs)
        return response

    return widened
