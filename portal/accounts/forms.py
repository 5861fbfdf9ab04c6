"""Sign-up's own forms, and allauth's with our labels: a label above each field says what a placeholder would."""

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal.accounts import codes
from records.access.models import User


class ActivationForm(forms.Form):
    """The code from the clinic and the patient's birth date."""

    code = forms.CharField(
        label=_("Activation code"),
        help_text=_("12 letters and digits, from your letter, your visit summary or the front desk."),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "class": "code-entry"}
        ),
    )
    birth_date = forms.DateField(
        label=_("Birth date"),
        help_text=_("The birth date of the person whose record it is."),
        widget=forms.DateInput(attrs={"type": "date", "autocomplete": "bday"}, format="%Y-%m-%d"),
    )

    def clean_code(self) -> str:
        return codes.normalize(self.cleaned_data["code"])

    def refuse(self) -> None:
        """The one answer to every pair that does not open a record."""
        self.add_error(
            None,
            _(
                "That code and birth date do not open a record. Check both. A code works once, for 14 days; "
                "after several tries you have to wait until tomorrow. We can give you a new one: call us."
            ),
        )


class WithLabels:
    """Drops allauth's placeholders and sets our labels and hints by field name."""

    LABELS: dict[str, Any] = {
        "login": _("E-mail address"),
        "email": _("E-mail address"),
        "password": _("Password"),
        "oldpassword": _("Current password"),
        "password1": _("New password"),
        "password2": _("New password again"),
        "code": _("Code"),
    }
    HINTS: dict[str, Any] = {"login": "", "password": "", "oldpassword": ""}
    PASSWORD_HINT = _("At least 12 characters. Three or four words that do not belong together are easy to remember.")

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = self.LABELS.get(name, field.label)
            field.help_text = self.HINTS.get(name, field.help_text)
            if name == "password1":
                field.help_text = self.PASSWORD_HINT
            if name == "code":
                field.widget.attrs.update({"class": "code-entry", "autocomplete": "one-time-code", "autofocus": True})


class SignUpForm(WithLabels, account.SignupForm):
    """E-mail address and password of somebody who has proved a code; the name comes from the record."""

    def __init__(self, *args: Any, full_name: str, **kwargs: Any) -> None:
        self.full_name = full_name
        super().__init__(*args, **kwargs)
        self.fields["password1"].label = _("Choose a password")

    @transaction.atomic
    def save(self, request: HttpRequest) -> User:
        user = super().save(request)
        assert isinstance(user, User)
        user.full_name = self.full_name
        user.save(update_fields=["full_name"])
        return user


class SignInForm(WithLabels, account.LoginForm):
    pass


class ReauthenticateForm(WithLabels, account.ReauthenticateForm):
    pass


class AddEmailForm(WithLabels, account.AddEmailForm):
    LABELS = {"email": _("New e-mail address")}


class ChangeEmailForm(WithLabels, account.ChangeEmailForm):
    LABELS = {"email": _("The right e-mail address")}


class ConfirmEmailForm(WithLabels, account.ConfirmEmailVerificationCodeForm):
    pass


class ChangePasswordForm(WithLabels, account.ChangePasswordForm):
    pass


class ResetPasswordForm(WithLabels, account.ResetPasswordForm):
    pass


class ResetPasswordKeyForm(WithLabels, account.ResetPasswordKeyForm):
    pass


class SetPasswordForm(WithLabels, account.SetPasswordForm):
    pass


class SecondFactorForm(WithLabels, mfa.AuthenticateForm):
    HINTS = {"code": _("From your authenticator app, or one of your recovery codes.")}


class SecondFactorAgainForm(WithLabels, mfa.ReauthenticateForm):
    HINTS = SecondFactorForm.HINTS


class AddKeyForm(WithLabels, webauthn.AddWebAuthnForm):
    LABELS = {"name": _("Name of this key"), "passwordless": _("Sign in with it alone, without a password")}
    HINTS = {"name": _("So that you know it again, such as “My phone”."), "passwordless": ""}


class EditKeyForm(WithLabels, webauthn.EditWebAuthnForm):
    LABELS = AddKeyForm.LABELS
    HINTS = AddKeyForm.HINTS


class ActivateTOTPForm(WithLabels, totp.ActivateTOTPForm):
    LABELS = {"code": _("Code from the app")}
