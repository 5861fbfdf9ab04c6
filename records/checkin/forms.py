"""What each step of the record asks: one look, and what is different in words for staff."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from records.access.scope import Scope
from records.appointments.bookings import Appointment
from records.chart.models import AllergyIntolerance, MedicationRequest
from records.checkin.models import FormText, Signature
from records.checkin.steps import StepForm
from records.patients.coverage import Coverage
from records.patients.people import Address, ContactPoint
from records.refills import pharmacies

WORDS = 500
# More rows than anybody confirms one by one; the rest is for the visit.
MANY = 40
# The button that looks for a pharmacy.
SEARCH = "find"


CONTACTS = ("phone", "email", "address")


class ContactsForm(StepForm):
    """Phone, e-mail and address, as the clinic has them; what is typed over is a change."""

    free_text = ("address",)

    phone = forms.CharField(
        label=_("Phone"), max_length=60, required=False, widget=forms.TextInput(attrs={"autocomplete": "tel"})
    )
    email = forms.EmailField(
        label=_("E-mail"), required=False, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    address = forms.CharField(
        label=_("Address"),
        max_length=WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "street-address"}),
    )

    def __init__(self, data: Mapping[str, Any] | None, scope: Scope, appointment: Appointment) -> None:
        points = list(ContactPoint.objects.for_scope(scope)[:MANY])
        address = Address.objects.for_scope(scope).exclude(use="old").first()
        super().__init__(
            data,
            initial={
                "phone": _first(points, ContactPoint.System.PHONE),
                "email": _first(points, ContactPoint.System.EMAIL),
                "address": "\n".join(address.address_lines) if address else "",
            },
        )

    @property
    def changes(self) -> dict[str, str]:
        return {
            name: self.cleaned_data[name]
            for name in CONTACTS
            if _plain(self.cleaned_data[name]) != _plain(self.initial.get(name, ""))
        }


class RowsForm(StepForm):
    """Rows of the record, of which some may no longer be right, and words for what is missing."""

    free_text = ("missing",)

    wrong = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    missing = forms.CharField(max_length=WORDS, required=False, widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}))

    def __init__(self, data: Mapping[str, Any] | None, rows: list[tuple[str, str]], wrong: Any, missing: Any) -> None:
        super().__init__(data)
        self._rows = dict(rows)
        self.fields["missing"].label = missing
        field = self.fields["wrong"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 (for the type checker)
        field.label, field.choices = wrong, rows
        if not rows:
            del self.fields["wrong"]

    @property
    def changes(self) -> dict[str, str]:
        found = {"no longer": "; ".join(self._rows[key] for key in self.cleaned_data.get("wrong", []))}
        return {name: words for name, words in {**found, "missing": self.cleaned_data["missing"]}.items() if words}


def coverage_form(data: Mapping[str, Any] | None, scope: Scope, appointment: Appointment) -> RowsForm:
    rows = Coverage.objects.for_scope(scope).valid().filter(status__in=("active", "")).order_by("order", "pk")
    named = [
        (str(row.pk), " · ".join(filter(None, [row.payor_name or row.display, row.subscriber_id])))
        for row in rows[:MANY]
    ]
    return RowsForm(
        data, named, _("Insurance that I no longer have"), _("Other insurance: insurer, member number, group number")
    )


def medications_form(data: Mapping[str, Any] | None, scope: Scope, appointment: Appointment) -> RowsForm:
    rows = MedicationRequest.objects.for_scope(scope).current().select_related("medication").newest_first()
    named = [(str(row.pk), row.display or (row.medication.display if row.medication else "")) for row in rows[:MANY]]
    return RowsForm(data, named, _("I no longer take"), _("What I take besides, with how much and how often"))


def allergies_form(data: Mapping[str, Any] | None, scope: Scope, appointment: Appointment) -> RowsForm:
    rows = AllergyIntolerance.objects.for_scope(scope).active().valid()
    return RowsForm(
        data,
        [(str(row.pk), row.display) for row in rows[:MANY]],
        _("This is wrong"),
        _("Other allergies, and what happens"),
    )


class PharmacyForm(StepForm):
    """The pharmacy to use; another one is found by its name or place. A search is no answer yet."""

    pharmacy = forms.ChoiceField(
        label=_("Pharmacy"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of these, or search for another.")},
    )
    words = forms.CharField(label=_("Another one: name, town or ZIP code"), max_length=100, required=False)

    def __init__(self, data: Mapping[str, Any] | None, scope: Scope, appointment: Appointment) -> None:
        self._kept = pharmacies.preferred_of(scope.patient)
        words = str(data.get("words", "")) if data else ""
        kept = {"pharmacy": str(self._kept.pk) if self._kept else "", "words": words}
        super().__init__(None if data and SEARCH in data else data, initial=kept)
        found = pharmacies.search(words)
        if self._kept is not None and self._kept not in found:
            found.insert(0, self._kept)
        field = self.fields["pharmacy"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 (for the type checker)
        field.choices = [(str(each.pk), ", ".join(filter(None, [each.name, *each.address_lines]))) for each in found]

    @property
    def changes(self) -> dict[str, str]:
        chosen = self.cleaned_data["pharmacy"]
        return {} if self._kept is not None and chosen == str(self._kept.pk) else {"pharmacy": chosen}


class SignForm(StepForm):
    """Texts that the patient has not signed in this version; typing the name signs all that are shown."""

    read = forms.BooleanField(label=_("I have read these texts and agree to them"))
    typed_name = forms.CharField(
        label=_("Your full name, as your signature"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    # What was on the page: a newer version must be read before it is signed.
    shown = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any] | None, scope: Scope, appointment: Appointment) -> None:
        self.texts = unsigned(scope)
        shown = ",".join(str(text.pk) for text in self.texts)
        super().__init__(data, initial={"shown": shown})
        self._shown = shown
        if not self.texts:
            self.fields.clear()

    def clean_shown(self) -> str:
        if self.cleaned_data["shown"] != self._shown:
            raise forms.ValidationError(_("A text has changed meanwhile. Read it again, then sign."))
        return self._shown

    def clean_typed_name(self) -> str:
        name = " ".join(str(self.cleaned_data["typed_name"]).split())
        if len(name.split()) < 2:
            raise forms.ValidationError(_("Write your first and last name."))
        return name


def unsigned(scope: Scope) -> list[FormText]:
    """The current texts that this patient has not signed in this version."""
    signed = Signature.objects.filter(patient=scope.patient).values("form")
    return list(FormText.objects.filter(is_current=True).exclude(pk__in=signed)[:MANY])


def _first(points: list[ContactPoint], system: ContactPoint.System) -> str:
    return next((point.value for point in points if point.system == system), "")


def _plain(text: str) -> str:
    return " ".join(text.split())
