"""`manage.py verify_access_log`: is the access log the one that was written?"""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from records.access import log
from records.access.models import AccessLogEntry


class Command(BaseCommand):
    help = "Checks the access log's chain and its exported checkpoints; exits non-zero with a list of faults."

    def handle(self, *args: Any, **options: Any) -> None:
        faults = log.faults(settings.ACCESS_LOG_CHECKPOINTS)
        if faults:
            raise CommandError("\n".join(faults))
        self.stdout.write(f"The access log is sound: {AccessLogEntry.objects.count()} rows.")
