"""Every patient page, asked by everybody: the same answers for each, whatever the page."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.architecture import cast
from tests.architecture.access_table import TABLE, Row
from tests.architecture.examples import EXAMPLES

pytestmark = pytest.mark.django_db

PATIENT_ROWS = {name: row for name, row in TABLE.items() if row.gate == "patient"}

# None: whatever the page does for those who may open it, which is never a refusal.
ANSWERS: dict[str, int | None] = {
    "owner": None,
    "proxy_with": None,
    "proxy_without": 403,
    "proxy_expired": 404,
    "proxy_revoked": 404,
    "stranger": 404,
    "staff": 404,
    "anonymous": 302,
}


@pytest.fixture(params=PATIENT_ROWS.items(), ids=PATIENT_ROWS)
def listed(request: pytest.FixtureRequest) -> tuple[str, Row]:
    return request.param


def _ask(client: Client, name: str, row: Row, patient: Any, kwargs: dict[str, Any], method: str | None = None) -> Any:
    ask: Callable[..., Any] = getattr(client, (method or row.methods[0]).lower())
    return ask(reverse(name, kwargs={"patient": patient.pk, **kwargs}))


@pytest.mark.parametrize("role", ANSWERS)
def test_patient_page_answers_by_role(client: Client, listed: tuple[str, Row], role: str) -> None:
    name, row = listed
    assert row.permission is not None
    patient = cast.patient()
    kwargs = EXAMPLES[row.example](patient) if row.example else {}
    user = cast.user(role, patient, row.permission, row.also)
    if user is not None:
        client.force_login(user)
    response = _ask(client, name, row, patient, kwargs)
    expected = ANSWERS[role]
    if expected is None:
        assert response.status_code in {200, 204, 302, 422}, response.status_code
        assert not response.get("Location", "").startswith("/accounts/login/")
    else:
        assert response.status_code == expected
    if expected == 302:
        assert response["Location"].startswith("/accounts/login/?next=")


def test_patient_page_refuses_other_methods(client: Client, listed: tuple[str, Row]) -> None:
    name, row = listed
    assert row.permission is not None
    patient = cast.patient()
    kwargs = EXAMPLES[row.example](patient) if row.example else {}
    client.force_login(cast.user("owner", patient, row.permission))
    for method in {"GET", "POST", "PUT", "DELETE"} - set(row.methods):
        assert _ask(client, name, row, patient, kwargs, method).status_code == 405, method


def test_detail_page_of_another_patients_row_is_not_found(client: Client, listed: tuple[str, Row]) -> None:
    name, row = listed
    assert row.permission is not None
    if row.example is None:
        return
    mine, other = cast.patient(), cast.patient()
    client.force_login(cast.user("owner", mine, row.permission))
    assert _ask(client, name, row, mine, EXAMPLES[row.example](other)).status_code == 404
