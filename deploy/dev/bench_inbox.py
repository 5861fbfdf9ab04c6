"""What a page of the staff's inbox costs among 100,000 conversations: queries, CPU of the web process, and time in all.

`make bench-inbox` runs it on a throw-away PostgreSQL; each folder is asked for 60 times after a warm-up.
"""

import datetime as dt
import logging
import os
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ |= {"PORTAL_ENV": "test", "DJANGO_SETTINGS_MODULE": "portal.settings"}
MANY = int(os.environ.get("BENCH_CONVERSATIONS", "100000"))
WARM, ASKED = 8, 60


def main() -> None:
    from django.core.management import call_command
    from django.test import Client
    from django.urls import reverse

    import portal.wsgi  # noqa: F401 (pages are served with its settings of the garbage collector)
    from messaging.inbox.folders import Folder

    call_command("migrate", verbosity=0)
    logging.disable(logging.CRITICAL)
    client = Client(SERVER_NAME="localhost")
    client.force_login(_fill())
    url = reverse("admin:messaging_conversation_changelist")
    for folder in Folder:
        for page in (1, 3):
            _measure(f"{folder.value}, page {page}", client, url, {"folder": folder.value, "page": page})


def _fill() -> Any:
    """A pool with two nurses and its conversations, of which one in five waits; returns a nurse."""
    from django.db import connection
    from django.utils import timezone

    from messaging.models import Conversation
    from tests.factories.messaging import PoolFactory
    from tests.factories.records import PatientFactory
    from tests.staff import staff_in

    nurse, colleague = staff_in("Nurse"), staff_in("Nurse")
    pool: Any = PoolFactory()
    pool.members.add(nurse, colleague)
    patients: list[Any] = PatientFactory.create_batch(50)
    now = timezone.now()
    states = ["clinic", "you", "closed", "closed", "closed"]
    for start in range(0, MANY, 5000):
        Conversation.objects.bulk_create(
            Conversation(
                number=f"MANY-{number:06d}",
                patient=patients[number % len(patients)],
                topic="follow_up",
                subject="Knee",
                pool=pool,
                state=states[number % 5],
                is_urgent=number % 500 == 0,
                assigned_to=nurse if number % 50 == 0 else colleague if number % 3 == 0 else None,
                created_at=now - dt.timedelta(days=2),
                last_message_at=now - dt.timedelta(minutes=number),
                due_at=now + dt.timedelta(minutes=number - MANY // 2) if number % 5 == 0 else None,
            )
            for number in range(start, min(start + 5000, MANY))
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return nurse


def _measure(name: str, client: Any, url: str, data: dict[str, Any]) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    cpu, whole = [], []
    for number in range(WARM + ASKED):
        worked, began = time.process_time(), time.perf_counter()
        assert client.get(url, data).status_code == 200  # noqa: S101
        if number >= WARM:
            cpu.append((time.process_time() - worked) * 1000)
            whole.append((time.perf_counter() - began) * 1000)
    with CaptureQueriesContext(connection) as captured:
        client.get(url, data)
    asked = sum(query["sql"] not in {"BEGIN", "COMMIT"} for query in captured.captured_queries)
    cpu.sort()
    whole.sort()
    middle = ASKED // 2
    print(
        f"{name}: {asked} queries, CPU {cpu[0]:.1f} ms at least and {cpu[middle]:.1f} ms in the median, "
        f"{whole[middle]:.1f} ms in all"
    )


if __name__ == "__main__":
    main()
