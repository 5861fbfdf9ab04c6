"""Every page for a guarantor alone, asked by everybody; the access table says which pages there are."""

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from records.access.models import AccessLogEntry, Grant
from tests.architecture import cast
from tests.architecture.access_table import TABLE
from tests.billing.payers.steps import make_link
from tests.factories.billing import AccessFactory, InvitationFactory
from tests.factories.records import GrantFactory, UserFactory

pytestmark = pytest.mark.django_db

PAGES = sorted(name for name, row in TABLE.items() if row.gate == "guarantor")
ANSWERS = {"guarantor": {200, 302}, "lines": {403}, "amounts": {403}} | dict.fromkeys(
    ("proxy", "revoked", "stranger", "staff"), {404}
)


def _somebody(role: str, family, omar, aunt):
    if role == "staff":
        return cast.user("staff", family.maya, None)
    if role == "proxy":
        return GrantFactory(patient=family.maya, kind=Grant.Kind.PROXY).user
    if role == "revoked":
        return AccessFactory(account=family.account, revoked_at=timezone.now()).user
    return {"guarantor": family.user, "lines": aunt, "amounts": omar, "stranger": UserFactory()}[role]


def _url(name: str, family, omar) -> str:
    kwargs = {"account": family.account.pk}
    if name.startswith("billing:person"):
        kwargs["person"] = omar.pk
    if name == "billing:invitation_end":
        kwargs["invitation"] = InvitationFactory(account=family.account, invited_by=family.user).pk
    if name in {"billing:pay_link", "billing:link_revoke"}:
        kwargs["link"] = make_link(family).pk
    if name in {"billing:link_confirm", "billing:invite_review"}:
        kwargs["draft"] = uuid.uuid4()
    return reverse(name, kwargs=kwargs)


def _ask(client, name: str, address: str, method: str | None = None):
    return getattr(client, (method or TABLE[name].methods[0]).lower())(address)


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("role", ANSWERS)
def test_page_for_the_guarantor_answers_by_role(client, family, omar, aunt, name, role):
    address = _url(name, family, omar)
    client.force_login(_somebody(role, family, omar, aunt))
    response = _ask(client, name, address)
    assert response.status_code in ANSWERS[role]
    assert not response.get("Location", "").startswith("/accounts/login/")


@pytest.mark.parametrize("name", PAGES)
def test_page_for_the_guarantor_wants_a_sign_in(client, family, omar, name):
    response = _ask(client, name, _url(name, family, omar))
    assert response["Location"].startswith("/accounts/login/?next=")


@pytest.mark.parametrize("name", PAGES)
def test_page_for_the_guarantor_refuses_other_methods(client, family, omar, name):
    address = _url(name, family, omar)
    client.force_login(family.user)
    for method in {"GET", "POST", "PUT", "DELETE"} - set(TABLE[name].methods):
        assert _ask(client, name, address, method).status_code == 405, method


def test_refusal_is_logged(client, family, omar):
    client.force_login(omar)
    client.get(reverse("billing:people", kwargs={"account": family.account.pk}))
    row = AccessLogEntry.objects.get(verb="denied")
    assert (row.actor_id, row.kind, row.object_id) == (omar.pk, "payers", str(family.account.pk))


@pytest.mark.parametrize(
    "name", sorted(name for name, row in TABLE.items() if row.gate == "link" and name.startswith("billing:"))
)
def test_page_of_a_link_is_open_to_nobody_who_did_not_open_one(client, family, name):
    make_link(family)
    for user in (None, family.user, UserFactory()):
        if user is not None:
            client.force_login(user)
        for method in ("get", "post"):
            kwargs = {"handle": "nothing"} | ({"draft": "none"} if name == "billing:link_review" else {})
            assert getattr(client, method)(reverse(name, kwargs=kwargs))["Location"] == reverse("billing:link")
