"""What a call makes the machine do, counted and not timed: a slow or busy machine counts the same."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

from django.db import connection


def rows_read(call: Callable[[], object]) -> int:
    """How many rows `call` has the database send or change. PostgreSQL alone says it."""
    counted: list[int] = []

    def watch(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        result = execute(sql, params, many, context)
        counted.append(max(context["cursor"].rowcount, 0))
        return result

    with connection.execute_wrapper(watch):
        call()
    return sum(counted)


def calls(call: Callable[[], object]) -> int:
    """How many functions written in Python `call` comes to call. What it finds ready in a cache is not counted."""
    count = 0

    def watch(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        call()
    finally:
        sys.setprofile(before)
    return count
