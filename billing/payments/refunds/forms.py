"""What staff say when they send money back."""

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from billing import money
from billing.payments.refunds.states import RefundReason

REASONS = [choice for choice in RefundReason.choices if choice[0] != RefundReason.OUTSIDE]


class RefundForm(forms.Form):
    """`amount` becomes cents; it is compared with what is left when the refund is made, under lock."""

    amount = forms.CharField(
        label=_("Amount"),
        max_length=20,
        help_text=_("In dollars and cents, like 125.50."),
        error_messages={"required": _("Enter how much to send back.")},
    )
    # The refund's id-to-be, so that a button pressed twice asks once.
    token = forms.UUIDField(required=False, widget=forms.HiddenInput, initial=uuid.uuid4)
    reason = forms.ChoiceField(label=_("Reason"), choices=[("", _("Choose a reason")), *REASONS])
    note = forms.CharField(label=_("Note for colleagues"), max_length=500, required=False, widget=forms.Textarea)

    def __init__(self, *args: Any, left_cents: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._left_cents = left_cents

    def clean_amount(self) -> int:
        cents = money.parse_dollars(self.cleaned_data["amount"])
        if not 0 < cents <= self._left_cents:
            left = money.format_cents(self._left_cents)
            raise ValidationError(_("Of this payment %(left)s can be sent back. Enter that or less.") % {"left": left})
        return cents

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("reason") == RefundReason.OTHER and not data.get("note"):
            self.add_error("note", _("Say which reason it is."))
        return data
