"""Which way to pay. A list, and no field for a card number: real ones must never reach the portal."""

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.sandbox.methods import Method


class PayForm(forms.Form):
    method = forms.ChoiceField(
        label=_("How do you want to pay?"),
        choices=Method.choices,
        initial=Method.CARD,
        widget=forms.RadioSelect,
        help_text=_("These cards and accounts are made up. What each one does is written beside it."),
    )
