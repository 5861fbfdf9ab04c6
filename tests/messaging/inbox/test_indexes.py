"""The inbox of a large clinic: the list walks its index and costs what a small one costs."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from messaging.inbox.desk import StaffDesk
from messaging.inbox.folders import Folder, in_folder
from messaging.inbox.lists import PER_PAGE
from messaging.models import Conversation
from tests.messaging.inbox.conftest import Office
from tests.queries import BUDGET, cost_of

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]

MANY = 5000


@pytest.fixture
def large(office: Office) -> Office:
    """MANY conversations of the pool, of which one in five waits."""
    now = timezone.now()
    Conversation.objects.bulk_create(
        [
            Conversation(
                number=f"MANY-{number:06d}",
                patient_id=office.conversation.patient_id,
                topic="follow_up",
                subject="Knee",
                pool=office.pool,
                state="clinic" if number % 5 == 0 else "closed",
                is_urgent=number % 500 == 0,
                created_at=now - dt.timedelta(days=2),
                last_message_at=now - dt.timedelta(minutes=number),
                due_at=now + dt.timedelta(minutes=number) if number % 5 == 0 else None,
            )
            for number in range(MANY)
        ],
        batch_size=1000,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE messaging_conversation")
    return office


@pytest.mark.parametrize(
    ("folder", "index"),
    [(Folder.WAITING, "conversation_waiting"), (Folder.CLOSED, "conversation_by_state")],
)
def test_folder_is_read_along_its_index(large: Office, folder: Folder, index: str) -> None:
    desk = StaffDesk(large.nurse, timezone.now())
    rows = in_folder(desk.conversations(), folder, desk)[:PER_PAGE]
    plan = rows.explain()
    assert index in plan
    assert "->  Sort" not in plan, plan


def test_list_of_many_keeps_to_the_budget(client: Client, large: Office) -> None:
    client.force_login(large.nurse)
    url = reverse("admin:messaging_conversation_changelist")
    client.get(url)
    for folder in Folder:
        assert cost_of(lambda folder=folder: client.get(url, {"folder": folder.value, "page": 3})) <= BUDGET


def test_number_of_a_conversation_is_found_among_many(client: Client, large: Office) -> None:
    client.force_login(large.nurse)
    page: Any = client.post(reverse("admin:messaging_conversation_changelist"), {"q": "MANY-004321"})
    assert [row["number"] for row in page.context["rows"]] == ["MANY-004321"]
