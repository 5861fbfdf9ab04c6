"""A review page acts on what it showed, in however many tabs, and its button pressed twice acts once."""

import uuid

import pytest
from django.utils import timezone

from billing.ledger.choices import AccessRole
from billing.models import PayerInvitation, PayLink
from billing.payers import links, sharing
from billing.payers.actors import Actor
from records.notifications.models import Notification
from tests.billing.payers.steps import ORIGIN, chosen, page, url
from tests.factories.billing import AccessFactory, AccountFactory, VisitFactory

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

AMOUNTS = AccessRole.PAYER_AMOUNTS


def terms(**changed: str) -> dict[str, str]:
    return {"use": "up_to", "amount": "60", "visit": "", "name": "Maya", "days": "7"} | changed


def invited(email: str) -> dict[str, str]:
    return {"email": email, "role": AMOUNTS}


class TestLinks:
    def review(self, maya, family, **changed: str) -> str:
        return chosen(maya, "link_new", family.account, terms(**changed))

    def test_each_of_two_tabs_makes_the_link_that_it_showed(self, maya, family):
        first, second = self.review(maya, family), self.review(maya, family, amount="20", name="Leo", use="exact")
        assert "$60.00" in page(maya, first) and "$20.00" in page(maya, second)
        maya.post(first)
        link = PayLink.objects.get()
        assert (link.amount_cents, link.shown_name, link.use) == (60_00, "Maya", "up_to")
        maya.post(second)
        link = PayLink.objects.exclude(pk=link.pk).get()
        assert (link.amount_cents, link.shown_name, link.use) == (20_00, "Leo", "exact")

    def test_button_pressed_twice_makes_one_link_and_leads_to_it(self, maya, family):
        review = self.review(maya, family)
        first, second = maya.post(review), maya.post(review)
        link = PayLink.objects.get()
        assert first["Location"] == second["Location"] == url("pay_link", family.account, link=link.pk)
        assert maya.get(review)["Location"] == url("pay_link", family.account, link=link.pk)

    def test_page_whose_draft_was_changed_makes_nothing_and_says_so(self, maya, family):
        review = self.review(maya, family)
        change = url("link_new", family.account) + "?draft=" + review.rstrip("/").split("/")[-1]
        html = page(maya, review)
        assert change in html
        assert 'value="60"' in page(maya, change)
        changed = maya.post(change, terms(amount="30"))["Location"]
        answer = maya.post(review, follow=True)
        assert "Nothing was done: that page was out of date." in answer.content.decode()
        assert not PayLink.objects.exists()
        maya.post(changed)
        assert PayLink.objects.get().amount_cents == 30_00

    def test_draft_that_nobody_made_makes_nothing(self, maya, family):
        review = url("link_confirm", family.account, draft=uuid.uuid4())
        assert maya.post(review)["Location"] == url("link_new", family.account)
        assert maya.get(review)["Location"] == url("link_new", family.account)
        assert page(maya, url("link_new", family.account) + "?draft=x")
        assert not PayLink.objects.exists()

    def test_draft_of_one_account_makes_no_link_of_another(self, maya, family):
        other = AccountFactory(guarantor=family.account.guarantor)
        AccessFactory(user=family.user, account=other)
        VisitFactory(account=other, owed_cents=90_00)
        draft = self.review(maya, family).rstrip("/").split("/")[-1]
        assert maya.post(url("link_confirm", other, draft=draft))["Location"] == url("link_new", other)
        assert not PayLink.objects.exists()

    def test_visit_that_owes_nothing_any_more_does_not_become_the_whole_account(self, maya, family):
        review = self.review(maya, family, visit=str(family.physician.pk), amount="50")
        family.account.visits.filter(pk=family.physician.pk).update(patient_cents=0)
        answer = maya.post(review, follow=True)
        assert "Nothing was done: that page was out of date." in answer.content.decode()
        assert not PayLink.objects.exists()

    def test_drafts_that_are_begun_and_left_do_not_pile_up(self, maya, family):
        reviews = [self.review(maya, family) for _number in range(sharing.MOST_DRAFTS + 2)]
        assert maya.get(reviews[0]).status_code == 302
        assert maya.get(reviews[-1]).status_code == 200
        assert max(len(kept) for kept in maya.session.values() if isinstance(kept, dict)) == sharing.MOST_DRAFTS

    def test_link_is_made_once_however_often_it_is_asked_for(self, family):
        pk = uuid.uuid4()

        def make():
            return links.make(
                pk=pk,
                account=family.account,
                visit=None,
                use=PayLink.Use.SPLIT,
                amount_cents=10_00,
                shown_name="Maya",
                days=7,
                actor=Actor(family.user, ORIGIN),
                at=timezone.now(),
            )

        assert make() == make()
        assert PayLink.objects.count() == 1


class TestInvitations:
    def test_each_of_two_tabs_invites_the_address_that_it_showed(self, maya, family):
        first, second = (
            chosen(maya, "invite", family.account, invited(email)) for email in ("ines@example.org", "omar@example.org")
        )
        assert "ines@example.org" in page(maya, first) and "omar@example.org" in page(maya, second)
        maya.post(first)
        assert PayerInvitation.objects.get().email == "ines@example.org"
        maya.post(second)
        assert set(PayerInvitation.objects.values_list("email", flat=True)) == {"ines@example.org", "omar@example.org"}

    def test_button_pressed_twice_sends_one_invitation(self, maya, family):
        review = chosen(maya, "invite", family.account, invited("ines@example.org"))
        first, second = maya.post(review), maya.post(review)
        assert first["Location"] == second["Location"] == url("people", family.account)
        assert PayerInvitation.objects.get().revoked_at is None
        assert Notification.objects.filter(kind="payer_invitation").count() == 1

    def test_page_whose_draft_was_changed_sends_nothing_and_says_so(self, maya, family):
        review = chosen(maya, "invite", family.account, invited("ines@example.org"))
        change = url("invite", family.account) + "?draft=" + review.rstrip("/").split("/")[-1]
        assert change in page(maya, review)
        assert 'value="ines@example.org"' in page(maya, change)
        maya.post(change, invited("omar@example.org"))
        answer = maya.post(review, follow=True)
        assert "Nothing was done: that page was out of date." in answer.content.decode()
        assert not PayerInvitation.objects.exists()
