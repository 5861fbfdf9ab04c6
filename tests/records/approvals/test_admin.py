"""A second person reads in words what they decide about, and presses one of two buttons."""

import re

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from records.access.models import User
from records.approvals import actions, kinds
from records.approvals.kinds import Matter
from records.approvals.models import Approval
from tests.factories.records import UserFactory
from tests.queries import BUDGET, cost_of
from tests.staff import staff_in

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

decided: list[tuple[str, bool]] = []


def told(object_ids):
    """Of every object but the one that is gone."""
    return {
        pk: Matter(
            sentence=f"Lend out shelf {pk}.",
            facts=[("Shelf", f"Number {pk}"), ("Weight", "12 pounds")],
            approve="Approve: lend it out",
            follows="It is carried away at once.",
        )
        for pk in object_ids
        if pk != "gone"
    }


KIND = kinds.register(
    "test_shelf",
    label="A shelf",
    permission="billing.approve_refund",
    model="billing.Refund",
    told=told,
    decided=lambda object_id, is_approved, by, at: decided.append((object_id, is_approved)),
)
LIST = "admin:records_approval_changelist"


@pytest.fixture(autouse=True)
def nothing_yet() -> None:
    decided.clear()


@pytest.fixture
def clerk() -> User:
    return staff_in("Billing office", full_name="Clara Office")


@pytest.fixture
def head(client: Client) -> Client:
    client.force_login(staff_in("Billing office", full_name="Hedda Head"))
    return client


def ask(by: User, object_id: str = "7") -> Approval:
    return actions.ask(kind=KIND, object_id=object_id, by=by, at=timezone.now())


def url(approval: Approval) -> str:
    return reverse("admin:records_approval_change", args=[approval.pk])


def words(client: Client, address: str) -> str:
    return " ".join(client.get(address).content.decode().split())


def test_page_says_what_is_asked_with_its_facts_who_asked_and_what_follows(clerk, head):
    approval = ask(clerk)
    page = words(head, url(approval))
    for said in ("Lend out shelf 7.", "Number 7", "12 pounds", "Clara Office", "It is carried away at once."):
        assert said in page
    assert re.findall(r'<button[^>]*name="is_approved" value="(\w+)"[^>]*>([^<]+)<', page) == [
        ("yes", "Approve: lend it out"),
        ("no", "Decline"),
    ]
    assert "Save" not in page
    shown = re.sub(r"<[^>]*>", " ", page.split("<body")[1])
    assert str(approval.pk) not in shown
    assert "shelf" not in page.split("<title>")[1].split("</title>")[0]


def test_approve_carries_it_out_and_says_so(clerk, head):
    approval = ask(clerk)
    answer = head.post(url(approval), {"is_approved": "yes", "note": ""}, follow=True)
    assert "Approved. It is carried out now." in answer.content.decode()
    assert decided == [("7", True)]
    page = words(head, url(approval))
    assert "Approved by:" in page and "Hedda Head" in page
    assert 'name="is_approved"' not in page


def test_decline_needs_a_note_and_keeps_what_was_typed(clerk, head):
    approval = ask(clerk)
    answer = head.post(url(approval), {"is_approved": "no", "note": " "})
    assert "Say why, so that who asked knows what to do next." in answer.content.decode()
    assert decided == []
    head.post(url(approval), {"is_approved": "no", "note": "Not ours"})
    approval.refresh_from_db()
    assert (decided, approval.note, approval.is_approved) == ([("7", False)], "Not ours", False)
    assert "Not ours" in words(head, url(approval))


@pytest.mark.parametrize("decision", ["", "maybe"])
def test_without_a_decision_nothing_happens(clerk, head, decision):
    approval = ask(clerk)
    assert head.post(url(approval), {"is_approved": decision, "note": "x"}).status_code == 200
    assert decided == []


def test_who_asked_reads_it_and_gets_no_buttons(clerk):
    approval, client = ask(clerk), Client()
    client.force_login(clerk)
    page = words(client, url(approval))
    assert "Lend out shelf 7." in page
    assert "You asked for this, so somebody else decides." in page
    assert 'name="is_approved"' not in page
    assert client.post(url(approval), {"is_approved": "yes", "note": ""}).status_code == 403
    assert decided == []


def test_who_may_see_approvals_but_not_what_this_is_about_is_not_told(clerk):
    other, client = staff_in("Nurse"), Client()
    other.user_permissions.add(Permission.objects.get(codename="view_approval"))
    client.force_login(other)
    for address in (url(ask(clerk)), reverse(LIST)):
        page = words(client, address)
        assert "A shelf" in page
        assert "shelf 7" not in page and "12 pounds" not in page
    assert client.post(url(ask(clerk)), {"is_approved": "yes", "note": ""}).status_code == 403


def test_object_that_is_gone_is_named_by_its_kind(clerk, head):
    approval = ask(clerk, "gone")
    assert "A shelf" in words(head, url(approval))
    assert "A shelf" in words(head, reverse(LIST))


def test_second_press_after_a_colleague_decided_changes_nothing(clerk, head):
    approval = ask(clerk)
    actions.decide(
        approval_id=approval.pk,
        is_approved=False,
        note="No",
        by=staff_in("Billing office"),
        at=timezone.now(),
    )
    assert head.post(url(approval), {"is_approved": "yes", "note": ""}).status_code == 403
    assert decided == [("7", False)]


def test_address_of_nothing_is_answered_as_the_admin_does(head):
    assert head.get(reverse("admin:records_approval_change", args=["x"])).status_code == 302


def test_list_says_what_each_is_about_at_the_same_cost(clerk, head):
    ask(clerk)
    page = words(head, reverse(LIST))
    assert "Lend out shelf 7." in page
    few = cost_of(lambda: head.get(reverse(LIST)))
    for number in range(20):
        ask(UserFactory(is_staff=True), f"n{number}")
    assert cost_of(lambda: head.get(reverse(LIST))) <= min(few, BUDGET)
