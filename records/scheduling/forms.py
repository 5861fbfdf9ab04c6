"""What staff type of visits, providers and their time, and what is wrong with it in plain words."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from records.scheduling import clock, grid
from records.scheduling.choices import Booking, ExceptionKind, Modality
from records.scheduling.languages import OFFERED, language_name
from records.scheduling.providers import Availability, AvailabilityException, Provider
from records.scheduling.visit_types import VisitReason, VisitType

CELLS_A_WEEK = 7 * grid.CELLS_A_DAY


class VisitTypeForm(forms.ModelForm[VisitType]):
    modalities = forms.MultipleChoiceField(
        label=_("How it takes place"), choices=Modality.choices, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = VisitType
        fields = (
            "name",
            "description",
            "minutes",
            "modalities",
            "preparation",
            "booking",
            "standing",
            "min_age",
            "max_age",
            "lead_hours",
            "horizon_days",
            "cancel_hours",
            "is_sensitive",
            "is_active",
        )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        youngest, oldest = cleaned.get("min_age"), cleaned.get("max_age")
        if youngest is not None and oldest is not None and youngest > oldest:
            self.add_error("max_age", _("The oldest age is below the youngest: nobody could book this."))
        lead, horizon = cleaned.get("lead_hours"), cleaned.get("horizon_days")
        if lead is not None and horizon is not None and lead >= (horizon + 1) * 24:
            self.add_error(
                "lead_hours", _("It must be booked further ahead than it can be booked: nobody could book this.")
            )
        return cleaned


class VisitReasonForm(forms.ModelForm[VisitReason]):
    class Meta:
        model = VisitReason
        fields = ("name", "other_words", "visit_type", "advice", "is_bookable", "position")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        visit_type = cleaned.get("visit_type")
        if not cleaned.get("is_bookable") and not cleaned.get("advice"):
            self.add_error("advice", _("Say what to do instead: it is all that people read."))
        if cleaned.get("is_bookable") and visit_type and visit_type.booking == Booking.STAFF:
            self.add_error("visit_type", _("Only staff book this visit, so that patients would be led nowhere."))
        return cleaned


class ProviderForm(forms.ModelForm[Provider]):
    languages = forms.MultipleChoiceField(
        label=_("Languages"), choices=OFFERED, required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Provider
        fields = ("practitioner", "specialty", "languages", "visit_types", "accepts_new", "is_active")
        widgets = {"visit_types": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = dict(OFFERED)
        field = self.fields["languages"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 (for the type checker)
        others = [(code, f"{language_name(code)} ({code})") for code in self.instance.languages if code not in known]
        field.choices = [*OFFERED, *others]


class TimeForm(forms.ModelForm[Any]):
    """What windows and exceptions have in common: `types_given` are those that the provider gives (by the formset)."""

    types_given: Iterable[VisitType] = ()

    def check_visits(self, cleaned: dict[str, Any]) -> None:
        """The named visits are among the provider's, and the shortest has room."""
        named, given = list(cleaned.get("visit_types") or ()), list(self.types_given)
        strange = sorted(str(row) for row in named if row not in given)
        if strange:
            self.add_error(
                "visit_types",
                _t("This provider does not give: %(visits)s. Choose it above under visit types first.")
                % {"visits": ", ".join(strange)},
            )
            return
        starts_at, ends_at = cleaned.get("starts_at"), cleaned.get("ends_at")
        shortest = min((row.minutes for row in named or given), default=0)
        if starts_at and ends_at and _minutes(starts_at, ends_at) < shortest:
            self.add_error(
                "ends_at",
                _t("No visit fits: the shortest takes %(minutes)s minutes.") % {"minutes": shortest},
            )


class AvailabilityForm(TimeForm):
    class Meta:
        model = Availability
        fields = (
            "weekday",
            "starts_at",
            "ends_at",
            "location",
            "step_minutes",
            "visit_types",
            "valid_from",
            "valid_until",
        )
        labels = {"step_minutes": _("a visit can begin every … minutes"), "visit_types": _("only for")}
        help_texts = {
            "visit_types": _("None chosen: for all visits of this provider."),
        }

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        self.check_visits(cleaned)
        first, last = cleaned.get("valid_from"), cleaned.get("valid_until")
        if first and last and first > last:
            self.add_error("valid_until", _("The last day is before the first."))
        return cleaned


class ExceptionForm(TimeForm):
    class Meta:
        model = AvailabilityException
        fields = (
            "kind",
            "first_date",
            "last_date",
            "starts_at",
            "ends_at",
            "location",
            "visit_types",
            "opens_hours",
            "note",
        )
        labels = {"visit_types": _("only for")}
        help_texts = {
            "visit_types": _("For extra hours and kept time."),
            "opens_hours": _("Kept time opens to all visits so many hours before; empty: never."),
        }

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        kind = cleaned.get("kind")
        self._check_days(cleaned)
        if kind == ExceptionKind.EXTRA:
            if not cleaned.get("location"):
                self.add_error("location", _("Say where the extra hours are."))
            if not (cleaned.get("starts_at") and cleaned.get("ends_at")):
                self.add_error("starts_at", _("Say from when to when the extra hours are."))
            self.check_visits(cleaned)
        if kind == ExceptionKind.RESERVED:
            if not cleaned.get("visit_types"):
                self.add_error("visit_types", _("Say for which visits this time is kept."))
            self.check_visits(cleaned)
        elif cleaned.get("opens_hours") is not None:
            self.add_error("opens_hours", _("Only time that is kept for certain visits opens to all."))
        if kind == ExceptionKind.AWAY and cleaned.get("visit_types"):
            self.add_error("visit_types", _("Away means away for every visit. Choose none."))
        return cleaned

    def _check_days(self, cleaned: dict[str, Any]) -> None:
        first, last = cleaned.get("first_date"), cleaned.get("last_date")
        if first and last and first > last:
            self.add_error("last_date", _("The last day is before the first."))
        if bool(cleaned.get("starts_at")) != bool(cleaned.get("ends_at")):
            self.add_error("ends_at", _("Type both times, or none for the whole day."))


class TimeFormSet(forms.BaseInlineFormSet[Any, Any, Any]):
    """Rows of one provider; places and visits are read once for all of them."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.types_given = getattr(self.instance, "chosen_types", ())
        for name in ("location", "visit_types"):
            if not hasattr(self, f"_{name}"):
                setattr(self, f"_{name}", list(form.fields[name].choices))
            form.fields[name].choices = getattr(self, f"_{name}")


class AvailabilityFormSet(TimeFormSet):
    def clean(self) -> None:
        """Nobody is in two places at once."""
        super().clean()
        kept = [
            form for form in self.forms if form.is_valid() and form.cleaned_data and not form.cleaned_data.get("DELETE")
        ]
        for number, form in enumerate(kept):
            for other in kept[:number]:
                if _meet(form.cleaned_data, other.cleaned_data):
                    raise ValidationError(
                        _t("On %(weekday)s this provider would be in two places at once: %(one)s and %(other)s.")
                        % {
                            "weekday": form.instance.get_weekday_display(),
                            "one": form.cleaned_data["location"].name,
                            "other": other.cleaned_data["location"].name,
                        }
                    )


def _minutes(starts_at: dt.time, ends_at: dt.time) -> int:
    """How long it is from one time to the next time that a clock shows the other."""
    length = (ends_at.hour - starts_at.hour) * 60 + ends_at.minute - starts_at.minute
    return length if length > 0 else length + 24 * 60


def _meet(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two windows in different places have minutes in common, in a week in which both are valid."""
    if one["location"] == other["location"]:
        return False
    first = max(row["valid_from"] or dt.date(2001, 1, 1) for row in (one, other))
    last = min(row["valid_until"] or dt.date(2999, 1, 1) for row in (one, other))
    mine, theirs = _week_of(one, first), _week_of(other, first)
    return first <= last and not mine.isdisjoint(theirs)


def _week_of(row: dict[str, Any], after: dt.date) -> set[int]:
    """The cells of the week that a window fills, in the first week after a day."""
    day = after + dt.timedelta(days=(row["weekday"] - after.weekday()) % 7)
    first, end = clock.window(day, row["starts_at"], row["ends_at"], row["location"].zone)
    return {cell % CELLS_A_WEEK for cell in range(first, end)}
