"""Customer service for people without an account: write, read the answer by a link, write again."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from messaging.cases import actions, links
from messaging.cases.actions import Wish
from messaging.cases.forms import CaseForm, LinkForm, ReplyForm
from messaging.cases.gate import CaseRequest, case_page, let_in, may_ask_for_link, may_open, may_write
from messaging.conversations.attachments import download_from
from messaging.conversations.models import Conversation
from messaging.conversations.promises import promise_of
from messaging.conversations.windows import window_of
from records.access.gate import public_page
from records.danger.check import danger_in

SENT_KEY = "case_sent"


@public_page
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest) -> HttpResponse:
    """A guest's message. Words of danger are answered on the next page and hold nothing up."""
    if request.method != "POST" or "new_characters" in request.POST:
        typed = {name: value for name, value in request.POST.items() if not name.startswith("captcha")}
        return _write_page(request, CaseForm(initial=typed))
    form = CaseForm(request.POST)
    if not form.is_valid():
        return _write_page(request, form, status=422)
    data = form.cleaned_data
    if not may_write(request, data["email"]):
        return render(request, "429.html", status=429)
    wish = Wish(data["phone"], data["call_when"]) if data["wants_call"] else None
    fields = {name: data[name] for name in ("name", "email", "topic", "body", "once")}
    case = actions.open_case(**fields, wish=wish, at=timezone.now())
    request.session[SENT_KEY] = {"number": case.number, "danger": danger_in(data["body"]) or ""}
    return redirect("messaging:case_sent")


@public_page
@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """The case number, by when there is an answer, and what to do when it cannot wait."""
    held = request.session.get(SENT_KEY)
    if held is None:
        return redirect("messaging:case_write")
    case = links.of_number(held["number"])
    context = {
        "number": held["number"],
        "danger": held["danger"],
        "promise": promise_of(case.pool, timezone.now()) if case else None,
    }
    return render(request, "messaging/cases/sent.html", context)


@public_page
@require_http_methods(["GET", "HEAD", "POST"])
def open_link(request: HttpRequest) -> HttpResponse:
    """Opening it changes nothing, so that previews spend nothing; its button lets this browser in, once."""
    token = request.POST.get("t", "") if request.method == "POST" else request.GET.get("t", "")
    link, now = links.find(token), timezone.now()
    if link is None:
        return redirect("messaging:case_link")
    if request.method == "POST":
        if not may_open(request):
            return render(request, "429.html", status=429)
        if links.use(link, now):
            return let_in(request, link)
    is_fresh = link.used_at is None and link.expires_at > now and request.method != "POST"
    status = 200 if is_fresh else 410
    return render(request, "messaging/cases/open.html", {"token": token, "is_fresh": is_fresh}, status=status)


@public_page
@require_http_methods(["GET", "HEAD", "POST"])
def new_link(request: HttpRequest) -> HttpResponse:
    """Sends a new link to the case's own address, asked by an old link or by number and address; always says the same."""
    if request.method != "POST":
        return render(request, "messaging/cases/link.html", {"form": LinkForm()})
    old = links.find(request.POST["t"]) if "t" in request.POST else None
    form = LinkForm(request.POST)
    if old is None and not form.is_valid():
        return render(request, "messaging/cases/link.html", {"form": form}, status=422)
    number = old.conversation.number if old else form.cleaned_data["number"]
    if not may_ask_for_link(request, number):
        return render(request, "429.html", status=429)
    case = old.conversation if old else links.of_case(number, form.cleaned_data["email"])
    if case is not None and case.withdrawn_at is None:
        actions.send_link(case=case, at=timezone.now())
    return render(request, "messaging/cases/link_sent.html")


@case_page
@require_safe
def show(request: CaseRequest) -> HttpResponse:
    return _case_page(request, ReplyForm(initial={"once": _once(request.case)}))


@case_page
@require_safe
def file(request: CaseRequest, file: uuid.UUID) -> FileResponse:
    return download_from(request.case.messages.readable_by_guest(timezone.now()), file)


@case_page
@require_POST
def reply(request: CaseRequest) -> HttpResponse:
    form = ReplyForm(request.POST)
    if not form.is_valid():
        return _case_page(request, form, status=422)
    if not may_write(request, request.case.guest_email):
        return render(request, "429.html", status=429)
    body = form.cleaned_data["body"]
    message = actions.reply(case=request.case, body=body, once=form.cleaned_data["once"], at=timezone.now())
    if message.body != body:
        again = ReplyForm(initial={"body": body, "once": uuid.uuid4()})
        messages.warning(request, _("This message is not sent yet: look at it once more, then send it."))
        return _case_page(request, again, status=409)
    messages.success(request, _("Sent. We write to you when there is an answer."))
    if danger := danger_in(body):
        request.case.refresh_from_db()
        return _case_page(request, ReplyForm(initial={"once": _once(request.case)}), danger=danger)
    return redirect("messaging:case", handle=request.handle)


def _write_page(request: HttpRequest, form: CaseForm, status: int = 200) -> HttpResponse:
    return render(request, "messaging/cases/write.html", {"form": form}, status=status)


def _case_page(request: CaseRequest, form: ReplyForm, status: int = 200, danger: Any = None) -> HttpResponse:
    case, now = request.case, timezone.now()
    context = {
        "case": case,
        "handle": request.handle,
        "window": window_of(request, case.messages.readable_by_guest(now).prefetch_related("files")),
        "is_late": case.is_late(now),
        "form": form,
        "danger": danger,
        "promise": promise_of(case.pool, now) if danger else None,
    }
    return render(request, "messaging/cases/case.html", context, status=status)


def _once(case: Conversation) -> uuid.UUID:
    """The same in every window that was opened on the same state of the case."""
    return uuid.uuid5(case.pk, case.last_message_at.isoformat())
