import datetime as dt
from itertools import product

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from records.access.models import AccessLogEntry
from records.models import MedicationRequest, RefillEvent, RefillItem
from records.refills import asking, handling
from records.refills.handling import NeedsSignature, NotNow, PatientDied
from records.refills.states import NEXT, OPEN, State, may_become
from tests.factories.refills import RefillItemFactory, prescribed
from tests.records.refills.desk import ask, asker, bring_to, controlled, one

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

NOW = timezone.now

# Written by hand: what may follow what. Everything else is refused.
ALLOWED = {
    ("requested", "in_review"),
    ("requested", "cancelled"),
    ("in_review", "question"),
    ("in_review", "approved"),
    ("in_review", "denied"),
    ("in_review", "cancelled"),
    ("question", "in_review"),
    ("question", "denied"),
    ("question", "cancelled"),
    ("approved", "sent"),
    ("approved", "denied"),
    ("approved", "cancelled"),
    ("sent", "ready"),
    ("sent", "picked_up"),
    ("ready", "picked_up"),
}
PAIRS = [(before, after) for before, after in product(State.values, State.values) if before != after]


@pytest.mark.parametrize(("before", "after"), PAIRS, ids=lambda value: str(value))
def test_states_follow_each_other_as_written(before, after):
    item = RefillItemFactory(state=before, answer="x")
    assert may_become(before, State(after)) is ((before, after) in ALLOWED)
    if (before, after) in ALLOWED:
        handling.move(item, State(after), at=NOW())
        assert RefillItem.objects.get(pk=item.pk).state == after
    else:
        with pytest.raises(NotNow):
            handling.move(item, State(after), at=NOW())
        assert RefillItem.objects.get(pk=item.pk).state == before


def test_every_state_has_its_ways_on():
    assert set(NEXT) == set(State)


@pytest.mark.parametrize("state", State)
def test_every_state_is_reached_by_what_people_do(grant, doctor, state):
    item = bring_to(one(grant), state, doctor, asker(grant))
    assert item.state == state
    assert (item.state in OPEN) == (state in OPEN)


VERBS = {
    "give_back": {"requested", "in_review", "question", "approved"},
    "take": {"requested", "in_review", "question", "approved"},
    "question": {"requested", "in_review"},
    "approve": {"requested", "in_review"},
    "deny": {"requested", "in_review", "question"},
    "take_back": {"approved"},
    "pass_on": {"requested", "in_review"},
    "sent": {"approved"},
    "ready": {"sent"},
    "picked_up": {"sent", "ready"},
    "answer": {"question"},
    "cancel": {"requested", "in_review", "question", "approved"},
}


def act(verb, item, doctor, owner):
    common = {"item_id": item.pk, "at": NOW()}
    if verb in ("sent", "ready", "picked_up"):
        handling.forward(actor=doctor, target=State(verb), **common)
    elif verb == "answer":
        asking.answer(actor=owner, text="Ten.", **common)
    elif verb == "cancel":
        asking.cancel(actor=owner, **common)
    elif verb == "pass_on":
        handling.pass_on(actor=doctor, note="", **common)
    elif verb in ("take", "give_back"):
        getattr(handling, verb)(actor=doctor, **common)
    else:
        getattr(handling, verb)(actor=doctor, text="Words.", **common)


@pytest.mark.parametrize(("verb", "state"), list(product(VERBS, State.values)))
def test_verb_works_in_its_states_and_in_no_other(grant, doctor, verb, state):
    item = bring_to(one(grant), State(state), doctor, asker(grant))
    steps = RefillEvent.objects.count()
    if state in VERBS[verb]:
        act(verb, item, doctor, asker(grant))
    else:
        with pytest.raises(NotNow):
            act(verb, item, doctor, asker(grant))
        assert RefillEvent.objects.count() == steps
        assert RefillItem.objects.get(pk=item.pk).state == state


def test_forwarding_decides_nothing(grant, doctor):
    with pytest.raises(ValueError, match="decided"):
        handling.forward(actor=doctor, item_id=one(grant).pk, target=State.APPROVED, at=NOW())


def test_batch_ends_item_by_item(grant, doctor):
    request = ask(grant, *(prescribed(grant.patient, text=name) for name in "ABC"))
    first, second, third = request.items.order_by("position")
    handling.approve(actor=doctor, item_id=first.pk, at=NOW())
    handling.deny(actor=doctor, item_id=second.pk, text="Come in first.", at=NOW())
    assert list(request.items.order_by("position").values_list("state", flat=True)) == [
        "approved",
        "denied",
        "requested",
    ]
    second.refresh_from_db()
    assert (second.answer, second.decided_by) == ("Come in first.", doctor.user)
    assert third.decided_at is None


def test_denied_without_a_reason_does_not_exist():
    item = RefillItemFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        RefillItem.objects.filter(pk=item.pk).update(state=State.DENIED)


def test_second_open_item_for_a_medication_does_not_exist():
    item = RefillItemFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        RefillItemFactory(patient=item.patient, medication=item.medication)
    RefillItem.objects.filter(pk=item.pk).update(state=State.SENT)
    RefillItemFactory(patient=item.patient, medication=item.medication)


def test_nurse_approves_what_was_ordered_and_not_what_needs_a_signature(grant, nurse, doctor):
    refill = RefillItemFactory(patient=grant.patient, kind="refill")
    calming = RefillItemFactory(patient=grant.patient, kind="refill", schedule="IV")
    renewal, new = one(grant), RefillItemFactory(patient=grant.patient, kind="new", schedule="II")
    handling.approve(actor=nurse, item_id=refill.pk, at=NOW())
    for item in (calming, renewal, new):
        with pytest.raises(NeedsSignature):
            handling.approve(actor=nurse, item_id=item.pk, at=NOW())
        handling.pass_on(actor=nurse, item_id=item.pk, note="Looks fine.", at=NOW())
        assert handling.approve(actor=doctor, item_id=item.pk, at=NOW()).decided_by == doctor.user


@pytest.mark.parametrize(
    ("fields", "together"),
    [
        ({"kind": "refill"}, True),
        ({"kind": "renewal"}, True),
        ({"kind": "new"}, False),
        ({"kind": "new", "schedule": "II"}, False),
        ({"kind": "renewal", "schedule": "III"}, False),
        ({"kind": "refill", "schedule": "IV"}, False),
        ({"kind": "refill", "schedule": "V"}, False),
        ({"kind": "refill", "danger": "emergency"}, False),
        ({"kind": "refill", "state": "question"}, False),
        ({"kind": "refill", "state": "sent"}, False),
    ],
    ids=str,
)
def test_only_the_plain_is_approved_with_others(doctor, fields, together):
    assert handling.may_bulk_approve(RefillItemFactory(**fields), doctor.user) is together


def test_nothing_is_approved_for_who_has_died(grant, doctor):
    item = one(grant)
    grant.patient.is_deceased = True
    grant.patient.save()
    with pytest.raises(PatientDied):
        handling.approve(actor=doctor, item_id=item.pk, at=NOW())
    item.refresh_from_db()
    assert item.state == State.REQUESTED


def test_passing_on_leaves_a_note_for_colleagues_alone(grant, nurse):
    item = handling.pass_on(actor=nurse, item_id=one(grant).pk, note="INR was high.", at=NOW())
    assert (item.prepared_by, item.assigned_to, item.state) == (nurse.user, None, State.IN_REVIEW)
    assert (item.events.last().for_staff, item.events.last().text) == ("INR was high.", "")


def test_taking_over_and_giving_back(grant, nurse, doctor):
    item = one(grant)
    handling.take(actor=nurse, item_id=item.pk, at=NOW())
    assert handling.take(actor=doctor, item_id=item.pk, at=NOW()).assigned_to == doctor.user
    assert handling.give_back(actor=doctor, item_id=item.pk, at=NOW()).assigned_to is None


def test_staffs_deed_is_in_the_access_log(grant, doctor):
    item = one(grant)
    handling.approve(actor=doctor, item_id=item.pk, at=NOW())
    entry = AccessLogEntry.objects.order_by("-number").first()
    assert (entry.acting_as, entry.patient_id, entry.object_id) == ("staff", grant.patient.pk, str(item.pk))


@pytest.fixture
def late(grant):
    item = one(grant)
    RefillItem.objects.filter(pk=item.pk).update(due_at=NOW() - dt.timedelta(hours=1))
    return item


def test_late_one_is_moved_to_the_top_once(late, nurse):
    RefillItem.objects.update(assigned_to=nurse.user)
    assert handling.escalate_late(NOW()) == 1
    assert handling.escalate_late(NOW()) == 0
    late.refresh_from_db()
    assert (late.escalated_at is not None, late.assigned_to) == (True, None)
    assert late.events.filter(kind="late").count() == 1


def test_question_to_the_patient_is_never_late(late, nurse):
    handling.question(actor=nurse, item_id=late.pk, text="Since when?", at=NOW())
    assert handling.escalate_late(NOW()) == 0


def test_nobody_is_told_of_lateness_after_a_death(late, grant):
    grant.patient.is_deceased = True
    grant.patient.save()
    assert handling.escalate_late(NOW()) == 0


def test_approved_is_due_at_the_pharmacy_the_next_business_day(grant, doctor, hours):
    tuesday = dt.datetime(2026, 11, 10, 15, tzinfo=dt.UTC)
    item = handling.approve(actor=doctor, item_id=one(grant).pk, at=tuesday)
    assert timezone.localtime(item.due_at).date() == dt.date(2026, 11, 11)


@pytest.mark.parametrize("fields", [{"status": "stopped"}, {"entered_in_error": True}, {"status": "on-hold"}], ids=str)
def test_medication_stopped_since_is_for_a_clinician_alone(doctor, nurse, fields):
    item = RefillItemFactory(kind="refill")
    MedicationRequest.objects.filter(pk=item.medication_id).update(**fields)
    item.refresh_from_db()
    assert not handling.may_bulk_approve(item, doctor.user)
    with pytest.raises(NeedsSignature):
        handling.approve(actor=nurse, item_id=item.pk, at=NOW())
    assert handling.pass_on(actor=nurse, item_id=item.pk, note="Stopped.", at=NOW()).prepared_by == nurse.user


def test_nothing_is_sent_for_who_has_died(grant, doctor):
    item = bring_to(one(grant), State.APPROVED, doctor, asker(grant))
    grant.patient.is_deceased = True
    grant.patient.save()
    with pytest.raises(PatientDied):
        handling.forward(actor=doctor, item_id=item.pk, target=State.SENT, at=NOW())
    assert RefillItem.objects.get().state == State.APPROVED


def test_medication_that_became_controlled_is_for_a_clinician_alone(nurse, doctor):
    item = RefillItemFactory(kind="refill", medication__text="Newlycontrolled 5 mg")
    controlled("newlycontrolled", "II")
    with pytest.raises(NeedsSignature):
        handling.approve(actor=nurse, item_id=item.pk, at=NOW())
    handling.pass_on(actor=nurse, item_id=item.pk, note="", at=NOW())
    approved = handling.approve(actor=doctor, item_id=item.pk, at=NOW())
    assert (approved.schedule, approved.kind) == ("II", "new")


def test_approval_is_taken_back_while_it_has_not_gone(grant, doctor):
    item = bring_to(one(grant), State.APPROVED, doctor, asker(grant))
    handling.take_back(actor=doctor, item_id=item.pk, text="It was stopped.", at=NOW())
    item.refresh_from_db()
    assert (item.state, item.answer) == (State.DENIED, "It was stopped.")
