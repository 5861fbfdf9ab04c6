"""One's own cases with customer service, also about a bill: for who may see that bill, and no further."""

import pytest
from django.test import Client
from django.urls import reverse

from billing.ledger.choices import AccessRole, Hold
from messaging.models import Conversation, Draft
from tests.factories.billing import AccessFactory, AccountFactory, ChargeFactory, GuarantorFactory, VisitFactory
from tests.factories.messaging import MessageFactory
from tests.factories.records import UserFactory
from tests.messaging.conversations.steps import hidden
from tests.queries import BUDGET, cost_of

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def visit(client: Client, family):
    """A visit on Maya's account, who is signed in."""
    account = AccountFactory(guarantor=GuarantorFactory(given_name="Maya", family_name="Alvarez"))
    AccessFactory(user=family.user, account=account)
    client.force_login(family.user)
    return VisitFactory(account=account, patient=family.maya, title="Skin biopsy", owed_cents=10_00)


def about(visit, charge=None) -> str:
    kwargs = {"account": visit.account_id, "visit": visit.pk}
    if charge is not None:
        return reverse("messaging:about_line", kwargs={**kwargs, "charge": charge.pk})
    return reverse("messaging:about_visit", kwargs=kwargs)


def send(client: Client) -> Conversation:
    review = reverse("messaging:own_review")
    page = client.get(review).text
    response = client.post(review, {name: hidden(page, name) for name in ("once", "seen")})
    assert response.status_code == 302
    return Conversation.objects.get()


def test_question_about_a_line_starts_at_the_bill_filled_in(client, family, visit):
    charge = ChargeFactory(visit=visit, description="Pathology")
    bill = client.get(reverse("billing:visit", kwargs={"account": visit.account_id, "visit": visit.pk})).text
    assert about(visit) in bill and about(visit, charge) in bill
    page = client.get(about(visit, charge)).text
    assert "Pathology, of Skin biopsy" in page
    assert 'value="A question about a bill"' in page
    assert not Draft.objects.exists()
    posted = client.post(about(visit, charge), {"subject": "Twice?", "body": "Is this on it twice?"})
    assert posted["Location"] == reverse("messaging:own_review")
    case = send(client)
    assert (case.owner, case.patient, case.topic) == (family.user, None, "billing")
    assert (case.account, case.visit, case.charge) == (visit.account, visit, charge)
    thread = client.get(reverse("messaging:own_thread", kwargs={"conversation": case.pk})).text
    assert "Pathology, of Skin biopsy" in thread


def test_who_may_only_pay_asks_about_the_account_alone(client, family, visit):
    payer = UserFactory()
    AccessFactory(user=payer, account=visit.account, role=AccessRole.PAYER_AMOUNTS)
    client.force_login(payer)
    assert client.get(reverse("messaging:about_account", kwargs={"account": visit.account_id})).status_code == 200
    assert client.get(about(visit)).status_code == 404
    assert client.get(about(visit, ChargeFactory(visit=visit))).status_code == 404


def test_confidential_visit_and_rows_of_other_bills_are_not_found(client, family, visit):
    other = VisitFactory(account=AccountFactory())
    hidden_visit = VisitFactory(account=visit.account, hold=Hold.CONFIDENTIAL)
    for wrong in (other, hidden_visit):
        kwargs = {"account": visit.account_id, "visit": wrong.pk}
        assert client.get(reverse("messaging:about_visit", kwargs=kwargs)).status_code == 404
    assert client.get(about(visit, ChargeFactory(visit=other))).status_code == 404


def test_access_that_ended_before_sending_leaves_the_bill_out(client, family, visit):
    client.post(about(visit), {"subject": "Twice?", "body": "Is this on it twice?"})
    visit.account.access.all().delete()
    case = send(client)
    assert (case.account, case.visit) == (None, None)


def test_question_without_a_bill_goes_to_customer_service(client, family):
    client.force_login(family.user)
    client.post(reverse("messaging:own_new"), {"topic": "account"})
    client.post(reverse("messaging:own_write"), {"subject": "Sign-in", "body": "A new address?"})
    case = send(client)
    assert (case.topic, case.account, case.messages.get().author_kind) == ("account", None, "person")


def test_medical_topics_are_not_offered_without_a_patient(client, family):
    client.force_login(family.user)
    assert client.post(reverse("messaging:own_new"), {"topic": "symptom"}).status_code == 422


def test_case_is_its_owners_alone(client, family):
    case = MessageFactory(conversation__patient=None, conversation__owner=family.user).conversation
    client.force_login(UserFactory())
    kwargs = {"conversation": case.pk}
    assert client.get(reverse("messaging:own_thread", kwargs=kwargs)).status_code == 404
    for name in ("reply", "undo", "unread", "close", "draft"):
        assert client.post(reverse(f"messaging:own_{name}", kwargs=kwargs), {"body": "x"}).status_code == 404, name


def test_conversation_about_a_patient_is_not_opened_as_a_case(client, family):
    row = MessageFactory(conversation__patient=family.maya).conversation
    client.force_login(family.user)
    assert client.get(reverse("messaging:own_thread", kwargs={"conversation": row.pk})).status_code == 404


def test_pages_of_cases_stay_in_the_budget(client, family, visit):
    client.post(about(visit), {"subject": "Twice?", "body": "Is this on it twice?"})
    pages = [reverse(f"messaging:own_{name}") for name in ("new", "write", "review")]
    for page in [*pages, about(visit)]:
        assert cost_of(lambda page=page: client.get(page)) <= BUDGET, page
    case = send(client)
    thread = reverse("messaging:own_thread", kwargs={"conversation": case.pk})
    assert cost_of(lambda: client.get(thread)) <= BUDGET
