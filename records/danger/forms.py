"""A form with words that are written freely."""

from collections.abc import Sequence
from typing import ClassVar

from django import forms
from django.http import QueryDict

from records.danger.check import Danger, danger_in


class WarnedForm(forms.Form):
    """Words of danger are answered to once, and never keep it from being sent.

    `free_text` names the fields that are looked at, unless they say what they said before; `danger` is what the
    page answers to before it is sent.
    """

    free_text: ClassVar[Sequence[str]] = ()
    danger: Danger | None = None

    warned = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def may_go_on(self) -> bool:
        """Whether all is filled in, and what is dangerous in it was answered to."""
        if not self.is_valid():
            return False
        if not self.cleaned_data.get("warned"):
            written = [self.cleaned_data[name] for name in self.free_text if name in self.changed_data]
            self.danger = danger_in(*written)
        if self.danger is not None:
            marked = QueryDict(mutable=True)
            marked.update(self.data)
            marked[self.add_prefix("warned")] = "on"
            self.data = marked
        return self.danger is None
