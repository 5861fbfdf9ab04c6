import pytest

from billing.models import GuarantorAccount
from tests.factories.billing import AccountFactory


@pytest.fixture
def account() -> GuarantorAccount:
    return AccountFactory()
