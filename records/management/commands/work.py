"""`manage.py work`: runs background tasks and due periodic jobs until told to stop."""

import signal
import time
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker

from records.work import periodic


class Command(BaseCommand):
    help = "Runs background tasks and periodic jobs; any number of workers may run side by side."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="Do what is due now, then stop.")

    def handle(self, *args: Any, once: bool, **options: Any) -> None:
        self.running = True
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        worker = Worker(
            queue_names=["*"],
            interval=0,
            batch=True,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=get_random_string(32),
            excluded_queue_names=[],
        )
        while self.running:
            periodic.run_due(timezone.now())
            worker.run()
            if once:
                return
            time.sleep(1)

    def _stop(self, signum: int, frame: FrameType | None) -> None:
        self.running = False
