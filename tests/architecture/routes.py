"""Walks the URLconf: every route of the portal with its name, pattern and view."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

# Routes of other people's packages, whose views carry no gate of ours: what guards each, and its test.
FOREIGN = {
    "accounts/": "allauth: public entrance pages, the rest behind its own login_required (tests/portal/accounts)",
    "admin/": "the StaffSite: staff with a second factor (tests/portal/accounts/test_staff_need_second_factor.py)",
    "captcha/": "pictures and sounds of random characters, open to all (tests/billing/guest/test_captcha.py)",
}


@dataclass(frozen=True)
class Route:
    name: str
    pattern: str
    view: Callable[..., Any]

    @property
    def gate(self) -> str | None:
        return getattr(self.view, "gate", None)


def our_routes() -> list[Route]:
    """Every route but the foreign ones."""
    return [route for route in _walk(get_resolver()) if not route.pattern.startswith(tuple(FOREIGN))]


def _walk(resolver: URLResolver, prefix: str = "", namespace: str = "") -> Iterator[Route]:
    for entry in resolver.url_patterns:
        pattern = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _walk(entry, pattern, inner)
        elif isinstance(entry, URLPattern):
            yield Route(f"{namespace}{entry.name}", pattern, entry.callback)
