"""A long thread a page at a time, counted back from the newest message: the first page is the end of the thread."""

from dataclasses import dataclass

from django.http import HttpRequest

from messaging.conversations.models import Message, MessageQuerySet

MOST = 100
# Further back nobody turns page by page.
LAST_PAGE = 1000


@dataclass(frozen=True)
class Window:
    """At most MOST messages, oldest first; `earlier` and `later` are the pages beside them, None where there are none."""

    messages: list[Message]
    earlier: int | None
    later: int | None


def window_of(request: HttpRequest, rows: MessageQuerySet) -> Window:
    """The page of the thread that `?page=` asks for, the newest when that makes no sense; one query, no count."""
    asked = request.GET.get("page", "")
    page = min(int(asked), LAST_PAGE) if asked.isdecimal() and asked.isascii() and len(asked) < 6 else 1
    page = max(page, 1)
    start = (page - 1) * MOST
    found = list(rows.order_by("-sent_at", "-id")[start : start + MOST + 1])
    return Window(
        messages=found[:MOST][::-1],
        earlier=page + 1 if len(found) > MOST else None,
        later=page - 1 if page > 1 else None,
    )
