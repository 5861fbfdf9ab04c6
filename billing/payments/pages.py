"""The pages of paying, the same for every door: amount, review, and what became of it.

Each door proves who may pay and hands over a `Paying`; nothing here asks who is signed in.
"""

import datetime as dt
import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from typing import Any

from django.contrib import messages
from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from billing import money
from billing.ledger.models import AccountNumber, GuarantorAccount, VisitAccount
from billing.payments import actions, duplicates, receipts, settling, tasks
from billing.payments.csp import leads_to_provider
from billing.payments.forms import AgainForm, AmountForm, Choice, ShownForm
from billing.payments.gateways import patience
from billing.payments.gateways.protocol import GatewayError, NotSent, OutcomeUnknown
from billing.payments.models import CURRENCY, PayerKind, PaymentAttempt
from billing.payments.payable import NotPayable, Payable, Position, position_of
from billing.payments.payers import Guard, NotPromised, Payer
from billing.payments.states import UNFINISHED, AttemptState
from billing.payments.surplus import over_of
from billing.payments.words import change_words, coming_words, method_words, money_facts
from records.access import handles

DRAFTS = "paying"
# In the query of the receipt of a payer who waits for the hosted page: how often it has looked.
ASKING = "asking"
# How long a receipt tells who paid without a sign-in what is left of the bill: as long as the bill was open to them.
REST_SHOWN = dt.timedelta(minutes=15)


@dataclass(frozen=True)
class Paying:
    """What a door has established: who pays on which account, what they may choose, and where the pages are.

    `visits` pairs the visits that may be chosen with what they may be called; `visit` limits the payment
    to one; `facts` say whose bill it is; `layout` is the template that the pages extend; `review_url` makes the
    review's address for a draft; `leave_url` is where to go when nothing can be paid, `back_url` what a payer who
    changed their mind is offered, `credit_url` where an owner uses their credit.

    With `most_cents` the payer was asked for that and learns nothing else of the account; with `is_fixed` it
    is that or nothing. `tells` is the guarantor's first name, where the payer may want them to know. `guard`
    is asked before an attempt is made; `together` are the refs of payers who share one sum with this one.
    """

    account: GuarantorAccount
    payer: Payer
    layout: str
    steps: list[str]
    amount_url: str
    review_url: Callable[[str], str]
    leave_url: str
    back_url: str
    back_label: str
    facts: list[tuple[str, str]]
    credit_url: str = ""
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
    def whose(self) -> str:
        """What a draft is for, so that none is paid through another door or on another account."""
        return f"{self.payer.ref}:{self.account.pk}:{self.visit.pk if self.visit else ''}"


def amount(request: HttpRequest, paying: Paying) -> HttpResponse:
    """Asks how much; a valid answer is kept in the session and leads to its review.

    `back` in the query names the draft of a payer who left the hosted page by its way back, `draft` the one to change.
    """
    if "back" in request.GET:
        return _came_back(request, paying)
    position = position_of(paying.account, paying.payer)
    here = position.payable(paying.visit)
    if here.reason is not None:
        return redirect(paying.leave_url)
    form = _amount_form(request, paying, position)
    if request.method == "POST" and form.is_valid():
        return redirect(paying.review_url(_keep(request, paying, form)))
    context = _context(paying, _("Amount")) | {
        "form": form,
        "now_cents": paying.within(here),
        "others": money_facts(here, paying.account.kind) if paying.most_cents is None else [],
        "coming": coming_words(here, is_guarantor=paying.payer.is_guarantor),
        "credit_cents": here.usable_credit_cents if paying.credit_url else 0,
    }
    return TemplateResponse(request, "billing/payments/amount.html", context)


@leads_to_provider
def review(request: HttpRequest, paying: Paying, draft: str) -> HttpResponse:
    """Shows what will be paid, and what it may repeat; only its button, for just that, opens the provider's page."""
    wish = _draft(request, paying, draft)
    if not wish:
        return redirect(paying.amount_url)
    change_url = f"{paying.amount_url}?{urlencode({'draft': draft})}"
    shown = ShownForm(request.POST) if request.method == "POST" else None
    try:
        _require(paying, wish)
        if shown is not None and not shown.shows(wish["cents"], wish["chosen"]):
            messages.warning(request, _("This page was out of date. You have not been charged. Look at it again."))
            return redirect(paying.review_url(draft))
        alikes, again = _warn(request, paying, wish)
        if shown is not None and (again is None or again.is_valid()):
            return _to_provider(request, paying, wish, draft)
    except NotPayable as change:
        messages.warning(request, change_words(change))
        return redirect(change_url)
    except NotPromised:
        messages.warning(request, _("Somebody else is paying this right now. You have not been charged."))
        return redirect(paying.amount_url)
    except GatewayError:
        words = _("The payment service does not answer. You have not been charged. Try again in a few minutes.")
        messages.error(request, words)
    context = _context(paying, _("Review")) | _said(paying, wish)
    context |= {"alikes": alikes, "again": again, "change_url": change_url}
    return TemplateResponse(request, "billing/payments/review.html", context)


def confirmation_context(attempt: PaymentAttempt) -> dict[str, Any]:
    """What a receipt says to whoever holds it: amount, date, confirmation number, how it was paid."""
    # PostgreSQL sorts nulls first when descending, and a declined try has no time of payment.
    payment = attempt.payments.order_by(F("paid_at").desc(nulls_last=True), "-pk").first()
    return {
        "attempt": attempt,
        "amount": money.format_in(
            payment.amount_cents if payment else attempt.amount_cents, payment.currency if payment else CURRENCY
        ),
        "method": method_words(payment) if payment else "",
        "state": attempt.state,
        "is_waiting": attempt.state in UNFINISHED,
        "over": over_of(payment.ref) if payment else None,
        "number": _number_of(attempt),
    }


def _number_of(attempt: PaymentAttempt) -> tuple[str, str] | None:
    """What is called by the number that a payer knows, and how it ends; who holds a pay link learns none.

    A guest chooses no visit: theirs is paid alone where its own number was looked up.
    """
    if attempt.payer_kind == PayerKind.LINK:
        return None
    visits = attempt.allocations.values("visit") if attempt.payer_kind == PayerKind.GUEST else []
    known = AccountNumber.objects.filter(Q(account=attempt.account_id) | Q(visit__in=visits))
    number = known.order_by(F("visit").asc(nulls_last=True)).first()
    if number is None:
        return None
    label = _("Visit account ending in") if number.visit_id else _("Account ending in")
    return label, number.number[-4:]


def _amount_form(request: HttpRequest, paying: Paying, position: Position) -> AmountForm:
    """What was typed before stands in it again, when the payer came back to change it."""
    choices = [Choice(visit.pk, label, position.of_visit(visit.pk)) for visit, label in paying.visits]
    typed = _draft(request, paying, request.GET.get("draft", "")).get("form", {})
    return AmountForm(
        request.POST if request.method == "POST" else None,
        now_cents=paying.within(position.payable(paying.visit)),
        visits=[choice for choice in choices if choice.cents > 0],
        scope=paying.visit.pk if paying.visit else None,
        asked=paying.most_cents is not None,
        is_fixed=paying.is_fixed,
        tells=paying.tells,
        initial={"email": paying.email, "name": paying.payer.name} | typed,
    )


def _require(paying: Paying, wish: dict[str, Any]) -> None:
    """Raises NotPayable when the draft is not what can be paid here now."""
    position = position_of(paying.account, paying.payer)
    position.require(cents=wish["cents"], chosen=_chosen(wish))
    if paying.most_cents is None:
        return
    here = position.payable(paying.visit)
    now = paying.within(here)
    if wish["cents"] > now or (paying.is_fixed and wish["cents"] != now):
        raise NotPayable(here, asked=wish["cents"], now=now)


def _warn(
    request: HttpRequest, paying: Paying, wish: dict[str, Any]
) -> tuple[list[duplicates.Alike], AgainForm | None]:
    """What this payment may repeat, and the form that says "yes, again"; none when it repeats nothing."""
    alikes = duplicates.alikes(
        account_id=paying.account.pk,
        payer=paying.payer,
        cents=wish["cents"],
        chosen=_chosen(wish),
        at=timezone.now(),
        together=paying.together,
        only=paying.visit.pk if paying.visit else None,
    )
    if not alikes:
        return alikes, None
    posted = request.POST if request.method == "POST" else None
    return alikes, AgainForm(posted, prefix=duplicates.fingerprint(alikes))


@patience.within()
def _to_provider(request: HttpRequest, paying: Paying, wish: dict[str, Any], draft: str) -> HttpResponseRedirect:
    """Starts the payment and leads to its page, or to where its payer waits for it."""
    back_url = f"{paying.amount_url}?{urlencode({'back': draft})}"
    attempt = actions.start(
        account_id=paying.account.pk,
        payer=replace(paying.payer, name=wish["name"]),
        amount_cents=wish["cents"],
        chosen=_chosen(wish),
        receipt_email=wish["email"],
        cancel_url=request.build_absolute_uri(back_url),
        at=timezone.now(),
        guard=paying.guard,
    )
    handles.change(request.session, DRAFTS, draft, wish | {"attempt": str(attempt.pk)})
    until = None if paying.most_cents is not None else timezone.now() + REST_SHOWN
    receipts.expect(request.session, attempt, again_url=paying.amount_url, rest_until=until)
    try:
        attempt = actions.open_page(attempt=attempt)
    except (NotSent, OutcomeUnknown):
        if not patience.is_over():
            raise
        tasks.go_on(attempt=attempt, at=timezone.now())
        return HttpResponseRedirect(f"{receipts.address(request, attempt)}?{urlencode({ASKING: 0})}")
    if attempt.state == AttemptState.OPEN:
        return HttpResponseRedirect(attempt.page_url)
    messages.info(request, _("An earlier payment of yours was under way. Nothing more was charged."))
    return HttpResponseRedirect(receipts.return_path(attempt))


@patience.within()
def _came_back(request: HttpRequest, paying: Paying) -> HttpResponse:
    """From the hosted page, unpaid as it seems: the provider is asked, and only its no is said, once."""
    draft = request.GET["back"]
    attempt_id = _draft(request, paying, draft).get("attempt")
    if attempt_id is None:
        return redirect(paying.amount_url)
    try:
        attempt = settling.settle(attempt_id=uuid.UUID(attempt_id), at=timezone.now())
    except GatewayError:
        words = _("The payment service does not answer, so we cannot say yet that nothing was paid.")
        messages.warning(request, words)
    else:
        if attempt.state in (AttemptState.PAID, AttemptState.PROCESSING):
            return redirect(receipts.return_path(attempt))
        messages.info(request, _("Nothing was paid."))
    return redirect(f"{paying.amount_url}?{urlencode({'draft': draft})}")


def _context(paying: Paying, step: str) -> dict[str, Any]:
    return {"paying": paying, "layout": paying.layout, "steps": paying.steps, "step": step}


def _said(paying: Paying, wish: dict[str, Any]) -> dict[str, Any]:
    """What the review says will be paid, and the fields by which its button says so too."""
    titles = {str(visit.pk): title for visit, title in paying.visits}
    parts = wish["chosen"].items() if paying.visit is None else ()
    return {
        "amount": money.format_cents(wish["cents"]),
        "parts": [(titles.get(pk, _("Visit")), money.format_cents(cents)) for pk, cents in parts],
        "email": wish["email"],
        "name": wish["name"],
        "shown": ShownForm.of(wish["cents"], wish["chosen"]),
    }


def _draft(request: HttpRequest, paying: Paying, draft: str) -> dict[str, Any]:
    """What this payer chose here, by the draft's handle; empty when it is not theirs, or gone."""
    wish: dict[str, Any] = handles.get(request.session, DRAFTS, draft) or {}
    return wish if wish.get("for") == paying.whose else {}


def _keep(request: HttpRequest, paying: Paying, form: AmountForm) -> str:
    """Each answer is a draft of its own: a review that stands open in another tab keeps what it shows."""
    data = form.cleaned_data
    wish = {
        "for": paying.whose,
        "cents": data["cents"],
        "chosen": {str(pk): cents for pk, cents in data["chosen"].items()},
        "email": data["email"],
        "name": data.get("name", ""),
        "form": {name: data[name] for name in form.fields if name in data},
    }
    return handles.add(request.session, DRAFTS, wish)


def _chosen(wish: dict[str, Any]) -> dict[uuid.UUID, int]:
    return {uuid.UUID(pk): cents for pk, cents in wish["chosen"].items()}
