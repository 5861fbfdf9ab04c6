"""Staff say what follows from an insurer's denial, which no file can tell: contract, patient, or appeal."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing import money
from billing.ledger import actions
from billing.ledger.charges import Charge
from billing.ledger.choices import Denial
from billing.ledger.posting import Unbalanced
from records.access.reviewed import reviewed_form, sign


class DenialForm(forms.Form):
    denial = forms.ChoiceField(label=gettext_lazy("What follows"), choices=Denial.choices, widget=forms.RadioSelect)


def deny(request: HttpRequest, charge: uuid.UUID) -> HttpResponse:
    """Asks what follows, shows what that does to the balance, and only then posts it."""
    if not request.user.has_perm("billing.deny_charge"):
        raise PermissionDenied
    row = get_object_or_404(Charge.objects.select_related("visit__coverage"), pk=charge)
    amount = money.format_cents(actions.waiting_cents(row))
    return reviewed_form(
        request,
        title=_("Insurance denied a charge"),
        intro=_("Line %(line)s: %(amount)s waits for insurance.") % {"line": row.line, "amount": amount},
        form=DenialForm(request.POST or None),
        review=lambda data: [_effect(Denial(data["denial"])) % {"amount": amount}],
        confirm=_("Record it"),
        act=lambda data: _record(request, row, data),
    )


def _effect(denial: Denial) -> str:
    return {
        Denial.CONTRACTUAL: _("%(amount)s becomes a discount. Nobody owes it."),
        Denial.PATIENT: _("%(amount)s is owed by the guarantor from now on."),
        Denial.APPEALED: _("%(amount)s goes on waiting for insurance. A work item reminds you of the appeal."),
    }[denial]


def _record(request: HttpRequest, charge: Charge, data: dict[str, Any]) -> HttpResponse:
    now, visit = timezone.now(), charge.visit
    try:
        actions.deny(
            charge=charge,
            denial=Denial(data["denial"]),
            payer_name=visit.payer_name or (visit.coverage.payor_name if visit.coverage else ""),
            source="staff",
            source_ref=f"denial:{charge.pk}:{charge.adjudications.count() + 1}",
            decided_date=timezone.localdate(now),
            at=now,
        )
    except Unbalanced:
        messages.error(request, _("Nothing of this charge waits for insurance any more."))
    else:
        sign(request, charge, f"denied: {data['denial']}")
        messages.success(request, _("Recorded."))
    return redirect("admin:billing_charge_change", charge.pk)
