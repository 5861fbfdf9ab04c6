"""The pages of paying, the same for every door: amount, review, and what became of it.

Each door proves who may pay and hands over a `Paying`; nothing here asks who is signed in.
"""

import uuid
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Any

from django.contrib import messages
from django.db.models import F
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from billing import money
from billing.ledger.models import GuarantorAccount, VisitAccount
from billing.payments import actions, duplicates
from billing.payments.csp import leads_to_provider
from billing.payments.forms import AgainForm, AmountForm
from billing.payments.gateways.protocol import GatewayError
from billing.payments.models import PayerKind, PaymentAttempt
from billing.payments.payable import Payable, payable_of
from billing.payments.payers import Guard, NotPromised, Payer
from billing.payments.receipts import receipt_token
from billing.payments.states import UNFINISHED, AttemptState
from billing.payments.surplus import over_of
from billing.payments.words import method_words, money_facts

SESSION_KEY = "paying"


@dataclass(frozen=True)
class Paying:
    """What a door has established: who pays on which account, what they may choose, and where the pages are.

    `visits` pairs the visits that may be chosen with what they may be called; `visit` limits the payment
    to one; `facts` say whose bill it is; `layout` is the template that the pages extend; `leave_url` is
    where to go when nothing can be paid, `back_url` what a payer who changed their mind is offered.

    With `most_cents` the payer was asked for that and learns nothing else of the account; with `is_fixed` it
    is that or nothing. `tells` is the guarantor's first name, where the payer may want them to know. `guard`
    is asked before an attempt is made; `together` are the refs of payers who share one sum with this one.
    """

    account: GuarantorAccount
    payer: Payer
    layout: str
    steps: list[str]
    amount_url: str
    review_url: str
    leave_url: str
    back_url: str
    back_label: str
    facts: list[tuple[str, str]]
    email: str = ""
    visit: VisitAccount | None = None
    visits: list[tuple[VisitAccount, str]] = field(default_factory=list)
    most_cents: int | None = None
    is_fixed: bool = False
    tells: str = ""
    guard: Guard | None = None
    together: Collection[uuid.UUID] = ()

    def within(self, payable: Payable) -> int:
        """What this payer can pay now, in cents."""
        return payable.now_cents if self.most_cents is None else min(self.most_cents, payable.now_cents)

    @property
    def draft_key(self) -> str:
        """Two tabs with two accounts keep apart."""
        return f"{self.payer.ref}:{self.account.pk}"


def amount(request: HttpRequest, paying: Paying) -> HttpResponse:
    """Asks how much; a valid answer is kept in the session and leads to the review."""
    payable = payable_of(paying.account, paying.visit)
    if payable.reason is not None:
        return redirect(paying.leave_url)
    form = _amount_form(request, paying, paying.within(payable))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        _keep(
            request,
            paying,
            {
                "cents": data["cents"],
                "chosen": {str(pk): cents for pk, cents in data["chosen"].items()},
                "email": data["email"],
                "name": data.get("name", ""),
                "form": {name: data[name] for name in form.fields if name in data},
            },
        )
        return redirect(paying.review_url)
    context = _context(paying, _("Amount")) | {
        "form": form,
        "now_cents": paying.within(payable),
        "others": money_facts(payable, paying.account.kind) if paying.most_cents is None else [],
    }
    return TemplateResponse(request, "billing/payments/amount.html", context)


@leads_to_provider
def review(request: HttpRequest, paying: Paying) -> HttpResponse:
    """Shows what will be paid, and what it may repeat; only its button opens the provider's page."""
    draft = _draft(request, paying)
    if not draft:
        return redirect(paying.amount_url)
    now_cents = paying.within(payable_of(paying.account, paying.visit))
    if draft["cents"] > now_cents or (paying.is_fixed and draft["cents"] != now_cents):
        messages.warning(request, _("What you owe has changed. Look at the amount again."))
        return redirect(paying.amount_url)
    alikes, again = _warn(request, paying, draft)
    if request.method == "POST" and (again is None or again.is_valid()):
        try:
            return _to_provider(request, paying, draft)
        except NotPromised:
            messages.warning(request, _("Somebody else is paying this right now. You have not been charged."))
            return redirect(paying.amount_url)
        except GatewayError:
            messages.error(
                request,
                _("The payment service does not answer. You have not been charged. Try again in a few minutes."),
            )
    titles = {str(visit.pk): title for visit, title in paying.visits}
    context = _context(paying, _("Review")) | {
        "amount": money.format_cents(draft["cents"]),
        "parts": [
            (titles.get(pk, _("Visit")), money.format_cents(cents))
            for pk, cents in draft["chosen"].items()
            if paying.visit is None
        ],
        "email": draft["email"],
        "name": draft.get("name", ""),
        "alikes": alikes,
        "again": again,
    }
    return TemplateResponse(request, "billing/payments/review.html", context)


def confirmation_context(attempt: PaymentAttempt) -> dict[str, Any]:
    """What a receipt says to whoever holds it: amount, date, confirmation number, how it was paid."""
    # PostgreSQL sorts nulls first when descending, and a declined try has no time of payment.
    payment = attempt.payments.order_by(F("paid_at").desc(nulls_last=True), "-pk").first()
    return {
        "attempt": attempt,
        "amount": money.format_cents(payment.amount_cents if payment else attempt.amount_cents),
        "method": method_words(payment) if payment else "",
        "state": attempt.state,
        "is_waiting": attempt.state in UNFINISHED,
        "over": over_of(payment.ref) if payment else None,
        # Who holds a pay link learns no number.
        "account_ending": "" if attempt.payer_kind == PayerKind.LINK else attempt.account.account_number.number[-4:],
    }


def _amount_form(request: HttpRequest, paying: Paying, now_cents: int) -> AmountForm:
    """What was typed before stands in it again."""
    typed = {"email": paying.email, "name": paying.payer.name} | _draft(request, paying).get("form", {})
    return AmountForm(
        request.POST if request.method == "POST" else None,
        now_cents=now_cents,
        visits=paying.visits,
        scope=paying.visit,
        asked=paying.most_cents is not None,
        is_fixed=paying.is_fixed,
        tells=paying.tells,
        initial=typed,
    )


def _warn(
    request: HttpRequest, paying: Paying, draft: dict[str, Any]
) -> tuple[list[duplicates.Alike], AgainForm | None]:
    """What this payment may repeat, and the form that says "yes, again"; none when it repeats nothing."""
    alikes = duplicates.alikes(
        account_id=paying.account.pk,
        payer=paying.payer,
        cents=draft["cents"],
        at=timezone.now(),
        together=paying.together,
    )
    if not alikes:
        return alikes, None
    posted = request.POST if request.method == "POST" else None
    return alikes, AgainForm(posted, prefix=duplicates.fingerprint(alikes))


def _to_provider(request: HttpRequest, paying: Paying, draft: dict[str, Any]) -> HttpResponseRedirect:
    attempt = actions.start(
        account_id=paying.account.pk,
        payer=replace(paying.payer, name=draft.get("name", "")),
        amount_cents=draft["cents"],
        chosen={uuid.UUID(pk): cents for pk, cents in draft["chosen"].items()},
        receipt_email=draft["email"],
        at=timezone.now(),
        guard=paying.guard,
    )
    done_url = f"{reverse('billing:payment_return')}?{urlencode({'t': receipt_token(attempt)})}"
    attempt = actions.open_page(
        attempt=attempt,
        success_url=request.build_absolute_uri(done_url),
        cancel_url=request.build_absolute_uri(paying.amount_url),
    )
    if attempt.state != AttemptState.OPEN:
        return HttpResponseRedirect(done_url)
    return HttpResponseRedirect(attempt.page_url)


def _context(paying: Paying, step: str) -> dict[str, Any]:
    return {"paying": paying, "layout": paying.layout, "steps": paying.steps, "step": step}


def _draft(request: HttpRequest, paying: Paying) -> dict[str, Any]:
    draft: dict[str, Any] = request.session.get(SESSION_KEY, {}).get(paying.draft_key, {})
    return draft


def _keep(request: HttpRequest, paying: Paying, draft: dict[str, Any]) -> None:
    request.session[SESSION_KEY] = {**request.session.get(SESSION_KEY, {}), paying.draft_key: draft}
