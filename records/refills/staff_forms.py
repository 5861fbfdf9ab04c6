"""What staff fill in: words for the patient, picked from the clinic's texts or their own, and notes for colleagues."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from records.refills.requests import TEXT_LENGTH
from records.refills.states import Purpose
from records.refills.texts import RefillText


class TextForm(forms.Form):
    """Words that the patient reads, with the clinic's texts for their purpose to begin from."""

    template = forms.ModelChoiceField(
        label=_("Text to begin from"), queryset=RefillText.objects.none(), required=False, empty_label=_("None")
    )
    text = forms.CharField(
        label=_("What the patient reads"), max_length=TEXT_LENGTH, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, data: Any = None, *, purpose: Purpose, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, prefix=purpose.value, initial=initial)
        self.fields["template"].queryset = RefillText.objects.filter(purpose=purpose)  # type: ignore[attr-defined]
        self._purpose = purpose

    def with_template(self) -> "TextForm":
        """A fresh form with the picked text below what was written already."""
        self.full_clean()
        template = self.cleaned_data.get("template")
        typed = self.data.get(self.add_prefix("text"), "").rstrip()
        text = "\n\n".join(part for part in (typed, template.body if template else "") if part)
        return TextForm(initial={"text": text, "template": template}, purpose=self._purpose)


class ApproveForm(forms.Form):
    text = forms.CharField(
        label=_("A word to the patient"),
        help_text=_("Not needed. They read it with the approval."),
        max_length=TEXT_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class PassOnForm(forms.Form):
    note = forms.CharField(
        label=_("Note for who signs"),
        help_text=_("For colleagues only."),
        max_length=TEXT_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
