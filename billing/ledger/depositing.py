"""Staff take down a copay that was paid at the desk before the insurer decided: it waits on the visit as a deposit."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing import money
from billing.ledger import paying
from billing.ledger.choices import Bucket
from billing.ledger.models import VisitAccount
from records.access.reviewed import reviewed_form, sign

GUARANTOR, OTHER = "guarantor", "other"
SOURCE = "desk"


class DepositForm(forms.Form):
    """`amount` becomes cents: never more than the visit still waits for, since nobody could owe more."""

    amount = forms.CharField(
        label=gettext_lazy("Amount"),
        max_length=20,
        help_text=gettext_lazy("In dollars and cents, like 25.00."),
        error_messages={"required": gettext_lazy("Enter how much was paid.")},
    )
    payer = forms.ChoiceField(
        label=gettext_lazy("Who paid"),
        choices=[(GUARANTOR, gettext_lazy("The guarantor")), (OTHER, gettext_lazy("Somebody else"))],
        widget=forms.RadioSelect,
    )
    way = forms.ChoiceField(
        label=gettext_lazy("How it was paid"),
        choices=[(Bucket.CASH.value, gettext_lazy("Cash")), (Bucket.CHECK.value, gettext_lazy("Check"))],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say whether it was cash or a check.")},
    )
    # The payment's reference-to-be, so that a button pressed twice takes it down once.
    token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def __init__(self, *args: Any, most_cents: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._most_cents = most_cents

    def clean_amount(self) -> int:
        cents = money.parse_dollars(self.cleaned_data["amount"])
        if not 0 < cents <= self._most_cents:
            most = money.format_cents(self._most_cents)
            raise ValidationError(
                _("%(most)s can be taken before the insurer decides. Enter that or less.") % {"most": most}
            )
        return cents


def room_cents(visit: VisitAccount) -> int:
    """What can still be taken in advance: what waits for the insurer, less what was taken already."""
    return max(visit.insurer_cents - visit.deposit_cents, 0)


def deposit(request: HttpRequest, visit: uuid.UUID) -> HttpResponse:
    """Asks how much was paid and by whom, shows what that does, and only then posts it."""
    if not request.user.has_perm("billing.deposit_visitaccount"):
        raise PermissionDenied
    row = get_object_or_404(VisitAccount, pk=visit)
    waiting = money.format_cents(row.insurer_cents)
    return reviewed_form(
        request,
        title=_("Paid before the insurer decided"),
        intro=_("%(amount)s of this visit waits for insurance.") % {"amount": waiting},
        form=DepositForm(request.POST or None, most_cents=room_cents(row)),
        review=_review,
        confirm=_("Record it"),
        act=lambda data: _record(request, row, data),
    )


def _review(data: dict[str, Any]) -> list[str]:
    kept = _("%(amount)s waits on the visit. The insurer’s decision uses it for the patient’s share.")
    over = (
        _("What is then over becomes the guarantor’s credit.")
        if data["payer"] == GUARANTOR
        else _("What is then over goes back to who paid.")
    )
    way = _("It was paid in cash.") if data["way"] == Bucket.CASH else _("It was paid by check.")
    return [kept % {"amount": money.format_cents(data["amount"])}, way, over]


def _record(request: HttpRequest, visit: VisitAccount, data: dict[str, Any]) -> HttpResponse:
    now = timezone.now()
    paying.deposit(
        visit_id=visit.pk,
        cents=data["amount"],
        is_guarantor=data["payer"] == GUARANTOR,
        source=SOURCE,
        payment_ref=f"{SOURCE}:{data['token']}",
        into=Bucket(data["way"]),
        at=now,
        effective_date=timezone.localdate(now),
    )
    sign(request, visit, f"deposit: {data['amount']} cents")
    messages.success(request, _("Recorded."))
    return redirect("admin:billing_visitaccount_change", visit.pk)
