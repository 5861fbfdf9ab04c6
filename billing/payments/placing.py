"""Staff place a payment that came without an attempt of ours on the account it was meant for."""

import datetime as dt
import uuid

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing import money
from billing.ledger import numbers, paying
from billing.ledger.choices import Bucket
from billing.ledger.models import AccountNumber, GuarantorAccount, LedgerEntry
from billing.payments.models import ProviderPayment
from records.access.reviewed import reviewed_form, sign


class PlaceForm(forms.Form):
    account = forms.CharField(
        label=gettext_lazy("Guarantor account number"),
        max_length=40,
        error_messages={"required": gettext_lazy("Enter the number of the guarantor account.")},
    )

    def clean_account(self) -> GuarantorAccount:
        number = numbers.normalize(self.cleaned_data["account"])
        found = AccountNumber.objects.filter(number=number, account__isnull=False).select_related("account").first()
        if found is None or found.account is None:
            raise ValidationError(_("There is no guarantor account of that number."))
        return found.account


def is_placeable(payment: ProviderPayment) -> bool:
    """Whether all of it still waits in suspense."""
    return waiting_cents(payment) > 0


def waiting_cents(payment: ProviderPayment) -> int:
    waiting = LedgerEntry.objects.filter(payment_ref=payment.ref, bucket=Bucket.SUSPENSE)
    return -sum(waiting.values_list("cents", flat=True))


def place(request: HttpRequest, payment: int) -> HttpResponse:
    """Asks for the account, shows what will happen, and only then places; behind the admin's own door."""
    if not request.user.has_perm("billing.place_providerpayment"):
        raise PermissionDenied
    row = get_object_or_404(ProviderPayment, pk=payment)
    amount = money.format_cents(waiting_cents(row))
    return reviewed_form(
        request,
        title=_("Place a payment"),
        intro=_("Payment %(ref)s: %(amount)s waits to be placed.") % {"ref": row.ref, "amount": amount},
        form=PlaceForm(request.POST or None),
        review=lambda data: _review(amount, data["account"]),
        confirm=_("Place it"),
        act=lambda data: _place(request, row, data["account"]),
    )


def _review(amount: str, account: GuarantorAccount) -> list[str]:
    words = {"amount": amount, "number": account.account_number, "name": account.addressee}
    return [
        _("%(amount)s goes to guarantor account %(number)s of %(name)s, to the oldest visit first.") % words,
        _("What is over waits to go back to the payer."),
    ]


def _place(request: HttpRequest, payment: ProviderPayment, account: GuarantorAccount) -> HttpResponse:
    try:
        move(payment_id=payment.pk, account_id=account.pk, at=timezone.now())
    except paying.NotPlaceable:
        messages.error(request, _("Nothing of this payment waits for this account. Somebody may have placed it."))
    else:
        sign(request, payment, f"placed on account {account.pk}")
        messages.success(request, _("The payment is on the account now."))
    return redirect("admin:billing_providerpayment_change", payment.pk)


@transaction.atomic
def move(*, payment_id: int, account_id: uuid.UUID, at: dt.datetime) -> None:
    """Places a payment. Raises NotPlaceable.

    Where it waits depends on no account yet: its own row keeps two clerks, and refunds, apart.
    """
    payment = ProviderPayment.objects.select_for_update().get(pk=payment_id)
    posted = paying.payment_of(payment.provider, payment.ref)
    if posted is None:
        raise paying.NotPlaceable(payment.ref)
    paying.place(payment=posted, account_id=account_id, effective_date=timezone.localdate(at), at=at)
