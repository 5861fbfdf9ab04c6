"""What a guest is asked: a number, a last name, and characters to type; or a code that came by e-mail."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.guest.captcha.challenges import spend
from billing.guest.captcha.field import OnceCaptchaField


class AskForm(forms.Form):
    """Whose bill it is."""

    account_number = forms.CharField(
        label=_("Account number"),
        max_length=40,
        help_text=_("The guarantor account (8 digits) or a visit account (10 digits). Spaces are fine."),
        error_messages={"required": _("Enter the account number from your statement.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    last_name = forms.CharField(
        label=_("Guarantor’s last name"),
        max_length=100,
        help_text=_(
            "The person responsible for the bill, who may not be the patient. All of the last name, as your statement "
            "shows it. For “García-López” type both parts. Accents, hyphens and capitals do not matter."
        ),
        error_messages={"required": _("Enter the guarantor’s last name.")},
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
    )


class LookupForm(AskForm):
    captcha = OnceCaptchaField()

    def clean(self) -> dict[str, Any]:
        """Spends the characters only when the rest is in order, so that a slip elsewhere costs nothing twice."""
        data: dict[str, Any] = super().clean() or {}
        if not self.errors and not spend(*data["captcha"]):
            self.add_error("captcha", _("The characters did not match. Here are new ones."))
        return data


class EnterForm(forms.Form):
    code = forms.CharField(
        label=_("Code from the e-mail"),
        max_length=20,
        help_text=_("Eight digits. Spaces are fine."),
        error_messages={"required": _("Enter the code from the e-mail.")},
        widget=forms.TextInput(
            attrs={
                "class": "code-entry",
                "inputmode": "numeric",
                "autocomplete": "one-time-code",
                "spellcheck": "false",
            }
        ),
    )
