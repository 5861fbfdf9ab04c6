"""Who can pay: invited, accepted, changed, ended; and what everybody is told."""

import datetime as dt
import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from billing.ledger.choices import AccessRole, AccountKind
from billing.ledger.models import GuarantorAccess
from billing.models import PayerInvitation
from billing.payers import people, tokens
from billing.payers.actors import Actor
from billing.payers.levels import LEVELS
from records.access.models import AccessLogEntry
from records.notifications import delivery
from records.notifications.models import Notification
from tests.architecture import cast
from tests.billing.payers.steps import ORIGIN, chosen, page, url
from tests.factories.billing import AccessFactory, AccountFactory
from tests.factories.records import PASSWORD, UserFactory
from tests.queries import BUDGET, cost_of

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

LINES, AMOUNTS = AccessRole.PAYER_LINES, AccessRole.PAYER_AMOUNTS


@pytest.fixture
def ines():
    return UserFactory(full_name="Ines Duarte", email="ines@example.org")


def invite(family, email: str = "ines@example.org", role: AccessRole = AMOUNTS) -> PayerInvitation:
    return people.invite(
        account=family.account, email=email, role=role, actor=Actor(family.user, ORIGIN), at=timezone.now()
    )


def opened(invitation: PayerInvitation, user) -> Client:
    browser = Client()
    if user is not None:
        browser.force_login(user)
    browser.get(tokens.path_of(tokens.INVITATION, invitation.pk))
    return browser


def role_of(user, family) -> str:
    access = GuarantorAccess.objects.active().filter(user=user, account=family.account).first()
    return access.role if access else ""


def told() -> list[tuple[str, str]]:
    return sorted(Notification.objects.values_list("kind", "address"))


def deliver_all() -> None:
    for pk in Notification.objects.values_list("pk", flat=True):
        delivery.deliver(notification_id=pk, at=timezone.now())


class TestInviting:
    def test_review_says_exactly_what_the_other_person_will_see_and_sends_by_its_button(self, maya, family):
        form = {"email": "Ines@Example.org", "role": LINES}
        review = chosen(maya, "invite", family.account, form)
        html = page(maya, review)
        for line in (*LEVELS[LINES].sees, *LEVELS[LINES].never):
            assert str(line) in html
        assert not PayerInvitation.objects.exists()
        assert maya.post(review)["Location"] == url("people", family.account)
        invitation = PayerInvitation.objects.get()
        assert (invitation.email, invitation.role) == ("ines@example.org", LINES)
        assert "ines@example.org" in page(maya, url("people", family.account))
        row = AccessLogEntry.objects.get(kind=people.KIND, verb="change")
        assert (row.actor_id, row.object_id) == (family.user.pk, str(invitation.pk))

    def test_mail_names_nobody_and_leads_to_the_invitation(self, family):
        invitation = invite(family)
        deliver_all()
        (message,) = mail.outbox
        said = f"{message.subject} {message.body} {message.alternatives[0].content}"
        assert message.to == ["ines@example.org"]
        assert tokens.path_of(tokens.INVITATION, invitation.pk).split("t=")[1] in message.body
        for secret in ("Maya", "Alvarez", "Leo", "4417", "$", "Larkspur Hospital", str(family.account.pk)):
            assert secret not in said

    @pytest.mark.parametrize(
        "form", [{}, {"email": "nobody", "role": AMOUNTS}, {"email": "a@b.example", "role": "guarantor"}]
    )
    def test_mistakes_are_named(self, maya, family, form):
        html = maya.post(url("invite", family.account), form).content.decode()
        assert 'role="alert"' in html

    def test_second_invitation_replaces_the_first(self, maya, family, ines):
        first = invite(family)
        second = invite(family, role=LINES)
        first.refresh_from_db()
        assert first.revoked_at is not None
        assert opened(first, ines).get(reverse("billing:invitation")).status_code == 404
        assert opened(second, ines).get(reverse("billing:invitation")).status_code == 200

    def test_who_may_pay_already_is_not_invited(self, maya, family, omar):
        review = chosen(maya, "invite", family.account, {"email": omar.email, "role": LINES})
        answer = maya.post(review, follow=True)
        assert "That person can pay this bill already." in answer.content.decode()
        assert role_of(omar, family) == AMOUNTS

    def test_ten_people_and_invitations_are_the_most(self, maya, family, omar):
        for number in range(people.MOST_PEOPLE - 1):
            invite(family, f"p{number}@example.org")
        with pytest.raises(people.TooMany):
            invite(family)
        invite(family, "p1@example.org")  # Replaced, not added.
        PayerInvitation.objects.filter(email="p2@example.org").update(
            created_at=timezone.now() - dt.timedelta(days=8), expires_at=timezone.now()
        )
        invite(family)

    def test_twenty_a_day_are_the_most(self, maya, family, monkeypatch):
        monkeypatch.setattr("billing.payers.people_views.A_DAY", 1)
        for email in ("a@example.org", "b@example.org"):
            review = chosen(maya, "invite", family.account, {"email": email, "role": AMOUNTS})
            answer = maya.post(review, follow=True)
        assert "You have sent many invitations today." in answer.content.decode()
        assert PayerInvitation.objects.count() == 1

    def test_account_that_an_insurer_pays_is_not_shared(self, maya, family):
        family.account.kind = AccountKind.WORKERS_COMPENSATION
        family.account.save()
        assert "Nobody else can pay this bill" in page(maya, url("people", family.account))
        assert maya.get(url("invite", family.account))["Location"] == url("people", family.account)

    def test_taken_back_it_opens_nothing(self, maya, family, ines):
        invitation = invite(family)
        browser = opened(invitation, ines)
        maya.post(url("invitation_end", family.account, invitation=invitation.pk))
        assert browser.post(reverse("billing:invitation")).status_code == 404
        assert Client().get(tokens.path_of(tokens.INVITATION, invitation.pk)).status_code == 404
        assert "ines@example.org" not in page(maya, url("people", family.account))


class TestAccepting:
    def test_not_signed_in_it_says_nothing_of_whose_bill_and_leads_to_the_sign_in(self, family):
        html = page(Client(), tokens.path_of(tokens.INVITATION, invite(family).pk))
        assert "/accounts/login/?next=%2Fbilling%2Finvitation%2F" in html
        for secret in ("Maya", "Alvarez", "ines@example.org", "$"):
            assert secret not in html

    @pytest.mark.parametrize("level", [LINES, AMOUNTS])
    def test_page_says_whose_bill_by_first_name_and_what_will_be_seen(self, family, ines, level):
        browser = opened(invite(family, role=level), ines)
        html = page(browser, reverse("billing:invitation"))
        assert "Maya asks you to help pay a bill" in html
        assert str(LEVELS[level].label) in html
        for line in LEVELS[level].for_them:
            assert str(line) in html
        for secret in ("Alvarez", "Leo", "4417", "194.96"):
            assert secret not in html
        assert role_of(ines, family) == ""

    def test_accepted_once_by_the_button_and_both_are_told(self, family, ines):
        invitation = invite(family, role=LINES)
        browser = opened(invitation, ines)
        answer = browser.post(reverse("billing:invitation"))
        assert answer["Location"] == url("account", family.account)
        assert role_of(ines, family) == LINES
        assert told() == [
            ("payer_access", "ines@example.org"),
            ("payer_invitation", "ines@example.org"),
            ("payer_people", "maya@example.org"),
        ]
        assert opened(invitation, ines).post(reverse("billing:invitation")).status_code == 404
        assert GuarantorAccess.objects.filter(user=ines).count() == 1

    def test_addresses_other_than_the_invited_one_and_staff_are_refused(self, family):
        invitation = invite(family)
        staff = cast.user("staff", family.maya, None)
        staff.emailaddress_set.update(email="ines@example.org")
        for user in (UserFactory(), family.user, staff):
            browser = opened(invitation, user)
            assert browser.get(reverse("billing:invitation")).status_code == 403
            assert browser.post(reverse("billing:invitation")).status_code == 403
        assert PayerInvitation.objects.get().accepted_at is None

    def test_address_counts_only_when_it_is_verified(self, family):
        user = UserFactory(email="ines@example.org", verified_address=False)
        assert opened(invite(family), user).post(reverse("billing:invitation")).status_code == 403

    def test_runs_out_after_seven_days(self, family, ines):
        invitation = invite(family)
        browser = opened(invitation, ines)
        PayerInvitation.objects.update(created_at=timezone.now() - dt.timedelta(days=8), expires_at=timezone.now())
        assert browser.post(reverse("billing:invitation")).status_code == 404
        assert browser.get(tokens.path_of(tokens.INVITATION, invitation.pk)).status_code == 404
        assert dt.timedelta(days=7) == people.LIFETIME

    def test_page_without_an_invitation_says_what_to_do(self, client, ines):
        client.force_login(ines)
        assert "This invitation cannot be used any more" in page(client, reverse("billing:invitation"), 404)

    def test_sign_in_on_the_way_keeps_the_invitation(self, family, ines):
        browser = opened(invite(family), None)
        answer = browser.post(
            "/accounts/login/", {"login": ines.email, "password": PASSWORD, "next": reverse("billing:invitation")}
        )
        assert answer["Location"] == reverse("billing:invitation")
        assert "Maya asks you" in page(browser, answer["Location"])


class TestPeople:
    def test_list_says_who_and_since_when(self, maya, family, omar, aunt):
        html = page(maya, url("people", family.account))
        for said in ("Omar Reyes", "omar@example.org", "Amounts only", "Ines Alvarez", "Amounts and visits", "since "):
            assert said in html
        assert "maya@example.org" not in re.sub(r"<header class=.*?</header>", "", html)

    def test_level_is_changed_at_once_and_both_are_told(self, maya, client, family, omar):
        access = omar.guarantor_access.get()
        assert "checked" in page(maya, url("person", family.account, person=access.user_id))
        maya.post(url("person", family.account, person=access.user_id), {"role": LINES})
        assert role_of(omar, family) == LINES
        assert told() == [("payer_access", "omar@example.org"), ("payer_people", "maya@example.org")]
        visit = url("visit", family.account, visit=family.emergency.pk)
        browser = Client()
        browser.force_login(omar)
        assert browser.get(visit).status_code == 200
        maya.post(url("person", family.account, person=access.user_id), {"role": AMOUNTS})
        assert browser.get(visit).status_code == 404

    def test_saving_the_same_level_tells_nobody(self, maya, family, omar):
        maya.post(url("person", family.account, person=omar.pk), {"role": AMOUNTS})
        assert told() == []

    def test_ended_at_once_and_both_are_told(self, maya, family, omar):
        access = omar.guarantor_access.get()
        maya.post(url("person_end", family.account, person=access.user_id))
        access.refresh_from_db()
        assert access.revoked_by == family.user
        assert told() == [("payer_access", "omar@example.org"), ("payer_people", "maya@example.org")]
        browser = Client()
        browser.force_login(omar)
        assert browser.get(url("account", family.account)).status_code == 404
        assert maya.post(url("person_end", family.account, person=access.user_id)).status_code == 404

    def test_mails_of_a_change_name_nobody(self, maya, family, omar):
        maya.post(url("person_end", family.account, person=omar.pk))
        deliver_all()
        assert len(mail.outbox) == 2
        for message in mail.outbox:
            said = f"{message.subject} {message.body} {message.alternatives[0].content}"
            for secret in ("Maya", "Omar", "Alvarez", "Reyes", "Leo", "4417"):
                assert secret not in said

    def test_guarantor_is_never_on_the_list_of_those_who_can_be_ended(self, maya, family):
        own = family.user.guarantor_access.get()
        other = AccessFactory(account=AccountFactory(), role=AMOUNTS)
        for access in (own, other):
            assert maya.get(url("person", family.account, person=access.user_id)).status_code == 404
            assert maya.post(url("person_end", family.account, person=access.user_id)).status_code == 404
        assert people.end(access=own, actor=Actor(family.user, ORIGIN), at=timezone.now()) is False
        assert role_of(family.user, family) == AccessRole.GUARANTOR

    def test_change_is_logged_with_its_row(self, maya, family, omar):
        access = omar.guarantor_access.get()
        maya.post(url("person", family.account, person=access.user_id), {"role": LINES})
        maya.post(url("person_end", family.account, person=access.user_id))
        rows = AccessLogEntry.objects.filter(kind=people.KIND, verb="change", object_id=str(omar.pk))
        assert rows.count() == 2

    def test_cost_does_not_grow_with_people(self, maya, family):
        address = url("people", family.account)
        page(maya, address)
        one = cost_of(lambda: maya.get(address))
        for _number in range(20):
            AccessFactory(account=family.account, role=LINES)
        assert cost_of(lambda: maya.get(address)) == one <= BUDGET

    def test_empty_list_says_what_it_is_for(self, maya, family):
        assert "Only you so far" in page(maya, url("people", family.account))


def test_every_level_says_what_it_shows():
    assert set(LEVELS) == set(AccessRole) - {AccessRole.GUARANTOR}
