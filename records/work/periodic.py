"""Jobs that are due every so often, run by whichever worker takes the lease first."""

import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import dataclass

from django.db import models

logger = logging.getLogger("portal.work")


class Lease(models.Model):
    """When a periodic job is due next; moving it forward is how one worker claims it."""

    name = models.CharField(max_length=60, primary_key=True)
    due_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Job:
    name: str
    every: dt.timedelta
    run: Callable[[dt.datetime], object]


_JOBS: dict[str, Job] = {}


def register(name: str, *, every: dt.timedelta, run: Callable[[dt.datetime], object]) -> None:
    """Has `run(at)` called about `every`; a run that raises is logged and tried again when next due."""
    _JOBS[name] = Job(name=name, every=every, run=run)


def run_due(at: dt.datetime) -> list[str]:
    """Runs the jobs that are due and that no other worker has claimed; returns their names."""
    ran = []
    for job in _JOBS.values():
        if not _claim(job, at):
            continue
        try:
            job.run(at)
        except Exception:  # noqa: BLE001 (one broken job must not stop the others)
            logger.exception("periodic job %s failed", job.name)
        ran.append(job.name)
    return ran


def _claim(job: Job, at: dt.datetime) -> bool:
    Lease.objects.bulk_create([Lease(name=job.name, due_at=at)], ignore_conflicts=True)
    return bool(Lease.objects.filter(name=job.name, due_at__lte=at).update(due_at=at + job.every))
