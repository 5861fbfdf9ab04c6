"""Does what workers would do now, on the test's own connection: a worker closes the ones it uses."""

from django_tasks_db.models import DBTaskResult


def work() -> None:
    """Runs the tasks that are due, the oldest first."""
    for row in DBTaskResult.objects.ready().order_by("enqueued_at"):
        row.task.call(*row.args_kwargs["args"], **row.args_kwargs["kwargs"])
        row.delete()
