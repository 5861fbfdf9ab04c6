"""Doors for people without a sign-in: what a browser has proved is held in its session for a short time.

Nothing of what it opens is in the address. Each feature has a door of its own: a bill, a pay link, a case.
"""

import datetime as dt
import functools
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import Promise

from records.access import log
from records.access.client import origin_of


@dataclass(frozen=True)
class Door[Held]:
    """`key` is where the session holds the row's id and `gate` what the access table calls the door.

    `find` gives what the id opens at a time, or None when it is over; views find it as `held_as` on the
    request. Without it a browser is sent to `elsewhere`, with `closed` said when it had been inside.
    """

    key: str
    gate: str
    held_as: str
    find: Callable[[uuid.UUID, dt.datetime], Held | None]
    elsewhere: str
    closed: Promise | str

    def held(self, request: HttpRequest) -> uuid.UUID | None:
        """The id that this browser holds, whether it still opens anything or not."""
        held = request.session.get(self.key)
        return uuid.UUID(held) if held else None

    def let_in(self, request: HttpRequest, row_id: uuid.UUID, *, kind: str, object_id: str, at: dt.datetime) -> None:
        """Gives the browser a fresh session key and what it proved, and logs the opening."""
        request.session.cycle_key()
        request.session[self.key] = str(row_id)
        log.record(
            kind=kind,
            verb=log.Verb.VIEW,
            at=at,
            actor_name="",
            acting_as="guest",
            object_id=object_id,
            origin=origin_of(request),
        )

    def page(self, view: Callable[..., Any]) -> Callable[..., Any]:
        """A page behind this door."""

        @functools.wraps(view)
        def gated(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            row_id = self.held(request)
            found = self.find(row_id, timezone.now()) if row_id else None
            if found is None:
                if row_id:
                    messages.info(request, str(self.closed))
                return redirect(self.elsewhere)
            setattr(request, self.held_as, found)
            response: HttpResponseBase = view(request, *args, **kwargs)
            return response

        gated = login_not_required(gated)
        gated.gate = self.gate  # type: ignore[attr-defined]
        return gated
