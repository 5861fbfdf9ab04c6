"""The billing office ends what should not go on, with a reason, through the admin's pages."""

import pytest
from django.test import Client
from django.urls import reverse

from billing.ledger.models import GuarantorAccess
from billing.payers import links, people
from records.access.models import AccessLogEntry
from records.notifications.models import Notification
from tests.billing.payers.steps import address_of, begin, finish, make_link, opened, page
from tests.factories.billing import InvitationFactory
from tests.factories.records import UserFactory
from tests.staff import client_of, confirm

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def clerk() -> Client:
    return client_of("Billing office")


@pytest.fixture
def link(family):
    return make_link(family)


@pytest.fixture
def rows(family, omar, link):
    return {
        "guarantoraccess": omar.guarantor_access.get(),
        "payerinvitation": InvitationFactory(account=family.account, invited_by=family.user),
        "paylink": link,
    }


KINDS = ["guarantoraccess", "payerinvitation", "paylink"]


def end_url(model: str, row) -> str:
    return reverse(f"admin:billing_{model}_end", args=[row.pk])


@pytest.mark.parametrize("model", KINDS)
def test_row_is_ended_after_a_review_with_a_reason(clerk, rows, model):
    row = rows[model]
    opened_page = page(clerk, reverse(f"admin:billing_{model}_change", args=[row.pk]))
    assert end_url(model, row) in opened_page
    reason = {"reason": "Asked for by phone"}
    assert "Reason: Asked for by phone" in clerk.post(end_url(model, row), reason).content.decode()
    row.refresh_from_db()
    assert row.revoked_at is None
    assert confirm(clerk, end_url(model, row), reason).status_code == 302
    row.refresh_from_db()
    assert (row.revoked_by.full_name, row.revoke_reason) == ("Clara Office", "Asked for by phone")
    kind = links.KIND if model == "paylink" else people.KIND
    assert AccessLogEntry.objects.get(kind=kind, verb="change", acting_as="staff").actor_name == "Clara Office"
    assert end_url(model, row) not in page(clerk, reverse(f"admin:billing_{model}_change", args=[row.pk]))


@pytest.mark.parametrize("model", KINDS)
def test_reason_is_needed(clerk, rows, model):
    confirm(clerk, end_url(model, rows[model]), {"reason": " "})
    rows[model].refresh_from_db()
    assert rows[model].revoked_at is None


@pytest.mark.parametrize("model", KINDS)
@pytest.mark.parametrize("role", ["Front desk", "Privacy officer"])
def test_other_staff_end_nothing(rows, model, role):
    answer = confirm(client_of(role), end_url(model, rows[model]), {"reason": "x"})
    assert answer.status_code == 403
    rows[model].refresh_from_db()
    assert rows[model].revoked_at is None


def test_staff_end_a_guarantors_access_too_and_tell_them(clerk, family):
    access = family.user.guarantor_access.get()
    confirm(clerk, end_url("guarantoraccess", access), {"reason": "Another person’s account"})
    assert not GuarantorAccess.objects.active().filter(user=family.user).exists()
    assert set(Notification.objects.values_list("kind", "address")) == {("payer_access", "maya@example.org")}


def test_staff_give_access_and_both_are_told(clerk, family):
    user = UserFactory()
    data = {"user": user.email.upper(), "account": str(family.account.pk), "role": "payer_amounts"}
    assert clerk.post(reverse("admin:billing_guarantoraccess_add"), data).status_code == 302
    assert GuarantorAccess.objects.active().get(user=user).role == "payer_amounts"
    assert Notification.objects.count() == 2
    assert AccessLogEntry.objects.filter(kind=people.KIND, verb="change", acting_as="staff").exists()
    nobody = clerk.post(reverse("admin:billing_guarantoraccess_add"), data | {"user": "nobody@example.org"})
    assert "Nobody signs in with this address." in nobody.content.decode()


def test_links_page_says_what_came_in_and_not_the_address(clerk, link):
    browser = opened(link)
    finish(browser, begin(browser, how="other", amount="40"))
    html = page(clerk, reverse("admin:billing_paylink_change", args=[link.pk]))
    assert "$40.00" in html
    assert address_of(link).split("t=")[1] not in html
