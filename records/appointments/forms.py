"""What patients enter about appointments."""

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from records.appointments.bookings import TEXT_LENGTH
from records.appointments.states import CancelReason
from records.danger.forms import WarnedForm
from records.hours.models import Weekday
from records.patients.coverage import Coverage
from records.scheduling.choices import Modality, TimeOfDay

# The preferred times of a wish, and how far ahead they can lie.
WISHES, FARTHEST = 3, dt.timedelta(days=366)

_DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class FindForm(forms.Form):
    """What of the free times is shown; everything is optional, and nothing here is kept."""

    provider = forms.ChoiceField(label=_("With"), required=False)
    place = forms.ChoiceField(label=_("Place"), required=False)
    modality = forms.ChoiceField(label=_("How"), required=False)
    language = forms.ChoiceField(label=_("Language spoken"), required=False)
    day = forms.TypedMultipleChoiceField(
        label=_("Days that suit"),
        choices=Weekday.choices,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    time = forms.MultipleChoiceField(
        label=_("Times that suit"), choices=TimeOfDay.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    start = forms.DateField(label=_("From"), required=False, widget=_DATE)

    def __init__(
        self,
        *args: Any,
        providers: list[tuple[str, str]],
        places: list[tuple[str, str]],
        modalities: list[tuple[str, str]],
        languages: list[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._offer("provider", _("Anybody"), providers)
        self._offer("place", _("Anywhere"), places)
        self._offer("language", _("Any"), languages)
        self._offer("modality", _("Any way"), modalities)

    def _offer(self, name: str, anything: Any, choices: list[tuple[str, str]]) -> None:
        """A choice of one is no choice, except for who it is with."""
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 (for the type checker)
        field.choices = [("", anything), *choices]
        if len(choices) < 2 and name != "provider":
            del self.fields[name]


class CoverageField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Coverage) -> str:
        return obj.payor_name or obj.display


class DetailsForm(WarnedForm):
    """What the clinic should know before the visit."""

    free_text = ("reason_text", "accessibility")

    reason_text = forms.CharField(
        label=_("What is it about?"),
        help_text=_("A few words for your care team, so that they can prepare. Leave it empty if you like."),
        max_length=TEXT_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )
    coverage = CoverageField(
        label=_("Insurance to use"),
        queryset=Coverage.objects.none(),
        required=False,
        empty_label=_("I will say at the visit"),
    )
    interpreter_language = forms.CharField(
        label=_("Interpreter"),
        help_text=_("If you want an interpreter, write the language. It is free."),
        max_length=60,
        required=False,
    )
    accessibility = forms.CharField(
        label=_("Anything that makes the visit easier"),
        help_text=_("Such as a wheelchair, help with hearing or seeing, or more time."),
        max_length=300,
        required=False,
    )

    def __init__(self, *args: Any, coverages: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["coverage"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 (for the type checker)
        if coverages:
            field.queryset = coverages
        else:
            del self.fields["coverage"]


class AskForm(DetailsForm):
    """A wish for an appointment: what it is about is needed, when it suits is asked."""

    once = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def __init__(
        self, *args: Any, providers: list[tuple[str, str]], modalities: list[str], today: dt.date, **kwargs: Any
    ):
        super().__init__(*args, coverages=None, **kwargs)
        self._today = today
        self.fields["reason_text"].required = True
        self.fields["reason_text"].help_text = _("A few words for our staff and your care team.")
        self.fields["provider"] = forms.ChoiceField(
            label=_("With"), choices=[("", _("Anybody")), *providers], required=False
        )
        if len(modalities) > 1:
            choices = [(value, Modality(value).label) for value in modalities]
            self.fields["modality"] = forms.ChoiceField(
                label=_("How"), choices=[("", _("Any way")), *choices], required=False
            )
        for number in range(1, WISHES + 1):
            self.fields[f"date_{number}"] = forms.DateField(
                label=_("A day that suits (%(number)s)") % {"number": number}, required=False, widget=_DATE
            )
            self.fields[f"time_{number}"] = forms.ChoiceField(
                label=_("Time of that day (%(number)s)") % {"number": number},
                choices=[("", _("Any time")), *TimeOfDay.choices],
                required=False,
            )
        self.order_fields(["reason_text", "provider", "modality"])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for number in range(1, WISHES + 1):
            day = cleaned.get(f"date_{number}")
            if day is not None and not self._today <= day <= self._today + FARTHEST:
                self.add_error(f"date_{number}", _("Choose a day from today on, within a year."))
        return cleaned

    @property
    def wishes(self) -> list[dict[str, str]]:
        days = ((self.cleaned_data[f"date_{n}"], self.cleaned_data[f"time_{n}"]) for n in range(1, WISHES + 1))
        return [{"date": day.isoformat(), "time_of_day": time} for day, time in days if day]


class CancelForm(WarnedForm):
    free_text = ("note",)

    reason = forms.ChoiceField(
        label=_("Why do you cancel?"),
        choices=[choice for choice in CancelReason.choices if choice[0] != CancelReason.CLINIC],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(label=_("Anything to add"), max_length=300, required=False)


class EarlierForm(forms.Form):
    """When an earlier time would suit."""

    earliest_date = forms.DateField(label=_("From which day on?"), widget=_DATE)
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Days that suit"),
        help_text=_("Choose none if any day will do."),
        choices=Weekday.choices,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    times_of_day = forms.MultipleChoiceField(
        label=_("Times that suit"),
        help_text=_("Choose none if any time will do."),
        choices=TimeOfDay.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    other_providers = forms.BooleanField(label=_("Somebody else would be fine too"), required=False)

    def __init__(self, *args: Any, first: dt.date, last: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._first, self._last = first, last

    def clean_earliest_date(self) -> dt.date:
        day: dt.date = self.cleaned_data["earliest_date"]
        if not self._first <= day <= self._last:
            raise forms.ValidationError(_("Choose a day from today until the day of your appointment."))
        return day
