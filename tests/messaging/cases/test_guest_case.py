"""A guest's case: written without an account, confirmed, answered by a link that works once."""

import datetime as dt
import re
import uuid

import pytest
from captcha.models import CaptchaStore
from django.conf import settings
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from messaging.cases import gate
from messaging.cases.models import LIFETIME, OPEN_FOR
from messaging.conversations import actions
from messaging.conversations.actions import UNDO, Writer
from messaging.conversations.states import Author
from messaging.models import CallBack, CaseLink, Conversation, InternalNote, Message
from messaging.pools.choices import ABOUT_A_PATIENT
from records.access.models import AccessLogEntry
from records.notifications.models import Notification
from tests.factories.messaging import ConversationFactory, MessageFactory, RuleFactory, StoredFileFactory
from tests.factories.records import UserFactory
from tests.queries import BUDGET, cost_of
from tests.working import work

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.usefixtures("within_one_minute")]

WRITE, LINK = reverse("messaging:case_write"), reverse("messaging:case_link")
EMAIL = "gus@example.org"


@pytest.fixture(autouse=True)
def rule(db):
    return RuleFactory(pool__described_as="Customer service")


def typed(**fields):
    key = CaptchaStore.generate_key()
    return {
        "captcha_0": key,
        "captcha_1": CaptchaStore.objects.get(hashkey=key).response,
        "once": str(uuid.uuid4()),
        "name": "Gus Guest",
        "email": EMAIL,
        "topic": "technical",
        "body": "The page stays white.",
        **fields,
    }


def write(client, **fields):
    return client.post(WRITE, typed(**fields), follow=True)


def written(client, **fields):
    write(client, **fields)
    return Conversation.objects.get()


def answer(case, body="Try again tomorrow.", at=None):
    nurse = UserFactory(is_staff=True, full_name="Faye Monroe")
    at = at or timezone.now() - 2 * UNDO
    writer = Writer(Author.STAFF, nurse.full_name, nurse)
    return actions.reply(conversation_id=case.pk, writer=writer, body=body, once=uuid.uuid4(), at=at)


def link_in(message):
    (found,) = re.findall(r"https?://\S+/contact/case/open/\S+", str(message.body))
    return found.removeprefix(settings.PORTAL_URL)


def mailed_link():
    work()
    return link_in(mail.outbox[-1])


def case_at(client, name="case", **kwargs):
    """The address of a page of the case that the browser opened last."""
    handle = ["nothing", *client.session.get(gate.DOOR.key, {})][-1]
    return reverse(f"messaging:{name}", kwargs={"handle": handle, **kwargs})


def enter(client, path):
    token = re.search(r'name="t" value="([^"]+)"', client.get(path).text)[1]
    return client.post(path.partition("?")[0], {"t": token})


def test_guest_gets_a_case_number_on_screen_and_by_mail(client):
    page = write(client)
    case = Conversation.objects.get()
    assert case.number in page.text
    assert (case.guest_name, case.guest_email, case.patient, case.owner) == ("Gus Guest", EMAIL, None, None)
    work()
    assert mail.outbox[-1].to == [EMAIL]
    assert case.number in mail.outbox[-1].body
    assert "white" not in mail.outbox[-1].subject + str(mail.outbox[-1].message())


def test_only_topics_of_customer_service_are_offered_and_taken(client):
    page = client.get(WRITE)
    for topic in ABOUT_A_PATIENT:
        assert f'value="{topic}"' not in page.text
    assert client.post(WRITE, typed(topic="symptom")).status_code == 422
    assert not Conversation.objects.exists()


def test_page_asks_for_no_health_details(client):
    assert "Please do not write health details here." in client.get(WRITE).text


def test_wrong_characters_keep_what_was_typed(client):
    page = client.post(WRITE, typed(captcha_1="wrong"))
    assert page.status_code == 422
    assert "The page stays white." in page.text
    assert not Conversation.objects.exists()


def test_new_characters_keep_what_was_typed(client):
    page = client.post(WRITE, typed(new_characters="yes"))
    assert "The page stays white." in page.text


def test_double_click_makes_one_case_and_one_mail(client):
    once = str(uuid.uuid4())
    write(client, once=once)
    page = write(client, once=once)
    assert Conversation.objects.get().number in page.text
    assert Notification.objects.count() == 1


def test_words_of_danger_are_answered_and_hold_nothing_up(client):
    page = write(client, body="I want to kill myself")
    assert "Please do not wait for an answer" in page.text
    assert "988" in page.text
    assert Conversation.objects.get().is_urgent


@pytest.mark.parametrize("fields", [{}, {"email": "other{}@example.org"}])
def test_too_many_from_one_place_or_for_one_address_are_refused(client, fields):
    limit = gate.PER_NETWORK if fields else gate.PER_EMAIL
    for number in range(limit):
        assert write(client, **{name: value.format(number) for name, value in fields.items()}).status_code == 200
    assert write(client, **{name: value.format("x") for name, value in fields.items()}).status_code == 429
    assert Conversation.objects.count() == limit


def test_call_back_is_kept_with_its_times(client):
    write(client, wants_call="on", phone="860-555-0123", call_when="morning")
    call = CallBack.objects.get()
    assert (call.phone, call.call_when) == ("860-555-0123", "morning")


def test_call_back_needs_a_number(client):
    assert client.post(WRITE, typed(wants_call="on", phone="")).status_code == 422


def test_number_nobody_wants_called_is_not_kept(client):
    write(client, phone="860-555-0123")
    assert not CallBack.objects.exists()


def test_answer_comes_as_a_mail_without_detail_whose_link_opens_the_case_once(client):
    case = written(client)
    answer(case)
    path = mailed_link()
    assert "tomorrow" not in str(mail.outbox[-1].message())
    browser, other = Client(), Client()
    browser.get(path)
    assert enter(browser, path).url == case_at(browser)
    page = browser.get(case_at(browser))
    assert "Try again tomorrow." in page.text
    assert "The page stays white." in page.text
    assert other.get(path).status_code == 410
    assert other.get(case_at(browser)).url == LINK


def test_two_cases_stay_open_side_by_side(client):
    texts = []
    for subject in ("The page stays white.", "The sound is missing."):
        mail.outbox.clear()
        write(client, body=subject, once=str(uuid.uuid4()))
        enter(client, mailed_link())
        texts.append((case_at(client), subject))
    for address, subject in texts:
        assert subject in client.get(address).text
        assert Client().get(address).url == LINK


def test_second_press_of_the_button_lets_nobody_in(client):
    case = written(client)
    answer(case)
    path = mailed_link()
    token = re.search(r'name="t" value="([^"]+)"', client.get(path).text)[1]
    first, second = Client(), Client()
    assert first.post(path.partition("?")[0], {"t": token}).status_code == 302
    assert second.post(path.partition("?")[0], {"t": token}).status_code == 410


def test_link_ends_after_two_weeks_and_the_open_case_after_an_hour(client):
    case = written(client)
    answer(case)
    path = mailed_link()
    enter(client, path)
    CaseLink.objects.filter(used_at__isnull=False).update(used_at=timezone.now() - OPEN_FOR)
    assert client.get(case_at(client)).url == LINK
    CaseLink.objects.update(used_at=None, created_at=timezone.now() - LIFETIME, expires_at=timezone.now())
    assert client.get(path).status_code == 410


@pytest.mark.parametrize(
    "token", ["", "x", "00000000000000000000000000000000:forged", "7b6d2a4e-1111-4222-8333-944455556666"]
)
def test_forged_link_leads_to_asking_for_one(client, token):
    assert client.get(reverse("messaging:case_open"), {"t": token}).url == LINK


def test_row_of_the_database_alone_opens_nothing(client):
    case = written(client)
    link = CaseLink.objects.get(conversation=case)
    rows = str(list(Notification.objects.values()))
    assert client.get(reverse("messaging:case_open"), {"t": link.pk.hex}).url == LINK
    assert "/contact/case/open/" not in rows


def test_used_link_sends_a_new_one_to_the_same_address_only(client):
    case = written(client)
    path = mailed_link()
    enter(client, path)
    token = re.search(r'name="t" value="([^"]+)"', client.get(path).text)[1]
    mail.outbox.clear()
    client.post(LINK, {"t": token, "number": "", "email": "thief@example.org"})
    browser = Client()
    assert enter(browser, mailed_link()).url == case_at(browser)
    assert [message.to for message in mail.outbox] == [[EMAIL]]
    assert case.case_links.count() == 2


def test_asking_by_number_says_the_same_whether_there_is_such_a_case(client):
    case = written(client)
    right = client.post(LINK, {"number": case.number.lower(), "email": EMAIL.upper()})
    wrong = client.post(LINK, {"number": case.number, "email": "thief@example.org"})
    none = client.post(LINK, {"number": "AAAA-AAAA", "email": EMAIL})
    assert right.text == wrong.text == none.text
    assert case.case_links.count() == 2


def test_asking_for_links_too_often_is_refused(client):
    case = written(client)
    asked = [client.post(LINK, {"number": case.number, "email": EMAIL}).status_code for _ in range(5)]
    assert asked == [200, 200, 200, 429, 429]


def test_guest_replies_once_and_it_is_the_clinics_turn_again(client):
    case = written(client)
    answer(case)
    enter(client, mailed_link())
    page = client.get(case_at(client))
    data = {"once": page.context["form"].initial["once"], "body": "It is still white."}
    for _ in range(2):
        client.post(case_at(client, "case_reply"), data)
    case.refresh_from_db()
    assert case.state == "clinic"
    assert Message.objects.filter(body="It is still white.", author_kind="guest").count() == 1


def test_reply_with_words_of_danger_is_sent_and_answered(client):
    case = written(client)
    enter(client, mailed_link())
    page = client.post(case_at(client, "case_reply"), {"once": uuid.uuid4(), "body": "I want to kill myself"})
    assert "Please do not wait for an answer" in page.text
    assert case.messages.count() == 2


def test_guest_never_sees_internal_notes_nor_answers_in_their_minute(client):
    case = written(client)
    InternalNote.objects.create(
        conversation=case, author=UserFactory(is_staff=True), body="CANARY-NOTE", created_at=timezone.now()
    )
    answer(case, body="CANARY-FRESH", at=timezone.now())
    enter(client, link_in_first_mail())
    assert "CANARY" not in client.get(case_at(client)).text


def link_in_first_mail():
    work()
    return link_in(mail.outbox[0])


def test_answer_taken_back_is_told_to_nobody(client):
    case = written(client)
    message = answer(case, at=timezone.now())
    actions.take_back(message_id=message.pk, by=message.author, at=timezone.now())
    assert not Notification.objects.filter(cause=f"message:{message.pk}").exists()


def test_opening_a_case_is_logged_as_a_guests(client):
    case = written(client)
    enter(client, mailed_link())
    entry = AccessLogEntry.objects.order_by("-number").first()
    assert (entry.acting_as, entry.object_id, entry.patient_id) == ("guest", f"conversation:{case.pk}", None)


def test_what_a_guest_writes_is_escaped(client):
    written(client, name="<b>Gus</b>", body="<script>alert(1)</script>\nsecond")
    enter(client, mailed_link())
    text = client.get(case_at(client)).text
    assert "<script>alert(1)" not in text
    assert "&lt;/script&gt;<br>second" in text
    assert "<b>Gus" not in text


def test_sent_page_without_a_message_leads_to_the_form(client):
    assert client.get(reverse("messaging:case_sent")).url == WRITE


def test_hour_is_counted_from_using_the_link(client):
    written(client)
    enter(client, mailed_link())
    CaseLink.objects.update(used_at=timezone.now() - OPEN_FOR + dt.timedelta(minutes=1))
    assert client.get(case_at(client)).status_code == 200


def with_file(message, name="steps.txt", data=b"Clear the cache."):
    stored = StoredFileFactory(name=name, content__data=data)
    message.files.add(stored)
    return stored


def file_at(client, stored):
    return case_at(client, "case_file", file=stored.pk)


def test_guest_downloads_what_came_with_an_answer(client):
    case = written(client)
    stored = with_file(answer(case))
    assert client.get(file_at(client, stored)).url == LINK
    enter(client, mailed_link())
    url = file_at(client, stored)
    assert f'href="{url}"' in client.get(case_at(client)).text
    response = client.get(url)
    assert response.getvalue() == b"Clear the cache."
    assert response["Content-Disposition"] == 'attachment; filename="steps.txt"'
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_file_of_another_case_or_of_no_message_is_not_found(client):
    case = written(client)
    enter(client, mailed_link())
    theirs = ConversationFactory(patient=None, guest_name="Other", guest_email="other@example.org", pool=case.pool)
    of_theirs = with_file(MessageFactory(conversation=theirs))
    of_a_patient = with_file(MessageFactory())
    files = (of_theirs, of_a_patient, StoredFileFactory())
    assert [client.get(file_at(client, stored)).status_code for stored in files] == [404, 404, 404]


def test_file_of_an_answer_comes_after_its_minute_and_never_when_it_was_taken_back(client):
    case = written(client)
    enter(client, mailed_link())
    message = answer(case, at=timezone.now())
    url = file_at(client, with_file(message))
    assert client.get(url).status_code == 404
    assert "steps.txt" not in client.get(case_at(client)).text
    Message.objects.filter(pk=message.pk).update(visible_at=timezone.now())
    assert client.get(url).status_code == 200
    Message.objects.filter(pk=message.pk).update(withdrawn_at=timezone.now())
    assert client.get(url).status_code == 404
    assert "steps.txt" not in client.get(case_at(client)).text


def test_case_that_was_taken_back_is_closed_to_who_had_opened_it(client):
    case = written(client)
    stored = with_file(answer(case))
    enter(client, mailed_link())
    url = file_at(client, stored)
    Conversation.objects.update(withdrawn_at=timezone.now())
    assert client.get(case_at(client)).url == client.get(url).url == LINK


def test_file_is_closed_with_the_case_after_an_hour(client):
    case = written(client)
    stored = with_file(answer(case))
    enter(client, mailed_link())
    url = file_at(client, stored)
    CaseLink.objects.filter(used_at__isnull=False).update(used_at=timezone.now() - OPEN_FOR)
    assert client.get(url).url == LINK


def test_case_costs_the_same_with_one_answer_and_with_sixty(client):
    case = written(client)
    with_file(answer(case))
    enter(client, mailed_link())
    client.get(case_at(client))
    one = cost_of(lambda: client.get(case_at(client)))
    for message in MessageFactory.create_batch(59, conversation=case):
        with_file(message)
    assert cost_of(lambda: client.get(case_at(client))) == one <= BUDGET


def test_link_that_has_expired_lets_nobody_in_by_its_button_either(client):
    written(client)
    path = mailed_link()
    token = re.search(r'name="t" value="([^"]+)"', client.get(path).text)[1]
    CaseLink.objects.update(created_at=timezone.now() - LIFETIME, expires_at=timezone.now())
    browser = Client()
    assert browser.post(path.partition("?")[0], {"t": token}).status_code == 410
    assert browser.get(case_at(browser)).url == LINK


def test_guest_who_replies_too_often_is_refused(client):
    case = written(client)
    enter(client, mailed_link())
    said = [
        client.post(case_at(client, "case_reply"), {"once": uuid.uuid4(), "body": f"Word {number}"}).status_code
        for number in range(6)
    ]
    assert said == [302] * (gate.PER_EMAIL - 1) + [429] * (7 - gate.PER_EMAIL)
    assert case.messages.count() == gate.PER_EMAIL


def test_links_are_tried_only_so_often_from_one_place(client, monkeypatch):
    monkeypatch.setattr(gate, "OPENINGS", 2)
    written(client)
    path = mailed_link()
    token = re.search(r'name="t" value="([^"]+)"', client.get(path).text)[1]
    tried = [Client().post(path.partition("?")[0], {"t": token}).status_code for _press in range(4)]
    assert tried == [302, 410, 429, 429]
