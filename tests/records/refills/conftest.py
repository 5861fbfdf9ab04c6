import datetime as dt
from typing import Any

import pytest

from records.models import ClosedDay, OpeningHours
from records.refills.actors import Actor
from tests.factories.records import GrantFactory
from tests.factories.refills import PharmacyFactory
from tests.staff import staff_in


@pytest.fixture
def grant(db: None) -> Any:
    return GrantFactory(patient__given="Maya", patient__family="Alvarez")


@pytest.fixture
def nurse(db: None) -> Actor:
    return Actor(staff_in("Nurse", full_name="Nora Lindqvist"))


@pytest.fixture
def doctor(db: None) -> Actor:
    return Actor(staff_in("Clinician", full_name="Ines Okafor"))


@pytest.fixture
def hours(db: None) -> None:
    """Open on weekdays from eight to six without a holiday, whatever the installation began with."""
    ClosedDay.objects.all().delete()
    for weekday in range(7):
        OpeningHours.objects.filter(weekday=weekday).delete()
        if weekday < 5:
            OpeningHours.objects.create(weekday=weekday, opens_at=dt.time(8), closes_at=dt.time(18))


@pytest.fixture
def mine(client, grant):
    client.force_login(grant.user)
    return client


@pytest.fixture
def shop():
    return PharmacyFactory(name="Elm Street Pharmacy", city="Hartford", postal_code="06106")


@pytest.fixture
def at_desk(client, nurse):
    client.force_login(nurse.user)
    return client


@pytest.fixture
def signing(client, doctor):
    client.force_login(doctor.user)
    return client
