"""Whom to let pay, and what they see."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.ledger.choices import AccessRole

# In the words of the person who gives it.
LEVEL_LABELS = {
    AccessRole.PAYER_AMOUNTS: _("Amounts only: what is owed, and no visits"),
    AccessRole.PAYER_LINES: _("Amounts and visits: also dates, places and charges"),
}
CHOICES = [(level.value, LEVEL_LABELS[level]) for level in (AccessRole.PAYER_AMOUNTS, AccessRole.PAYER_LINES)]


class LevelForm(forms.Form):
    role = forms.ChoiceField(
        label=_("What may they see?"),
        choices=CHOICES,
        initial=AccessRole.PAYER_AMOUNTS,
        widget=forms.RadioSelect,
        help_text=_("They can pay at both levels. You can change this at any time."),
    )

    def clean_role(self) -> AccessRole:
        return AccessRole(self.cleaned_data["role"])


class InviteForm(LevelForm):
    email = forms.EmailField(
        label=_("Their e-mail address"),
        help_text=_("The one they sign in here with. They need a sign-in of their own."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    field_order = ["email", "role"]

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        return email.strip().lower()

    def kept(self) -> dict[str, Any]:
        return {"email": self.cleaned_data["email"], "role": str(self.cleaned_data["role"])}
