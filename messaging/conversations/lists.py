"""Lists of conversations: folders by whose turn it is, what is unread, and one line for each."""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from messaging.conversations.models import Conversation, ConversationQuerySet
from messaging.conversations.states import State
from records.access.lists import PER_PAGE, SEARCH_LIMIT, Filter, choose, page_of, searched
from records.access.models import User

ALL = "all"
# In the order of the tabs.
FOLDERS: dict[str, Promise] = {
    ALL: gettext_lazy("All"),
    State.YOU: State.YOU.label,
    State.CLINIC: State.CLINIC.label,
    State.CLOSED: State.CLOSED.label,
}
TAG_KINDS = {State.YOU: "warn", State.CLINIC: "", State.CLOSED: "plain"}


@dataclass(frozen=True)
class Line:
    """One conversation in a list; `whose` is empty where all are one person's."""

    conversation: Conversation
    url: str
    tag_kind: str
    is_unread: bool
    is_late: bool
    whose: str = ""


@dataclass(frozen=True)
class Folder:
    """What a list page shows: the tabs, and one page of the chosen one or of a search."""

    show: str
    filters: list[Filter]
    unread: int
    query: str
    page: Any
    lines: list[Line]


def folder_of(
    request: HttpRequest,
    rows: ConversationQuerySet,
    *,
    user: User,
    at: dt.datetime,
    names: Mapping[uuid.UUID, str] | None = None,
) -> Folder:
    """One page of `rows`, whose readers are decided already. `names` has the name of each patient, to tell them apart."""
    rows = rows.with_reading(user, at)
    counts = rows.order_by().aggregate(
        unread=Count("pk", filter=Q(is_unread=True)),
        **{state.value: Count("pk", filter=Q(state=state)) for state in State},
    )
    counts[ALL] = sum(counts[state.value] for state in State)
    show, filters = choose(
        request,
        {key: _("%(folder)s (%(count)s)") % {"folder": label, "count": counts[key]} for key, label in FOLDERS.items()},
    )
    query = searched(request)
    if query:
        rows = rows.matching(query, user, at)
    elif show != ALL:
        rows = rows.filter(state=show)
    page = page_of(request, rows, per_page=SEARCH_LIMIT if query else PER_PAGE)
    lines = [_line(row, at, names) for row in page]
    return Folder(show, filters, counts["unread"], query, page, lines)


def url_of(conversation: Conversation) -> str:
    """Where those outside read it: row ids only."""
    if conversation.patient_id is None:
        return reverse("messaging:own_thread", kwargs={"conversation": conversation.pk})
    return reverse("messaging:thread", kwargs={"patient": conversation.patient_id, "conversation": conversation.pk})


def counted(lines: Iterable[Line]) -> dict[uuid.UUID | None, int]:
    """How many lines are about each patient; None for the reader's own cases."""
    found: dict[uuid.UUID | None, int] = {}
    for line in lines:
        key = line.conversation.patient_id
        found[key] = found.get(key, 0) + 1
    return found


def _line(conversation: Any, at: dt.datetime, names: Mapping[uuid.UUID, str] | None) -> Line:
    return Line(
        conversation=conversation,
        url=url_of(conversation),
        tag_kind=TAG_KINDS[State(conversation.state)],
        is_unread=conversation.is_unread,
        is_late=conversation.is_late(at),
        whose="" if names is None else names.get(conversation.patient_id, _("You, with customer service")),
    )
