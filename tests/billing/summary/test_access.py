"""Every page of an account, asked by everybody; the access table says which pages there are."""

import pytest
from django.urls import reverse
from django.utils import timezone

from records.access.models import Grant
from tests.architecture import cast
from tests.architecture.access_table import TABLE
from tests.factories.billing import AccessFactory, ChargeFactory, issue_statement
from tests.factories.records import GrantFactory, UserFactory

pytestmark = pytest.mark.django_db

PAGES = sorted(name for name, row in TABLE.items() if row.gate == "payer")
WITH_VISITS = {
    "billing:visit",
    "billing:statements",
    "billing:statement",
    "billing:statement_pdf",
    "messaging:about_visit",
    "messaging:about_line",
}


def _somebody(role: str, family, omar, aunt):
    if role == "staff":
        return cast.user("staff", family.maya, None)
    if role == "proxy":
        return GrantFactory(patient=family.maya, kind=Grant.Kind.PROXY).user
    if role == "revoked":
        return AccessFactory(account=family.account, revoked_at=timezone.now()).user
    return {"guarantor": family.user, "lines": aunt, "amounts": omar, "stranger": UserFactory()}[role]


ANSWERS = {"guarantor": {200, 302}, "lines": {200, 302}} | dict.fromkeys(
    ("proxy", "revoked", "stranger", "staff"), {404}
)


def _url(name: str, family) -> str:
    visit = {"visit": family.emergency.pk}
    rows = {"billing:visit": visit, "messaging:about_visit": visit}
    if name == "messaging:about_line":
        rows[name] = visit | {"charge": ChargeFactory(visit=family.emergency, line=99).pk}
    if name in {"billing:statement", "billing:statement_pdf"}:
        rows[name] = {"statement": issue_statement(family.account).pk}
    if name == "billing:pay_review":
        rows[name] = {"draft": "none"}
    return reverse(name, kwargs={"account": family.account.pk, **rows.get(name, {})})


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("role", [*ANSWERS, "amounts"])
def test_page_of_an_account_answers_by_role(client, family, omar, aunt, name, role):
    client.force_login(_somebody(role, family, omar, aunt))
    answers = ANSWERS | {"amounts": {404} if name in WITH_VISITS else {200, 302}}
    if name == "billing:statement_pdf":  # The letter is the guarantor's own.
        answers["lines"] = {404}
    response = client.get(_url(name, family))
    assert response.status_code in answers[role]
    assert not response.get("Location", "").startswith("/accounts/login/")


@pytest.mark.parametrize("name", PAGES)
def test_page_of_an_account_wants_a_sign_in(client, family, name):
    response = client.get(_url(name, family))
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/?next=")


@pytest.mark.parametrize("name", PAGES)
def test_page_of_an_account_refuses_other_methods(client, family, name):
    client.force_login(family.user)
    url = _url(name, family)
    for method in {"GET", "POST", "PUT", "DELETE"} - set(TABLE[name].methods):
        assert getattr(client, method.lower())(url).status_code == 405, method
