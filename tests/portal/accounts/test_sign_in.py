import re
from collections.abc import Callable

import pytest
from django.core import mail
from django.test import Client

from portal.accounts import adapter
from records.access.models import User
from tests.factories.records import PASSWORD, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.usefixtures("within_one_minute")]

LOGIN = "/accounts/login/"


def attempt(client: Client, email: str, password: str = "wrong-password-here", **extra: str) -> str:
    response = client.post(LOGIN, {"login": email, "password": password}, **extra)
    return re.sub(r'name="(csrfmiddlewaretoken|login)" value="[^"]+"', "", response.content.decode())


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_right_password_signs_in_and_renews_the_session(client: Client, sign_in: Callable[..., None]) -> None:
    client.get(LOGIN)
    before = client.cookies.get("session")
    sign_in(client, UserFactory())
    assert is_signed_in(client)
    assert before is None or client.cookies["session"].value != before.value


def test_capitals_in_the_address_do_not_matter(client: Client) -> None:
    user = UserFactory(email="maya@example.org")
    client.post(LOGIN, {"login": "Maya@Example.org", "password": PASSWORD})
    assert client.session["_auth_user_id"] == str(user.pk)


def test_unknown_address_and_wrong_password_read_the_same(client: Client) -> None:
    user = UserFactory()
    assert attempt(client, user.email) == attempt(client, "nobody@example.org")


def test_sixth_try_in_a_minute_is_refused_whether_or_not_there_is_an_account(client: Client) -> None:
    user = UserFactory()
    for email in (user.email, "nobody@example.org"):
        for _ in range(adapter.TRIES_PER_PAIR):
            assert "Too many tries" not in attempt(client, email)
    assert attempt(client, user.email, PASSWORD) == attempt(client, "nobody@example.org", PASSWORD)
    assert not is_signed_in(client)


def test_nobody_can_lock_somebody_else_out(client: Client) -> None:
    user = UserFactory()
    for _ in range(adapter.TRIES_PER_PAIR + 1):
        attempt(Client(), user.email, REMOTE_ADDR="192.0.2.66")
    attempt(client, user.email, PASSWORD, REMOTE_ADDR="192.0.2.1")
    assert is_signed_in(client)


def test_one_address_cannot_try_many_accounts(client: Client) -> None:
    for number in range(adapter.TRIES_PER_ADDRESS):
        attempt(client, f"nobody{number}@example.org")
    attempt(client, UserFactory().email, PASSWORD)
    assert not is_signed_in(client)


def test_closed_account_cannot_sign_in(client: Client) -> None:
    attempt(client, UserFactory(is_active=False).email, PASSWORD)
    assert not is_signed_in(client)


def test_account_closed_meanwhile_is_signed_out_at_once(client: Client, sign_in: Callable[..., None]) -> None:
    user = UserFactory()
    sign_in(client, user)
    User.objects.update(is_active=False)
    assert client.get("/settings/").status_code == 302


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example"]
)
def test_next_stays_on_this_site(client: Client, target: str) -> None:
    response = client.post(LOGIN, {"login": UserFactory().email, "password": PASSWORD, "next": target})
    assert response.headers["Location"] == "/home/"


def test_signing_out_ends_the_session_on_the_server(client: Client, sign_in: Callable[..., None]) -> None:
    sign_in(client, UserFactory())
    old = client.cookies["session"].value
    client.post("/accounts/logout/")
    client.cookies["session"] = old
    assert client.get("/settings/").headers["Location"].startswith(LOGIN)


def test_asking_for_sign_out_by_link_changes_nothing(client: Client, sign_in: Callable[..., None]) -> None:
    sign_in(client, UserFactory())
    assert client.get("/accounts/logout/").status_code == 200
    assert is_signed_in(client)


def test_password_reset_reads_the_same_for_unknown_addresses(client: Client) -> None:
    user = UserFactory()
    answers = [client.post("/accounts/password/reset/", {"email": email}) for email in (user.email, "no@example.org")]
    assert {(answer.status_code, answer.headers["Location"]) for answer in answers} == {
        (302, "/accounts/password/reset/done/")
    }
    assert [message.to for message in mail.outbox] == [[user.email], ["no@example.org"]]


def reset_link() -> str:
    found = re.search(r"http://testserver(/accounts/password/reset/key/\S+)", str(mail.outbox[-1].body))
    assert found
    return found[1]


def test_reset_link_sets_a_new_password_once_and_ends_other_sessions(
    client: Client, sign_in: Callable[..., None]
) -> None:
    user = UserFactory()
    elsewhere = Client()
    sign_in(elsewhere, user)
    client.post("/accounts/password/reset/", {"email": user.email})
    link = reset_link()
    form = client.get(link).headers["Location"]
    assert "set-password" in form, "The key leaves the address bar."
    new = {"password1": "nine-lanterns-in-fog", "password2": "nine-lanterns-in-fog"}
    assert client.post(form, new).status_code == 302
    assert mail.outbox[-1].subject == "Your password was changed"
    assert elsewhere.get("/settings/").status_code == 302
    assert Client().get(link).status_code == 200, "The link is spent."
    assert b"no longer works" in Client().get(link).content


def test_changing_the_password_ends_the_other_sessions(client: Client, sign_in: Callable[..., None]) -> None:
    user = UserFactory()
    elsewhere = Client()
    sign_in(client, user)
    sign_in(elsewhere, user)
    new = "nine-lanterns-in-fog"
    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert client.get("/settings/").status_code == 200
    assert elsewhere.get("/settings/").status_code == 302


def test_mail_says_nothing_of_anybodys_health_and_has_the_foot(client: Client) -> None:
    client.post("/accounts/password/reset/", {"email": UserFactory().email})
    message = mail.outbox[-1]
    assert message.subject == "Choose a new password"
    assert "Not for emergencies" in str(message.body)
    assert "{" not in str(message.body)
