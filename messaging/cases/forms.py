"""What a guest is asked: who they are, where to reach them, what it is about. Nothing about anybody's health."""

import re
import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.guest.captcha.challenges import spend
from billing.guest.captcha.field import OnceCaptchaField
from messaging.cases.models import CallWhen
from messaging.pools.choices import CUSTOMER_SERVICE, Topic

BODY_LENGTH = 5000


class CaseForm(forms.Form):
    once = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    name = forms.CharField(
        label=_("Your name"),
        max_length=100,
        error_messages={"required": _("Enter your name.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_("Your e-mail address"),
        help_text=_("We send the case number there, and a link to the answer."),
        error_messages={"required": _("Enter your e-mail address.")},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    topic = forms.ChoiceField(
        label=_("What is it about?"),
        choices=[("", _("Choose")), *((each.value, each.label) for each in Topic if each in CUSTOMER_SERVICE)],
        error_messages={"required": _("Choose what it is about.")},
    )
    body = forms.CharField(
        label=_("Your message"),
        max_length=BODY_LENGTH,
        help_text=_("Please do not write health details here. You need no account numbers either."),
        error_messages={"required": _("Write your message.")},
        widget=forms.Textarea(attrs={"rows": 7}),
    )
    wants_call = forms.BooleanField(label=_("Please call me back"), required=False)
    phone = forms.CharField(
        label=_("Phone number"),
        max_length=30,
        required=False,
        help_text=_("Only if you want a call."),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )
    call_when = forms.ChoiceField(label=_("Best time to call"), choices=CallWhen, required=False)
    captcha = OnceCaptchaField()

    def clean(self) -> dict[str, Any]:
        """Spends the characters only when the rest is in order, so that a slip elsewhere costs nothing twice."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("wants_call") and len(re.sub(r"\D", "", data.get("phone", ""))) < 7:
            self.add_error("phone", _("Enter the number that we should call."))
        if not self.errors and not spend(*data["captcha"]):
            self.add_error("captcha", _("The characters did not match. Here are new ones."))
        return data


class ReplyForm(forms.Form):
    once = forms.UUIDField(widget=forms.HiddenInput)
    body = forms.CharField(
        label=_("Your message"),
        max_length=BODY_LENGTH,
        help_text=_("Please do not write health details here."),
        error_messages={"required": _("Write your message.")},
        widget=forms.Textarea(attrs={"rows": 6}),
    )


class LinkForm(forms.Form):
    number = forms.CharField(
        label=_("Case number"),
        max_length=20,
        error_messages={"required": _("Enter the case number from our e-mail.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    email = forms.EmailField(
        label=_("The e-mail address you wrote from"),
        error_messages={"required": _("Enter your e-mail address.")},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
