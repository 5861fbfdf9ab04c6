"""Billing Summary: what somebody who is signed in owes, or may pay for others, and paying it."""

import uuid
from functools import partial
from typing import Any, cast

from django.contrib import messages
from django.contrib.humanize.templatetags.humanize import apnumber
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from billing.ledger.access import PayerScope, payer_scopes_of
from billing.payers.sharing import may_share
from billing.payments import pages
from billing.payments.gate import PayerRequest, bills_page, payer_page
from billing.payments.payable import payable_of
from billing.payments.payers import signed_in
from billing.payments.readers import Reader
from billing.payments.views import receipt_page
from billing.payments.words import payer_words, reason_words
from billing.statements.due import due_of
from billing.summary import groups, payments
from billing.summary.bars import bar_of
from billing.summary.cards import card_of, cards_of
from billing.summary.lines import lines_of
from billing.summary.paying import paying_of
from records.access.gate import SignedInRequest
from records.access.lists import choose, page_of
from records.access.scope import scopes_of

MOST_GROUPS = 3
GROUPS_PER_PAGE = 10
SHOW = {"active": gettext_lazy("To pay or waiting"), "all": gettext_lazy("All visits")}


@bills_page
@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """Every account the user may pay on, and the newest visits with something to pay."""
    request.scopes = scopes_of(request.user, timezone.now())  # the menus need them too
    payers = payer_scopes_of(request.user)
    readers = {payer.account.pk: Reader(payer, request.scopes) for payer in payers if payer.may_see_visits}
    owed = groups.load(groups.keys(readers, among=groups.OWED)[:MOST_GROUPS], readers)
    cards = cards_of(payers)
    own = [card for card in cards if card.is_own]
    context = {
        "cards": cards,
        "groups": owed,
        "own": len(own),
        "own_in_words": apnumber(len(own)),
        "due_cents": sum(card.now_cents for card in own),
    }
    return TemplateResponse(request, "billing/summary/index.html", context)


@payer_page()
def account(request: PayerRequest) -> HttpResponse:
    """One account: its totals, its visits by event, and what was paid."""
    reader = _reader(request)
    history = payments.history(request.payer)
    payable = payable_of(request.payer.account, payer=signed_in(request.payer))
    context = {
        "account": request.payer.account,
        "card": card_of(
            request.payer,
            payable,
            paid=next((paid for paid in history if not paid.kind), None),
            due_date=due_of([request.payer.account]).get(request.payer.account.pk),
        ),
        "payments": history,
        "most_payments": payments.MOST,
        "credit_cents": payable.usable_credit_cents,
        "may_share": request.payer.is_guarantor and may_share(request.payer.account),
        "may_see_visits": request.payer.may_see_visits,
    }
    if request.payer.may_see_visits:
        shown, filters = choose(request, SHOW)
        keys = groups.keys([request.payer.account.pk], among=groups.ACTIVE if shown == "active" else None)
        page = page_of(request, keys, per_page=GROUPS_PER_PAGE)
        found = groups.load(cast("QuerySet[Any, Any]", page.object_list), {request.payer.account.pk: reader})
        context |= {"page_obj": page, "groups": found, "filters": filters, "shown": shown}
    return TemplateResponse(request, "billing/summary/account.html", context)


@payer_page()
def visit(request: PayerRequest, visit: uuid.UUID) -> HttpResponse:
    """One visit, line by line, with the bills of the same event beside it."""
    reader = _reader(request)
    group = groups.around(visit, reader) if request.payer.may_see_visits else None
    if group is None:
        raise Http404
    row = next(row for row in group.rows if row.visit.pk == visit)
    request.patient_id = row.visit.patient_id
    payable = payable_of(request.payer.account, row.visit, payer=signed_in(request.payer))
    lines = lines_of(row.visit, reader)
    context = {
        "row": row,
        "group": group,
        "beside": [other for other in group.rows if other is not row],
        "bar": bar_of([row.visit]),
        "lines": lines,
        "share_cents": sum(line.share_cents for line in lines),
        "moves": payments.on_visit(row.visit),
        "reason": reason_words(payable),
        "account": request.payer.account,
        "email": request.user.email,
    }
    return TemplateResponse(request, "billing/summary/visit.html", context)


@bills_page
@require_safe
def of_encounter(request: SignedInRequest, encounter: uuid.UUID) -> HttpResponse:
    """From a visit of the record to its bill where the reader may see one, else to all bills."""
    payers = [payer.account.pk for payer in payer_scopes_of(request.user) if payer.may_see_visits]
    visit = groups.of_accounts(payers).filter(encounter=encounter).first()
    if visit is None:
        messages.info(request, _("There is no bill of this visit that you can see. These are your bills."))
        return redirect("billing:summary")
    return redirect("billing:visit", account=visit.account_id, visit=visit.pk)


@payer_page(methods=("GET", "POST"))
def pay(request: PayerRequest) -> HttpResponse:
    return pages.amount(request, paying_of(_reader(request)))


@payer_page(methods=("GET", "POST"))
def review(request: PayerRequest, draft: str) -> HttpResponse:
    return pages.review(request, paying_of(_reader(request)), draft)


@bills_page
@require_safe
def payment(request: SignedInRequest, payment: uuid.UUID) -> HttpResponse:
    """What became of a payment, and its receipt; with how it was spread for those who may see visits."""
    attempt, payer = payments.attempt_for(request.user, payment)
    request.scopes = scopes_of(request.user, timezone.now())
    reader = Reader(payer, request.scopes) if payer and payer.may_see_visits else None
    is_own = attempt.user_id == request.user.pk
    return receipt_page(
        request,
        attempt,
        layout="layouts/signed_in.html",
        again_url=reverse("billing:pay", kwargs={"account": attempt.account_id})
        if payer
        else reverse("billing:summary"),
        spread=partial(payments.spread_of, reader=reader) if reader else None,
        paid_by="" if is_own else payer_words(attempt.payer_kind, attempt.payer_name),
        ways=_ways(payer),
        rest=partial(_rest_for, payer) if payer else None,
    )


def _ways(payer: PayerScope | None) -> list[tuple[str, str]]:
    """Where a receipt leads on to: the account, for as long as its payer may see it, and all bills."""
    account = (
        [(_("Back to the account"), reverse("billing:account", kwargs={"account": payer.account.pk}))] if payer else []
    )
    return [*account, (_("Billing Summary"), reverse("billing:summary"))]


def _rest_for(payer: PayerScope) -> int:
    return payable_of(payer.account, payer=signed_in(payer)).now_cents


def _reader(request: PayerRequest) -> Reader:
    request.scopes = scopes_of(request.user, timezone.now())
    return Reader(request.payer, request.scopes)
