import datetime as dt

import pytest
from django.utils import timezone

from messaging.models import Absence, RoutingRule
from messaging.pools import routing
from messaging.pools.choices import Topic
from tests.factories.messaging import PoolFactory, RuleFactory
from tests.factories.records import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture(autouse=True)
def no_rules(db):
    RoutingRule.objects.all().delete()


def away(user, forward_to=None, *, start=-1, days=2):
    starts = timezone.now() + dt.timedelta(days=start)
    return Absence.objects.create(
        user=user, starts_at=starts, ends_at=starts + dt.timedelta(days=days), forward_to=forward_to
    )


def pool_of(topic=Topic.SYMPTOM, team="", text="My knee hurts"):
    return routing.pool_for(topic=topic, team_name=team, text=text)


def test_first_rule_that_fits_decides():
    first, second = RuleFactory(order=1).pool, RuleFactory(order=2).pool
    assert pool_of() == first != second


def test_topic_rule_takes_only_its_topic():
    bills, rest = RuleFactory(order=1, topic=Topic.BILLING).pool, RuleFactory().pool
    assert pool_of(Topic.BILLING) == bills
    assert pool_of(Topic.SYMPTOM) == rest


def test_team_rule_takes_what_is_written_to_that_team_however_it_is_cased():
    hearts, rest = RuleFactory(order=1, team_name="Heart Team").pool, RuleFactory().pool
    assert pool_of(team="heart team") == hearts
    assert pool_of(team="Family medicine") == pool_of() == rest


def test_word_rule_looks_into_the_text():
    pregnancy, rest = RuleFactory(order=1, word="pregnan").pool, RuleFactory().pool
    assert pool_of(text="I may be PREGNANT") == pregnancy
    assert pool_of(text="My knee") == rest


def test_all_parts_of_a_rule_have_to_fit():
    both, rest = RuleFactory(order=1, topic=Topic.FORM, word="school").pool, RuleFactory().pool
    assert pool_of(Topic.FORM, text="A school form") == both
    assert pool_of(Topic.FORM, text="A work form") == pool_of(Topic.RESULT, text="school") == rest


def test_nothing_that_fits_is_an_error():
    RuleFactory(topic=Topic.BILLING)
    with pytest.raises(routing.NoPool):
        pool_of(Topic.SYMPTOM)


def test_routing_asks_once_however_many_rules(django_assert_num_queries):
    for order in range(20):
        RuleFactory(order=order, topic=Topic.BILLING)
    RuleFactory()
    with django_assert_num_queries(1):
        pool_of(Topic.SYMPTOM)


def test_somebody_who_is_there_keeps_their_work():
    user = UserFactory(is_staff=True)
    away(user, start=5)
    away(user, start=-9)
    assert routing.stand_in_for(user, timezone.now()) == user


def test_work_goes_along_a_chain_of_absences():
    first, second, third = (UserFactory(is_staff=True) for _ in range(3))
    away(first, second)
    away(second, third)
    assert routing.stand_in_for(first, timezone.now()) == third


def test_absent_without_stand_in_gives_work_back_to_the_pool():
    user = UserFactory(is_staff=True)
    away(user)
    assert routing.stand_in_for(user, timezone.now()) is None


def test_absences_in_a_circle_give_work_back_to_the_pool():
    first, second = UserFactory(is_staff=True), UserFactory(is_staff=True)
    away(first, second)
    away(second, first)
    assert routing.stand_in_for(first, timezone.now()) is None


def test_who_left_stands_in_for_nobody():
    user, gone = UserFactory(is_staff=True), UserFactory(is_staff=True, is_active=False)
    away(user, gone)
    assert routing.stand_in_for(user, timezone.now()) is None


def test_who_is_not_of_the_pool_does_not_stand_in():
    user, member, other = (UserFactory(is_staff=True) for _ in range(3))
    pool = PoolFactory()
    pool.members.add(user, member)
    absence = away(user, other)
    assert routing.stand_in_for(user, timezone.now(), pool) is None
    absence.forward_to = member
    absence.save()
    assert routing.stand_in_for(user, timezone.now(), pool) == member
