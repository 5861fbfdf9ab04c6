"""What happens to every request: a reference for support, one log line without PHI, nothing kept in caches."""

import logging
import time
import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

logger = logging.getLogger("portal.request")

type Next = Callable[[HttpRequest], HttpResponse]


class ReferenceMiddleware:
    """Gives the request a reference, shown on error pages and written beside the route, never the path."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.reference = str(uuid.uuid4())  # type: ignore[attr-defined]
        if request.method in {"TRACE", "CONNECT"}:
            return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
        started = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        logger.info(
            "%s %s %s %.0fms %s",
            request.method,
            match.route if match else "-",
            response.status_code,
            (time.perf_counter() - started) * 1000,
            request.reference,  # type: ignore[attr-defined]
        )
        return response


class NoStoreMiddleware:
    """Everything the portal renders may be personal: browsers and proxies keep none of it.

    Static files are answered above this one and stay cacheable.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response["Cache-Control"] = "no-store"
        return response
