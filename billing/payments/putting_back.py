"""Staff put money that was over back on a visit that owes again: of a payment online, or one at the desk."""

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing import money
from billing.ledger import paying
from billing.ledger.choices import TransactionKind
from billing.ledger.models import LedgerTransaction, VisitAccount
from billing.payments.holding import holding_of
from billing.payments.models import ProviderPayment
from records.access.reviewed import reviewed_form, sign


class PutBackForm(forms.Form):
    """`visit` is the id of one that owes, `amount` becomes cents; both are looked at again under lock."""

    visit = forms.ChoiceField(label=gettext_lazy("Visit"), widget=forms.RadioSelect)
    amount = forms.CharField(
        label=gettext_lazy("Amount"),
        max_length=20,
        help_text=gettext_lazy("In dollars and cents, like 25.00."),
        error_messages={"required": gettext_lazy("Enter how much to put back.")},
    )
    # The transaction's reference-to-be, so that a button pressed twice puts it back once.
    token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def __init__(self, *args: Any, most_cents: int, visits: list[VisitAccount], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._most_cents = most_cents
        self._visits = {str(visit.pk): visit for visit in visits}
        field = self.fields["visit"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 (for the type checker)
        field.choices = [(pk, visit_words(visit)) for pk, visit in self._visits.items()]

    def clean_visit(self) -> VisitAccount:
        return self._visits[self.cleaned_data["visit"]]

    def clean_amount(self) -> int:
        cents = money.parse_dollars(self.cleaned_data["amount"])
        visit = self.cleaned_data.get("visit")
        most_cents = min(self._most_cents, visit.patient_cents) if visit else self._most_cents
        if not 0 < cents <= most_cents:
            most = money.format_cents(most_cents)
            raise ValidationError(_("%(most)s can be put on this visit. Enter that or less.") % {"most": most})
        return cents


def visit_words(visit: VisitAccount) -> str:
    """One visit in a line for staff: its date, its number, and what is owed on it."""
    return _("%(date)s, number %(number)s: %(owed)s is owed") % {
        "date": date_format(visit.service_date, "M j, Y"),
        "number": visit.account_number,
        "owed": money.format_cents(visit.patient_cents),
    }


def put_back(request: HttpRequest, posted: uuid.UUID) -> HttpResponse:
    """Asks for the visit and the amount, shows what that does, and only then posts it; behind the admin's own door."""
    if not request.user.has_perm("billing.place_providerpayment"):
        raise PermissionDenied
    row = get_object_or_404(LedgerTransaction, pk=posted, kind=TransactionKind.PAYMENT)
    free = holding_of(row).free_cents
    visits = VisitAccount.objects.filter(account=paying.home_of(row)).on_the_bill().unpaid()
    owing = list(visits.select_related("account_number").order_by("service_date", "pk"))
    most = min(free, max((visit.patient_cents for visit in owing), default=0))
    return reviewed_form(
        request,
        title=_("Put money back on a visit"),
        intro=_intro(free, owing),
        form=PutBackForm(
            request.POST or None,
            most_cents=free,
            visits=owing,
            initial={"amount": money.format_cents(most).lstrip("$")},
        ),
        review=_review,
        confirm=_("Put it back"),
        act=lambda data: _put_back(request, row, data),
    )


def _intro(free: int, owing: list[VisitAccount]) -> str:
    if not owing:
        return _("No visit of this account owes anything, so there is nowhere to put it.")
    return _("%(amount)s of this payment pays for nothing now.") % {"amount": money.format_cents(free)}


def _review(data: dict[str, Any]) -> list[str]:
    words = {"amount": money.format_cents(data["amount"]), "visit": visit_words(data["visit"])}
    return [
        _("%(amount)s of the payment goes to this visit: %(visit)s.") % words,
        _("It no longer goes back to who paid, and is no longer credit."),
    ]


def _put_back(request: HttpRequest, posted: LedgerTransaction, data: dict[str, Any]) -> HttpResponse:
    try:
        move(
            posted_id=posted.pk,
            visit_id=data["visit"].pk,
            cents=data["amount"],
            token=data["token"],
            at=timezone.now(),
        )
    except paying.NotOver:
        messages.error(request, _("Somebody has sent it back or put it on a visit meanwhile. Look again."))
    else:
        sign(request, posted, f"put back on visit {data['visit'].pk}: {data['amount']} cents")
        messages.success(request, _("The money is on the visit now."))
    return redirect("admin:billing_ledgertransaction_change", posted.pk)


@transaction.atomic
def move(*, posted_id: uuid.UUID, visit_id: uuid.UUID, cents: int, token: uuid.UUID, at: dt.datetime) -> None:
    """Puts money of a payment back on a visit, once for a `token`. Raises NotOver.

    What is on its way back is not put back: the payment's own row keeps refunds and clerks apart.
    """
    posted = LedgerTransaction.objects.get(pk=posted_id)
    ProviderPayment.objects.select_for_update().filter(provider=posted.source, ref=posted.source_ref).first()
    known = LedgerTransaction.objects.filter(
        kind=TransactionKind.REAPPLY, source=posted.source, source_ref=str(token)
    ).exists()
    if not known and cents > holding_of(posted).free_cents:
        raise paying.NotOver(posted.source_ref)
    paying.put_back(
        payment=posted,
        visit_id=visit_id,
        cents=cents,
        source_ref=str(token),
        effective_date=timezone.localdate(at),
        at=at,
    )
