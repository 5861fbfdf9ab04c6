import pytest
from django.apps import apps

from messaging.models import Pool, RoutingRule
from messaging.pools import defaults, routing
from messaging.pools.choices import Topic
from tests.factories.messaging import RuleFactory

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture(autouse=True)
def nothing_yet(db):
    RoutingRule.objects.all().delete()
    Pool.objects.all().delete()


def test_every_topic_has_a_pool():
    defaults.load(apps, None)
    pools = {topic: routing.pool_for(topic=topic, team_name="", text="").name for topic in Topic}
    assert pools[Topic.SYMPTOM] == pools[Topic.REFILL] == defaults.NURSES
    assert pools[Topic.BILLING] == defaults.BILLING
    assert pools[Topic.FORM] == defaults.FRONT_DESK
    assert pools[Topic.ACCOUNT] == defaults.SERVICE


def test_last_rule_takes_everything():
    defaults.load(apps, None)
    last = RoutingRule.objects.last()
    assert last is not None
    assert (last.topic, last.team_name, last.word) == ("", "", "")


def test_loading_again_changes_nothing():
    defaults.load(apps, None)
    before = (Pool.objects.count(), RoutingRule.objects.count())
    defaults.load(apps, None)
    assert (Pool.objects.count(), RoutingRule.objects.count()) == before


def test_rules_of_the_clinic_are_left_alone():
    rule = RuleFactory()
    defaults.load(apps, None)
    assert RoutingRule.objects.get() == rule
