"""One conversation as staff read it: what was written, what colleagues noted, and who outside has read the answers."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from messaging.conversations.documents import title_of
from messaging.conversations.models import (
    Conversation,
    ConversationEvent,
    InternalNote,
    Message,
    MessageQuerySet,
    ReadMark,
)
from messaging.conversations.states import Author, State
from messaging.conversations.windows import window_of
from messaging.inbox.desk import StaffDesk
from messaging.inbox.summary import summary_of
from records.access.permissions import Permission
from records.access.staff_pages import frame
from records.models import DiagnosticReport, DocumentReference

# Notes and steps beside a thread, the newest of them.
MOST = 200


@dataclass(frozen=True)
class StaffEntry:
    """`pointed` says what of the record it points at, by name where this person may see that.

    `read_by` are those outside who have opened the conversation since an answer came; `undo_until` while it is new.
    """

    message: Message
    is_clinic: bool
    pointed: Sequence[str]
    read_by: Sequence[ReadMark]
    undo_until: dt.datetime | None


def _rows_of(conversation: Conversation, desk: StaffDesk) -> MessageQuerySet:
    reports: Any = DiagnosticReport.objects.defer("raw")
    documents: Any = DocumentReference.objects.defer("raw", "content")
    rows = conversation.messages.readable_by(desk.user, desk.at)
    return rows.prefetch_related("files", Prefetch("reports", reports), Prefetch("documents", documents))


def _entries(conversation: Conversation, messages: Sequence[Message], desk: StaffDesk) -> list[StaffEntry]:
    marks = list(conversation.read_marks.filter(read_at__isnull=False, user__is_staff=False).select_related("user"))
    seen = desk.scope_for(conversation.patient).permissions if conversation.patient else frozenset()
    return [_entry(message, marks, desk, seen) for message in messages]


def _entry(message: Message, marks: Sequence[ReadMark], desk: StaffDesk, seen: frozenset[Permission]) -> StaffEntry:
    is_clinic = message.author_kind == Author.STAFF
    is_new = message.author_id == desk.user.pk and message.visible_at > desk.at
    return StaffEntry(
        message=message,
        is_clinic=is_clinic,
        pointed=[
            *(_("Test result: %s") % (row.display if row.is_seen_with(seen) else "–") for row in message.reports.all()),
            *(
                _("Document: %s") % (title_of(row) if row.is_seen_with(seen) else "–")
                for row in message.documents.all()
            ),
        ],
        read_by=[mark for mark in marks if mark.read_at and mark.read_at >= message.visible_at] if is_clinic else [],
        undo_until=message.visible_at if is_new else None,
    )


def notes_of(conversation: Conversation) -> list[InternalNote]:
    return list(conversation.internal_notes.select_related("author").order_by("-created_at", "-pk")[:MOST])


def events_of(conversation: Conversation) -> list[ConversationEvent]:
    return list(conversation.events.select_related("by").order_by("-at", "-pk")[:MOST])


def context_of(request: Any, conversation: Conversation, desk: StaffDesk, title: str) -> dict[str, Any]:
    """What every page beside a conversation shows."""
    holder = conversation.held_by(desk.at)
    window = window_of(request, _rows_of(conversation, desk))
    return {
        **frame(title),
        "desk": desk,
        "conversation": conversation,
        "window": window,
        "entries": _entries(conversation, window.messages, desk),
        "notes": notes_of(conversation),
        "summary": summary_of(conversation, desk),
        "is_late": conversation.is_late(desk.at),
        "is_open": conversation.state != State.CLOSED,
        "held_by": holder,
        "is_mine": holder == desk.user,
    }
