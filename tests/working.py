"""Does what workers would do now, on the test's own connection: a worker closes the ones it uses."""

from django.db.models import Q
from django.utils import timezone
from django_tasks_db.models import DBTaskResult


def work() -> None:
    """Runs the tasks that are due, the oldest first."""
    due = DBTaskResult.objects.filter(Q(run_after__isnull=True) | Q(run_after__lte=timezone.now()), status="READY")
    for row in due.order_by("enqueued_at"):
        row.task.call(*row.args_kwargs["args"], **row.args_kwargs["kwargs"])
        row.delete()
