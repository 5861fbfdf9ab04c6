"""What machines ask."""

import pytest
from django.db import OperationalError, connection
from django.test import Client

from billing.payments import deployment


def test_healthz_answers_without_the_database(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok")
    assert answer.headers["Content-Type"] == "text/plain"


@pytest.mark.django_db
def test_readyz_asks_the_database(client: Client) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.text) == (200, "ready")


@pytest.mark.django_db
def test_readyz_refuses_while_the_database_does_not_answer(client: Client) -> None:
    def down(*_: object) -> None:
        raise OperationalError("server closed the connection; password=secret")

    with connection.execute_wrapper(down):
        answer = client.get("/readyz")
    assert (answer.status_code, answer.text) == (503, "database unreachable")


@pytest.mark.django_db
def test_readyz_refuses_in_production_until_the_database_knows_that_money_is_real(client: Client, settings) -> None:
    settings.PRODUCTION = True
    answer = client.get("/readyz")
    assert (answer.status_code, answer.text) == (503, "database not live: run manage.py migrate")
    deployment.go_live()
    assert client.get("/readyz").status_code == 200
