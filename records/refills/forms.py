"""What people fill in to ask for medications, step by step, and to answer a question."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from records.danger.forms import WarnedForm
from records.refills.pharmacies import Pharmacy
from records.refills.requests import COMMENT_LENGTH, PHARMACY_LENGTH, TEXT_LENGTH
from records.refills.standings import Standing

MOST_DAYS = 365
OTHER = "other"


class ChooseForm(forms.Form):
    """A tick and the days left for each medication that can be asked for."""

    def __init__(self, *args: Any, standings: Sequence[Standing], wishes: Mapping[str, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._standings = standings
        for standing in standings:
            if standing.can_ask:
                self._add(standing, wishes)

    def _add(self, standing: Standing, wishes: Mapping[str, int]) -> None:
        pk, name = str(standing.medication.pk), standing.medication.display
        self.fields[f"ask-{pk}"] = forms.BooleanField(
            label=_("Ask for %(name)s") % {"name": name}, required=False, initial=pk in wishes
        )
        self.fields[f"left-{pk}"] = forms.IntegerField(
            label=_("Days of it you have left"),
            min_value=0,
            max_value=MOST_DAYS,
            required=False,
            initial=wishes.get(pk) if wishes.get(pk, -1) >= 0 else None,
            widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
            error_messages={
                "invalid": _("Write the days of %(name)s you have left as a number, such as 5.") % {"name": name},
                "min_value": _("The days of %(name)s you have left cannot be fewer than 0.") % {"name": name},
                "max_value": _("Write 365 when you have %(name)s for a year or longer.") % {"name": name},
            },
        )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        for standing in self._standings:
            pk = str(standing.medication.pk)
            if data.get(f"ask-{pk}") and data.get(f"left-{pk}") is None and not self.has_error(f"left-{pk}"):
                words = _("Say how many days of %(name)s you have left. Write 0 when none are left.")
                self.add_error(f"left-{pk}", words % {"name": standing.medication.display})
        if not self.errors and not self.wishes():
            raise forms.ValidationError(_("Tick at least one medication."))
        return data

    def wishes(self) -> dict[str, int]:
        """Days left of each medication that was ticked, by id."""
        pks = [str(standing.medication.pk) for standing in self._standings if standing.can_ask]
        data = self.cleaned_data
        return {pk: data[f"left-{pk}"] for pk in pks if data.get(f"ask-{pk}") and data.get(f"left-{pk}") is not None}

    def choices(self) -> Iterator[tuple[Standing, Any, Any]]:
        """Every medication that can be asked for with its two fields."""
        for standing in self._standings:
            if standing.can_ask:
                pk = standing.medication.pk
                yield standing, self[f"ask-{pk}"], self[f"left-{pk}"]


class PharmacyForm(forms.Form):
    """One of those that are shown, or another in one's own words."""

    pharmacy = forms.ChoiceField(
        label=_("Pharmacy"), widget=forms.RadioSelect, error_messages={"required": _("Choose a pharmacy.")}
    )
    other = forms.CharField(
        label=_("Its name and town, when it is not in the list"),
        max_length=PHARMACY_LENGTH,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    keep = forms.BooleanField(label=_("Keep this as my usual pharmacy"), required=False)

    def __init__(self, *args: Any, pharmacies: Sequence[Pharmacy], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        listed = [(str(pharmacy.pk), _described(pharmacy)) for pharmacy in pharmacies]
        self.fields["pharmacy"].choices = [*listed, (OTHER, _("Another pharmacy"))]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("pharmacy") == OTHER and not data.get("other") and not self.has_error("other"):
            self.add_error("other", _("Write the name and the town of the pharmacy."))
        return data

    def chosen(self) -> dict[str, Any]:
        """What the draft keeps: a pharmacy of the list, or other words."""
        data = self.cleaned_data
        if data["pharmacy"] == OTHER:
            return {"pharmacy": "", "other": data["other"], "keep": False}
        return {"pharmacy": data["pharmacy"], "other": "", "keep": data["keep"]}


class CommentForm(forms.Form):
    comment = forms.CharField(
        label=_("Anything we should know?"),
        help_text=_("For example side effects, or a trip. Leave it empty when there is nothing."),
        max_length=COMMENT_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
    )


class SendForm(forms.Form):
    """The last step: `seen` is the state of the draft that the page showed."""

    once = forms.UUIDField(widget=forms.HiddenInput)
    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)


class AnswerForm(WarnedForm):
    """The answer to a question."""

    free_text = ("text",)

    text = forms.CharField(
        label=_("Your answer"), max_length=TEXT_LENGTH, widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"})
    )


def _described(pharmacy: Pharmacy) -> SafeString:
    """The name, and below it where it is, its phone and hours."""
    phone = format_html('<span class="nowrap">{}</span>', pharmacy.phone) if pharmacy.phone else ""
    lines = [line for line in (", ".join(pharmacy.address_lines), phone, pharmacy.hours) if line]
    name = _("%(name)s (our own pharmacy)") % {"name": pharmacy.name} if pharmacy.is_clinics_own else pharmacy.name
    below = format_html_join(" · ", "{}", ((line,) for line in lines))
    return format_html('{}<br><span class="soft small">{}</span>', name, below)
