"""What a browser holds for a while, each thing under a random handle: worth nothing without the session's cookie.

The handle stands in the path, so that two tabs with two things keep apart, also after Back and a reload.
"""

import secrets
from typing import Any

from django.contrib.sessions.backends.base import SessionBase

# Things of one kind that one browser holds at once; the oldest make room.
MOST = 20


def add(session: SessionBase, key: str, value: Any) -> str:
    """Keeps a JSON value under a fresh handle, and returns the handle."""
    handle = secrets.token_urlsafe(9)
    newest = list(all_of(session, key).items())[1 - MOST :]
    session[key] = {**dict(newest), handle: value}
    return handle


def change(session: SessionBase, key: str, handle: str, value: Any) -> None:
    """Puts another value under a handle that is held."""
    session[key] = {**all_of(session, key), handle: value}


def get(session: SessionBase, key: str, handle: str) -> Any:
    """What stands under the handle; None when this browser does not hold it."""
    return all_of(session, key).get(handle)


def all_of(session: SessionBase, key: str) -> dict[str, Any]:
    """Every value by its handle, the oldest first."""
    held: dict[str, Any] = session.get(key, {})
    return held
