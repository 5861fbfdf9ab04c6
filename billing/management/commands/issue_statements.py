"""`manage.py issue_statements [--at DATE] [--limit N]`: writes the statements that are due. Run it every day."""

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from billing.statements.issuing import issue_all


class Command(BaseCommand):
    help = "Issues a statement to each account that owes something and got none lately; twice gives the same."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--at", type=dt.date.fromisoformat, metavar="DATE", help="the date they carry; not later than today"
        )
        parser.add_argument("--limit", type=int, metavar="N", help="stop after N statements")

    def handle(self, *args: Any, at: dt.date | None = None, limit: int | None = None, **options: Any) -> None:
        now = timezone.now()
        if at is not None and at > timezone.localdate(now):
            raise CommandError("A statement says how things stand: it cannot be dated ahead.")
        if at is not None and at < timezone.localdate(now):
            now = timezone.make_aware(dt.datetime.combine(at, dt.time(12)))
        tally = issue_all(at=now, limit=limit)
        self.stdout.write(f"Issued {tally.issued} statements.")
        if tally.failed:
            listed = "\n".join(str(account_id) for account_id in tally.failed)
            raise CommandError(f"{len(tally.failed)} accounts could not be written to; staff have them too:\n{listed}")
