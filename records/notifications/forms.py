"""How somebody wants to be told."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from records.notifications import kinds, phones
from records.notifications.choices import DEFAULTS, Channel, Mode
from records.notifications.preferences import Wishes

HOURS = [
    ("", _("No quiet hours")),
    *[(f"{hour:02d}:00", f"{hour % 12 or 12} {'AM' if hour < 12 else 'PM'}") for hour in range(24)],
]


class ChoicesForm(forms.Form):
    """One field for each category and channel that can be chosen here, named "results.email"."""

    quiet_from = forms.ChoiceField(label=_("From"), choices=HOURS, required=False)
    quiet_until = forms.ChoiceField(label=_("Until"), choices=HOURS, required=False)

    def __init__(self, *args: Any, wishes: Wishes, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        begin, end = wishes.quiet or (None, None)
        self.fields["quiet_from"].initial = f"{begin:%H:%M}" if begin else ""
        self.fields["quiet_until"].initial = f"{end:%H:%M}" if end else ""
        self.rows: list[tuple[str, list[str]]] = []
        for category in kinds.categories():
            names = []
            for channel in DEFAULTS:
                if channel == Channel.SMS and not wishes.phone:
                    continue
                name = f"{category}.{channel}"
                self.fields[name] = forms.ChoiceField(
                    label=channel.label,
                    choices=Mode.choices,
                    initial=wishes.mode(category, channel),
                )
                names.append(name)
            self.rows.append((str(category.label), names))

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if bool(data.get("quiet_from")) != bool(data.get("quiet_until")):
            self.add_error("quiet_until", _("Choose both hours, or neither."))
        return data

    def quiet(self) -> tuple[dt.time | None, dt.time | None]:
        begin, end = self.cleaned_data["quiet_from"], self.cleaned_data["quiet_until"]
        if not begin or begin == end:
            return None, None
        return dt.time.fromisoformat(begin), dt.time.fromisoformat(end)

    def grouped(self) -> list[tuple[str, list[forms.BoundField]]]:
        """For the template: what it is about, and its choices."""
        return [(label, [self[name] for name in names]) for label, names in self.rows]


class PhoneForm(forms.Form):
    phone = forms.CharField(
        label=_("Mobile number"),
        max_length=30,
        help_text=_("We send a code there. Your phone company may charge for texts."),
        error_messages={"required": _("Enter a mobile number.")},
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )

    def clean_phone(self) -> str:
        number = phones.normalize(self.cleaned_data["phone"])
        if not number:
            raise ValidationError(_("That is not a phone number. Enter ten digits, like 860-555-0142."))
        return number


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code from the text"),
        max_length=20,
        error_messages={"required": _("Enter the code.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )
