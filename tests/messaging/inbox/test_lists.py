import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from messaging.conversations.states import Progress, State
from messaging.inbox.rows import COLUMNS, rows_of
from records.access.models import AccessLogEntry
from tests.factories.messaging import ConversationFactory, PoolFactory
from tests.messaging.inbox.conftest import asked
from tests.queries import BUDGET, cost_of
from tests.staff import staff_in

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

LIST = "admin:messaging_conversation_changelist"


def numbers(page):
    return [row["number"] for row in page.context["rows"]]


def folder(client, name):
    return numbers(client.get(reverse(LIST), {"folder": name}))


def test_inbox_shows_what_waits_for_the_readers_pools_and_nothing_else(nurse_client, office):
    asked(PoolFactory())
    ConversationFactory(pool=office.pool)
    assert numbers(nurse_client.get(reverse(LIST))) == [office.conversation.number]


def test_urgent_comes_first_then_what_is_due_soonest(nurse_client, office):
    now = timezone.now()
    later = asked(office.pool, due_at=now + dt.timedelta(days=2))
    late = asked(office.pool, due_at=now - dt.timedelta(days=1))
    urgent = asked(office.pool, is_urgent=True, due_at=now + dt.timedelta(days=3))
    expected = [urgent.number, late.number, later.number, office.conversation.number]
    assert folder(nurse_client, "waiting") == expected


def test_folders_hold_what_their_names_say(nurse_client, office):
    mine = asked(office.pool, assigned_to=office.nurse)
    late = asked(office.pool, assigned_to=office.colleague, due_at=timezone.now() - dt.timedelta(hours=1))
    urgent = asked(office.pool, assigned_to=office.colleague, is_urgent=True)
    theirs = ConversationFactory(pool=office.pool)
    closed = ConversationFactory(pool=office.pool, state=State.CLOSED)
    assert folder(nurse_client, "mine") == [mine.number]
    assert folder(nurse_client, "unassigned") == [office.conversation.number]
    assert folder(nurse_client, "overdue") == [late.number]
    assert folder(nurse_client, "urgent") == [urgent.number]
    assert folder(nurse_client, "theirs") == [theirs.number]
    assert folder(nurse_client, "closed") == [closed.number]


def test_tabs_count_what_waits(nurse_client, office):
    asked(office.pool, assigned_to=office.nurse)
    page = nurse_client.get(reverse(LIST))
    counts = {folder.value: count for folder, count in page.context["tabs"]}
    assert (counts["waiting"], counts["mine"], counts["unassigned"], counts["closed"]) == (2, 1, 1, None)


def test_one_pool_can_be_picked_and_never_somebody_elses(nurse_client, office):
    other, foreign = PoolFactory(), PoolFactory()
    other.members.add(office.nurse)
    there, elsewhere = asked(other), asked(foreign)
    assert numbers(nurse_client.get(reverse(LIST), {"pool": other.pk})) == [there.number]
    assert elsewhere.number not in numbers(nurse_client.get(reverse(LIST), {"pool": foreign.pk}))
    assert nurse_client.get(reverse(LIST), {"pool": "x", "folder": "x", "page": "x"}).status_code == 200


def test_what_can_still_be_taken_back_is_not_there_yet(nurse_client, office):
    fresh = asked(office.pool, created_at=timezone.now() - dt.timedelta(seconds=20))
    assert fresh.number not in folder(nurse_client, "waiting")


def test_search_finds_by_number_mrn_and_family_name_without_naming_them_in_the_address(nurse_client, office):
    office.conversation.patient.mrn = "MRN-77"
    office.conversation.patient.save()
    asked(office.pool, patient__family="Unrelated")
    for words in (office.conversation.number.lower(), "mrn-77", "Alva"):
        assert numbers(nurse_client.post(reverse(LIST), {"q": words})) == [office.conversation.number]
    assert numbers(nurse_client.post(reverse(LIST), {"q": "knee"})) == []
    assert 'method="post"' in nurse_client.get(reverse(LIST)).text


def test_search_begins_at_its_first_page_wherever_it_was_typed(nurse_client, office):
    for number in range(21):
        asked(office.pool, patient__family="Alvers", last_message_at=timezone.now() - dt.timedelta(days=number))
    found = nurse_client.post(f"{reverse(LIST)}?folder=waiting&page=2", {"q": "Alvers"})
    assert found.context["page_obj"].number == 1
    assert len(numbers(found)) == 20


@pytest.mark.parametrize("name", ["theirs", "closed"])
def test_folders_that_only_grow_are_turned_page_by_page_without_being_counted(nurse_client, office, name):
    state = State.YOU if name == "theirs" else State.CLOSED
    now = timezone.now()
    for number in range(41):
        ConversationFactory(pool=office.pool, state=state, last_message_at=now - dt.timedelta(hours=number))
    seen = []
    for number, more in ((1, True), (2, True), (3, False)):
        page = nurse_client.get(reverse(LIST), {"folder": name, "page": number})
        seen += numbers(page)
        assert (page.context["page_obj"].has_next(), "41 conv" in page.text, " of " in page.text) == (
            more,
            False,
            False,
        )
        assert f"Page {number}" in page.text
    assert len(seen) == len(set(seen)) == 41
    for nonsense in ("0", "-3", "x", "4", "9" * 30, "9" * 5000):
        assert nurse_client.get(reverse(LIST), {"folder": name, "page": nonsense}).context["page_obj"].number == 1


def test_title_names_nobody(nurse_client, office):
    text = nurse_client.get(reverse(LIST)).text
    title = text[text.index("<title>") : text.index("</title>")]
    assert "Alvarez" not in title
    assert office.conversation.subject not in text


def test_list_is_logged_with_its_count_and_nobody_named(nurse_client, office):
    nurse_client.get(reverse(LIST))
    entry = AccessLogEntry.objects.order_by("-number").first()
    assert (entry.actor_id, entry.acting_as, entry.count, entry.patient_id) == (office.nurse.pk, "staff", 1, None)


def test_who_is_held_by_a_colleague_is_said(nurse_client, office):
    office.conversation.answering_by = office.colleague
    office.conversation.answering_until = timezone.now() + dt.timedelta(minutes=5)
    office.conversation.progress = Progress.ANSWERING
    office.conversation.save()
    assert "Otto Berg is answering" in nurse_client.get(reverse(LIST)).text


def test_superuser_sees_every_pool(client, office):
    admin = staff_in("Nurse", is_superuser=True)
    client.force_login(admin)
    assert office.conversation.number in folder(client, "waiting")


def test_pools_are_named_where_somebody_has_several(nurse_client, office):
    assert "Nurses A" not in nurse_client.get(reverse(LIST)).text
    PoolFactory(name="Nurses B").members.add(office.nurse)
    assert nurse_client.get(reverse(LIST)).text.count("Nurses A") == 2  # to pick, and in the row


def test_row_says_whose_turn_it_is_and_how_far_it_came(nurse_client, office):
    now = timezone.now()
    theirs = ConversationFactory(pool=office.pool)
    closed = ConversationFactory(pool=office.pool, state=State.CLOSED, due_at=now)
    assigned = asked(office.pool, progress=Progress.ASSIGNED, assigned_to=office.colleague, is_sensitive=True)
    guest = asked(office.pool, patient=None, guest_name="Gus Guest", guest_email="gus@example.org", topic="technical")
    own = asked(office.pool, patient=None, owner=office.patient_user, topic="billing", due_at=now)
    rows = {
        row["number"]: row
        for name in ("waiting", "theirs", "closed")
        for row in nurse_client.get(reverse(LIST), {"folder": name}).context["rows"]
    }
    shown = {number: (row["about"], row["state"], row["is_late"]) for number, row in rows.items()}
    assert shown[theirs.number][1] == "Waiting for them"
    assert shown[closed.number][1:] == ("Closed", False)
    assert shown[assigned.number][1] == "Assigned"
    assert rows[assigned.number]["assigned_to"] == "Otto Berg" and rows[assigned.number]["is_sensitive"]
    assert rows[guest.number]["about"] == "Gus Guest" and rows[guest.number]["is_guest"]
    assert shown[own.number] == ("Maya Alvarez", "Received", True)


def test_names_with_markup_are_shown_as_words(nurse_client, office):
    payload = "<img src=x onerror=alert(1)>"
    asked(office.pool, patient__family=payload, is_urgent=True)
    asked(office.pool, patient=None, guest_name=payload, guest_email="gus@example.org", topic="technical")
    asked(
        office.pool, answering_by=staff_in("Nurse", full_name=payload), answering_until=timezone.now() + dt.timedelta(1)
    )
    page = nurse_client.get(reverse(LIST)).text
    assert payload not in page
    assert page.count("&lt;img src=x onerror=alert(1)&gt;") == 3


def test_hold_that_ran_out_is_nobodys_in_the_list(nurse_client, office):
    asked(office.pool, answering_by=office.colleague, answering_until=timezone.now(), progress=Progress.ANSWERING)
    assert "Otto Berg is answering" not in nurse_client.get(reverse(LIST)).text


def test_day_due_is_said_in_the_language_of_its_reader(settings):
    values = {name: None for name in COLUMNS} | {
        "topic": "symptom", "state": "clinic", "progress": "received", "due_at": dt.datetime(2026, 11, 24, 22, 30, tzinfo=dt.UTC)
    }  # fmt: skip
    settings.TIME_ZONE = "America/New_York"
    found = []
    for language in ("en", "de", "en"):
        with translation.override(language):
            found.append(rows_of([values], timezone.now())[0]["due"])
    assert found[0] == found[2] == "Tue, Nov 24, 5 PM"
    assert found[1] != found[0]


@pytest.mark.parametrize("role", ["Privacy officer"])
def test_role_without_messages_has_no_inbox(client, office, role):
    client.force_login(staff_in(role))
    assert client.get(reverse(LIST)).status_code == 403


def test_list_costs_the_same_with_one_row_and_with_fifty(nurse_client, office):
    url = reverse(LIST)
    nurse_client.get(url)
    one = cost_of(lambda: nurse_client.get(url))
    for _ in range(49):
        asked(office.pool, assigned_to=office.colleague)
    assert cost_of(lambda: nurse_client.get(url)) == one <= BUDGET
