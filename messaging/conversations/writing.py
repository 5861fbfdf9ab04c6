"""A new conversation in steps: topic, words, review. What is entered is kept in a draft, so every page can be reloaded."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from messaging.conversations import actions, attachments, bills, drafts, pages, teams
from messaging.conversations.bills import Bill
from messaging.conversations.desks import Desk
from messaging.conversations.drafts import Content
from messaging.conversations.forms import SendForm, TopicForm, WriteForm
from messaging.conversations.models import Conversation
from messaging.conversations.promises import Promise, promise_for
from messaging.conversations.threads import readers_in_words
from messaging.pools.choices import Topic
from messaging.pools.routing import NoPool
from records.access.lists import searched
from records.danger.check import danger_in

STEPS = [gettext_lazy("Topic"), gettext_lazy("Message"), gettext_lazy("Review")]


def topic(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What it is about, and who of the care teams should read it."""
    pages.require_writing(desk)
    draft, all_teams = drafts.draft_of(desk), teams.teams_of(desk)
    is_search = "find" in request.POST
    words = searched(request) if is_search else ""
    chosen = request.POST.get("team") or draft.get("team", "")
    shown = teams.matching(all_teams, words, chosen) if request.method != "POST" or is_search else all_teams
    options: dict[str, Any] = {"topics": desk.topics, "teams": shown}
    if request.method == "POST" and not is_search:
        form = TopicForm(request.POST, **options)
        if form.is_valid():
            rows: Content = dict.fromkeys(bills.ROWS, "")
            drafts.save(desk, topic=form.cleaned_data["topic"], team=form.cleaned_data.get("team", ""), **rows)
            return HttpResponseRedirect(desk.url("write"))
    else:
        form = TopicForm(
            initial={**draft, "topic": request.POST.get("topic", draft.get("topic")), "team": chosen}, **options
        )
    context = {
        "desk": desk,
        "form": form,
        "steps": STEPS,
        "step": STEPS[0],
        "words": words,
        "has_search": len(all_teams) > teams.MANY,
        "found": len(shown),
        "bills": bills.choices_of(desk),
        "list_url": desk.list_url,
    }
    return TemplateResponse(request, "messaging/conversations/topic.html", context, status=422 if form.errors else 200)


def write(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The words, beside everything one should know before writing them."""
    pages.require_writing(desk)
    draft = drafts.draft_of(desk)
    if draft.get("topic") not in desk.topics:
        return HttpResponseRedirect(desk.url("new"))
    initial = {"subject": draft.get("subject", ""), "body": draft.get("body", "")}
    return words_page(request, desk, draft, initial, bills.described(desk, draft))


def words_page(
    request: HttpRequest, desk: Desk, draft: Content, initial: dict[str, Any], bill: Bill | None
) -> HttpResponse:
    """Asks for subject and message, and keeps them in the draft with what it holds of topic and bill."""
    form = WriteForm(request.POST or None, initial=initial)
    if request.method == "POST":
        errors = _keep(request, desk, draft)
        if ("save" in request.POST or "remove" in request.POST) and not errors:
            messages.success(request, _("Draft saved. Only you can see it."))
            return HttpResponseRedirect(desk.url("write"))
        for error in errors:
            form.add_error("files", error)
        if form.is_valid():
            drafts.save(desk, **form.cleaned_data_of_words())
            return HttpResponseRedirect(desk.url("review"))
        draft = drafts.draft_of(desk)
    context = {
        "desk": desk,
        "form": form,
        "steps": STEPS,
        "step": STEPS[1],
        "topic": Topic(draft["topic"]).label,
        "bill": bill,
        "team": draft.get("team", ""),
        "promise": _promise(desk, draft),
        "readers": readers_in_words(desk),
        "files": attachments.of_draft(desk, draft),
        "draft_url": desk.url("draft_new"),
        "back_url": desk.url("new"),
    }
    return TemplateResponse(request, "messaging/conversations/write.html", context, status=422 if form.errors else 200)


def review(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The last look. Sends exactly what was looked at, exactly once."""
    pages.require_writing(desk)
    sent = _sent_already(request, desk)
    if sent is not None:
        return HttpResponseRedirect(desk.url("thread", conversation=sent.pk))
    draft = drafts.draft_of(desk)
    if draft.get("topic") not in desk.topics or not draft.get("subject") or not draft.get("body"):
        return HttpResponseRedirect(desk.url("write"))
    promise = _promise(desk, draft)
    if promise is None:
        return HttpResponseRedirect(desk.url("write"))
    initial = {"once": draft["once"], "seen": drafts.fingerprint(draft)}
    form = SendForm(request.POST if request.method == "POST" else None, initial=initial, may_bill=promise.may_bill)
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["seen"] == initial["seen"] and str(form.cleaned_data["once"]) == draft["once"]:
            return _send(request, desk, draft, promise)
        messages.warning(request, _("This draft was changed in another window. Read it again, then send it."))
        return HttpResponseRedirect(desk.url("review"))
    return _review(request, desk, draft, promise, form)


def save_draft(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Keeps what is being typed; asked by a script, which needs no answer."""
    pages.require_writing(desk)
    if drafts.draft_of(desk):  # It began with a topic; what was sent meanwhile must not come back.
        typed = drafts.typed(request.POST)
        typed.pop("once", None)
        drafts.save(desk, **typed)
    return HttpResponse(status=204)


def discard(request: HttpRequest, desk: Desk) -> HttpResponse:
    drafts.discard(desk)
    messages.success(request, _("Draft thrown away."))
    return HttpResponseRedirect(desk.list_url)


def _send(request: HttpRequest, desk: Desk, draft: Content, promise: Promise) -> HttpResponse:
    conversation = Conversation(
        patient=desk.patient,
        owner=None if desk.patient else desk.user,
        topic=draft["topic"],
        subject=draft["subject"],
        team_name=draft.get("team", ""),
        is_sensitive=desk.is_private,
        may_bill=promise.may_bill,
        **bills.row_ids(desk, draft),
    )
    started = actions.start(
        conversation=conversation,
        writer=desk.writer,
        body=draft["body"],
        once=uuid.UUID(draft["once"]),
        at=desk.at,
        files=attachments.of_draft(desk, draft),
    )
    drafts.discard(desk)
    pages.tell_sent(request)
    return HttpResponseRedirect(desk.url("thread", conversation=started.pk))


def _review(request: HttpRequest, desk: Desk, draft: Content, promise: Promise, form: SendForm) -> HttpResponse:
    context = {
        "desk": desk,
        "form": form,
        "steps": STEPS,
        "step": STEPS[2],
        "draft": draft,
        "topic": Topic(draft["topic"]).label,
        "bill": bills.described(desk, draft),
        "promise": promise,
        "files": attachments.of_draft(desk, draft),
        "danger": danger_in(draft["subject"], draft["body"]),
        "readers": readers_in_words(desk),
        "write_url": desk.url("write"),
    }
    return TemplateResponse(request, "messaging/conversations/review.html", context, status=422 if form.errors else 200)


def _sent_already(request: HttpRequest, desk: Desk) -> Conversation | None:
    """The conversation that a repeated click, a reload or a second window has begun before."""
    once = request.POST.get("once", "")
    try:
        wanted = uuid.UUID(once)
    except ValueError:
        return None
    return desk.conversations().filter(messages__once=wanted, messages__author=desk.user).first()


def _promise(desk: Desk, draft: Content) -> Promise | None:
    """None when the clinic takes no messages about this."""
    text = f"{draft.get('subject', '')}\n{draft.get('body', '')}"
    try:
        return promise_for(topic=draft["topic"], team_name=draft.get("team", ""), text=text, at=desk.at)
    except NoPool:
        return None


def _keep(request: HttpRequest, desk: Desk, draft: Content) -> list[str]:
    """Keeps all that was entered, right or wrong, with the files that can be taken; returns what is wrong with others."""
    removed = request.POST.get("remove", "")
    held = [pk for pk in draft.get("files", []) if pk != removed]
    files, errors = attachments.take(request, held, patient=desk.patient, user=desk.user, at=desk.at)
    kept = {name: draft.get(name, "") for name in ("topic", "team", *bills.ROWS)}
    drafts.save(desk, **kept, **drafts.typed(request.POST), files=files)
    return errors
