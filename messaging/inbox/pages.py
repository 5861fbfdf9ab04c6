"""A conversation's own page in the admin, and its buttons; everything is done by messaging/conversations/{actions,handling}."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from messaging.conversations import actions, handling
from messaging.conversations.attachments import download_from
from messaging.conversations.models import Conversation
from messaging.inbox import queues, thread
from messaging.inbox.forms import AssignForm, CloseForm, HandOverForm, NoteForm, QueueForm
from messaging.inbox.gate import VIEW, StaffRequest, conversation_page
from messaging.inbox.queues import QUEUES


@require_safe
@conversation_page(VIEW)
def show(request: StaffRequest, conversation: Conversation) -> HttpResponse:
    return page(request, conversation)


def page(request: StaffRequest, conversation: Conversation, status: int = 200, **forms: Any) -> HttpResponse:
    """The page with fresh forms, or with those that something was wrong with."""
    desk = request.desk
    offered = queues.offered(conversation, desk.user) if desk.may_act else []
    context = {
        **thread.context_of(request, conversation, desk, _("Conversation")),
        "events": thread.events_of(conversation),
        "note_form": forms.get("note") or NoteForm(auto_id="note_%s"),
        "close_form": forms.get("close") or CloseForm(auto_id="close_%s"),
        "assign_form": forms.get("assign") or AssignForm(None, conversation),
        "hand_over_form": forms.get("hand_over") or HandOverForm(None, conversation),
        "queue_form": forms.get("queue") or (QueueForm(None, offered) if offered else None),
    }
    return TemplateResponse(request, "admin/messaging/conversation.html", context, status=status)


@require_POST
@conversation_page()
def take(request: StaffRequest, conversation: Conversation) -> HttpResponse:
    """Makes it the reader's own; superusers who are in no pool may take too."""
    desk = request.desk
    handling.assign(conversation_id=conversation.pk, to=desk.user, pool=None, by=desk.user, at=desk.at)
    messages.success(request, _("It is yours now."))
    return _shown(conversation)


@require_POST
@conversation_page()
def assign(request: StaffRequest, conversation: Conversation) -> HttpResponse:
    desk, form = request.desk, AssignForm(request.POST, conversation)
    if not form.is_valid():
        return page(request, conversation, status=422, assign=form)
    to = form.cleaned_data["to"]
    handling.assign(conversation_id=conversation.pk, to=to, pool=None, by=desk.user, at=desk.at)
    conversation.refresh_from_db()
    _say_assigned(request, to, conversation)
    return _shown(conversation)


def _say_assigned(request: StaffRequest, to: Any, conversation: Conversation) -> None:
    assignee = conversation.assigned_to
    if assignee is None:
        said = _("It is back in the pool.") if to is None else _("They are away, so it is back in the pool.")
    elif assignee != to:
        said = _("They are away. It went to %(name)s, who stands in.") % {"name": assignee.full_name}
    else:
        said = _("Assigned to %(name)s.") % {"name": assignee.full_name}
    messages.success(request, said)


@require_POST
@conversation_page()
def hand_over(request: StaffRequest, conversation: Conversation) -> HttpResponse:
    """To another pool; who is not of that pool no longer sees it, and goes back to the inbox."""
    desk, form = request.desk, HandOverForm(request.POST, conversation)
    if not form.is_valid():
        return page(request, conversation, status=422, hand_over=form)
    pool = form.cleaned_data["pool"]
    handling.assign(conversation_id=conversation.pk, to=None, pool=pool, by=desk.user, at=desk.at)
    messages.success(request, _("Handed over to %(pool)s.") % {"pool": pool.name})
    return _shown(conversation) if pool.pk in desk.pool_ids else redirect("admin:messaging_conversation_changelist")


@require_POST
@conversation_page()
def queue(request: StaffRequest, conversation: Conversation) -> HttpResponse:
    """Makes it work of another queue too; the conversation itself stays where it is."""
    desk, chosen = request.desk, QUEUES.get(request.POST.get("queue", ""))
    if chosen is None:
        raise Http404
    form = QueueForm(request.POST, [chosen])
    if not form.is_valid():
        return page(request, conversation, status=422, queue=form)
    note = form.cleaned_data["note"]
    if queues.put(conversation_id=conversation.pk, queue=chosen, note=note, by=desk.user, at=desk.at):
        messages.success(request, _("It waits there now: %(queue)s.") % {"queue": chosen.label})
    else:
        messages.info(request, _("It is there already."))
    return _shown(conversation)


@require_POST
@conversation_page()
def note(request: StaffRequest, conversation: Conversation) -> HttpResponse:
    desk, form = request.desk, NoteForm(request.POST, auto_id="note_%s")
    if not form.is_valid():
        return page(request, conversation, status=422, note=form)
    handling.note_internally(conversation_id=conversation.pk, body=form.cleaned_data["body"], by=desk.user, at=desk.at)
    messages.success(request, _("Noted, for colleagues only."))
    return _shown(conversation)


@require_POST
@conversation_page()
def close(request: StaffRequest, conversation: Conversation) -> HttpResponse:
    desk, form = request.desk, CloseForm(request.POST, auto_id="close_%s")
    if not form.is_valid():
        return page(request, conversation, status=422, close=form)
    reason = form.cleaned_data["reason"]
    handling.close(conversation_id=conversation.pk, reason=reason, by=desk.user, at=desk.at)
    messages.success(request, _("Closed."))
    return _shown(conversation)


@require_POST
@conversation_page()
def urgent(request: StaffRequest, conversation: Conversation) -> HttpResponse:
    """Marks it urgent, or, with `calm` in the form, no longer."""
    desk = request.desk
    handling.mark_urgent(
        conversation_id=conversation.pk, is_urgent="calm" not in request.POST, by=desk.user, at=desk.at
    )
    return _shown(conversation)


@require_POST
@conversation_page()
def undo(request: StaffRequest, conversation: Conversation) -> HttpResponse:
    """Takes the reader's own last answer back while nobody outside can see it."""
    desk = request.desk
    latest = conversation.messages.standing().filter(author=desk.user).last()
    if latest is None:
        raise PermissionDenied
    try:
        actions.take_back(message_id=latest.pk, by=desk.user, at=desk.at)
    except actions.TooLate:
        messages.warning(request, _("The minute is over: it can be read already. Write again to correct it."))
    else:
        messages.success(request, _("Taken back. Nobody outside has seen it."))
    conversation.refresh_from_db()
    return redirect("admin:messaging_conversation_changelist") if conversation.withdrawn_at else _shown(conversation)


@require_POST
@conversation_page()
def begin(request: StaffRequest, conversation: Conversation) -> HttpResponse:
    """Holds it for the reader, and leads to writing."""
    desk = request.desk
    try:
        handling.begin_answering(conversation_id=conversation.pk, by=desk.user, at=desk.at)
    except handling.BeingAnswered:
        say_held(request, conversation)
        return _shown(conversation)
    return redirect("admin:messaging_conversation_answer", conversation.pk)


def say_held(request: StaffRequest, conversation: Conversation) -> None:
    conversation.refresh_from_db()
    name = conversation.answering_by.full_name if conversation.answering_by else ""
    messages.warning(request, _("%(name)s is answering at this moment.") % {"name": name})


@require_safe
@conversation_page(VIEW)
def file(request: StaffRequest, conversation: Conversation, file_id: uuid.UUID) -> HttpResponseBase:
    """What came with a message that the reader can see, as a download."""
    return download_from(conversation.messages.readable_by(request.desk.user, request.desk.at), file_id)


def _shown(conversation: Conversation) -> HttpResponse:
    return redirect("admin:messaging_conversation_change", conversation.pk)
