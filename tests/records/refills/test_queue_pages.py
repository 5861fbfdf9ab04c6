import datetime as dt
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from records.access.models import AccessLogEntry
from records.models import RefillItem
from records.refills import handling
from records.refills.states import State
from tests.factories.refills import RefillItemFactory
from tests.queries import BUDGET, cost_of
from tests.records.refills.desk import controlled, one
from tests.records.refills.queue import QUEUE, names, several, shown, url

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def test_overdue_come_first_then_urgent_then_by_the_day_due(at_desk):
    now = timezone.now()
    shown("later", due_at=now + dt.timedelta(days=3))
    shown("urgent", due_at=now + dt.timedelta(days=2), is_urgent=True)
    shown("late", due_at=now - dt.timedelta(days=1))
    shown("soon", due_at=now + dt.timedelta(days=1))
    shown("late and urgent", due_at=now - dt.timedelta(hours=1), is_urgent=True)
    shown("no day")
    assert names(at_desk) == ["late and urgent", "late", "urgent", "soon", "later", "no day"]


def test_folders_hold_what_they_say_and_count_it(at_desk, nurse):
    now = timezone.now()
    shown("new")
    shown("mine", state=State.IN_REVIEW, assigned_to=nurse.user)
    shown("to sign", state=State.IN_REVIEW, prepared_by=nurse.user, prepared_at=now)
    shown("late", due_at=now - dt.timedelta(days=1))
    shown("to send", state=State.APPROVED)
    shown("asked", state=State.QUESTION)
    shown("sent", state=State.SENT)
    shown("done", state=State.PICKED_UP)
    holds = {
        "waiting": {"new", "mine", "to sign", "late"},
        "mine": {"mine"},
        "unassigned": {"new", "to sign", "late"},
        "to_sign": {"to sign"},
        "late": {"late"},
        "to_send": {"to send"},
        "question": {"asked"},
        "at_pharmacy": {"sent"},
        "closed": {"done"},
    }
    assert {folder: set(names(at_desk, f"?folder={folder}")) for folder in holds} == holds
    counted = {each.value: count for each, count in at_desk.get(QUEUE).context["tabs"] if count is not None}
    assert counted == {folder: len(held) for folder, held in holds.items() if folder not in ("at_pharmacy", "closed")}


def test_kinds_are_a_filter(at_desk):
    shown("A", kind="refill")
    shown("B", kind="new")
    assert names(at_desk, "?kind=new") == ["B"]
    assert set(names(at_desk, "?kind=nonsense&folder=nonsense&page=nonsense")) == {"A", "B"}


@pytest.mark.parametrize("words", ["ALVAREZ", "MRN-1", "rx-7"])
def test_search_by_name_number_or_mrn_in_any_folder(at_desk, words):
    shown("A", patient__family="Alvarez", patient__mrn="MRN-1", request__number="RX-7", state=State.DENIED, answer="x")
    shown("B")
    assert names(at_desk, q=words) == ["A"]


def test_search_takes_any_words_and_reads_no_comments(at_desk):
    shown("A", request__comment="secret")
    assert names(at_desk, q="secret") == []
    assert at_desk.post(QUEUE, {"q": "a\0" * 300}).status_code == 200


def test_list_is_logged_with_its_count(at_desk):
    RefillItemFactory.create_batch(3)
    at_desk.get(QUEUE)
    entry = AccessLogEntry.objects.order_by("-number").first()
    assert (entry.kind, entry.verb, entry.count, entry.patient_id) == ("refill", "view", 3, None)


def test_list_costs_the_same_with_one_and_with_thirty(at_desk):
    RefillItemFactory()
    at_desk.get(QUEUE)
    few = cost_of(lambda: at_desk.get(QUEUE))
    RefillItemFactory.create_batch(30)
    assert cost_of(lambda: at_desk.get(QUEUE)) == few <= BUDGET


def test_list_comes_in_pages(at_desk):
    RefillItemFactory.create_batch(30)
    assert len(names(at_desk)) == 25
    assert len(names(at_desk, "?page=2")) == 5


def test_titles_name_nobody(at_desk, grant):
    item = one(grant)
    for address in (QUEUE, url(item)):
        text = at_desk.get(address).text
        title = text[text.index("<title>") : text.index("</title>")]
        assert "Alvarez" not in title
        assert "Metformin" not in title


def test_several_are_reviewed_and_then_approved_item_by_item(signing, doctor):
    plain = [shown("plain", kind="refill"), shown("renewal", request__comment="For my trip")]
    others = {
        "oxycodone": shown("oxycodone", kind="new", schedule="II"),
        "lorazepam": shown("lorazepam", schedule="IV"),
        "alarming": shown("alarming", danger="emergency"),
        "sent": shown("sent", state=State.SENT),
    }
    page = several(signing, [*plain, *others.values()])
    assert {item.medication.text for item, _notes in page.context["able"]} == {"plain", "renewal"}
    reasons = {item.medication.text: reason for item, reason in page.context["refused"]}
    assert set(reasons) == set(others)
    assert all(reasons.values())
    assert "For my trip" in page.text
    assert not RefillItem.objects.filter(state=State.APPROVED).exists()
    several(signing, [*plain, *others.values()], confirm="yes")
    approved = set(RefillItem.objects.filter(state=State.APPROVED).values_list("medication__text", flat=True))
    assert approved == {"plain", "renewal"}
    assert AccessLogEntry.objects.filter(kind="refill", verb="change").count() == 2


def test_what_became_controlled_or_was_stopped_since_is_not_among_several(signing):
    listed, stopped = shown("newlycontrolled", kind="refill"), shown("stopped", kind="refill")
    controlled("newlycontrolled", "IV")
    stopped.medication.status = "stopped"
    stopped.medication.save()
    page = several(signing, [listed, stopped])
    assert page.context["able"] == []
    assert all(reason for _item, reason in page.context["refused"])
    several(signing, [listed, stopped], confirm="yes")
    assert not RefillItem.objects.filter(state=State.APPROVED).exists()


def test_what_is_new_since_the_last_look_is_not_approved_with_others(signing, nurse):
    first, second = shown("A", kind="refill"), shown("B", kind="refill")
    page = several(signing, [first, second])
    handling.take(actor=nurse, item_id=first.pk, at=timezone.now())
    seen = {f"seen-{item.pk}": str(item.seen) for item, _notes in page.context["able"]}
    several(signing, [first, second], confirm="yes", **seen)
    assert RefillItem.objects.get(pk=first.pk).state == State.IN_REVIEW
    assert RefillItem.objects.get(pk=second.pk).state == State.APPROVED
    assert first.request.number in signing.get(QUEUE).text.split("moved on meanwhile")[1][:60]


def test_nurse_approves_only_plain_refills_together(at_desk):
    refill, renewal = shown("refill", kind="refill"), shown("renewal")
    page = several(at_desk, [refill, renewal])
    assert [item.medication.text for item, _notes in page.context["able"]] == ["refill"]
    assert "It needs a clinician’s signature." in page.text
    several(at_desk, [refill, renewal], confirm="yes")
    renewal.refresh_from_db()
    assert renewal.state == State.REQUESTED


def test_what_a_colleague_has_just_decided_does_not_stop_the_others(signing, nurse, grant):
    first, second = shown("A", kind="refill"), shown("B", kind="refill")
    RefillItem.objects.filter(pk=first.pk).update(state=State.DENIED, answer="x")
    several(signing, [first, second], confirm="yes")
    second.refresh_from_db()
    assert second.state == State.APPROVED


def test_ticking_nothing_or_nonsense_does_nothing(signing):
    address = reverse("admin:records_refillitem_several")
    for posted in ({}, {"pick": ["x", "\0", str(uuid.uuid4())]}, {"pick": ["x"], "confirm": "yes"}):
        assert signing.post(address, posted).status_code == 302
    assert signing.get(address).status_code == 405


def test_schedule_ii_is_never_offered_to_be_ticked(signing):
    controlled("oxycodone", "II")
    shown("oxycodone", kind="new", schedule="II")
    text = signing.get(QUEUE).text
    assert 'name="pick"' not in text
    assert "by itself" in text
