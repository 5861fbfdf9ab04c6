"""The copay's step of a check-in: how much, and that it is paid at the desk."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from billing import money
from billing.copays.models import ExpectedCopay
from records.access.permissions import Permission
from records.access.scope import Scope
from records.appointments.bookings import Appointment
from records.checkin.steps import Step, StepForm, register


def _form(data: Mapping[str, Any] | None, scope: Scope, appointment: Appointment) -> StepForm:
    return StepForm({} if data is None else data)


def _expected(appointment: Appointment) -> ExpectedCopay | None:
    """What staff entered last, for it or for an appointment that it moved."""
    rows = ExpectedCopay.objects.filter(appointment__calendar_uid=appointment.calendar_uid)
    return rows.order_by("-appointment__sequence").first()


def _amount(scope: Scope, appointment: Appointment) -> str:
    copay = _expected(appointment)
    return money.format_cents(copay.amount_cents) if copay else ""


def _is_expected(scope: Scope, appointment: Appointment) -> bool:
    return _expected(appointment) is not None


def register_copay() -> None:
    """Called once, when the app is ready."""
    register(
        Step(
            "copay",
            _("Copay"),
            Permission.PROFILE,
            "billing/copays/_copay.html",
            _form,
            shows=_amount,
            is_for=_is_expected,
        )
    )
