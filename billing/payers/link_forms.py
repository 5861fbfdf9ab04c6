"""What a pay link asks for."""

import re
import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from billing import money
from billing.ledger.models import VisitAccount
from billing.payers.links import DAYS
from billing.payers.models import LinkUse
from billing.payments.models import MIN_CENTS

# Letters of any script and what names hold; nothing that could pass for an address or an instruction.
A_NAME = RegexValidator(
    re.compile(r"^[^\W\d_]+(?:(?:[.] | |[’'-])[^\W\d_]+)*[.]?$"), _("Enter a first name: letters only.")
)


class LinkForm(forms.Form):
    """`visits` are those it may be for, with their labels; `now_cents` is the most that can be asked for now."""

    use = forms.ChoiceField(
        label=_("Who pays, and how much?"), choices=LinkUse, initial=LinkUse.UP_TO, widget=forms.RadioSelect
    )
    amount = forms.CharField(
        label=_("Amount"),
        max_length=20,
        help_text=_("In dollars and cents, like 125.50."),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    visit = forms.ChoiceField(
        label=_("What is it for?"),
        required=False,
        help_text=_("The people you send it to do not see this."),
    )
    name = forms.CharField(
        label=_("First name to show"),
        max_length=40,
        validators=[A_NAME],
        help_text=_("So that they know who asks. Nothing else about you or the bill is shown."),
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )
    days = forms.TypedChoiceField(
        label=_("How long does it work?"),
        coerce=int,
        initial=7,
        choices=[(days, ngettext_lazy("%d day", "%d days", days) % days) for days in DAYS],
    )

    def __init__(self, *args: Any, now_cents: int, visits: list[tuple[VisitAccount, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._now_cents = now_cents
        self._visits = {str(visit.pk): visit for visit, _label in visits}
        whole = _("Whatever is owed, oldest first: %(amount)s") % {"amount": money.format_cents(now_cents)}
        labels = [
            (pk, f"{label}: {money.format_cents(self._visits[pk].patient_cents)}") for pk, label in _by_pk(visits)
        ]
        visit: Any = self.fields["visit"]
        visit.choices = [("", whole), *labels]

    def clean_amount(self) -> int:
        cents = money.parse_dollars(self.cleaned_data["amount"])
        if cents < MIN_CENTS:
            raise ValidationError(_("The smallest payment is %(least)s.") % {"least": money.format_cents(MIN_CENTS)})
        return cents

    def clean(self) -> dict[str, Any]:
        """No more than is owed now, on the account or on the one visit."""
        data: dict[str, Any] = super().clean() or {}
        chosen = self._visits.get(data.get("visit") or "")
        most = min(self._now_cents, chosen.patient_cents) if chosen else self._now_cents
        if data.get("amount", 0) > most:
            said = {"most": money.format_cents(most)}
            self.add_error("amount", _("%(most)s is owed for that now. Enter that or less.") % said)
        return data


def _by_pk(visits: list[tuple[VisitAccount, str]]) -> list[tuple[str, str]]:
    return [(str(visit.pk), label) for visit, label in visits]


def visit_of(visits: list[tuple[VisitAccount, str]], pk: str) -> tuple[VisitAccount | None, str]:
    """The chosen visit with its label; nothing for the whole account."""
    chosen = uuid.UUID(pk) if pk else None
    return next(((visit, label) for visit, label in visits if visit.pk == chosen), (None, ""))
