"""A patient at the pages of appointments, and the clinic where they book."""

import pytest
from django.test import Client

from tests.factories.records import GrantFactory
from tests.records.appointments.clinic import Clinic


@pytest.fixture
def clinic() -> Clinic:
    found = Clinic()
    assert found.provider
    return found


@pytest.fixture
def grant(client: Client):
    made = GrantFactory()
    client.force_login(made.user)
    return made
