"""Maya’s bill of $194.96, and the people she may let pay it."""

import pytest
from django.test import Client

from tests.billing.summary.conftest import aunt, family, omar

__all__ = ["aunt", "family", "omar"]


@pytest.fixture
def maya(client: Client, family) -> Client:
    client.force_login(family.user)
    return client
