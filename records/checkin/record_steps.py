"""The steps that confirm what the record holds; portal adds the copay's."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from records.access.permissions import Permission
from records.access.scope import Scope
from records.appointments.bookings import Appointment
from records.checkin import forms
from records.checkin.steps import MakeForm, Step, register

CONTACTS, COVERAGE, MEDICATIONS, ALLERGIES = "contacts", "coverage", "medications", "allergies"
PHARMACY, SIGN = "pharmacy", "forms"
_PLAIN = "records/checkin/_form.html"


def _nothing(scope: Scope, appointment: Appointment) -> Any:
    return None


def register_all() -> None:
    """Called once, when the app is ready; the order is that of the pages."""
    details: list[tuple[str, Any, MakeForm]] = [
        (CONTACTS, _("Phone, e-mail and address"), forms.ContactsForm),
        (COVERAGE, _("Insurance"), forms.coverage_form),
    ]
    for name, title, form in details:
        register(Step(name, title, Permission.PROFILE, _PLAIN, form, _nothing, changing=Permission.PROFILE_CHANGE))
    register(Step(MEDICATIONS, _("Medications"), Permission.MEDICATIONS, _PLAIN, forms.medications_form, _nothing))
    register(Step(ALLERGIES, _("Allergies"), Permission.ALLERGIES, _PLAIN, forms.allergies_form, _nothing))
    register(
        Step(
            PHARMACY, _("Pharmacy"), Permission.REFILLS, "records/checkin/_pharmacy.html", forms.PharmacyForm, _nothing
        )
    )
    register(
        Step(
            SIGN,
            _("Forms to sign"),
            Permission.APPOINTMENTS,
            "records/checkin/_sign.html",
            forms.SignForm,
            shows=lambda scope, appointment: forms.unsigned(scope),
            is_for=lambda scope, appointment: bool(forms.unsigned(scope)) or _was_signed(appointment),
        )
    )


def _was_signed(appointment: Appointment) -> bool:
    """A step that was done stays in the list."""
    answers = appointment.check_in.answers.all() if hasattr(appointment, "check_in") else []
    return any(answer.step == SIGN for answer in answers)
