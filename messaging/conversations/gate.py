"""The gate of pages about one's own messages, over every record one may open: logged before they are sent."""

import functools
from collections.abc import Callable
from typing import Any

from django.http import HttpResponseBase, HttpResponseNotAllowed
from django.utils import timezone

from messaging.conversations.kinds import MESSAGE
from records.access import log
from records.access.client import origin_of
from records.access.gate import SignedInRequest, send_logged, signed_in_page
from records.access.models import GrantKind


class OwnRequest(SignedInRequest):
    """What views behind `own_page` receive; a view about patients sets how much of whom it showed."""

    seen: list[log.Seen]


def own_page(*, methods: tuple[str, ...] = ("GET",)) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A page for whoever is signed in, showing only what is theirs. The log gets a row for each of `seen`."""
    allowed = {*methods, "HEAD"} if "GET" in methods else {*methods}

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(view)
        def gated(request: OwnRequest, **kwargs: Any) -> HttpResponseBase:
            if request.method not in allowed:
                return HttpResponseNotAllowed(sorted(allowed))
            request.seen = [log.Seen(None, GrantKind.SELF)]
            object_id = str(next(iter(kwargs.values()), ""))
            return send_logged(request, view(request, **kwargs), lambda: _append(request, object_id))

        return signed_in_page(gated)

    return decorate


def _append(request: OwnRequest, object_id: str) -> None:
    log.record_each(
        request.seen,
        kind=MESSAGE,
        verb=log.Verb.VIEW,
        at=timezone.now(),
        actor_id=request.user.pk,
        actor_name=request.user.full_name,
        object_id=object_id,
        origin=origin_of(request),
    )
