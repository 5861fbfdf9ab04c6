"""Long lists: pages and filters, the same everywhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise

PER_PAGE = 20
# A search shows at most this many, all on one page, and says when there are more.
SEARCH_LIMIT = 50


@dataclass(frozen=True)
class Filter:
    """One choice above a list; `url` keeps nothing but the choice."""

    label: Promise | str
    url: str
    is_current: bool


def page_of(request: HttpRequest, rows: QuerySet[Any] | list[Any], *, per_page: int = PER_PAGE) -> Page[Any]:
    """The page that `?page=` asks for; a number that makes no sense gives the nearest page there is.

    What was posted is a search, whose answer begins at the first page.
    """
    return Paginator(rows, per_page).get_page(request.GET.get("page") if request.method != "POST" else 1)


def choose(request: HttpRequest, choices: Mapping[str, Promise | str]) -> tuple[str, list[Filter]]:
    """The chosen key of `?show=` (the first when absent or unknown), and the filters to offer."""
    default = next(iter(choices))
    chosen = request.GET.get("show", default)
    if chosen not in choices:
        chosen = default
    filters = [
        Filter(label, request.path if key == default else f"{request.path}?show={key}", key == chosen)
        for key, label in choices.items()
    ]
    return chosen, filters


def searched(request: HttpRequest) -> str:
    """The words posted by a list's search; empty when the list was only opened. PostgreSQL takes no NUL."""
    return request.POST.get("q", "").replace("\0", "").strip()[:200] if request.method == "POST" else ""
