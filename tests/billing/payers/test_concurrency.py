"""Several at once on one link or one invitation. What the account's lock is for is shown beside, without it."""

import threading
import uuid

import pytest
from django.test import Client
from django.utils import timezone

from billing.models import PayerInvitation, PayLink, PaymentAttempt
from billing.payers import links, people
from billing.payers.actors import Actor
from billing.payers.models import LinkUse
from billing.payments import actions
from billing.payments.models import PayerKind
from billing.payments.payers import NotPromised, Payer
from tests.billing.payers.steps import ORIGIN, chosen, make_link, url
from tests.billing.payments.steps import CANCEL_URL
from tests.factories.billing import AttemptFactory, InvitationFactory
from tests.factories.records import UserFactory
from tests.together import together

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

MANY = 8


def grants(link, count: int = MANY):
    return [links.let_in(link=link, held=(), at=timezone.now()) for _number in range(count)]


def promise(link, grant, cents: int):
    """What the button of the review page does, up to the provider."""
    now = timezone.now()
    return actions.start(
        account_id=link.account_id,
        payer=Payer(kind=PayerKind.LINK, ref=grant.pk, is_guarantor=False),
        amount_cents=cents,
        chosen={},
        receipt_email="",
        cancel_url=CANCEL_URL,
        at=now,
        guard=links.guard_of(link, grant.pk, now),
    )


def promised() -> int:
    return sum(PaymentAttempt.objects.values_list("amount_cents", flat=True))


def test_remainder_of_a_link_is_never_promised_twice(family):
    for _round in range(3):
        link = make_link(family)
        results = together(*[lambda grant=grant, link=link: promise(link, grant, 40_00) for grant in grants(link)])
        assert sum(isinstance(result, NotPromised) for result in results) == MANY - 2
        assert promised() == 80_00
        PaymentAttempt.objects.all().delete()


@pytest.mark.parametrize("use", [LinkUse.EXACT, LinkUse.UP_TO])
def test_link_for_one_is_promised_to_one(family, use):
    link = make_link(family, use=use)
    results = together(*[lambda grant=grant: promise(link, grant, 100_00) for grant in grants(link)])
    assert sum(isinstance(result, NotPromised) for result in results) == MANY - 1
    assert promised() == 100_00


def test_without_the_lock_everybody_is_promised_the_same_remainder(family):
    """The control: the guard is asked, then the attempt is made, as it would be if they did not wait for each other."""
    link = make_link(family)
    everybody_has_asked = threading.Barrier(MANY)

    def ask_then_promise(grant):
        links.guard_of(link, grant.pk, timezone.now())(40_00)
        everybody_has_asked.wait(timeout=30)
        AttemptFactory(
            account=link.account, payer_kind=PayerKind.LINK, payer_ref=grant.pk, amount_cents=40_00, state="open"
        )

    results = together(*[lambda grant=grant: ask_then_promise(grant) for grant in grants(link)])
    assert results == [None] * MANY
    assert promised() == MANY * 40_00 > link.amount_cents


def test_double_click_promises_once(family):
    link = make_link(family)
    (grant,) = grants(link, 1)
    results = together(*[lambda: promise(link, grant, 100_00).pk] * MANY)
    assert len(set(results)) == 1
    assert promised() == 100_00


def test_button_pressed_many_times_at_once_makes_one_link_and_leads_to_it(family):
    browsers = [Client() for _number in range(MANY)]
    browsers[0].force_login(family.user)
    form = {"use": "up_to", "amount": "60", "visit": "", "name": "Maya", "days": "7"}
    review = chosen(browsers[0], "link_new", family.account, form)
    for browser in browsers:
        browser.cookies = browsers[0].cookies
    answers = together(*[lambda browser=browser: browser.post(review)["Location"] for browser in browsers])
    assert set(answers) == {url("pay_link", family.account, link=PayLink.objects.get().pk)}


def test_without_the_drafts_own_id_every_press_makes_a_link(family):
    """The control: what each press did when a link had no id before it was made."""
    made = together(*[lambda: make_link(family).pk] * MANY)
    assert len(set(made)) == PayLink.objects.count() == MANY


def test_button_pressed_many_times_at_once_sends_one_invitation(family):
    pk = uuid.uuid4()

    def invite():
        actor = Actor(family.user, ORIGIN)
        sent = people.invite(
            pk=pk,
            account=family.account,
            email="ines@example.org",
            role="payer_amounts",
            actor=actor,
            at=timezone.now(),
        )
        return sent.pk

    assert set(together(*[invite] * MANY)) == {pk}
    assert PayerInvitation.objects.get().revoked_at is None


def test_invitation_is_accepted_once(family):
    invitation = InvitationFactory(account=family.account, email="ines@example.org")
    people_of_that_address = [UserFactory() for _number in range(MANY)]

    def accept(user):
        addresses = {"ines@example.org"}
        people.accept(invitation=invitation, user=user, addresses=addresses, origin=ORIGIN, at=timezone.now())

    results = together(*[lambda user=user: accept(user) for user in people_of_that_address])
    assert results.count(None) == 1
    assert len(people.others(family.account)) == 1


def test_list_of_people_stays_within_its_limit(family):
    emails = [f"p{number}@example.org" for number in range(people.MOST_PEOPLE + 4)]

    def invite(email):
        actor = Actor(family.user, ORIGIN)
        people.invite(account=family.account, email=email, role="payer_amounts", actor=actor, at=timezone.now())

    results = together(*[lambda email=email: invite(email) for email in emails])
    assert results.count(None) == PayerInvitation.objects.count() == people.MOST_PEOPLE
