"""Signing up, as a browser does it."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.core import mail
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from portal.accounts import actions, activation
from records.access.log import Origin
from records.access.models import Grant, User
from tests.factories.records import GrantFactory, UserFactory
from tests.portal.accounts.conftest import Issued

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.usefixtures("within_one_minute")]

type Issue = Callable[..., Issued]
ACCOUNT = {"email": "new@example.org", "password1": "seven-lanterns-over-water"}
VERIFY = "/accounts/confirm-email/"


def answer(client: Client, answers: dict[str, str], **extra: str) -> HttpResponse:
    return client.post("/activate/", answers, **extra)


def code_from_mail() -> str:
    found = re.search(r"^\s{4}(\S+)$", str(mail.outbox[-1].body), re.MULTILINE)
    assert found
    return found[1]


def sign_up(client: Client, issued: Issued) -> HttpResponse:
    assert answer(client, issued.answers).headers["Location"] == "/activate/account/"
    assert client.post("/activate/account/", ACCOUNT).headers["Location"] == VERIFY
    return client.post(VERIFY, {"code": code_from_mail()})


def anonymous_bytes(response: HttpResponse) -> bytes:
    """The page without what differs from one request to the next: CSRF tokens and what was typed."""
    content = re.sub(rb'name="csrfmiddlewaretoken" value="[^"]+"', b"", response.content)
    return re.sub(rb'name="(code|birth_date)" value="[^"]*"', b"", content)


def test_code_birth_date_and_verified_address_open_the_record(client: Client, issue: Issue) -> None:
    issued = issue()
    assert sign_up(client, issued).headers["Location"] == "/home/"
    user = User.objects.get(email=ACCOUNT["email"])
    assert user.full_name == issued.patient.full_name
    grant = Grant.objects.get(user=user)
    assert (grant.patient_id, grant.kind) == (issued.patient.pk, Grant.Kind.SELF)
    assert client.session["_auth_user_id"] == str(user.pk)


def test_session_is_renewed_at_sign_up(client: Client, issue: Issue) -> None:
    issued = issue()
    answer(client, issued.answers)
    before = client.session.session_key
    client.post("/activate/account/", ACCOUNT)
    client.post(VERIFY, {"code": code_from_mail()})
    assert client.session.session_key != before


def test_nothing_is_granted_before_the_address_is_verified(client: Client, issue: Issue) -> None:
    answer(client, issue().answers)
    client.post("/activate/account/", ACCOUNT)
    assert not Grant.objects.exists()
    assert client.get("/home/").status_code == 302
    for _ in range(3):
        client.post(VERIFY, {"code": "WRONG0"})
    assert not Grant.objects.exists()


def test_verification_code_is_single_use_and_dies_after_three_tries(client: Client, issue: Issue) -> None:
    answer(client, issue().answers)
    client.post("/activate/account/", ACCOUNT)
    code = code_from_mail()
    for _ in range(3):
        client.post(VERIFY, {"code": "WRONG0"})
    client.post(VERIFY, {"code": code})
    assert "_auth_user_id" not in client.session


def test_every_failure_looks_the_same(client: Client, issue: Issue, staff: User) -> None:
    now = timezone.now()
    good = issue()
    revoked = issue()
    actions.revoke(activation=revoked.row, staff=staff, at=now, origin=Origin())
    expired = issue(at=now - actions.LIFETIME)
    used = issue()
    actions.redeem(activation=used.row, user=UserFactory(), at=now, origin=Origin())
    failures = [
        {**good.answers, "code": "2222-2222-2222"},
        {**good.answers, "birth_date": "1999-01-01"},
        revoked.answers,
        expired.answers,
        used.answers,
    ]
    pages = [answer(client, answers) for answers in failures]
    assert {page.status_code for page in pages} == {200}
    assert len({anonymous_bytes(page) for page in pages}) == 1
    assert b"do not open a record" in pages[0].content
    for _ in range(activation.TRIES_PER_CODE):
        throttled = answer(client, {**good.answers, "birth_date": "1999-01-01"})
    throttled = answer(client, good.answers)
    assert anonymous_bytes(throttled) == anonymous_bytes(pages[0])


def test_birth_dates_cannot_be_tried_one_after_another(client: Client, issue: Issue) -> None:
    issued = issue()
    for day in range(activation.TRIES_PER_CODE):
        answer(client, {**issued.answers, "birth_date": f"1970-01-{day + 1:02}"}, REMOTE_ADDR=f"192.0.2.{day}")
    assert answer(client, issued.answers, REMOTE_ADDR="192.0.2.99").status_code == 200
    assert client.get("/activate/account/").headers["Location"] == "/activate/"


def test_codes_cannot_be_tried_one_after_another(client: Client, issue: Issue) -> None:
    issued = issue()
    for number in range(activation.TRIES_PER_ADDRESS):
        answer(client, {**issued.answers, "code": f"2222-2222-22{number:02}"})
    assert answer(client, issued.answers).status_code == 200
    assert answer(client, issued.answers, REMOTE_ADDR="192.0.2.7").status_code == 302


def test_used_code_cannot_be_replayed(client: Client, issue: Issue) -> None:
    issued = issue()
    sign_up(client, issued)
    assert answer(Client(), issued.answers).status_code == 200


def test_proof_does_not_outlive_half_an_hour(client: Client, issue: Issue) -> None:
    answer(client, issue().answers)
    session = client.session
    kept = session[activation.SESSION_KEY]
    session[activation.SESSION_KEY] = {**kept, "until": (timezone.now() - dt.timedelta(seconds=1)).isoformat()}
    session.save()
    assert client.get("/activate/account/").headers["Location"] == "/activate/"


def test_second_step_cannot_be_opened_without_the_first(client: Client) -> None:
    assert client.get("/activate/account/").headers["Location"] == "/activate/"
    assert client.post("/activate/account/", ACCOUNT).headers["Location"] == "/activate/"
    assert not User.objects.exists()


def test_code_revoked_between_the_steps_gives_an_account_and_no_record(
    client: Client, issue: Issue, staff: User
) -> None:
    issued = issue()
    answer(client, issued.answers)
    client.post("/activate/account/", ACCOUNT)
    actions.revoke(activation=issued.row, staff=staff, at=timezone.now(), origin=Origin())
    client.post(VERIFY, {"code": code_from_mail()})
    assert not Grant.objects.exists()


def test_taken_address_looks_like_a_free_one_and_its_owner_is_told(client: Client, issue: Issue) -> None:
    UserFactory(email=ACCOUNT["email"])
    issued = issue()
    answer(client, issued.answers)
    response = client.post("/activate/account/", ACCOUNT)
    assert response.headers["Location"] == VERIFY
    assert client.get(VERIFY).status_code == 200
    assert mail.outbox[-1].subject == "You have an account already"
    assert not Grant.objects.exists()
    assert answer(Client(), issued.answers).status_code == 302, "The code is not used up."


def test_signed_in_person_adds_the_record_only_after_confirming(
    client: Client, issue: Issue, sign_in: Callable[..., None]
) -> None:
    user = UserFactory()
    sign_in(client, user)
    issued = issue()
    answer(client, issued.answers)
    page = client.get("/activate/account/")
    assert issued.patient.full_name in page.content.decode()
    assert not Grant.objects.exists()
    assert client.post("/activate/here/").headers["Location"] == "/home/"
    assert Grant.objects.get().user == user


def test_somebody_who_has_a_record_of_their_own_is_refused_another(
    client: Client, issue: Issue, sign_in: Callable[..., None]
) -> None:
    grant = GrantFactory()
    sign_in(client, grant.user)
    answer(client, issue().answers)
    assert client.post("/activate/here/").headers["Location"] == "/activate/"
    assert Grant.objects.get() == grant


def test_open_sign_up_is_closed(client: Client) -> None:
    client.post("/accounts/signup/", ACCOUNT)
    assert not User.objects.exists()
    assert b"/activate/" in client.get("/accounts/signup/").content


@pytest.mark.parametrize("password", ["short", "password1234", "123456789012", "new@example.org"])
def test_weak_passwords_are_refused(client: Client, issue: Issue, password: str) -> None:
    answer(client, issue().answers)
    assert client.post("/activate/account/", {**ACCOUNT, "password1": password}).status_code == 200
    assert not User.objects.filter(email=ACCOUNT["email"]).exists()


def test_long_password_with_spaces_is_accepted(client: Client, issue: Issue) -> None:
    answer(client, issue().answers)
    assert client.post("/activate/account/", {**ACCOUNT, "password1": "a quiet lantern " * 8}).status_code == 302
