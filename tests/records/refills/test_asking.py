import datetime as dt
import uuid

import pytest
from django.utils import timezone

from records.access.models import AccessLogEntry
from records.access.permissions import Permission
from records.access.scope import PermissionMissing
from records.models import RefillItem, RefillRequest
from records.refills import asking, handling
from records.refills.asking import CannotAsk, Closed, Destination, OnceTaken, Wish
from records.refills.states import State
from tests.factories.records import GrantFactory
from tests.factories.refills import PharmacyFactory, prescribed
from tests.records.refills.desk import ask, asker, controlled, one, proxy_of

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

# A Tuesday, ten in the morning by the clinic's clock.
TUESDAY = dt.datetime(2026, 11, 10, 15, tzinfo=dt.UTC)


def test_several_at_once_get_one_number_and_an_item_each(grant):
    request = ask(grant, prescribed(grant.patient, text="A"), prescribed(grant.patient, text="B"))
    assert len(request.number) == 9
    assert [item.medication.text for item in request.items.order_by("position")] == ["A", "B"]
    assert {item.state for item in request.items.all()} == {State.REQUESTED}


def test_same_once_gives_the_request_that_is_there(grant):
    row, once = prescribed(grant.patient), uuid.uuid4()
    assert ask(grant, row, once=once) == ask(grant, row, once=once)
    assert RefillItem.objects.count() == 1


def test_once_of_somebody_else_is_refused(grant):
    once = uuid.uuid4()
    ask(grant, prescribed(grant.patient), once=once)
    other = GrantFactory()
    with pytest.raises(OnceTaken):
        ask(other, prescribed(other.patient), once=once)


def test_duplicate_is_refused_and_takes_nothing_else_along(grant):
    row = prescribed(grant.patient, text="A")
    ask(grant, row)
    with pytest.raises(CannotAsk):
        ask(grant, prescribed(grant.patient, text="B"), row)
    assert RefillRequest.objects.count() == 1


@pytest.mark.parametrize("fields", [{"repeats_allowed": 3}, {"status": "stopped"}, {"is_reported": True}], ids=str)
def test_what_cannot_be_asked_for_is_refused_whatever_the_page_sent(grant, fields):
    with pytest.raises(CannotAsk):
        ask(grant, prescribed(grant.patient, **fields))


def test_medication_of_another_patient_is_refused(grant):
    with pytest.raises(CannotAsk):
        ask(grant, prescribed(GrantFactory().patient))


def test_nothing_at_all_is_refused(grant):
    with pytest.raises(CannotAsk):
        ask(grant)


def test_nothing_is_asked_for_who_has_died(grant):
    row = prescribed(grant.patient)
    grant.patient.is_deceased = True
    grant.patient.save()
    with pytest.raises(Closed):
        ask(grant, row)


@pytest.mark.parametrize("missing", [Permission.REFILLS, Permission.REFILLS_REQUEST, Permission.MEDICATIONS])
def test_proxy_without_the_permission_cannot_ask(grant, missing):
    with pytest.raises(PermissionMissing):
        ask(proxy_of(grant.patient, missing), prescribed(grant.patient))


def test_proxy_with_the_permissions_asks(grant):
    proxy = proxy_of(grant.patient, Permission.SENSITIVE)
    request = ask(proxy, prescribed(grant.patient))
    assert (request.asked_by, request.asked_as) == (proxy.user, "proxy")


def test_sensitive_medication_makes_its_item_and_the_request_sensitive(grant):
    plain, private = prescribed(grant.patient, text="A"), prescribed(grant.patient, text="B", is_sensitive=True)
    request = ask(grant, plain, private)
    assert request.is_sensitive
    assert [item.is_sensitive for item in request.items.order_by("position")] == [False, True]


@pytest.mark.parametrize(("left", "is_urgent"), [(0, True), (2, True), (3, False)])
def test_two_days_or_fewer_are_urgent(grant, left, is_urgent):
    assert one(grant, left=left).is_urgent is is_urgent


@pytest.mark.parametrize(
    ("fields", "left", "day"),
    [
        # Renewals within two business days, new prescriptions within three, what is urgent within one.
        ({"text": "A"}, 9, 12),
        ({"text": "Oxycodone"}, 9, 13),
        ({"text": "A"}, 1, 11),
    ],
    ids=["renewal", "new prescription", "urgent"],
)
def test_answer_is_due_in_business_days_by_kind(grant, hours, fields, left, day):
    controlled("oxycodone", "II")
    item = one_at(grant, TUESDAY, left, **fields)
    due = timezone.localtime(item.due_at)
    assert (due.day, due.hour) == (day, 18)


def one_at(grant, at, left, **fields):
    row = prescribed(grant.patient, **{"effective_start": at - dt.timedelta(days=200)} | fields)
    return ask(grant, row, left=left, at=at).items.get()


def test_words_of_danger_make_all_of_it_urgent_and_are_kept(grant):
    request = ask(
        grant, prescribed(grant.patient, text="A"), prescribed(grant.patient, text="B"), comment="I want to die"
    )
    assert {(item.is_urgent, item.danger) for item in request.items.all()} == {(True, "self_harm")}
    assert request.comment == "I want to die"


def test_refill_goes_to_our_pharmacy_and_the_renewal_where_the_patient_says(grant):
    ours, theirs = PharmacyFactory(name="Ours", is_clinics_own=True), PharmacyFactory()
    refill = prescribed(grant.patient, text="A", repeats_allowed=3, pharmacy_name="Ours")
    renewal = prescribed(grant.patient, text="B")
    request = asking.ask(
        actor=asker(grant),
        wishes=[Wish(refill.pk, 5), Wish(renewal.pk, 5)],
        destination=Destination(theirs),
        comment="",
        once=uuid.uuid4(),
        at=timezone.now(),
    )
    assert [item.pharmacy for item in request.items.order_by("position")] == [ours, theirs]


def test_asking_is_in_the_access_log(grant):
    request = ask(grant, prescribed(grant.patient))
    entry = AccessLogEntry.objects.get(kind="refill")
    assert (entry.verb, entry.actor_id, entry.patient_id) == ("change", grant.user.pk, grant.patient.pk)
    assert entry.object_id == str(request.pk)


@pytest.fixture
def questioned(grant, nurse):
    item = one(grant)
    return handling.question(actor=nurse, item_id=item.pk, text="How much is left?", at=timezone.now())


def test_answer_brings_it_back_with_a_new_day(grant, questioned, hours):
    assert questioned.due_at is None
    item = asking.answer(actor=asker(grant), item_id=questioned.pk, text="Ten.", at=TUESDAY)
    assert (item.state, item.due_at.day) == (State.IN_REVIEW, 12)
    assert item.events.get(kind="answered").text == "Ten."


def test_words_of_danger_in_an_answer_flag_it(grant, questioned):
    item = asking.answer(actor=asker(grant), item_id=questioned.pk, text="I have chest pain", at=timezone.now())
    assert (item.is_urgent, item.danger) == (True, "emergency")


def test_second_answer_is_refused(grant, questioned):
    asking.answer(actor=asker(grant), item_id=questioned.pk, text="Ten.", at=timezone.now())
    with pytest.raises(handling.NotNow):
        asking.answer(actor=asker(grant), item_id=questioned.pk, text="Eleven.", at=timezone.now())


@pytest.mark.parametrize("verb", ["answer", "cancel"])
def test_only_who_may_ask_and_see_answers_and_cancels(grant, questioned, verb):
    RefillItem.objects.update(is_sensitive=True)
    stranger, reader = GrantFactory(), proxy_of(grant.patient, Permission.REFILLS_REQUEST)
    blind = proxy_of(grant.patient, Permission.SENSITIVE)
    extra = {"text": "Ten."} if verb == "answer" else {}
    for somebody in (stranger, reader, blind):
        with pytest.raises(PermissionMissing):
            getattr(asking, verb)(actor=asker(somebody), item_id=questioned.pk, at=timezone.now(), **extra)


def test_cancelled_can_be_asked_for_again(grant):
    row = prescribed(grant.patient)
    item = ask(grant, row).items.get()
    asking.cancel(actor=asker(grant), item_id=item.pk, at=timezone.now())
    assert ask(grant, row).pk != item.request_id
