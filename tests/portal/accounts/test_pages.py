"""Every page of signing in and of the account is in our own layout and words."""

from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core import mail
from django.test import Client

from records.access.models import User
from tests.factories.records import PASSWORD, UserFactory

pytestmark = [pytest.mark.django_db]

ENTRANCE = [
    "/accounts/login/", "/accounts/signup/", "/accounts/inactive/", "/accounts/password/reset/",
    "/accounts/password/reset/done/", "/accounts/password/reset/key/done/", "/accounts/password/reset/key/1-bad/",
    "/activate/", "/signed-out/",
]  # fmt: skip
ACCOUNT = [
    "/settings/", "/accounts/email/", "/accounts/password/change/", "/accounts/logout/", "/accounts/reauthenticate/",
    "/accounts/sessions/", "/accounts/2fa/", "/accounts/2fa/totp/activate/", "/accounts/2fa/webauthn/",
    "/accounts/2fa/webauthn/add/", "/accounts/2fa/recovery-codes/generate/",
]  # fmt: skip
PROTECTED = [
    "/accounts/2fa/totp/deactivate/", "/accounts/2fa/recovery-codes/", "/accounts/2fa/reauthenticate/",
    "/accounts/2fa/webauthn/",
]  # fmt: skip


def assert_ours(client: Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 200, (path, response.headers.get("Location"))
    content = response.content.decode()
    assert content.count("<h1") == 1, path
    assert 'class="foot"' in content, path
    assert "placeholder=" not in content, path


@pytest.fixture
def person(client: Client, sign_in: Callable[..., None]) -> User:
    user = UserFactory()
    sign_in(client, user)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": "/settings/"})
    return user


@pytest.mark.parametrize("path", ENTRANCE)
def test_entrance_page_is_ours(client: Client, path: str) -> None:
    assert_ours(client, path)


@pytest.mark.parametrize("path", ACCOUNT)
def test_account_page_is_ours(client: Client, person: User, path: str) -> None:
    if "recovery-codes" in path:
        TOTP.activate(person, generate_totp_secret())
    assert_ours(client, path)


@pytest.mark.parametrize("path", PROTECTED)
def test_second_factor_page_is_ours(client: Client, person: User, path: str) -> None:
    TOTP.activate(person, generate_totp_secret())
    RecoveryCodes.activate(person)
    Authenticator.objects.create(
        user=person, type=Authenticator.Type.WEBAUTHN, data={"name": "Blue key", "credential": {}}
    )
    assert_ours(client, path)


def test_settings_name_the_person_and_lead_to_each_change(client: Client, person: User) -> None:
    content = client.get("/settings/").content.decode()
    assert person.email in content
    for path in ("/accounts/email/", "/accounts/password/change/", "/accounts/2fa/", "/accounts/sessions/"):
        assert f'href="{path}"' in content


def test_account_without_a_password_can_set_one(client: Client, person: User) -> None:
    person.set_unusable_password()
    person.save()
    client.force_login(person)
    assert_ours(client, "/accounts/password/set/")


def test_changing_the_address_takes_a_code_sent_to_the_new_one(client: Client, person: User) -> None:
    response = client.post("/accounts/email/", {"email": "other@example.org", "action_add": "yes"})
    assert response.headers["Location"] == "/accounts/confirm-email/"
    assert_ours(client, "/accounts/confirm-email/")
    person.refresh_from_db()
    assert person.email != "other@example.org"
    code = str(mail.outbox[-1].body).split("    ")[1].split()[0]
    old = person.email
    client.post("/accounts/confirm-email/", {"code": code})
    person.refresh_from_db()
    assert person.email == "other@example.org"
    assert (mail.outbox[-1].to, mail.outbox[-1].subject) == ([old], "Your e-mail address was changed")


def test_changing_the_address_asks_who_you_are_first(client: Client, sign_in: Callable[..., None]) -> None:
    sign_in(client, UserFactory())
    response = client.post("/accounts/email/", {"email": "other@example.org", "action_add": "yes"})
    assert response.headers["Location"].startswith("/accounts/reauthenticate/")
