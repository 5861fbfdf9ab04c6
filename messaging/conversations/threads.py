"""One conversation as it is read: who wrote what, how far the clinic is, and who else can read it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch
from django.urls import reverse
from django.utils.translation import gettext as _

from messaging.conversations import telling
from messaging.conversations.desks import Desk
from messaging.conversations.documents import title_of
from messaging.conversations.models import Conversation, Message, MessageQuerySet, ReadMark
from messaging.conversations.states import Author, Progress
from records.access.models import Grant, GrantKind
from records.access.scope import Scope
from records.models import DocumentReference


@dataclass(frozen=True)
class Entry:
    """A message as somebody reads it. `undo_until` is set while they may take it back; `files` are its attachments."""

    message: Message
    wrote_as: str
    is_own: bool
    is_clinic: bool
    files: Sequence["Attached"]
    # What it points at of the record, for a reader who may open it: addresses of results, and documents.
    reports: Sequence[str] = ()
    documents: Sequence["Pointed"] = ()
    undo_until: dt.datetime | None = None


@dataclass(frozen=True)
class Attached:
    """A file of a message, and where its reader gets it."""

    name: str
    size: int
    url: str


@dataclass(frozen=True)
class Pointed:
    """A document of the record, and where its reader gets it."""

    name: str
    url: str


@dataclass(frozen=True)
class Stage:
    """A station of the way to an answer; `when` and `who` are empty where they say nothing."""

    label: str
    is_reached: bool
    is_current: bool
    when: dt.datetime | None = None
    who: str = ""


def rows_of(desk: Desk, conversation: Conversation) -> MessageQuerySet:
    """The messages the reader can see, with what there is beside them."""
    rows = conversation.messages.readable_by(desk.user, desk.at)
    if conversation.has_files:  # type: ignore[attr-defined]
        rows = rows.prefetch_related("files")
    if conversation.has_reports:  # type: ignore[attr-defined]
        rows = rows.prefetch_related("reports")
    if conversation.has_documents:  # type: ignore[attr-defined]
        rows = rows.prefetch_related(Prefetch("documents", DocumentReference.objects.valid().defer("raw", "content")))
    return rows


def entry_of(desk: Desk, conversation: Any, message: Message) -> Entry:
    is_own = message.author_id == desk.user.pk
    can_undo = is_own and desk.may_write and message.visible_at > desk.at
    return Entry(
        message=message,
        wrote_as=_wrote_as(desk, message),
        is_own=is_own,
        is_clinic=message.author_kind == Author.STAFF,
        files=_files(desk, message) if conversation.has_files else [],
        reports=_reports(desk.scope, message) if conversation.has_reports and desk.scope else [],
        documents=_documents(desk, message) if conversation.has_documents and desk.scope else [],
        undo_until=message.visible_at if can_undo else None,
    )


def _files(desk: Desk, message: Message) -> list[Attached]:
    return [
        Attached(file.name, file.size, desk.url("file", conversation=message.conversation_id, file=file.pk))
        for file in message.files.all()
    ]


def _reports(scope: Scope, message: Message) -> list[str]:
    return [
        reverse("records:report", kwargs={"patient": scope.patient.pk, "report": report.pk})
        for report in message.reports.all()
        if report.is_seen_with(scope.permissions)
    ]


def _documents(desk: Desk, message: Message) -> list[Pointed]:
    permissions = desk.scope.permissions if desk.scope else frozenset()
    return [
        Pointed(title_of(row), desk.url("document", conversation=message.conversation_id, document=row.pk))
        for row in message.documents.all()
        if row.is_seen_with(permissions)
    ]


def _wrote_as(desk: Desk, message: Message) -> str:
    if message.author_kind == Author.PROXY and desk.patient is not None:
        return _("for %(name)s") % {"name": desk.patient.full_name}
    return str(Author(message.author_kind).label)


def stages_of(conversation: Conversation, at: dt.datetime) -> list[Stage]:
    """Received, assigned, being answered, answered: the one that it stands at is current, those before are reached."""
    order = list(Progress)
    current = _progress(conversation, at)
    assignee = conversation.assigned_to
    who = {
        Progress.RECEIVED: conversation.pool.described_as,
        Progress.ASSIGNED: assignee.full_name if assignee else "",
        Progress.ANSWERING: conversation.answering_by.full_name if conversation.answering_by else "",
    }
    return [
        Stage(
            label=str(stage.label),
            is_reached=order.index(stage) < order.index(current),
            is_current=stage == current,
            when=conversation.created_at if stage == Progress.RECEIVED else None,
            who=who.get(stage, "") if order.index(stage) <= order.index(current) else "",
        )
        for stage in order
    ]


def _progress(conversation: Conversation, at: dt.datetime) -> Progress:
    """Being answered lasts only as long as somebody holds it."""
    progress = Progress(conversation.progress)
    if progress == Progress.ANSWERING and conversation.held_by(at) is None:
        return Progress.ASSIGNED if conversation.assigned_to_id else Progress.RECEIVED
    return progress


def readers_of(desk: Desk, conversation: Conversation) -> list[tuple[str, str]]:
    """Everyone who can read it, and as what: those outside by name, the clinic by its pool."""
    outside = [
        (grant.user.full_name, _("You") if grant.user_id == desk.user.pk else _role(grant))
        for grant in telling.grants_to_read(conversation, desk.at)
    ]
    if conversation.patient_id is None:
        outside = [(desk.user.full_name, _("You"))]
    return [*outside, (conversation.pool.described_as, _("At the clinic"))]


def _role(grant: Grant) -> str:
    return _("Patient") if grant.kind == GrantKind.SELF else str(GrantKind(grant.kind).label)


def readers_in_words(desk: Desk) -> str:
    """Who outside the clinic will be able to read what is begun here, in one sentence."""
    fresh = Conversation(patient=desk.patient, owner=None if desk.patient else desk.user, is_sensitive=desk.is_private)
    others = [user.full_name for user in telling.readers_of(fresh, desk.at) if user.pk != desk.user.pk]
    return _("you and %(names)s") % {"names": ", ".join(others)} if others else _("you, and nobody else")


def mark_read(desk: Desk, conversation: Conversation) -> None:
    """Notes up to when the reader has seen it; what is still in its minute counts as unseen."""
    _mark(desk, conversation, desk.at)


def mark_unread(desk: Desk, conversation: Conversation) -> None:
    _mark(desk, conversation, None)


def _mark(desk: Desk, conversation: Conversation, read_at: dt.datetime | None) -> None:
    ReadMark.objects.bulk_create(
        [ReadMark(user=desk.user, conversation=conversation, read_at=read_at)],
        update_conflicts=True,
        unique_fields=["user", "conversation"],
        update_fields=["read_at"],
    )
