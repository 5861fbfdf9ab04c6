"""Pay My Bill: for anyone who holds a statement, without an account."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from billing.guest import lookup, tries
from billing.guest.forms import LookupForm
from billing.guest.gate import GuestRequest, guest_page, let_in
from billing.guest.masking import masked_name
from billing.ledger.choices import Standing
from billing.payments import pages
from billing.payments.models import PayerKind
from billing.payments.pages import Paying
from billing.payments.payable import payable_of
from billing.payments.payers import Payer
from billing.payments.words import money_facts, owed_cents, reason_words
from records.access.gate import public_page


@public_page
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """The look-up. Whatever was wrong, and when there were too many tries, the answer is the same."""
    if request.method != "POST" or "new_characters" in request.POST:
        typed = {name: request.POST.get(name, "") for name in ("account_number", "last_name")}
        return _lookup_page(request, LookupForm(initial=typed))
    form = LookupForm(request.POST)
    if not form.is_valid():
        return _lookup_page(request, form)
    number, last_name = form.cleaned_data["account_number"], form.cleaned_data["last_name"]
    may_look_up = tries.may_look_up(request, number)
    match = lookup.find(number, last_name)
    if match is None or not may_look_up:
        tries.count_failure()
        form.add_error(
            None,
            _(
                "We couldn’t match those details. Check the number, and type all of the last name as your statement "
                "shows it."
            ),
        )
        return _lookup_page(request, form)
    return let_in(request, match)


@public_page
@require_safe
def sample(request: HttpRequest) -> HttpResponse:
    """A drawn statement that shows where the numbers are."""
    return render(request, "billing/guest/sample.html")


@guest_page
@require_http_methods(["GET", "HEAD", "POST"])
def amount(request: GuestRequest) -> HttpResponse:
    """What is owed, and how much to pay; or why nothing can be paid, and what to do."""
    paying = _paying(request)
    payable = payable_of(paying.account, paying.visit, payer=paying.payer)
    if payable.reason is not None and "back" not in request.GET:
        context = {
            "paying": paying,
            "owed_cents": owed_cents(payable),
            "others": money_facts(payable, request.grant.account.kind),
            "reason": reason_words(payable),
        }
        return render(request, "billing/guest/nothing_to_pay.html", context)
    return pages.amount(request, paying)


@guest_page
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: GuestRequest, draft: str) -> HttpResponse:
    return pages.review(request, _paying(request), draft)


def _lookup_page(request: HttpRequest, form: LookupForm) -> HttpResponse:
    return render(request, "billing/guest/lookup.html", {"form": form, "steps": _steps(), "step": _steps()[0]})


def _paying(request: GuestRequest) -> Paying:
    grant, here = request.grant, {"handle": request.handle}
    amount_url = reverse("billing:guest_amount", kwargs=here)
    return Paying(
        account=grant.account,
        payer=Payer(kind=PayerKind.GUEST, ref=grant.pk, is_guarantor=False),
        layout="layouts/public.html",
        steps=_steps(),
        amount_url=amount_url,
        review_url=lambda draft: reverse("billing:guest_review", kwargs=here | {"draft": draft}),
        leave_url=amount_url,
        back_url=reverse("billing:guest_lookup"),
        back_label=_("Look up another bill"),
        visit=grant.visit,
        facts=_facts(grant),
    )


def _facts(grant: Any) -> list[tuple[str, str]]:
    """Nothing clinical: a masked name, and which number was found by its last digits."""
    name = masked_name(grant.account.guarantor)
    if grant.account.standing == Standing.ESTATE:
        name = _("Estate of %(name)s") % {"name": name}
    if grant.visit is not None:
        which, number = _("Visit account"), grant.visit.account_number
    else:
        which, number = _("Guarantor account"), grant.account.account_number
    return [(_("Guarantor"), name), (which, _("ending in %(digits)s") % {"digits": number.number[-4:]})]


def _steps() -> list[str]:
    return [_("Find your bill"), _("Amount"), _("Review"), _("Pay")]
