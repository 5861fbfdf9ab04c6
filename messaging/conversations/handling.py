"""What is done with a conversation beside writing in it: given to somebody, held, closed, noted on, passed on when late."""

import datetime as dt
import uuid

from django.db import transaction

from messaging.conversations import telling
from messaging.conversations.models import Conversation, InternalNote
from messaging.conversations.states import EventKind, Progress, State
from messaging.pools import routing
from messaging.pools.models import Pool
from records.access.models import User

# How long "being answered by" keeps colleagues from answering the same.
ANSWERING = dt.timedelta(minutes=15)


class BeingAnswered(Exception):
    """A colleague is answering at this moment."""


@transaction.atomic
def assign(*, conversation_id: uuid.UUID, to: User | None, pool: Pool | None, by: User, at: dt.datetime) -> None:
    """Gives a conversation to somebody, or to another pool; who is away is replaced by their stand-in."""
    conversation = Conversation.objects.select_for_update().get(pk=conversation_id)
    is_moving = pool is not None and pool.pk != conversation.pool_id
    if pool is not None:
        conversation.pool = pool
    conversation.assigned_to = routing.stand_in_for(to, at, conversation.pool) if to else None
    if conversation.state == State.CLINIC:
        conversation.progress = Progress.ASSIGNED if conversation.assigned_to else Progress.RECEIVED
    conversation.answering_by = conversation.answering_until = None
    conversation.save()
    kind = EventKind.HANDED_OVER if is_moving else EventKind.ASSIGNED
    conversation.note(kind, at=at, by=by, detail=conversation.pool.name)


@transaction.atomic
def begin_answering(*, conversation_id: uuid.UUID, by: User, at: dt.datetime) -> None:
    """Says to colleagues and to who wrote that somebody is answering. Raises BeingAnswered."""
    conversation = Conversation.objects.select_for_update().get(pk=conversation_id)
    check_free(conversation, by, at)
    conversation.answering_by, conversation.answering_until = by, at + ANSWERING
    if conversation.state == State.CLINIC:
        conversation.progress = Progress.ANSWERING
    conversation.save()


def check_free(conversation: Conversation, user: User, at: dt.datetime) -> None:
    """Raises BeingAnswered while somebody other than `user` holds the conversation."""
    if conversation.held_by(at) not in (None, user):
        raise BeingAnswered(str(conversation.pk))


@transaction.atomic
def close(*, conversation_id: uuid.UUID, reason: str, by: User | None, at: dt.datetime) -> None:
    """Ends a conversation; whoever writes in it again opens it again."""
    conversation = Conversation.objects.select_for_update().get(pk=conversation_id)
    if conversation.state == State.CLOSED:
        return
    conversation.state, conversation.closed_at, conversation.closed_reason = State.CLOSED, at, reason
    conversation.due_at = conversation.answering_by = conversation.answering_until = None
    conversation.save()
    conversation.note(EventKind.CLOSED, at=at, by=by, detail=reason)


@transaction.atomic
def mark_urgent(*, conversation_id: uuid.UUID, is_urgent: bool, by: User, at: dt.datetime) -> None:
    """Puts a conversation to the top of the clinic's inbox, or back into its row."""
    conversation = Conversation.objects.select_for_update().get(pk=conversation_id)
    if conversation.is_urgent == is_urgent:
        return
    conversation.is_urgent = is_urgent
    conversation.save(update_fields=["is_urgent"])
    conversation.note(EventKind.URGENT if is_urgent else EventKind.NOT_URGENT, at=at, by=by)


@transaction.atomic
def note_internally(*, conversation_id: uuid.UUID, body: str, by: User, at: dt.datetime) -> InternalNote:
    """Leaves a note for colleagues. Nothing outside the admin ever shows it."""
    return InternalNote.objects.create(conversation_id=conversation_id, author=by, body=body, created_at=at)


def escalate_overdue(at: dt.datetime) -> int:
    """Passes on what is late, says so to who waits, and returns how many. A periodic job."""
    late = Conversation.objects.standing().filter(state=State.CLINIC, due_at__lt=at, escalated_at__isnull=True)
    found = list(late.order_by("due_at").values_list("pk", flat=True)[:500])
    for pk in found:
        _escalate(pk, at)
    return len(found)


@transaction.atomic
def _escalate(conversation_id: uuid.UUID, at: dt.datetime) -> None:
    conversation = Conversation.objects.select_for_update().get(pk=conversation_id)
    if conversation.escalated_at is not None or conversation.state != State.CLINIC:
        return
    conversation.escalated_at = at
    conversation.save(update_fields=["escalated_at"])
    conversation.note(EventKind.ESCALATED, at=at, by=None)
    telling.tell_late(conversation=conversation, at=at)
