"""Stripe's form encoding, `a[b][0]=c`, as nested dicts and lists of text."""

import re
import urllib.parse
from typing import Any

_PART = re.compile(r"\[([^\[\]]*)\]")


def decode(encoded: str) -> dict[str, Any]:
    """Numbered parts become lists, in the order of their numbers."""
    tree: dict[str, Any] = {}
    for name, value in urllib.parse.parse_qsl(encoded, keep_blank_values=True):
        root, _, rest = name.partition("[")
        path = [root, *_PART.findall(f"[{rest}" if rest else "")]
        inner = tree
        for part in path[:-1]:
            inner = inner.setdefault(part, {})
        inner[path[-1]] = value
    return {name: _listed(value) for name, value in tree.items()}


def _listed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if value and all(name.isdigit() for name in value):
        return [_listed(value[name]) for name in sorted(value, key=int)]
    return {name: _listed(inner) for name, inner in value.items()}
