"""Run by `manage.py work`."""

from django.tasks import task
from django.utils import timezone

from messaging.inbox import mailings


@task()
def send_mailings() -> None:
    """Goes on until nothing waits; a worker that dies is followed by the periodic job."""
    if mailings.send_waiting(timezone.now()):
        send_mailings.enqueue()
