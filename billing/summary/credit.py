"""Paying with one's credit: what it would pay, then one button; no provider is asked."""

import uuid

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from billing import money
from billing.ledger import paying
from billing.payments.gate import KIND_BILL, PayerRequest, guarantor_page
from billing.payments.payable import payable_of
from billing.payments.payers import signed_in
from billing.summary.cards import account_name


class UseForm(forms.Form):
    """`once` is made with the page, so that a double click uses the credit once."""

    once = forms.UUIDField(widget=forms.HiddenInput)
    cents = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


@guarantor_page(KIND_BILL, methods=("GET", "POST"))
def credit(request: PayerRequest) -> HttpResponse:
    """Shows how much of the credit what is owed would take up; the button uses exactly that."""
    account = request.payer.account
    account_url = reverse("billing:account", kwargs={"account": account.pk})
    form = UseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _use(request, form.cleaned_data["cents"], form.cleaned_data["once"], account_url)
    payable = payable_of(account, payer=signed_in(request.payer))
    usable = payable.usable_credit_cents
    if not usable:
        return redirect(account_url)
    context = {
        "account_url": account_url,
        "account_label": account_name(account),
        "form": UseForm(initial={"once": uuid.uuid4(), "cents": usable}),
        "amount": money.format_cents(usable),
        "facts": [
            (_("You owe"), money.format_cents(payable.owed_cents)),
            (_("Your credit with us"), money.format_cents(payable.credit_cents)),
            (_("You owe afterwards"), money.format_cents(payable.owed_cents - usable)),
            (_("Credit left"), money.format_cents(payable.credit_cents - usable)),
        ],
    }
    return TemplateResponse(request, "billing/summary/credit.html", context)


def _use(request: PayerRequest, cents: int, once: uuid.UUID, account_url: str) -> HttpResponseRedirect:
    now = timezone.now()
    account = request.payer.account
    try:
        paying.use_credit(
            account_id=account.pk,
            cents=cents,
            source="credit",
            source_ref=f"{account.pk}:{once}",
            effective_date=timezone.localdate(now),
            at=now,
        )
    except paying.NoCredit:
        messages.warning(request, _("What you owe has changed. Nothing was used: look at the amounts again."))
    else:
        messages.success(request, _("Your credit paid %(amount)s.") % {"amount": money.format_cents(cents)})
    return HttpResponseRedirect(account_url)
