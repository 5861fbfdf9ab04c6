"""How much to pay: all that is owed, some visits, or another amount; and whether to pay again."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from billing import money
from billing.payments.models import MIN_CENTS

TOTAL, VISITS, OTHER = "total", "visits", "other"


@dataclass(frozen=True)
class Choice:
    """A visit that can be chosen, what it may be called, and the cents that can be paid of it now."""

    visit_id: uuid.UUID
    label: str
    cents: int


class AmountForm(forms.Form):
    """How much, where the receipt goes, and whether the guarantor may know who paid.

    `visits` are those the payer may choose among: none for a guest, who sees no list of visits. `scope` is the one
    visit that all of it is for. With `asked`, `now_cents` is what somebody asked the payer for, and with `is_fixed`
    it is that or nothing. `tells` is the first name of the guarantor, where there is one to tell.
    """

    how = forms.ChoiceField(label=_("How much do you want to pay?"), widget=forms.RadioSelect)
    visits = forms.MultipleChoiceField(
        label=_("Which visits?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Choose one or more."),
        error_messages={"invalid_choice": _("One of these visits cannot be paid here now. Choose again.")},
    )
    amount = forms.CharField(
        label=_("Another amount"),
        required=False,
        max_length=20,
        help_text=_("In dollars and cents, like 125.50."),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    email = forms.EmailField(
        label=_("E-mail for the receipt"),
        required=False,
        help_text=_("We send the receipt there and nothing else."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    tell = forms.BooleanField(required=False)
    name = forms.CharField(
        label=_("Your name"), required=False, max_length=60, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )

    def __init__(
        self,
        *args: Any,
        now_cents: int,
        visits: Sequence[Choice],
        scope: uuid.UUID | None = None,
        asked: bool = False,
        is_fixed: bool = False,
        tells: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._now_cents, self._scope, self._asked, self._tells = now_cents, scope, asked, tells
        self._visits = {visit.visit_id: visit.cents for visit in visits}
        self._offer_amounts(visits)
        if is_fixed:
            del self.fields["how"], self.fields["amount"]
        if tells:
            self.fields["tell"].label = _("Tell %(name)s it was you") % {"name": tells}
            self.fields["name"].help_text = _("As %(name)s should see it with the payment.") % {"name": tells}
        else:
            del self.fields["tell"], self.fields["name"]

    def _offer_amounts(self, visits: Sequence[Choice]) -> None:
        words = _("All of it: %(amount)s") if self._asked else _("All that you owe now: %(amount)s")
        total = words % {"amount": money.format_cents(self._now_cents)}
        choices = [(TOTAL, total), (VISITS, _("One or more visits")), (OTHER, _("Another amount"))]
        how: Any = self.fields["how"]
        chosen: Any = self.fields["visits"]
        how.choices = [choice for choice in choices if visits or choice[0] != VISITS]
        how.initial = TOTAL
        if visits:
            chosen.choices = [
                (str(visit.visit_id), f"{visit.label}: {money.format_cents(visit.cents)}") for visit in visits
            ]
        else:
            del self.fields["visits"]

    def clean(self) -> dict[str, Any]:
        """Adds `cents`, the amount, and `chosen`, the visits it is for (empty: the oldest first).

        `name` stays only if the guarantor may see it.
        """
        data: dict[str, Any] = super().clean() or {}
        how = data.get("how") if "how" in self.fields else TOTAL
        data["chosen"] = {}
        if how == TOTAL:
            data["cents"] = self._now_cents
        elif how == VISITS and "visits" not in self.errors:
            self._clean_visits(data)
        elif how == OTHER:
            self._clean_other(data)
        if self._scope is not None and "cents" in data:
            data["chosen"] = {self._scope: data["cents"]}
        self._clean_name(data)
        return data

    def _clean_name(self, data: dict[str, Any]) -> None:
        if not data.get("tell"):
            data["name"] = ""
        elif not data.get("name") and "name" not in self.errors:
            words = _("Enter the name that %(name)s should see, or take the tick away.") % {"name": self._tells}
            self.add_error("name", words)

    def _clean_visits(self, data: dict[str, Any]) -> None:
        data["chosen"] = {pk: self._visits[pk] for pk in map(uuid.UUID, data.get("visits", []))}
        try:
            if not data["chosen"]:
                raise ValidationError(_("Choose at least one visit."))
            too_much = _("These add up to more than the %(now)s that you can pay now. Choose fewer.")
            data["cents"] = self._within_bounds(sum(data["chosen"].values()), too_much)
        except ValidationError as error:
            self.add_error("visits", error)

    def _clean_other(self, data: dict[str, Any]) -> None:
        try:
            too_much = _("You owe %(now)s. Enter that or less.")
            if self._asked:
                too_much = _("You can pay %(now)s at most. Enter that or less.")
            data["cents"] = self._within_bounds(money.parse_dollars(data.get("amount", "")), too_much)
        except ValidationError as error:
            self.add_error("amount", error)

    def _within_bounds(self, cents: int, too_much: Promise) -> int:
        if cents < MIN_CENTS:
            raise ValidationError(_("The smallest payment is %(least)s.") % {"least": money.format_cents(MIN_CENTS)})
        if cents > self._now_cents:
            raise ValidationError(str(too_much) % {"now": money.format_cents(self._now_cents)})
        return cents


class ShownForm(forms.Form):
    """What a review page showed, so that its button acts on that and on nothing else: the amount and its parts."""

    cents = forms.IntegerField(widget=forms.HiddenInput)
    parts = forms.CharField(widget=forms.HiddenInput, required=False)

    @classmethod
    def of(cls, cents: int, chosen: Mapping[str, int]) -> "ShownForm":
        """The fields of a page that shows `cents`, with the parts of visits by their ids."""
        return cls(initial={"cents": cents, "parts": _parts(chosen)})

    def shows(self, cents: int, chosen: Mapping[str, int]) -> bool:
        """Whether the page that was posted from showed exactly that."""
        return self.is_valid() and self.cleaned_data == {"cents": cents, "parts": _parts(chosen)}


def _parts(chosen: Mapping[str, int]) -> str:
    return " ".join(f"{visit_id}:{cents}" for visit_id, cents in sorted(chosen.items()))


class AgainForm(forms.Form):
    """The tick under a warning that this may pay something twice.

    Its prefix is the warning's fingerprint, so that a tick never counts for a warning that was not shown.
    """

    again = forms.BooleanField(
        label=_("Yes, pay again"),
        error_messages={"required": _("Look at what is named here. Tick “Yes, pay again” if you want to go on.")},
    )
