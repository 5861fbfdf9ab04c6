import datetime as dt

import pytest
from django.core.management import call_command
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from records.notifications import actions, kinds
from records.work import periodic
from records.work.backoff import wait_after

pytestmark = pytest.mark.sqlite

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


@pytest.fixture
def job(monkeypatch):
    monkeypatch.setattr(periodic, "_JOBS", {})
    runs: list[dt.datetime] = []
    periodic.register("test", every=dt.timedelta(minutes=5), run=runs.append)
    return runs


@pytest.mark.django_db
def test_job_runs_when_due_and_not_before(job):
    periodic.run_due(NOW)
    periodic.run_due(NOW + dt.timedelta(minutes=4))
    assert job == [NOW]
    periodic.run_due(NOW + dt.timedelta(minutes=5))
    assert len(job) == 2


@pytest.mark.django_db
def test_broken_job_does_not_stop_the_others(job, caplog):
    def broken(at):
        raise ZeroDivisionError

    periodic.register("broken", every=dt.timedelta(minutes=5), run=broken)
    assert sorted(periodic.run_due(NOW)) == ["broken", "test"]
    assert "broken" in caplog.text


def test_waiting_doubles_and_stops_growing():
    assert wait_after(1) == dt.timedelta(seconds=30)
    assert wait_after(2) == dt.timedelta(minutes=1)
    assert wait_after(40) == dt.timedelta(hours=6)


@pytest.mark.django_db(transaction=True)
def test_work_once_does_what_is_queued_and_what_is_due():
    """A worker closes its connections between tasks, as it does in production."""
    kind = kinds.register("work-test", subject="News", template="portal/missing")
    actions.notify(kind=kind, cause="test:1", at=timezone.now(), address="ana@example.org")
    call_command("work", once=True)
    assert DBTaskResult.objects.get().status == "FAILED"  # the template is missing, so it was really run
    assert periodic.Lease.objects.filter(name="throttle.prune").exists()
