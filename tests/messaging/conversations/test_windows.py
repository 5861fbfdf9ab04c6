"""A long thread a page at a time: nothing is lost between pages, and no address makes one that does not exist."""

import datetime as dt

import pytest
from django.test import RequestFactory
from django.utils import timezone

from messaging.conversations.windows import MOST, window_of
from messaging.models import Message
from tests.factories.messaging import ConversationFactory, MessageFactory
from tests.messaging.conversations.steps import url
from tests.queries import cost_of

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def long_thread(count, **fields):
    conversation, now = ConversationFactory(**fields), timezone.now()
    Message.objects.bulk_create(
        MessageFactory.build(
            conversation=conversation, body=f"Number {number:03d}.", sent_at=now - dt.timedelta(hours=count - number)
        )
        for number in range(count)
    )
    return conversation


def page(conversation, asked=""):
    return window_of(RequestFactory().get("/", {"page": asked} if asked else {}), conversation.messages.all())


def test_short_thread_has_no_pages_beside_it(db):
    window = page(long_thread(MOST))
    assert (len(window.messages), window.earlier, window.later) == (MOST, None, None)


def test_pages_follow_each_other_oldest_first_without_gap_or_overlap(db):
    conversation = long_thread(2 * MOST + 5)
    windows = [page(conversation, str(number)) for number in (3, 2, 1)]
    assert [len(window.messages) for window in windows] == [5, MOST, MOST]
    assert [(window.earlier, window.later) for window in windows] == [(None, 2), (3, 1), (2, None)]
    bodies = [message.body for window in windows for message in window.messages]
    assert bodies == [f"Number {number:03d}." for number in range(2 * MOST + 5)]


@pytest.mark.parametrize("asked", ["0", "-1", "x", "1.5", "²", "٣", "\0", "9" * 5000, " "])
def test_page_that_makes_no_sense_is_the_newest(db, asked):
    assert page(long_thread(3), asked).messages[-1].body == "Number 002."


def test_page_far_behind_the_first_message_is_empty_and_cheap(db):
    conversation = long_thread(3)
    assert page(conversation, "99999").messages == []
    assert cost_of(lambda: page(conversation, "99999")) == 1


def test_thread_opens_at_its_end_and_leads_back(client, family):
    client.force_login(family.user)
    thread = url("thread", family.maya, conversation=long_thread(MOST + 1, patient=family.maya).pk)
    newest = client.get(thread).text
    assert f"Number {MOST:03d}." in newest and "Number 000." not in newest
    assert f'href="{thread}?page=2">Earlier messages' in newest
    oldest = client.get(thread, {"page": 2}).text
    assert "Number 000." in oldest and f'href="{thread}?page=1">Later messages' in oldest
