"""Choosing how to be told, the portal's own list, and the link that turns mail off."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from records.access import throttle
from records.access.gate import SignedInRequest, public_page, signed_in_page
from records.access.lists import page_of
from records.notifications import actions, phones, suppression, unsubscribing
from records.notifications.choices import Category, Channel, Mode
from records.notifications.forms import ChoicesForm, CodeForm, PhoneForm
from records.notifications.listing import lines_of
from records.notifications.models import Notification
from records.notifications.preferences import choose, forget_phone_of, keep_quiet, wishes_of
from records.notifications.sms import registry

CODES_A_DAY, DAY_SECONDS = 5, 24 * 60 * 60
PROOF = "phone_proof"


@signed_in_page
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: SignedInRequest) -> HttpResponse:
    """What to be told about, how, and when not to be disturbed."""
    wishes = wishes_of(request.user)
    form = ChoicesForm(request.POST or None, wishes=wishes)
    if request.method == "POST" and form.is_valid():
        for name in [name for _label, names in form.rows for name in names]:
            category, _dot, channel = name.partition(".")
            mode = Mode(form.cleaned_data[name])
            choose(user=request.user, category=Category(category), channel=Channel(channel), mode=mode)
        begin, end = form.quiet()
        keep_quiet(user=request.user, begin=begin, end=end)
        messages.success(request, _("Saved."))
        return redirect("records:notification_preferences")
    context = {
        "form": form,
        "phone": wishes.phone,
        "offers_texts": registry.is_offered(),
        "is_mail_failing": request.user.email.lower() in wishes.suppressed,
        "is_phone_failing": wishes.phone in wishes.suppressed,
    }
    return render(request, "records/notifications/preferences.html", context)


@signed_in_page
@require_POST
def try_mail_again(request: SignedInRequest) -> HttpResponse:
    """The person says that their address works."""
    suppression.lift(channel=Channel.EMAIL, address=request.user.email)
    messages.success(request, _("We send e-mail to your address again."))
    return redirect("records:notification_preferences")


@signed_in_page
@require_http_methods(["GET", "HEAD", "POST"])
def phone(request: SignedInRequest) -> HttpResponse:
    """First step to texts: the number."""
    if not registry.is_offered():
        return redirect("records:notification_preferences")
    form = PhoneForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if throttle.hit("phone.codes", str(request.user.pk), limit=CODES_A_DAY, seconds=DAY_SECONDS):
            proof = phones.ask(user=request.user, phone=form.cleaned_data["phone"], at=timezone.now())
            request.session[PROOF] = str(proof.pk)
            return redirect("records:phone_code")
        form.add_error("phone", _("You have asked for five codes today. Try again tomorrow."))
    return render(request, "records/notifications/phone.html", {"form": form})


@signed_in_page
@require_http_methods(["GET", "HEAD", "POST"])
def phone_code(request: SignedInRequest) -> HttpResponse:
    """Second step: the code that came by text."""
    held = request.session.get(PROOF)
    if held is None:
        return redirect("records:phone")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data["code"]
        if phones.prove(user=request.user, proof_id=uuid.UUID(held), typed=typed, at=timezone.now()):
            del request.session[PROOF]
            messages.success(request, _("Your number works. Choose what to be texted about."))
            return redirect("records:notification_preferences")
        form.add_error("code", _("That is not the code, or it is too old. Check it, or ask for a new one."))
    return render(request, "records/notifications/phone_code.html", {"form": form})


@signed_in_page
@require_POST
def forget_phone(request: SignedInRequest) -> HttpResponse:
    """Ends texts to this person."""
    forget_phone_of(request.user)
    messages.success(request, _("We do not text you any more."))
    return redirect("records:notification_preferences")


@signed_in_page
@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """The portal's own list, the newest first."""
    listed = Notification.objects.in_portal(request.user, timezone.now()).order_by("-created_at", "-pk")
    page = page_of(request, listed)
    return render(request, "records/notifications/index.html", {"page_obj": page, "lines": lines_of(page)})


@signed_in_page
@require_POST
def open_one(request: SignedInRequest, notification: uuid.UUID) -> HttpResponse:
    """Marks one as read and leads to what it is about."""
    now = timezone.now()
    mine = Notification.objects.in_portal(request.user, now).filter(pk=notification).first()
    if mine is None:
        return redirect("records:notifications")
    actions.read(user=request.user, at=now, pks=[mine.pk])
    return redirect(mine.path or "records:notifications")


@signed_in_page
@require_POST
def read_all(request: SignedInRequest) -> HttpResponse:
    actions.read(user=request.user, at=timezone.now())
    return redirect("records:notifications")


@csrf_exempt
@public_page
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest) -> HttpResponse:
    """A mail's own link: looking turns nothing off, pressing does, from a mail program too (RFC 8058)."""
    found = unsubscribing.read(request.GET.get("t", ""))
    if found is None:
        return render(request, "records/notifications/unsubscribe.html", {"category": None}, status=404)
    user, category = found
    is_done = request.method == "POST"
    if is_done:
        unsubscribing.turn_off(user, category)
    return render(request, "records/notifications/unsubscribe.html", {"category": category.label, "is_done": is_done})
