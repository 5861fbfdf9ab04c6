import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from messaging.conversations.states import EventKind
from messaging.inbox.measures import WEEKS, measures_of
from messaging.models import ConversationEvent
from tests.factories.messaging import ConversationFactory, PoolFactory
from tests.messaging.inbox.conftest import asked
from tests.queries import cost_of

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

# A Wednesday noon in Hartford.
NOW = dt.datetime(2026, 11, 18, 17, tzinfo=dt.UTC)


def answered(pool, *, after, at=NOW - dt.timedelta(days=1), is_asked=True):
    conversation = ConversationFactory(pool=pool, created_at=at, first_answered_at=at + dt.timedelta(hours=after))
    if is_asked:
        ConversationEvent.objects.create(conversation=conversation, kind=EventKind.RECEIVED, at=at)
    return conversation


def test_median_and_ninth_tenth_are_those_of_the_pool():
    pool, other = PoolFactory(), PoolFactory()
    for hour in range(1, 11):
        answered(pool, after=hour)
    answered(other, after=99)
    mine = measures_of([pool], NOW).pools[0]
    assert (mine.received, mine.answered) == (10, 10)
    assert (mine.median, mine.ninth) == (dt.timedelta(hours=5), dt.timedelta(hours=9))


@pytest.mark.parametrize(("hours", "median", "ninth"), [([3], 3, 3), ([1, 5], 1, 5), ([1, 2, 9], 2, 9)])
def test_few_answers_have_a_median_too(hours, median, ninth):
    pool = PoolFactory()
    for each in hours:
        answered(pool, after=each)
    (found,) = measures_of([pool], NOW).pools
    assert (found.median, found.ninth) == (dt.timedelta(hours=median), dt.timedelta(hours=ninth))


def test_what_the_clinic_began_and_what_is_long_ago_does_not_count():
    pool = PoolFactory()
    answered(pool, after=1, is_asked=False)
    answered(pool, after=1, at=NOW - dt.timedelta(weeks=WEEKS))
    (found,) = measures_of([pool], NOW).pools
    assert (found.received, found.median, found.median_words) == (0, None, "–")


def test_weeks_are_the_clinics_own():
    pool = PoolFactory()
    sunday_evening = dt.datetime(2026, 11, 16, 3, tzinfo=dt.UTC)  # Still Sunday in Hartford.
    answered(pool, after=2, at=sunday_evening)
    weeks = {week.label: week.received for week in measures_of([pool], NOW).weeks}
    assert len(weeks) == WEEKS
    assert (weeks["Nov 9"], weeks["Nov 16"]) == (1, 0)


def test_backlog_and_overdue_are_counted_as_they_are_now():
    pool, now = PoolFactory(), timezone.now()
    asked(pool, due_at=now + dt.timedelta(days=1))
    asked(pool, due_at=now - dt.timedelta(days=1))
    ConversationFactory(pool=pool)
    (found,) = measures_of([pool], now).pools
    assert (found.backlog, found.overdue) == (2, 1)


def test_measures_cost_the_same_for_few_and_for_many():
    pools = [PoolFactory() for _ in range(3)]
    answered(pools[0], after=1)
    few = cost_of(lambda: measures_of(pools, NOW))
    for pool in pools:
        for hour in range(5):
            answered(pool, after=hour, at=NOW - dt.timedelta(weeks=hour))
    assert cost_of(lambda: measures_of(pools, NOW)) == few == 4


def test_page_shows_chart_and_table(nurse_client, office):
    answered(office.pool, after=6, at=timezone.now() - dt.timedelta(hours=7))
    text = nurse_client.get(reverse("admin:messaging_measures")).text
    assert '<svg class="chart"' in text
    assert "6 h 0 min" in text


def test_page_without_answers_says_so(nurse_client, office):
    assert "Nothing was answered" in nurse_client.get(reverse("admin:messaging_measures")).text
