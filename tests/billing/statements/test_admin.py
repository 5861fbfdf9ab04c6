"""What billing staff see of statements, and how a code is taken back."""

import pytest
from django.urls import reverse

from billing.models import StatementLink
from records.access.models import AccessLogEntry
from tests.factories.billing import VisitFactory, issue_statement
from tests.staff import client_of, staff_in

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def statement():
    return issue_statement(VisitFactory(owed_cents=144_96).account)


@pytest.fixture
def staff(client):
    user = staff_in("Billing office")
    client.force_login(user)
    return user


def test_list_and_detail_are_for_reading(client, staff, statement):
    assert statement.number in client.get(reverse("admin:billing_statement_changelist")).content.decode()
    page = client.get(reverse("admin:billing_statement_change", args=[statement.pk])).content.decode()
    assert "$144.96" in page
    assert 'name="_save"' not in page


def test_letter_can_be_taken_and_that_is_logged(client, staff, statement):
    response = client.get(reverse("admin:billing_statement_file", args=[statement.pk]))
    assert response.content == bytes(statement.pdf)
    entry = AccessLogEntry.objects.latest("number")
    assert (entry.kind, entry.actor_id, entry.object_id) == ("statement_file", staff.pk, f"statement:{statement.pk}")


def test_letter_is_kept_from_staff_of_other_offices(statement):
    assert client_of("Nurse").get(reverse("admin:billing_statement_file", args=[statement.pk])).status_code == 403


def revoke(client, statement, reason: str) -> str:
    data = {"action": "revoke", "_selected_action": [str(statement.link.pk)], "reason": reason}
    return client.post(reverse("admin:billing_statementlink_changelist"), data, follow=True).content.decode()


def test_code_is_taken_back_for_a_reason(client, staff, statement):
    assert "1 code is taken back." in revoke(client, statement, "Sent to the wrong address")
    link = StatementLink.objects.get()
    assert (link.revoked_by, link.revoked_reason) == (staff, "Sent to the wrong address")


def test_without_a_reason_nothing_is_taken_back(client, staff, statement):
    assert "Say why" in revoke(client, statement, " ")
    assert StatementLink.objects.get().revoked_at is None
