from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from cryptography.fernet import InvalidToken
from django.core import mail
from django.test import Client

from portal.accounts.second_factor import SecondFactorAdapter, has_second_factor
from records.access.models import User
from tests.factories.records import PASSWORD, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

type SignIn = Callable[..., None]


def current_code(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


@pytest.fixture
def secret() -> str:
    return generate_totp_secret()


@pytest.fixture
def user(secret: str) -> User:
    user = UserFactory()
    TOTP.activate(user, secret)
    return user


def test_password_alone_does_not_sign_in(client: Client, user: User, sign_in: SignIn) -> None:
    sign_in(client, user)
    assert "_auth_user_id" not in client.session
    assert client.get("/accounts/2fa/authenticate/").status_code == 200


def test_code_from_the_app_signs_in_and_works_once(client: Client, user: User, sign_in: SignIn, secret: str) -> None:
    other = Client()
    sign_in(client, user)
    sign_in(other, user)
    code = current_code(secret)
    client.post("/accounts/2fa/authenticate/", {"code": code})
    assert client.session["_auth_user_id"] == str(user.pk)
    other.post("/accounts/2fa/authenticate/", {"code": code})
    assert "_auth_user_id" not in other.session


def test_codes_cannot_be_guessed_on_and_on(client: Client, user: User, sign_in: SignIn, secret: str) -> None:
    sign_in(client, user)
    for number in range(5):
        client.post("/accounts/2fa/authenticate/", {"code": f"00000{number}"}, REMOTE_ADDR=f"192.0.2.{number}")
    client.post("/accounts/2fa/authenticate/", {"code": current_code(secret)}, REMOTE_ADDR="192.0.2.77")
    assert "_auth_user_id" not in client.session


def test_recovery_code_signs_in_once(client: Client, user: User, sign_in: SignIn) -> None:
    code = RecoveryCodes.activate(user).get_unused_codes()[0]
    for browser, expected in ((client, True), (Client(), False)):
        sign_in(browser, user)
        browser.post("/accounts/2fa/authenticate/", {"code": code})
        assert ("_auth_user_id" in browser.session) is expected


def test_password_reset_keeps_the_second_step(client: Client, user: User) -> None:
    user.set_password("nine-lanterns-in-fog")
    user.save()
    client.post("/accounts/login/", {"login": user.email, "password": "nine-lanterns-in-fog"})
    assert "_auth_user_id" not in client.session


@pytest.mark.django_db(transaction=True)  # The mail leaves on commit.
def test_setting_up_an_app_asks_who_you_are_first_and_tells_you_by_mail(client: Client, sign_in: SignIn) -> None:
    user = UserFactory()
    sign_in(client, user)
    assert client.get("/accounts/2fa/totp/activate/").headers["Location"].startswith("/accounts/reauthenticate/")
    client.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": "/accounts/2fa/totp/activate/"})
    page = client.get("/accounts/2fa/totp/activate/")
    assert b"<svg" in page.content and b"data:image" not in page.content
    client.post("/accounts/2fa/totp/activate/", {"code": current_code(page.context["form"].secret)})
    assert has_second_factor(user)
    assert "An authenticator app was turned on" in {message.subject for message in mail.outbox}


def test_secret_is_encrypted_and_a_changed_one_is_noticed(user: User, secret: str) -> None:
    stored = Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP).data["secret"]
    assert secret not in stored
    changed = stored[:-10] + ("A" if stored[-10] != "A" else "B") + stored[-9:]
    with pytest.raises(InvalidToken):
        SecondFactorAdapter().decrypt(changed)


def test_secret_survives_a_rotated_key(user: User, secret: str, settings: object) -> None:
    stored = Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP).data["secret"]
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-key" * 6
    assert SecondFactorAdapter().decrypt(stored) == secret


@pytest.mark.parametrize(("is_staff", "kept"), [(True, True), (False, False)])
def test_staff_cannot_remove_their_last_second_factor(
    client: Client, user: User, sign_in: SignIn, secret: str, is_staff: bool, kept: bool
) -> None:
    User.objects.update(is_staff=is_staff)
    sign_in(client, user)
    client.post("/accounts/2fa/authenticate/", {"code": current_code(secret)})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": "/accounts/2fa/"})
    client.post("/accounts/2fa/totp/deactivate/")
    assert has_second_factor(user) is kept
