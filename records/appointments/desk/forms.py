"""What the desk chooses and types when it books."""

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from records.appointments.bookings import TEXT_LENGTH
from records.appointments.choice import Choice, Details
from records.appointments.finding import chosen, who_and_where
from records.scheduling.choices import Modality
from records.scheduling.providers import Provider
from records.scheduling.visit_types import VisitType

# The days from today on which the desk looks for times, or enters one of its own.
REACH = dt.timedelta(days=3650)


class Lists:
    """What can be chosen, read once: two queries for both forms and the times."""

    def __init__(self) -> None:
        self.visits = {str(row.pk): row for row in VisitType.objects.filter(is_active=True)}
        providers, places = who_and_where(Provider.objects.active())
        self.providers = {str(pk): each for pk, each in providers.items()}
        self.places = {str(pk): each for pk, each in places.items()}

    def provider_choices(self, nobody: Any) -> list[tuple[str, Any]]:
        return [("", nobody), *((pk, str(row)) for pk, row in self.providers.items())]


class WhatForm(forms.Form):
    """What is looked for: a kind of visit, perhaps with somebody, from a day on."""

    type = forms.ChoiceField(label=_("Visit"))
    provider = forms.ChoiceField(label=_("With"), required=False)
    start = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, lists: Lists, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        visits = [(pk, row.name) for pk, row in lists.visits.items()]
        self.fields["type"] = forms.ChoiceField(label=_("Visit"), choices=visits)
        self.fields["provider"] = forms.ChoiceField(
            label=_("With"), choices=lists.provider_choices(_("Anybody")), required=False
        )
        self.order_fields(["type", "provider", "start"])


class BookForm(forms.Form):
    """The time, as one of those that are free or typed, and what the patient told."""

    slot = forms.CharField(required=False, max_length=120)
    own_start = forms.DateTimeField(
        label=_("Day and time, by the clock of the place"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )
    reason_text = forms.CharField(
        label=_("What it is about"), max_length=TEXT_LENGTH, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    interpreter_language = forms.CharField(label=_("Interpreter"), max_length=60, required=False)
    accessibility = forms.CharField(label=_("Makes the visit easier"), max_length=300, required=False)

    def __init__(self, *args: Any, visit_type: VisitType, lists: Lists, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._visit_type, self._places = visit_type, lists.places
        ways = [(value, Modality(value).label) for value in visit_type.modalities]
        places = [("", "–"), *((pk, row.name) for pk, row in lists.places.items())]
        self.fields["modality"] = forms.ChoiceField(label=_("How"), choices=ways)
        self.fields["own_provider"] = forms.ChoiceField(
            label=_("With"), choices=lists.provider_choices("–"), required=False
        )
        self.fields["own_place"] = forms.ChoiceField(label=_("Place"), choices=places, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        start: dt.datetime | None = cleaned.get("own_start")
        own = [cleaned.get("own_provider"), cleaned.get("own_place"), start]
        if any(own) and not all(own):
            self.add_error("own_start", _("A time of your own needs a provider, a place, and a day and time."))
        elif start is not None and abs(start.date() - timezone.localdate()) > REACH:
            self.add_error("own_start", _("Choose a day within ten years."))
        elif start is not None and (start.minute % 5 or start.second):
            self.add_error("own_start", _("Visits begin on a multiple of five minutes."))
        elif not any(own) and not cleaned.get("slot"):
            self.add_error(None, _("Choose one of the free times, or type one of your own."))
        return cleaned

    def choice(self) -> Choice:
        """Raises ValueError for a button that the page did not have."""
        typed = self.cleaned_data
        modality = Modality(typed["modality"])
        if self.is_own:
            provider, place = uuid.UUID(typed["own_provider"]), uuid.UUID(typed["own_place"])
            # The form reads it by the clinic's clock, and staff type what the clock of the place shows.
            start = typed["own_start"].replace(tzinfo=self._places[typed["own_place"]].zone)
            return Choice(self._visit_type, provider, place, start.astimezone(dt.UTC), modality)
        provider, place, start = chosen(typed["slot"])
        return Choice(self._visit_type, provider, place, start, modality)

    @property
    def is_own(self) -> bool:
        return bool(self.cleaned_data.get("own_start"))

    @property
    def details(self) -> Details:
        typed = self.cleaned_data
        return Details(typed["reason_text"], typed["interpreter_language"], typed["accessibility"])
