import datetime as dt

import pytest
from django.core import mail
from django.utils import timezone

from records.access.permissions import Permission
from records.models import Notification, RefillItem
from records.refills import asking, handling
from records.refills.states import State
from tests.factories.refills import prescribed
from tests.records.refills.desk import ask, asker, one, proxy_of
from tests.working import work

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

NOW = timezone.now
CANARIES = ("Canaryzepam", "Quillfeather", "Ornithopter", "itches terribly", "Tell me where", "Because of", "my parrot")


def told(user):
    rows = Notification.objects.filter(user=user, channel="portal").order_by("created_at", "pk")
    return [row.kind for row in rows]


def test_each_step_is_told(grant, nurse, doctor):
    item = one(grant)
    handling.question(actor=nurse, item_id=item.pk, text="Since when?", at=NOW())
    asking.answer(actor=asker(grant), item_id=item.pk, text="May", at=NOW())
    handling.approve(actor=doctor, item_id=item.pk, at=NOW())
    for target in (State.SENT, State.READY, State.PICKED_UP):
        handling.forward(actor=nurse, item_id=item.pk, target=target, at=NOW())
    steps = ["refill_received", "refill_news", "refill_question", "refill_news", "refill_news"]
    assert sorted(told(grant.user)) == sorted([*steps, "refill_ready", "refill_news"])


@pytest.mark.parametrize("end", ["deny", "cancel", "late"])
def test_endings_and_lateness_are_told(grant, nurse, end):
    item = one(grant)
    if end == "deny":
        handling.deny(actor=nurse, item_id=item.pk, text="Come in.", at=NOW())
    elif end == "cancel":
        asking.cancel(actor=asker(grant), item_id=item.pk, at=NOW())
    else:
        RefillItem.objects.update(due_at=NOW() - dt.timedelta(hours=1))
        handling.escalate_late(NOW())
    assert told(grant.user)[-1] in {"refill_news", "refill_late"}
    assert len(told(grant.user)) >= 2


def test_several_that_move_together_are_told_once(grant):
    ask(grant, prescribed(grant.patient, text="A"), prescribed(grant.patient, text="B"))
    assert told(grant.user) == ["refill_received"]


def test_proxies_with_the_permission_are_told_and_others_not(grant):
    with_it, without = proxy_of(grant.patient, Permission.SENSITIVE), proxy_of(grant.patient, Permission.REFILLS)
    one(grant)
    assert told(with_it.user) == ["refill_received"]
    assert told(without.user) == []


def test_sensitive_one_is_told_to_those_who_may_see_it(grant):
    trusted, other = proxy_of(grant.patient), proxy_of(grant.patient, Permission.SENSITIVE)
    ask(grant, prescribed(grant.patient, is_sensitive=True))
    assert told(trusted.user) == ["refill_received"]
    assert told(other.user) == []


def test_mails_say_nothing_of_whom_and_what(grant, nurse, doctor):
    grant.patient.given, grant.patient.family = "Ornithopter", "Quillfeather"
    grant.patient.save()
    item = ask(grant, prescribed(grant.patient, text="Canaryzepam 5 mg"), comment="my parrot").items.get()
    handling.question(actor=nurse, item_id=item.pk, text="Tell me where", at=NOW())
    asking.answer(actor=asker(grant), item_id=item.pk, text="It itches terribly", at=NOW())
    handling.deny(actor=doctor, item_id=item.pk, text="Because of", at=NOW())
    Notification.objects.exclude(channel="portal").update(next_try_at=NOW())
    work()
    assert len(mail.outbox) >= 3
    for message in mail.outbox:
        sent = message.message().as_string() + message.subject + str(message.body)
        assert not [word for word in CANARIES if word in sent]
    rows = Notification.objects.values_list("cause", "path", "context", "kind")
    assert not [word for word in CANARIES if word in str(list(rows))]


def test_medication_that_became_sensitive_is_told_to_those_who_may_see_it(grant, nurse):
    other, item = proxy_of(grant.patient, Permission.SENSITIVE), one(grant)
    item.medication.is_sensitive = True
    item.medication.save()
    handling.question(actor=nurse, item_id=item.pk, text="Since when?", at=NOW())
    assert told(other.user) == ["refill_received"]


@pytest.mark.parametrize(
    ("verb", "kind"), [("question", "refill_question"), ("approve", "refill_news"), ("deny", "refill_news")]
)
def test_one_deed_is_told_once(grant, doctor, verb, kind):
    getattr(handling, verb)(actor=doctor, item_id=one(grant).pk, text="Words.", at=NOW())
    assert sorted(told(grant.user)) == sorted(["refill_received", kind])
