import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from django.utils import timezone

from portal.accounts import actions
from portal.accounts.models import ActivationCode
from records.access.log import Origin
from records.access.models import User
from records.models import Patient
from tests.factories.records import PASSWORD, PatientFactory, UserFactory


@dataclass
class Issued:
    """An activation code as staff hand it out."""

    row: ActivationCode
    text: str
    patient: Patient

    @property
    def answers(self) -> dict[str, str]:
        assert self.patient.birth_date
        return {"code": self.text, "birth_date": self.patient.birth_date.isoformat()}


@pytest.fixture
def staff(db: None) -> User:
    return UserFactory(is_staff=True, is_superuser=True)


@pytest.fixture
def protected_staff(staff: User) -> User:
    """Staff with an authenticator app."""
    TOTP.activate(staff, generate_totp_secret())
    return staff


@pytest.fixture
def issue(staff: User) -> Callable[..., Issued]:
    def issue(patient: Patient | None = None, at: dt.datetime | None = None) -> Issued:
        patient = patient or PatientFactory()
        row, text = actions.issue(patient=patient, staff=staff, at=at or timezone.now(), origin=Origin())
        return Issued(row, text, patient)

    return issue


@pytest.fixture
def sign_in() -> Callable[[Client, User], None]:
    """Signs in as people do, so that the session carries all that signing in puts there."""

    def sign_in(client: Client, user: User) -> None:
        response = client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
        assert response.status_code == 302, response.context["form"].errors

    return sign_in


@pytest.fixture
def stale_session() -> Callable[..., None]:
    """Moves a session back in time, which is to the server as if the clock had moved on."""

    def age(client: Client, *, seen: int = 0, started: int = 0) -> None:
        session = client.session
        session["seen_at"] -= seen
        session["signed_in_at"] -= started
        session.save()

    return age
