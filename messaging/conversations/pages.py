"""The pages of reading and answering, the same at every desk; the views have decided whose it is."""

import uuid
from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef, Subquery
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from messaging.conversations import actions, attachments, bills, documents, drafts, handling, threads
from messaging.conversations.desks import Desk
from messaging.conversations.forms import ReplyForm
from messaging.conversations.lists import TAG_KINDS, folder_of
from messaging.conversations.models import Conversation, Draft, Message
from messaging.conversations.promises import promise_of
from messaging.conversations.states import State
from messaging.conversations.windows import window_of
from records.access.permissions import Permission
from records.danger.check import Danger


def index(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The conversations of one desk by folder, and the draft that waits."""
    context = {
        "desk": desk,
        "folder": folder_of(request, desk.conversations(), user=desk.user, at=desk.at),
        "draft": drafts.draft_of(desk),
        "new_url": desk.url("new"),
        "write_url": desk.url("write"),
        "discard_url": desk.url("discard"),
    }
    return TemplateResponse(request, "messaging/conversations/index.html", context)


def thread(request: HttpRequest, desk: Desk, conversation_id: uuid.UUID) -> HttpResponse:
    """One conversation, which is read by being opened."""
    conversation = load(desk, conversation_id)
    response = _thread(request, desk, conversation, ReplyForm(initial=_initial(desk, conversation)))
    if conversation.is_unread or conversation.read_at is None:  # type: ignore[attr-defined]
        threads.mark_read(desk, conversation)
    return response


def reply(request: HttpRequest, desk: Desk, conversation_id: uuid.UUID) -> HttpResponse:
    """Sends one more message, or keeps it as a draft; words of danger are answered to before it goes."""
    conversation = load(desk, conversation_id)
    require_writing(desk)
    form = ReplyForm(request.POST)
    errors = _keep(request, desk, conversation)
    if ("save" in request.POST or "remove" in request.POST) and not errors:
        messages.success(request, _("Draft saved. Only you can see it."))
        return HttpResponseRedirect(desk.url("thread", conversation=conversation.pk))
    for error in errors:
        form.add_error("files", error)
    if not form.may_go_on():
        status = 422 if form.errors else 200
        return _thread(request, desk, load(desk, conversation.pk), form, danger=form.danger, status=status)
    return _send(request, desk, conversation, form)


def _send(request: HttpRequest, desk: Desk, conversation: Conversation, form: ReplyForm) -> HttpResponse:
    body, once = form.cleaned_data["body"], form.cleaned_data["once"]
    files = attachments.of_draft(desk, drafts.draft_of(desk, conversation))
    message = actions.reply(
        conversation_id=conversation.pk, writer=desk.writer, body=body, once=once, at=desk.at, files=files
    )
    if _was_another(request, desk, message, body):
        form = ReplyForm(initial={"body": body, "once": uuid.uuid4()})
        messages.warning(request, _("This message is not sent yet: look at it once more, then send it."))
        return _thread(request, desk, load(desk, conversation.pk), form, status=409)
    drafts.discard(desk, conversation)
    tell_sent(request)
    return HttpResponseRedirect(desk.url("thread", conversation=conversation.pk))


def _was_another(request: HttpRequest, desk: Desk, message: Message, body: str) -> bool:
    """Whether what came with the request did not go: another window had sent something else under its `once`."""
    if message.body != body or message.withdrawn_at is not None:
        return True
    return message.sent_at != desk.at and message.files.count() < len(request.FILES.getlist(attachments.FIELD))


def _keep(request: HttpRequest, desk: Desk, conversation: Any) -> list[str]:
    """Keeps what was entered and the files that can be taken as a draft; returns what is wrong with others.

    What was sent already is kept no second time.
    """
    typed = drafts.typed(request.POST)
    if actions.is_sent(typed.get("once")):
        return []
    held = [pk for pk in (conversation.draft or {}).get("files", []) if pk != request.POST.get("remove")]
    files, errors = attachments.take(request, held, patient=desk.patient, user=desk.user, at=desk.at)
    drafts.save(desk, conversation, **typed, files=files)
    return errors


def file(request: HttpRequest, desk: Desk, conversation_id: uuid.UUID, file_id: uuid.UUID) -> FileResponse:
    conversation = get_object_or_404(desk.conversations(), pk=conversation_id)
    return attachments.download_from(conversation.messages.readable_by(desk.user, desk.at), file_id)


def document(request: HttpRequest, desk: Desk, conversation_id: uuid.UUID, document_id: uuid.UUID) -> HttpResponse:
    """A document of the record that a message points at, for who may read the record's documents too."""
    conversation = get_object_or_404(desk.conversations(), pk=conversation_id)
    return documents.download_from(desk, conversation.messages.readable_by(desk.user, desk.at), document_id)


def undo(request: HttpRequest, desk: Desk, conversation_id: uuid.UUID) -> HttpResponse:
    """Takes one's last message back while nobody else can see it; its words become a draft again."""
    conversation = load(desk, conversation_id)
    require_writing(desk)
    message = conversation.messages.standing().filter(author=desk.user).last()
    thread_url = desk.url("thread", conversation=conversation.pk)
    try:
        if message is None:
            raise actions.TooLate
        actions.take_back(message_id=message.pk, by=desk.user, at=desk.at)
    except actions.TooLate:
        messages.warning(
            request, _("The minute is over, so the clinic can read it already. Write again to correct it.")
        )
        return HttpResponseRedirect(thread_url)
    messages.success(request, _("Taken back. Nobody else has seen it; your words are kept as a draft."))
    if conversation.messages.standing().exists():
        drafts.save(desk, conversation, body=message.body, once=str(uuid.uuid4()), files=_file_ids(message))
        return HttpResponseRedirect(thread_url)
    drafts.save(desk, **_as_draft(conversation, message))
    return HttpResponseRedirect(desk.url("write"))


def mark_unread(request: HttpRequest, desk: Desk, conversation_id: uuid.UUID) -> HttpResponse:
    threads.mark_unread(desk, load(desk, conversation_id))
    messages.success(request, _("Marked as unread."))
    return HttpResponseRedirect(desk.list_url)


def close(request: HttpRequest, desk: Desk, conversation_id: uuid.UUID) -> HttpResponse:
    conversation = load(desk, conversation_id)
    require_writing(desk)
    handling.close(conversation_id=conversation.pk, reason="", by=desk.user, at=desk.at)
    messages.success(request, _("Closed. Write in it again whenever you need to."))
    return HttpResponseRedirect(desk.url("thread", conversation=conversation.pk))


def save_draft(request: HttpRequest, desk: Desk, conversation_id: uuid.UUID) -> HttpResponse:
    """Keeps what is being typed; asked by a script, which needs no answer."""
    require_writing(desk)
    conversation, typed = load(desk, conversation_id), drafts.typed(request.POST)
    if not actions.is_sent(typed.get("once")):
        drafts.save(desk, conversation, **typed)
    return HttpResponse(status=204)


def load(desk: Desk, conversation_id: uuid.UUID) -> Conversation:
    """A conversation of this desk with all that its page needs of it. Raises Http404."""
    draft = Draft.objects.filter(user=desk.user, conversation=OuterRef("pk"))
    attached = Message.files.through.objects.filter(message__conversation=OuterRef("pk"))
    pointed = Message.reports.through.objects.filter(message__conversation=OuterRef("pk"))
    shown = Message.documents.through.objects.filter(message__conversation=OuterRef("pk"))
    rows = desk.conversations().with_reading(desk.user, desk.at)
    rows = rows.annotate(
        draft=Subquery(draft.values("content")[:1]),
        has_files=Exists(attached),
        has_reports=Exists(pointed),
        has_documents=Exists(shown),
    )
    rows = rows.select_related("pool", "assigned_to", "answering_by", "owner", "account", "visit")
    return get_object_or_404(rows, pk=conversation_id)


def require_writing(desk: Desk) -> None:
    if desk.scope is not None:
        desk.scope.require(Permission.MESSAGES_SEND)


def tell_sent(request: HttpRequest) -> None:
    messages.success(request, _("Sent. You can take it back within a minute."))


def _initial(desk: Desk, conversation: Any) -> dict[str, Any]:
    """The draft where it was left. Without one, `once` is the same in every window opened on the same state."""
    state = f"{desk.user.pk}:{conversation.pk}:{conversation.last_message_at.isoformat()}"
    return {"once": uuid.uuid5(uuid.NAMESPACE_OID, state), **(conversation.draft or {})}


def _thread(
    request: HttpRequest,
    desk: Desk,
    conversation: Conversation,
    form: ReplyForm,
    *,
    danger: Danger | None = None,
    status: int = 200,
) -> HttpResponse:
    window = window_of(request, threads.rows_of(desk, conversation))
    entries = [threads.entry_of(desk, conversation, message) for message in window.messages]
    context = {
        "desk": desk,
        "conversation": conversation,
        "state_kind": TAG_KINDS[State(conversation.state)],
        "window": window,
        "entries": entries,
        "undo_until": next((entry.undo_until for entry in reversed(entries) if entry.undo_until), None),
        "can_mark_unread": any(not entry.is_own for entry in entries),
        "stages": threads.stages_of(conversation, desk.at),
        "is_late": conversation.is_late(desk.at),
        "readers": threads.readers_of(desk, conversation),
        "form": form if desk.may_write else None,
        "danger": danger,
        "promise": promise_of(conversation.pool, desk.at) if danger else None,
        "files": attachments.of_draft(desk, conversation.draft or {}),  # type: ignore[attr-defined]
        "bill": bills.of_conversation(desk, conversation),
        "list_url": desk.list_url,
        "urls": {
            name: desk.url(name, conversation=conversation.pk)
            for name in ("thread", "reply", "undo", "unread", "close", "draft")
        },
    }
    return TemplateResponse(request, "messaging/conversations/thread.html", context, status=status)


def _as_draft(conversation: Conversation, message: Message) -> dict[str, Any]:
    return {
        "once": str(uuid.uuid4()),
        "topic": conversation.topic,
        "team": conversation.team_name,
        "subject": conversation.subject,
        "body": message.body,
        "files": _file_ids(message),
        **{
            name: str(getattr(conversation, f"{name}_id"))
            for name in ("account", "visit", "charge")
            if getattr(conversation, f"{name}_id")
        },
    }


def _file_ids(message: Message) -> list[str]:
    return [str(pk) for pk in message.files.values_list("pk", flat=True)]
