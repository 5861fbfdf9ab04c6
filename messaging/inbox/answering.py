"""Writing an answer: pick a template, write, point at results, add files, look at it once more, send."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from messaging.conversations import actions, attachments, handling
from messaging.conversations.actions import Writer
from messaging.conversations.models import Conversation
from messaging.conversations.states import Author
from messaging.inbox import thread
from messaging.inbox.fields import filled
from messaging.inbox.forms import AnswerForm
from messaging.inbox.gate import StaffRequest, conversation_page
from messaging.inbox.pages import say_held


@require_http_methods(["GET", "HEAD", "POST"])
@conversation_page()
def answer(request: StaffRequest, conversation: Conversation) -> HttpResponse:
    """Every step holds the conversation anew, so that colleagues see that somebody writes."""
    desk = request.desk
    if request.method != "POST":
        return _page(request, conversation, AnswerForm(None, conversation, desk))
    form = AnswerForm(request.POST, conversation, desk)
    try:
        if "confirm" in request.POST and form.is_valid():
            return _send(request, conversation, form)
        handling.begin_answering(conversation_id=conversation.pk, by=desk.user, at=desk.at)
    except handling.BeingAnswered:
        say_held(request, conversation)
        return _page(request, conversation, _again(request, conversation), status=409)
    return _next_step(request, conversation, form)


def _next_step(request: StaffRequest, conversation: Conversation, form: AnswerForm) -> HttpResponse:
    """What comes after what was typed: the template put in, the same page once more, or the review."""
    form, refused = _with_files(request, conversation, form)
    if "fill" in request.POST:
        return _page(request, conversation, _with_template(request, conversation, form))
    for words in refused:
        form.add_error("files", words)
    is_staying = "change" in request.POST or "remove" in request.POST
    if is_staying or not form.is_valid():
        return _page(request, conversation, form, status=200 if is_staying or form.is_valid() else 422)
    return _page(request, conversation, form, review=form.cleaned_data)


def _with_files(request: StaffRequest, conversation: Conversation, form: AnswerForm) -> tuple[AnswerForm, list[str]]:
    """The form with the files that came with it taken in, or taken out again; and why others were not taken."""
    form.full_clean()
    held = [str(file.pk) for file in form.cleaned_data.get("kept", [])]
    held = [pk for pk in held if pk != request.POST.get("remove")]
    desk, data = request.desk, request.POST.copy()
    files, refused = attachments.take(request, held, patient=conversation.patient, user=desk.user, at=desk.at)
    data.setlist("kept", files)
    return AnswerForm(data, conversation, desk), refused


def _send(request: StaffRequest, conversation: Conversation, form: AnswerForm) -> HttpResponse:
    desk, data = request.desk, form.cleaned_data
    message = actions.reply(
        conversation_id=conversation.pk,
        writer=Writer(Author.STAFF, desk.user.full_name, desk.user),
        body=data["body"],
        once=data["once"],
        at=desk.at,
        files=list(data["kept"]),
        reports=list(data.get("reports", [])),
        documents=list(data.get("documents", [])),
    )
    if (
        message.body != data["body"]
        or message.withdrawn_at is not None
        or set(message.files.all()) != set(data["kept"])
    ):
        conversation.refresh_from_db()
        messages.warning(request, _("This answer is not sent yet: look at it once more, then send it."))
        return _page(request, conversation, _again(request, conversation), status=409)
    messages.success(request, _("Sent. You can take it back within a minute."))
    return redirect("admin:messaging_conversation_change", conversation.pk)


def _again(request: StaffRequest, conversation: Conversation) -> AnswerForm:
    """What was typed and chosen, for another try."""
    typed = {"body": request.POST.get("body", ""), **_chosen(request.POST)}
    return AnswerForm(None, conversation, request.desk, initial=typed)


def _with_template(request: StaffRequest, conversation: Conversation, form: AnswerForm) -> AnswerForm:
    """The picked template below what is written already."""
    form.full_clean()
    template = form.cleaned_data.get("template")
    typed = request.POST.get("body", "").rstrip()
    text = filled(template.body, conversation, request.desk.user) if template else ""
    initial = {
        "body": "\n\n".join(part for part in (typed, text) if part),
        "once": request.POST.get("once"),
        **_chosen(form.data),
    }
    return AnswerForm(None, conversation, request.desk, initial=initial)


def _chosen(data: Any) -> dict[str, list[str]]:
    return {name: data.getlist(name) for name in ("reports", "documents", "kept")}


def _page(
    request: StaffRequest,
    conversation: Conversation,
    form: AnswerForm,
    *,
    review: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        **thread.context_of(request, conversation, request.desk, _("Answer")),
        "form": form,
        "files": form.kept_files(),
        "review": review,
    }
    return TemplateResponse(request, "admin/messaging/answer.html", context, status=status)
