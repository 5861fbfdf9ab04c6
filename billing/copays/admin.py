"""Where the front desk enters what is due at an appointment."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from billing import money
from billing.copays.models import ExpectedCopay
from records.access.admin import PatientDataAdmin

MOST_CENTS = 10_000_00


class CopayForm(forms.ModelForm[ExpectedCopay]):
    amount = forms.CharField(label=_("Amount"), max_length=12, help_text=_("in dollars, such as 25 or 25.50"))

    class Meta:
        model = ExpectedCopay
        fields = ("appointment",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.amount_cents:
            self.initial["amount"] = money.format_cents(self.instance.amount_cents)

    def clean_amount(self) -> int:
        cents = money.parse_dollars(self.cleaned_data["amount"])
        if not 0 < cents <= MOST_CENTS:
            raise ValidationError(_("A copay is more than nothing and at most $10,000."))
        return cents

    def save(self, commit: bool = True) -> ExpectedCopay:
        self.instance.amount_cents = self.cleaned_data["amount"]
        return super().save(commit)


@admin.register(ExpectedCopay)
class ExpectedCopayAdmin(PatientDataAdmin):
    patient_path = "appointment__patient_id"
    form = CopayForm
    list_display = ("id", "visit_at", "dollars")
    list_select_related = ("appointment",)
    raw_id_fields = ("appointment",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Others see what it is for, without a way into the appointment itself."""
        return super().get_fields(request, obj) if self.has_change_permission(request, obj) else ("visit_at", "dollars")

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Comes from the appointment's page; one that has a copay leads to changing it."""
        try:
            kept = ExpectedCopay.objects.filter(appointment_id=request.GET.get("appointment", "")).first()
        except ValidationError:
            kept = None
        if kept is not None:
            return redirect("admin:billing_expectedcopay_change", kept.pk)
        return super().add_view(request, form_url, extra_context)

    @admin.display(description=_("visit"), ordering="appointment__starts_at")
    def visit_at(self, copay: ExpectedCopay) -> Any:
        return copay.appointment.starts_at

    @admin.display(description=_("amount"), ordering="amount_cents")
    def dollars(self, copay: ExpectedCopay) -> str:
        return money.format_cents(copay.amount_cents)
