"""Sign-ins for the patients that files brought into the demo, so that somebody can read them."""

import datetime as dt

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils.text import slugify

from billing.ledger import accounts
from portal.demo.cast.people import PASSWORD
from records.access.models import Grant, GrantKind, User
from records.access.permissions import ALL
from records.models import Patient


@transaction.atomic
def let_in(now: dt.datetime) -> list[str]:
    """Gives every patient without a grant a sign-in of their own, and the dead a representative's; returns addresses."""
    return [
        _let_in(patient, now) for patient in Patient.objects.filter(grants__isnull=True).order_by("family", "given")
    ]


def _let_in(patient: Patient, now: dt.datetime) -> str:
    email = f"{slugify(patient.full_name)}-{patient.pk.hex[:4]}@example.org"
    name = f"Representative of {patient.full_name}" if patient.is_deceased else patient.full_name
    user = User.objects.create_user(email, PASSWORD, full_name=name)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    kind = GrantKind.REPRESENTATIVE if patient.is_deceased else GrantKind.SELF
    Grant.objects.create(user=user, patient=patient, kind=kind, permissions=sorted(ALL), starts_at=now)
    accounts.grant_own_accounts(user=user, patient=patient, at=now)
    return email
