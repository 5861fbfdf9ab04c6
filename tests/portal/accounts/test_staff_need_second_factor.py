from collections.abc import Callable

import pytest
from django.test import Client

from records.access.models import User
from tests.factories.records import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

type SignIn = Callable[..., None]


@pytest.mark.parametrize("path", ["/admin/", "/admin/records/user/", "/home/", "/settings/", "/accounts/email/"])
def test_staff_without_a_second_factor_reach_nothing(client: Client, staff: User, sign_in: SignIn, path: str) -> None:
    sign_in(client, staff)
    assert client.get(path).headers["Location"] == "/accounts/2fa/"


@pytest.mark.parametrize("path", ["/accounts/2fa/", "/accounts/logout/", "/accounts/reauthenticate/"])
def test_staff_without_a_second_factor_can_set_one_up_and_leave(
    client: Client, staff: User, sign_in: SignIn, path: str
) -> None:
    sign_in(client, staff)
    assert client.get(path).status_code == 200


def test_staff_with_a_second_factor_reach_the_admin(client: Client, protected_staff: User) -> None:
    client.force_login(protected_staff)
    assert client.get("/admin/").status_code == 200


def test_patients_need_none(client: Client, sign_in: SignIn) -> None:
    sign_in(client, UserFactory())
    assert client.get("/settings/").status_code == 200


def test_admin_has_no_door_of_its_own(client: Client, staff: User) -> None:
    response = client.get("/admin/login/?next=/admin/")
    assert response.headers["Location"].startswith("/accounts/login/")
    client.post("/admin/login/", {"username": staff.email, "password": "three-quiet-lanterns"})
    assert "_auth_user_id" not in client.session


def test_patients_are_not_let_into_the_admin(client: Client, sign_in: SignIn) -> None:
    sign_in(client, UserFactory())
    assert client.get("/admin/", follow=True).redirect_chain[-1][0] == "/home/"
