"""Staff take down that money which was paid at the desk was handed back there."""

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing import money
from billing.ledger import paying, posting, returns
from billing.ledger.choices import RECEIVED, TransactionKind
from billing.ledger.depositing import SOURCE
from billing.ledger.models import LedgerEntry, LedgerTransaction
from billing.ledger.standing import unused_of
from records.access.reviewed import reviewed_form, sign


class NotLeft(ValueError):
    """More than is left of the payment, or one that was not made at the desk."""


class PaidBackForm(forms.Form):
    """`amount` becomes cents; it is compared with what is left again under lock."""

    amount = forms.CharField(
        label=gettext_lazy("Amount"),
        max_length=20,
        help_text=gettext_lazy("In dollars and cents, like 25.00."),
        error_messages={"required": gettext_lazy("Enter how much was paid back.")},
    )
    # The refund's reference-to-be, so that a button pressed twice takes it down once.
    token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def __init__(self, *args: Any, left_cents: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._left_cents = left_cents

    def clean_amount(self) -> int:
        cents = money.parse_dollars(self.cleaned_data["amount"])
        if not 0 < cents <= self._left_cents:
            left = money.format_cents(self._left_cents)
            raise ValidationError(_("Of this payment %(left)s is left. Enter that or less.") % {"left": left})
        return cents


def left_cents(payment: LedgerTransaction) -> int:
    """What of a payment at the desk was not handed back yet; nothing of any other."""
    if payment.source != SOURCE or payment.kind != TransactionKind.PAYMENT:
        return 0
    lies = LedgerEntry.objects.filter(payment_ref=payment.source_ref, bucket__in=RECEIVED)
    return max(lies.aggregate(sum=Sum("cents"))["sum"] or 0, 0)


def pay_back(request: HttpRequest, payment: uuid.UUID) -> HttpResponse:
    """Asks how much was handed back, shows what that does, and only then posts it."""
    if not request.user.has_perm("billing.add_refund"):
        raise PermissionDenied
    row = get_object_or_404(LedgerTransaction, pk=payment, kind=TransactionKind.PAYMENT)
    left = left_cents(row)
    over = sum(unused_of(row.source_ref, row.account).values()) or left
    return reviewed_form(
        request,
        title=_("Paid back at the desk"),
        intro=_("%(amount)s of this payment is left.") % {"amount": money.format_cents(left)},
        form=PaidBackForm(
            request.POST or None, left_cents=left, initial={"amount": money.format_cents(min(over, left)).lstrip("$")}
        ),
        review=lambda data: _review(row, data["amount"]),
        confirm=_("Record it"),
        act=lambda data: _record(request, row, data),
    )


def _review(payment: LedgerTransaction, cents: int) -> list[str]:
    words = {"amount": money.format_cents(cents), "bucket": returns.came_into_of(payment).label}
    return [
        _("%(amount)s was handed back to who paid. It leaves: %(bucket)s.") % words,
        _("What the payment had paid is owed again, as far as it was not over."),
    ]


def _record(request: HttpRequest, payment: LedgerTransaction, data: dict[str, Any]) -> HttpResponse:
    try:
        take_down(payment=payment, cents=data["amount"], token=data["token"], at=timezone.now())
    except NotLeft:
        messages.error(request, _("So much of it is no longer left. Somebody may have paid it back. Look again."))
    else:
        sign(request, payment, f"paid back at the desk: {data['amount']} cents")
        messages.success(request, _("Recorded."))
    return redirect("admin:billing_ledgertransaction_change", payment.pk)


@transaction.atomic
def take_down(*, payment: LedgerTransaction, cents: int, token: uuid.UUID, at: dt.datetime) -> None:
    """Posts money that was handed back at the desk, once for a `token`. Raises NotLeft, decided under the account's lock."""
    home = paying.home_of(payment)
    if home is None:
        raise NotLeft(payment.source_ref)
    posting.lock_account(home)
    ref = f"{SOURCE}:{token}"
    refunds = LedgerTransaction.objects.filter(kind=TransactionKind.REFUND, source=SOURCE, source_ref=ref)
    if refunds.exists():
        return
    if not 0 < cents <= left_cents(payment):
        raise NotLeft(payment.source_ref)
    returns.refund(
        source=SOURCE,
        payment_ref=payment.source_ref,
        cents=cents,
        refund_ref=ref,
        effective_date=timezone.localdate(at),
        at=at,
    )
