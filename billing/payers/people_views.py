"""Who can pay: a guarantor's list of people and invitations, and what can be done about each."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from billing.ledger.choices import AccessRole
from billing.ledger.models import GuarantorAccess
from billing.payers import people, sharing
from billing.payers.actors import Actor
from billing.payers.levels import LEVELS
from billing.payers.people_forms import InviteForm, LevelForm
from billing.payments.gate import PayerRequest, guarantor_page
from records.access import throttle
from records.access.client import origin_of

DRAFTS = "payer_invitation_drafts"
# Invitations of one account within a day.
A_DAY, DAY_SECONDS = 20, 24 * 60 * 60


@guarantor_page(people.KIND)
def index(request: PayerRequest) -> HttpResponse:
    """Everybody who may pay, since when, and whom an invitation is on its way to."""
    now = timezone.now()
    account = request.payer.account
    context = _context(request) | {
        "people": [(access, LEVELS[access.role]) for access in people.others(account)],
        "invitations": [(sent, LEVELS[sent.role], sent.expires_at <= now) for sent in account.invitations.unanswered()],
        "may_share": sharing.may_share(account),
        "links": account.pay_links.open(now).count(),
    }
    return TemplateResponse(request, "billing/payers/people.html", context)


@guarantor_page(people.KIND, methods=("GET", "POST"))
def invite(request: PayerRequest) -> HttpResponse:
    """Whom, and what they may see."""
    if not sharing.may_share(request.payer.account):
        return _to("people", request)
    before = request.GET.get("draft", "")
    initial = sharing.draft(request, DRAFTS, before)
    form = InviteForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        draft = sharing.keep(request, DRAFTS, form.kept(), instead_of=before)
        return redirect("billing:invite_review", account=request.payer.account.pk, draft=draft)
    context = _context(request) | {"form": form, "levels": LEVELS}
    return TemplateResponse(request, "billing/payers/invite.html", context)


@guarantor_page(people.KIND, methods=("GET", "POST"))
def invite_review(request: PayerRequest, draft: uuid.UUID) -> HttpResponse:
    """Says exactly what the other person will see; only its button sends the mail, under the draft's id and so once."""
    account = request.payer.account
    if account.invitations.filter(pk=draft).exists():
        return _to("people", request)
    kept = sharing.draft(request, DRAFTS, draft)
    if not kept or not sharing.may_share(account):
        sharing.say_out_of_date(request)
        return _to("invite", request)
    if request.method == "POST":
        return _send(request, draft, kept)
    context = _context(request) | {
        "id": draft,
        "email": kept["email"],
        "level": LEVELS[kept["role"]],
        "days": people.LIFETIME.days,
    }
    return TemplateResponse(request, "billing/payers/invite_review.html", context)


@guarantor_page(people.KIND, methods=("GET", "POST"))
def person(request: PayerRequest, person: uuid.UUID) -> HttpResponse:
    """One person: another level from now on."""
    access = _person(request, person)
    form = LevelForm(request.POST if request.method == "POST" else None, initial={"role": access.role})
    if form.is_valid():
        people.change_level(access=access, role=form.cleaned_data["role"], actor=_actor(request), at=timezone.now())
        messages.success(request, _("Saved. From now on they see what you chose."))
        return _to("people", request)
    context = _context(request) | {"access": access, "form": form, "levels": LEVELS}
    return TemplateResponse(request, "billing/payers/person.html", context)


@guarantor_page(people.KIND, methods=("POST",))
def person_end(request: PayerRequest, person: uuid.UUID) -> HttpResponse:
    access = _person(request, person)
    people.end(access=access, actor=_actor(request), at=timezone.now())
    messages.success(request, _("%(name)s can no longer see or pay this bill.") % {"name": access.user.full_name})
    return _to("people", request)


@guarantor_page(people.KIND, methods=("POST",))
def invitation_end(request: PayerRequest, invitation: uuid.UUID) -> HttpResponse:
    sent = request.payer.account.invitations.filter(pk=invitation).first()
    if sent is None:
        raise Http404
    if people.take_back(invitation=sent, actor=_actor(request), at=timezone.now()):
        messages.success(request, _("The invitation is taken back. Its link no longer works."))
    return _to("people", request)


def _send(request: PayerRequest, pk: uuid.UUID, draft: dict[str, Any]) -> HttpResponse:
    account = request.payer.account
    if not throttle.hit("payer.invite", str(account.pk), limit=A_DAY, seconds=DAY_SECONDS):
        messages.error(request, _("You have sent many invitations today. Try again tomorrow."))
        return _to("people", request)
    role = AccessRole(draft["role"])
    try:
        people.invite(pk=pk, account=account, email=draft["email"], role=role, actor=_actor(request), at=timezone.now())
    except people.TooMany:
        words = _("At most %(most)d people can pay on one account. End somebody’s access first.")
        messages.error(request, words % {"most": people.MOST_PEOPLE})
    except people.MayAlready:
        messages.info(request, _("That person can pay this bill already. You can change what they see here."))
    else:
        messages.success(request, _("The invitation is on its way to %(email)s.") % {"email": draft["email"]})
    sharing.drop(request, DRAFTS, pk)
    return _to("people", request)


def _person(request: PayerRequest, pk: uuid.UUID) -> GuarantorAccess:
    """Somebody on the list of this account, by their user id, and never the guarantor."""
    found = next((access for access in people.others(request.payer.account) if access.user_id == pk), None)
    if found is None:
        raise Http404
    return found


def _actor(request: PayerRequest) -> Actor:
    return Actor(request.user, origin_of(request))


def _to(name: str, request: PayerRequest) -> HttpResponse:
    return redirect(f"billing:{name}", account=request.payer.account.pk)


def _context(request: PayerRequest) -> dict[str, Any]:
    account = request.payer.account
    return {"account": account, "people_url": reverse("billing:people", kwargs={"account": account.pk})}
