"""What is written in a conversation, each once and whole. Whom it concerns is told in the same transaction."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import BadRequest
from django.db import IntegrityError, transaction

from messaging.conversations import handling, telling
from messaging.conversations.models import UNDO, Conversation, ConversationQuerySet, Message
from messaging.conversations.promises import due_after
from messaging.conversations.states import Author, EventKind, Progress, State
from messaging.pools import routing
from records.access.models import User
from records.access.numbers import new_number
from records.access.permissions import Permission
from records.access.scope import PermissionMissing, Scope
from records.danger.check import danger_in
from records.documents.files.models import StoredFile
from records.models import DiagnosticReport, DocumentReference

CLINIC = frozenset({Author.STAFF})


@dataclass(frozen=True)
class Writer:
    """Who writes: `user` is None for a guest. Whoever writes for a patient brings the `scope` that lets them."""

    kind: Author
    name: str
    user: User | None = None
    scope: Scope | None = None

    def require(self, conversation: Conversation) -> None:
        """Raises PermissionMissing for a scope in which nobody may write, and for that of another patient."""
        if self.scope is None:
            return
        self.scope.require(Permission.MESSAGES_SEND)
        if conversation.patient_id != self.scope.patient.pk:
            raise PermissionMissing(Permission.MESSAGES)

    def readable(self) -> ConversationQuerySet:
        """What this person may answer in; the gates of guests and of staff have decided for them."""
        rows = Conversation.objects.all()
        return rows if self.scope is None else rows.for_scope(self.scope)


class OnceTaken(BadRequest):
    """Something else was sent under this `once`: by somebody else, or in another conversation. Answered 400."""


class TooLate(Exception):
    """The message can be read by others already."""


def start(
    *,
    conversation: Conversation,
    writer: Writer,
    body: str,
    once: uuid.UUID,
    at: dt.datetime,
    files: Sequence[StoredFile] = (),
) -> Conversation:
    """Opens a conversation that the caller has filled in (whose, topic, subject), with its first message.

    The same `once` again gives the conversation that is there, also when both come at the same moment. Unless it
    has a pool already, it goes to that of the first routing rule that fits. It is due as its pool promises, and is
    urgent when its words sound dangerous. Raises routing.NoPool, PermissionMissing, OnceTaken.
    """
    writer.require(conversation)
    try:
        return _start(conversation, writer, body, once, at, files)
    except IntegrityError:
        known = _known(once, writer)
        if known is None:
            raise
        return known.conversation


@transaction.atomic
def _start(
    conversation: Conversation,
    writer: Writer,
    body: str,
    once: uuid.UUID,
    at: dt.datetime,
    files: Sequence[StoredFile],
) -> Conversation:
    known = _known(once, writer)
    if known is not None:
        return known.conversation
    _check_whose(conversation, *files)
    is_clinic = writer.kind in CLINIC
    text = f"{conversation.subject}\n{body}"
    conversation.number = new_number()
    if not conversation.pool_id:
        conversation.pool = routing.pool_for(topic=conversation.topic, team_name=conversation.team_name, text=text)
    conversation.state = State.YOU if is_clinic else State.CLINIC
    conversation.progress = Progress.ANSWERED if is_clinic else Progress.RECEIVED
    conversation.created_at = conversation.last_message_at = at
    conversation.is_urgent = not is_clinic and danger_in(text) is not None
    conversation.due_at = None if is_clinic else due_after(conversation.pool, at)
    conversation.save(force_insert=True)
    if not is_clinic:
        conversation.note(EventKind.RECEIVED, at=at, by=writer.user)
    _write(conversation, writer, body, once, at, files)
    return conversation


@transaction.atomic
def reply(
    *,
    conversation_id: uuid.UUID,
    writer: Writer,
    body: str,
    once: uuid.UUID,
    at: dt.datetime,
    files: Sequence[StoredFile] = (),
    reports: Sequence[DiagnosticReport] = (),
    documents: Sequence[DocumentReference] = (),
) -> Message:
    """Adds a message; the same `once` again gives the one that is there. It points at `reports` and `documents`.

    From outside it makes it the clinic's turn again, also when it was closed; from the clinic it is an answer.
    Raises handling.BeingAnswered for staff while a colleague holds the conversation, OnceTaken, and for who may
    not write in it PermissionMissing, or not read it Conversation.DoesNotExist.
    """
    conversation = writer.readable().select_for_update().get(pk=conversation_id)
    writer.require(conversation)
    known = _known(once, writer)
    if known is not None and known.conversation_id != conversation.pk:
        raise OnceTaken
    if known is not None:
        return known
    _check_whose(conversation, *files, *reports, *documents)
    conversation.last_message_at = at
    if writer.kind in CLINIC:
        _answer(conversation, writer, at)
    else:
        _ask_again(conversation, writer, body, at)
    conversation.save()
    message = _write(conversation, writer, body, once, at, files)
    if reports:
        message.reports.set(reports)
    if documents:
        message.documents.set(documents)
    return message


def is_sent(once: uuid.UUID | str | None) -> bool:
    """Whether a message was sent under this `once` already."""
    return once is not None and Message.objects.filter(once=once).exists()


@transaction.atomic
def take_back(*, message_id: uuid.UUID, by: User, at: dt.datetime) -> Message:
    """Takes a message back within its minute, by its author alone. Raises TooLate.

    A conversation whose only message it was goes away with it; else it is whose turn it was before.
    """
    message = Message.objects.select_related("conversation").get(pk=message_id, author=by)
    conversation = Conversation.objects.select_for_update().get(pk=message.conversation_id)
    message.refresh_from_db()
    if message.withdrawn_at is not None:
        return message
    if message.visible_at <= at:
        raise TooLate(str(message_id))
    message.withdrawn_at = at
    message.save(update_fields=["withdrawn_at"])
    last = conversation.messages.standing().last()
    if last is None:
        conversation.withdrawn_at = at
    else:
        _go_back(conversation, message, last)
    conversation.save()
    telling.untell(message=message)
    return message


def _answer(conversation: Conversation, writer: Writer, at: dt.datetime) -> None:
    if writer.user is not None:
        handling.check_free(conversation, writer.user, at)
    _reopen(conversation, writer, at)
    conversation.state, conversation.progress = State.YOU, Progress.ANSWERED
    conversation.first_answered_at = conversation.first_answered_at or at
    conversation.due_at = conversation.answering_by = conversation.answering_until = None
    conversation.escalated_at = None
    conversation.note(EventKind.ANSWERED, at=at, by=writer.user)


def _go_back(conversation: Conversation, taken_back: Message, last: Message) -> None:
    """As it was before the message that was taken back: whose turn, by when, and closed if it had been."""
    conversation.last_message_at = last.sent_at
    if conversation.first_answered_at == taken_back.sent_at:
        conversation.first_answered_at = None
    if last.author_kind in CLINIC:
        conversation.state, conversation.progress, conversation.due_at = State.YOU, Progress.ANSWERED, None
    else:
        conversation.state = State.CLINIC
        conversation.progress = Progress.ASSIGNED if conversation.assigned_to_id else Progress.RECEIVED
        conversation.due_at = due_after(conversation.pool, last.sent_at)
    conversation.closed_at, conversation.closed_reason = None, ""
    if conversation.events.filter(kind=EventKind.REOPENED, at=taken_back.sent_at).exists():
        closed = conversation.events.filter(kind=EventKind.CLOSED, at__lte=taken_back.sent_at).last()
        conversation.state, conversation.due_at = State.CLOSED, None
        if closed is not None:
            conversation.closed_at, conversation.closed_reason = closed.at, closed.detail


def _ask_again(conversation: Conversation, writer: Writer, body: str, at: dt.datetime) -> None:
    _reopen(conversation, writer, at)
    if conversation.state != State.CLINIC:
        conversation.due_at, conversation.escalated_at = due_after(conversation.pool, at), None
    conversation.state = State.CLINIC
    conversation.progress = Progress.ASSIGNED if conversation.assigned_to_id else Progress.RECEIVED
    if danger_in(body) is not None and not conversation.is_urgent:
        conversation.is_urgent = True
        conversation.note(EventKind.URGENT, at=at, by=writer.user)


def _check_whose(conversation: Conversation, *rows: StoredFile | DiagnosticReport | DocumentReference) -> None:
    """Raises PermissionMissing for what belongs to another patient than the conversation."""
    if any(row.patient_id != conversation.patient_id for row in rows):
        raise PermissionMissing(Permission.MESSAGES)


def _reopen(conversation: Conversation, writer: Writer, at: dt.datetime) -> None:
    if conversation.state == State.CLOSED:
        conversation.note(EventKind.REOPENED, at=at, by=writer.user)
        conversation.closed_at, conversation.closed_reason = None, ""


def _known(once: uuid.UUID, writer: Writer) -> Message | None:
    """What the same person has sent under this `once` before. Raises OnceTaken for another's, which is no answer."""
    sent = Message.objects.filter(once=once).select_related("conversation").first()
    author_id = writer.user.pk if writer.user else None
    if sent is not None and (sent.author_id, sent.author_kind) != (author_id, writer.kind):
        raise OnceTaken
    return sent


def _write(
    conversation: Conversation,
    writer: Writer,
    body: str,
    once: uuid.UUID,
    at: dt.datetime,
    files: Sequence[StoredFile],
) -> Message:
    message = Message.objects.create(
        conversation=conversation,
        once=once,
        author_kind=writer.kind,
        author=writer.user,
        author_name=writer.name,
        body=body,
        is_urgent=writer.kind not in CLINIC and danger_in(body) is not None,
        sent_at=at,
        visible_at=at + UNDO,
    )
    if files:
        message.files.set(files)
    telling.tell_written(message=message, at=at)
    return message
