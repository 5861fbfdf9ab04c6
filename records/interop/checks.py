"""Refuses values that a database column could not hold, before the database has to."""

import re
from functools import cache
from typing import Any

from django.db import models

from records.interop.element import Element
from records.interop.outcomes import Reject
from records.interop.reading import Number

# PostgreSQL stores neither; JSON and Python carry both.
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
MAX_RESOURCE = 4_000_000
ID = re.compile(r"[A-Za-z0-9\-._:|/]{1,255}")


def check_resource(element: Element) -> None:
    """Raises Reject for text with NUL or broken characters, numbers that are none, and sheer size."""
    size = 0
    stack: list[tuple[Any, str]] = [(element.data, element.path)]
    while stack:
        node, path = stack.pop()
        if isinstance(node, str):
            size += len(node)
            if UNSTORABLE.search(node):
                raise Reject(path, "This text holds characters that cannot be stored.")
        elif isinstance(node, dict):
            for key, value in node.items():
                if UNSTORABLE.search(key):
                    raise Reject(path, "This text holds characters that cannot be stored.")
                stack.append((value, f"{path}.{key}"))
        elif isinstance(node, list):
            stack.extend((value, f"{path}[{n}]") for n, value in enumerate(node))
        elif isinstance(node, Number) and node - node != 0:
            raise Reject(path, "This is not a number that can be stored.")
    if size > MAX_RESOURCE:
        raise Reject(element.path, "The resource is too large.")


@cache
def _limits(model: type[models.Model]) -> dict[str, int | None]:
    return {field.attname: field.max_length for field in model._meta.concrete_fields}


def check_columns(model: type[models.Model], columns: dict[str, Any], path: str) -> None:
    """Raises Reject when a text is longer than its column takes."""
    for name, value in columns.items():
        if not isinstance(value, str):
            continue
        limit = _limits(model)[name]
        if limit is not None and len(value) > limit:
            raise Reject(path, f"The value for {name} is too long (more than {limit} characters).")
