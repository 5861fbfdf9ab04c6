"""Pay links as their guarantor sees them: made after a review, copied, watched, taken back."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from billing.ledger.models import VisitAccount
from billing.payers import links, sharing
from billing.payers.actors import Actor
from billing.payers.link_forms import LinkForm, visit_of
from billing.payers.models import LinkUse, PayLink
from billing.payers.shown import shown, who_paid
from billing.payments.gate import PayerRequest, guarantor_page
from billing.payments.payable import payable_of
from billing.payments.payers import signed_in
from billing.payments.readers import Reader
from billing.payments.words import first_name_of, reason_words
from records.access.client import origin_of
from records.access.lists import page_of
from records.access.scope import scopes_of

DRAFTS = "pay_link_drafts"
PER_PAGE = 20


@guarantor_page(links.KIND)
def index(request: PayerRequest) -> HttpResponse:
    """Every link, the newest first, with what came in."""
    account = request.payer.account
    page = page_of(request, account.pay_links.all(), per_page=PER_PAGE)
    payable = payable_of(account, payer=signed_in(request.payer))
    context = {
        "account": account,
        "page_obj": page,
        "links": shown(list(page.object_list), request, timezone.now()),
        "reason": reason_words(payable),
        "may_share": sharing.may_share(account),
    }
    return TemplateResponse(request, "billing/payers/links.html", context)


@guarantor_page(links.KIND, methods=("GET", "POST"))
def new(request: PayerRequest) -> HttpResponse:
    """How much, for how long, and under which first name."""
    account = request.payer.account
    payable = payable_of(account, payer=signed_in(request.payer))
    if payable.reason is not None or not sharing.may_share(account):
        return redirect("billing:links", account=account.pk)
    before = request.GET.get("draft", "")
    initial = {"name": first_name_of(account)} | sharing.draft(request, DRAFTS, before).get("form", {})
    form = LinkForm(
        request.POST if request.method == "POST" else None,
        now_cents=payable.now_cents,
        visits=_visits(request),
        initial=initial,
    )
    if form.is_valid():
        data = form.cleaned_data
        typed = {name: form.data.get(name, "") for name in form.fields}
        draft = sharing.keep(request, DRAFTS, {**data, "form": typed}, instead_of=before)
        return redirect("billing:link_confirm", account=account.pk, draft=draft)
    return TemplateResponse(request, "billing/payers/link_new.html", {"account": account, "form": form})


@guarantor_page(links.KIND, methods=("GET", "POST"))
def confirm(request: PayerRequest, draft: uuid.UUID) -> HttpResponse:
    """Says what the others will see; only its button makes the link, under the draft's own id and so once."""
    account = request.payer.account
    if account.pay_links.filter(pk=draft).exists():
        return redirect("billing:pay_link", account=account.pk, link=draft)
    kept = sharing.draft(request, DRAFTS, draft)
    visit, label = visit_of(_visits(request), kept["visit"]) if kept and kept["visit"] else (None, "")
    is_gone = not kept or (visit is None and kept["visit"])
    if is_gone or not sharing.may_share(account):
        sharing.say_out_of_date(request)
        return redirect("billing:link_new", account=account.pk)
    if request.method == "POST":
        return _make(request, draft, kept, visit)
    context = {"account": account, "id": draft, "draft": kept, "use": LinkUse(kept["use"]), "visit_label": label}
    return TemplateResponse(request, "billing/payers/link_confirm.html", context)


@guarantor_page(links.KIND)
def detail(request: PayerRequest, link: uuid.UUID) -> HttpResponse:
    """One link: its address to copy, how much came in, and from whom if they say so."""
    found = _link(request, link)
    (row,) = shown([found], request, timezone.now())
    label = Reader(request.payer, scopes_of(request.user, timezone.now())).label(found.visit) if found.visit else ""
    context = {"account": request.payer.account, "row": row, "visit_label": label, "payments": who_paid(found)}
    return TemplateResponse(request, "billing/payers/link.html", context)


@guarantor_page(links.KIND, methods=("POST",))
def revoke(request: PayerRequest, link: uuid.UUID) -> HttpResponse:
    found = _link(request, link)
    if links.revoke(link=found, actor=_actor(request), at=timezone.now()):
        messages.success(request, _("The link is taken back. Whoever opens it is told so."))
    return redirect("billing:pay_link", account=request.payer.account.pk, link=found.pk)


def _make(request: PayerRequest, pk: uuid.UUID, draft: dict[str, Any], visit: VisitAccount | None) -> HttpResponse:
    account = request.payer.account
    try:
        link = links.make(
            pk=pk,
            account=account,
            visit=visit,
            use=LinkUse(draft["use"]),
            amount_cents=draft["amount"],
            shown_name=draft["name"],
            days=draft["days"],
            actor=_actor(request),
            at=timezone.now(),
        )
    except links.TooMany:
        messages.error(request, _("You have many open links. Take one back first."))
        return redirect("billing:links", account=account.pk)
    sharing.drop(request, DRAFTS, pk)
    messages.success(request, _("Your link is ready. Copy its address and send it."))
    return redirect("billing:pay_link", account=account.pk, link=link.pk)


def _link(request: PayerRequest, pk: uuid.UUID) -> PayLink:
    found = request.payer.account.pay_links.filter(pk=pk).select_related("visit__patient").first()
    if found is None:
        raise Http404
    return found


def _visits(request: PayerRequest) -> list[Any]:
    request.scopes = scopes_of(request.user, timezone.now())
    return Reader(request.payer, request.scopes).choices()


def _actor(request: PayerRequest) -> Actor:
    return Actor(request.user, origin_of(request))
