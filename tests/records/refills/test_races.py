"""Two at once, on the real code; each race is first shown to go wrong with the constraint or the lock taken away."""

import datetime as dt
import threading
import uuid
from collections.abc import Iterator
from contextlib import suppress

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from records.models import RefillEvent, RefillItem, RefillRequest
from records.refills import asking, handling, standings
from records.refills.asking import CannotAsk
from records.refills.handling import NotNow
from records.refills.states import OPEN, State
from tests.factories.refills import prescribed
from tests.records.refills.desk import ask, asker, one, proxy_of
from tests.together import together

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

TEN = 10
INDEX = "refill_one_open_per_medication"


@pytest.fixture
def no_constraint() -> Iterator[None]:
    table = RefillItem._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX {INDEX}")
    yield
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {table} CASCADE")
        states = ", ".join(f"'{state}'" for state in OPEN)
        cursor.execute(f"CREATE UNIQUE INDEX {INDEX} ON {table} (medication_id) WHERE state IN ({states})")


@pytest.fixture
def all_look_first(monkeypatch) -> None:
    """Everybody has looked what can be asked for before anybody asks."""
    meet, look = threading.Barrier(TEN), standings.standings_of

    def looked(*args):
        found = look(*args)
        with suppress(threading.BrokenBarrierError):
            meet.wait(timeout=30)
        return found

    monkeypatch.setattr(standings, "standings_of", looked)


def asked_by_ten(grant, row, once=None):
    grants = [grant if once else proxy_of(grant.patient) for _number in range(TEN)]
    return together(*[lambda each=each: ask(each, row, once=once or uuid.uuid4()) for each in grants])


def test_ten_ask_for_the_same_medication_and_one_request_stands(grant, all_look_first):
    results = asked_by_ten(grant, prescribed(grant.patient))
    assert sum(isinstance(result, RefillRequest) for result in results) == 1
    assert sum(isinstance(result, CannotAsk) for result in results) == TEN - 1
    assert (RefillRequest.objects.count(), RefillItem.objects.count()) == (1, 1)


@pytest.mark.usefixtures("no_constraint", "all_look_first")
def test_control_without_the_constraint_several_stand(grant):
    asked_by_ten(grant, prescribed(grant.patient))
    assert RefillItem.objects.count() > 1


def test_same_once_ten_times_makes_one_request(grant, all_look_first):
    results = asked_by_ten(grant, prescribed(grant.patient), once=uuid.uuid4())
    assert len({result.pk for result in results}) == 1
    assert RefillRequest.objects.count() == 1


def approve_and_deny(item, doctor):
    return together(
        lambda: handling.approve(actor=doctor, item_id=item.pk, at=timezone.now()),
        lambda: handling.deny(actor=doctor, item_id=item.pk, text="Come in.", at=timezone.now()),
    )


def test_approved_and_denied_at_once_is_one_of_them(grant, doctor):
    item = one(grant)
    results = approve_and_deny(item, doctor)
    assert sum(isinstance(result, NotNow) for result in results) == 1
    decided = RefillEvent.objects.filter(item=item, kind__in=("approved", "denied"))
    assert decided.get().kind == RefillItem.objects.get().state


def test_control_without_the_lock_both_are_written(grant, doctor, monkeypatch):
    item = one(grant)
    meet, came = threading.Barrier(2), set()

    def read_without_lock(rows, *args, **kwargs):
        if threading.get_ident() not in came:
            came.add(threading.get_ident())
            meet.wait(timeout=30)
        return rows.all()

    monkeypatch.setattr(QuerySet, "select_for_update", read_without_lock)
    approve_and_deny(item, doctor)
    decided = RefillEvent.objects.filter(item=item, kind__in=("approved", "denied"))
    assert decided.count() == 2


def test_cancelled_while_it_is_approved_is_one_of_them(grant, doctor):
    item = one(grant)
    together(
        lambda: handling.approve(actor=doctor, item_id=item.pk, at=timezone.now()),
        lambda: asking.cancel(actor=asker(grant), item_id=item.pk, at=timezone.now()),
    )
    state = RefillItem.objects.get().state
    kinds = list(RefillEvent.objects.filter(item=item).order_by("pk").values_list("kind", flat=True))
    assert state == State.CANCELLED
    assert kinds[-1] == "cancelled"


def test_late_ones_are_told_of_once_by_two_workers(grant):
    one(grant)
    RefillItem.objects.update(due_at=timezone.now() - dt.timedelta(hours=1))
    together(*[lambda: handling.escalate_late(timezone.now())] * 3)
    assert RefillEvent.objects.filter(kind="late").count() == 1
