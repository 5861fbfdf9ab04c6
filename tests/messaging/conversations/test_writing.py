"""From a topic to a message that is sent once, and what is said on the way."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from messaging.models import Conversation, Draft, Message
from records.access.models import Grant
from records.access.permissions import ALL, Permission
from records.hours.models import ClosedDay, OpeningHours
from records.models import CareTeam, CareTeamMember
from tests.factories.records import GrantFactory
from tests.messaging.conversations.steps import ask, begin, hidden, reply, send, url

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def maya(client: Client, family):
    client.force_login(family.user)
    return family.maya


def test_message_goes_from_topic_to_the_clinic(client, family, maya):
    conversation = ask(client, maya, subject="My  knee", body="It hurts.\r\nSince Monday.")
    assert (conversation.subject, conversation.topic, conversation.pool) == ("My knee", "symptom", family.pool)
    message = conversation.messages.get()
    assert (message.body, message.author_kind, message.author_name) == (
        "It hurts.\nSince Monday.",
        "patient",
        "Maya Alvarez",
    )
    assert not Draft.objects.exists()
    page = client.get(url("thread", maya, conversation=conversation.pk)).text
    assert "Since Monday." in page
    assert "Take it back" in page


def test_reader_is_told_who_reads_it_by_when_and_what_to_do_in_an_emergency(client, family, maya):
    client.post(url("new", maya), {"topic": "symptom"})
    page = client.get(url("write", maya)).text
    assert family.pool.described_as in page
    assert "within 2 business days" in page
    assert "you, and nobody else" in page
    assert "911" in page and "988" in page and "860-555-0199" in page
    assert "You are not billed" in page


def test_closed_days_and_hours_are_named(client, family, maya):
    today = timezone.localdate()
    ClosedDay.objects.create(date=today, name="Founders’ Day")
    client.post(url("new", maya), {"topic": "symptom"})
    page = client.get(url("write", maya)).text
    assert "Founders’ Day" in page
    tomorrow = today + dt.timedelta(days=1)
    assert f"Nobody reads this until <b>{tomorrow:%A}" in page


def test_without_hours_no_day_is_promised(client, maya):
    OpeningHours.objects.all().delete()
    client.post(url("new", maya), {"topic": "symptom"})
    assert "as soon as we can" in client.get(url("write", maya)).text
    assert ask(client, maya).due_at is None


def test_what_may_be_billed_is_agreed_to_before_sending(client, family, maya):
    family.pool.may_be_billed = True
    family.pool.save()
    page = begin(client, maya)
    assert "It may be billed" in page
    refused = send(client, maya, page)
    assert refused.status_code == 422
    assert not Message.objects.exists()
    assert send(client, maya, page, consent="on").status_code == 302
    assert Conversation.objects.get().may_bill


def test_installation_can_forbid_billing_of_messages(client, family, maya, settings):
    settings.MESSAGES_MAY_BE_BILLED = False
    family.pool.may_be_billed = True
    family.pool.save()
    assert not ask(client, maya).may_bill


def test_words_of_danger_are_answered_to_strongly_but_never_block(client, maya):
    page = begin(client, maya, body="I have chest pain")
    assert "Please do not wait for an answer" in page
    assert "until somebody reads this" in page
    assert send(client, maya, page).status_code == 302
    assert Conversation.objects.get().is_urgent


def test_danger_in_a_reply_is_answered_to_once_before_it_goes(client, maya):
    conversation = ask(client, maya)
    warned = reply(client, conversation, "now I cannot breathe")
    assert "Please do not wait for an answer" in warned.text
    assert conversation.messages.count() == 1
    again = client.post(
        url("reply", maya, conversation=conversation.pk),
        {"body": "now I cannot breathe", "once": hidden(warned.text, "once"), "warned": hidden(warned.text, "warned")},
    )
    assert again.status_code == 302
    assert conversation.messages.count() == 2


def test_double_click_and_reload_make_one_message(client, maya):
    page = begin(client, maya)
    first, second = send(client, maya, page), send(client, maya, page)
    assert first["Location"] == second["Location"]
    assert Message.objects.count() == 1


def test_same_reply_from_two_windows_is_one_message(client, maya):
    conversation = ask(client, maya)
    page = client.get(url("thread", maya, conversation=conversation.pk)).text
    fields = {"once": hidden(page, "once"), "body": "One more thing."}
    reply_url = url("reply", maya, conversation=conversation.pk)
    assert [client.post(reply_url, fields).status_code for _window in range(2)] == [302, 302]
    assert conversation.messages.count() == 2


def test_other_words_from_a_second_window_are_kept_and_said_not_to_be_sent(client, maya):
    conversation = ask(client, maya)
    once = hidden(client.get(url("thread", maya, conversation=conversation.pk)).text, "once")
    reply_url = url("reply", maya, conversation=conversation.pk)
    client.post(reply_url, {"once": once, "body": "First window"})
    second = client.post(reply_url, {"once": once, "body": "Second window"})
    assert second.status_code == 409
    assert "Second window" in second.text and "not sent yet" in second.text
    sent = client.post(reply_url, {"once": hidden(second.text, "once"), "body": "Second window"})
    assert sent.status_code == 302
    assert conversation.messages.count() == 3


def test_draft_changed_in_another_window_is_read_again_before_it_goes(client, maya):
    page = begin(client, maya, body="As reviewed")
    client.post(url("draft_new", maya), {"body": "Changed elsewhere"})
    response = client.post(url("review", maya), {name: hidden(page, name) for name in ("once", "seen")}, follow=True)
    assert "changed in another window" in response.text
    assert "Changed elsewhere" in response.text
    assert not Message.objects.exists()


def test_draft_is_offered_again_where_it_was_left(client, maya):
    client.post(url("new", maya), {"topic": "symptom"})
    client.post(url("write", maya), {"subject": "Half a thought", "body": "", "save": "yes"})
    assert "Half a thought" in client.get(url("messages", maya)).text
    assert 'value="Half a thought"' in client.get(url("write", maya)).text
    client.post(url("discard", maya))
    assert not Draft.objects.exists()


def test_draft_of_a_reply_is_its_authors_alone(client, family, maya):
    conversation = ask(client, maya)
    client.post(url("draft", maya, conversation=conversation.pk), {"body": "Half a reply"})
    assert "Half a reply" in client.get(url("thread", maya, conversation=conversation.pk)).text
    proxy = GrantFactory(patient=maya, kind=Grant.Kind.PROXY, permissions=sorted(ALL)).user
    Conversation.objects.update(created_at=timezone.now() - dt.timedelta(hours=1))
    client.force_login(proxy)
    assert "Half a reply" not in client.get(url("thread", maya, conversation=conversation.pk)).text


def test_what_a_script_saves_after_sending_does_not_come_back(client, maya):
    conversation = ask(client, maya)
    once = hidden(client.get(url("thread", maya, conversation=conversation.pk)).text, "once")
    client.post(url("reply", maya, conversation=conversation.pk), {"once": once, "body": "Sent"})
    client.post(url("draft", maya, conversation=conversation.pk), {"once": once, "body": "Sent"})
    client.post(url("draft_new", maya), {"body": "Sent"})
    assert not Draft.objects.exists()


def test_message_is_taken_back_within_its_minute_and_kept_as_a_draft(client, maya):
    conversation = ask(client, maya, subject="Oh no", body="Sent too early")
    taken = client.post(url("undo", maya, conversation=conversation.pk))
    assert taken["Location"] == url("write", maya)
    assert "Sent too early" in client.get(url("write", maya)).text
    assert client.get(url("thread", maya, conversation=conversation.pk)).status_code == 404
    page = client.get(url("review", maya)).text
    assert send(client, maya, page).status_code == 302
    assert Conversation.objects.standing().count() == 1


def test_after_its_minute_a_message_stays(client, maya):
    conversation = ask(client, maya)
    Message.objects.update(visible_at=timezone.now() - dt.timedelta(seconds=1))
    client.post(url("undo", maya, conversation=conversation.pk))
    assert conversation.messages.standing().count() == 1


def test_reader_without_the_right_to_write_is_refused_everywhere(client, family, maya):
    conversation = ask(client, maya)
    Conversation.objects.update(created_at=timezone.now() - dt.timedelta(hours=1))
    reader = GrantFactory(patient=maya, kind=Grant.Kind.PROXY, permissions=[Permission.MESSAGES]).user
    client.force_login(reader)
    page = client.get(url("thread", maya, conversation=conversation.pk))
    assert "not write in it" in page.text
    assert [client.get(url(name, maya)).status_code for name in ("new", "write", "review")] == [403] * 3
    for name in ("reply", "undo", "close", "draft"):
        assert client.post(url(name, maya, conversation=conversation.pk), {"body": "x"}).status_code == 403, name


def test_teams_are_offered_with_their_members_and_searched_when_many(client, maya):
    now = timezone.now()
    for number in range(8):
        team = CareTeam.objects.create(patient=maya, name=f"Team {number}", status="active", released_at=now)
        CareTeamMember.objects.create(team=team, position=0, name=f"Dr. Number{number}", role="Surgeon")
    page = client.get(url("new", maya)).text
    assert "Dr. Number0, Surgeon" in page
    assert "Dr. Number7" not in page
    found = client.post(url("new", maya), {"find": "yes", "q": "number7", "topic": "symptom"}).text
    assert "Dr. Number7" in found and "Dr. Number0" not in found
    client.post(url("new", maya), {"topic": "symptom", "team": "Team 7"})
    assert "for Team 7" in client.get(url("write", maya)).text


def test_proxy_writes_under_their_own_name_for_the_patient(client, family, maya):
    proxy = GrantFactory(patient=maya, kind=Grant.Kind.PROXY, permissions=sorted(ALL), user__full_name="Omar Reyes")
    client.force_login(proxy.user)
    conversation = ask(client, maya)
    message = conversation.messages.get()
    assert (message.author_name, message.author_kind) == ("Omar Reyes", "proxy")
    page = client.get(url("thread", maya, conversation=conversation.pk)).text
    assert "for Maya Alvarez" in page


def test_topic_of_customer_service_is_not_taken_for_a_patient(client, maya):
    assert client.post(url("new", maya), {"topic": "billing"}).status_code == 422
    assert "/messages/new/" in client.get(url("new", maya)).text


def test_topic_nobody_answers_says_whom_to_call(client, family, maya):
    family.pool.rules.all().delete()
    client.post(url("new", maya), {"topic": "symptom"})
    page = client.get(url("write", maya)).text
    assert "Please call" in page and "<textarea" not in page


def test_empty_and_endless_words_are_refused_and_nothing_typed_is_lost(client, maya):
    client.post(url("new", maya), {"topic": "symptom"})
    empty = client.post(url("write", maya), {"subject": "Kept subject", "body": " "})
    assert empty.status_code == 422 and "Kept subject" in empty.text
    assert client.post(url("write", maya), {"subject": "x" * 151, "body": "y"}).status_code == 422
    assert client.post(url("write", maya), {"subject": "x", "body": "y" * 20_001}).status_code == 422
