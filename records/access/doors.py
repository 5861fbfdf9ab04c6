"""Doors for people without a sign-in: what a browser has proved is held in its session for a short time.

The address carries a random handle (handles.py), so that two tabs can stand behind two doors, and nothing of what
it opens. Each feature has a door of its own: a bill, a pay link, a case.
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

from records.access import handles, log
from records.access.client import origin_of


@dataclass(frozen=True)
class Door[Held]:
    """`key` is where the session holds the rows' ids and `gate` what the access table calls the door.

    `find` gives what an id opens at a time, or None when it is over; views find it as `held_as` on the
    request, and the handle of their path as `handle`. Without it a browser is sent to `elsewhere`, with `closed`
    said when it had been inside.
    """

    key: str
    gate: str
    held_as: str
    find: Callable[[uuid.UUID, dt.datetime], Held | None]
    elsewhere: str
    closed: Promise | str

    def held(self, request: HttpRequest) -> list[uuid.UUID]:
        """The ids that this browser holds, whether they still open anything or not."""
        return [uuid.UUID(row_id) for row_id in handles.all_of(request.session, self.key).values()]

    def let_in(self, request: HttpRequest, row_id: uuid.UUID, *, kind: str, object_id: str, at: dt.datetime) -> str:
        """Gives the browser a fresh session key and what it proved, and logs the opening; returns the handle.

        Who proves the same again keeps the handle, so that their other tabs go on.
        """
        request.session.cycle_key()
        known = handles.all_of(request.session, self.key).items()
        handle = next((handle for handle, held in known if held == str(row_id)), None)
        if handle is None:
            handle = handles.add(request.session, self.key, str(row_id))
        log.record(
            kind=kind,
            verb=log.Verb.VIEW,
            at=at,
            actor_name="",
            acting_as="guest",
            object_id=object_id,
            origin=origin_of(request),
        )
        return handle

    def page(self, view: Callable[..., Any]) -> Callable[..., Any]:
        """A page behind this door; its path names the handle."""

        @functools.wraps(view)
        def gated(request: HttpRequest, handle: str, **kwargs: Any) -> HttpResponseBase:
            row_id = handles.get(request.session, self.key, handle)
            found = self.find(uuid.UUID(row_id), timezone.now()) if row_id else None
            if found is None:
                if row_id:
                    messages.info(request, str(self.closed))
                return redirect(self.elsewhere)
            setattr(request, self.held_as, found)
            request.handle = handle  # type: ignore[attr-defined]
            response: HttpResponseBase = view(request, **kwargs)
            return response

        gated = login_not_required(gated)
        gated.gate = self.gate  # type: ignore[attr-defined]
        return gated
