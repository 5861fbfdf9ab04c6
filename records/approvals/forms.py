"""What a second person says: yes or no, and why not."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class DecisionForm(forms.Form):
    """The two buttons are the choice; who declines says why."""

    is_approved = forms.TypedChoiceField(choices=[("yes", "yes"), ("no", "no")], coerce=lambda value: value == "yes")
    note = forms.CharField(
        label=_("Note"),
        max_length=500,
        required=False,
        help_text=_("Needed when you decline. Who asked can read it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("is_approved") is False and not data.get("note"):
            self.add_error("note", _("Say why, so that who asked knows what to do next."))
        return data
