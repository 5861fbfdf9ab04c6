import datetime as dt
import json
import threading

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.utils import timezone

from records.access import log
from records.access.models import AccessLogEntry, AccessLogHead

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


def append(**fields):
    return log.record(
        **{"kind": "result", "verb": log.Verb.VIEW, "at": NOW, "actor_name": "Ana", "acting_as": "self"} | fields
    )


@pytest.mark.sqlite
@pytest.mark.django_db
class TestChain:
    def test_untouched_log_is_sound(self, tmp_path):
        for _ in range(3):
            append()
        log.export_checkpoint(NOW, tmp_path)
        append()
        assert log.faults(tmp_path) == []

    @pytest.mark.parametrize(
        ("field", "value"),
        [("actor_name", "Eve"), ("patient_id", "0" * 32), ("at", NOW - dt.timedelta(days=1)), ("count", 7)],
    )
    def test_changed_row_is_found(self, tmp_path, field, value):
        entries = [append() for _ in range(3)]
        AccessLogEntry.objects.filter(pk=entries[1].pk).update(**{field: value})
        assert "Row 2 was changed, or what stood before it." in log.faults(tmp_path)

    def test_deleted_row_is_found(self, tmp_path):
        entries = [append() for _ in range(3)]
        AccessLogEntry.objects.filter(pk=entries[1].pk).delete()
        assert "Row 2 is missing; the next one is 3." in log.faults(tmp_path)

    def test_cut_tail_with_a_forged_head_is_found_by_the_checkpoint(self, tmp_path):
        first, second = append(), append()
        log.export_checkpoint(NOW, tmp_path)
        AccessLogEntry.objects.filter(pk=second.pk).delete()
        AccessLogHead.objects.update(count=1, mac=first.mac)
        assert log.faults(tmp_path) == ["A checkpoint saw 2 rows that are no longer there as they were."]

    def test_checkpoint_of_somebody_else_is_found(self, tmp_path):
        append()
        line = json.loads(log.export_checkpoint(NOW, tmp_path).read_text())
        (tmp_path / "2026-03.jsonl").write_text(json.dumps(line | {"count": 0}) + "\n")
        assert log.faults(tmp_path) == ["A checkpoint in 2026-03.jsonl is not signed by this portal."]

    def test_command_exits_with_the_faults(self, settings, tmp_path):
        settings.ACCESS_LOG_CHECKPOINTS = tmp_path
        append()
        call_command("verify_access_log")
        AccessLogEntry.objects.update(actor_name="Eve")
        with pytest.raises(CommandError, match="Row 1 was changed"):
            call_command("verify_access_log")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_parallel_appends_make_one_chain(tmp_path):
    append()

    def work():
        for _ in range(10):
            append(at=timezone.now())
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert AccessLogEntry.objects.count() == 81
    assert log.faults(tmp_path) == []


@pytest.mark.sqlite
@pytest.mark.django_db
def test_first_row_may_be_written_by_two_at_once():
    """The head is created on demand and survives being there already."""
    AccessLogHead.objects.create()
    assert append().number == 1
    assert connection.in_atomic_block
