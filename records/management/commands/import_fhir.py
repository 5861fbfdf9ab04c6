"""manage.py import_fhir PATH…"""

import datetime as dt
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from records.interop.actions import FileReport, import_fhir


class Command(BaseCommand):
    help = "Imports FHIR R4 bundles, resources and NDJSON from files and folders. Importing again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        parser.add_argument("--dry-run", action="store_true", help="report everything, keep nothing")
        parser.add_argument(
            "--bills-since",
            type=dt.date.fromisoformat,
            metavar="YYYY-MM-DD",
            help="visits from this day on become bills (default: two years back)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with tqdm(unit=" resources", disable=None if options["verbosity"] else True) as bar:

            def show(done: int, known: int, name: str) -> None:
                bar.total = known
                bar.set_postfix_str(name, refresh=False)
                bar.update(done - bar.n)

            reports = import_fhir(
                options["paths"],
                at=timezone.now(),
                dry_run=options["dry_run"],
                bills_since=options["bills_since"],
                on_progress=show,
            )
        for report in reports:
            self._say(report)
        unreadable = sum(bool(report.error) for report in reports)
        if options["dry_run"]:
            self.stdout.write("Dry run: nothing was kept.")
        if not reports:
            raise CommandError("There is no .json or .ndjson file at these paths.")
        if unreadable:
            raise CommandError(f"{unreadable} of {len(reports)} files could not be read.")

    def _say(self, report: FileReport) -> None:
        batch = report.batch
        if report.error:
            self.stderr.write(f"{batch.file_name}: {report.error}")
            return
        self.stdout.write(
            f"{batch.file_name}: {batch.resources_in} in, {batch.resources_kept} kept, "
            f"{batch.resources_not_kept} not kept, {batch.resources_rejected} rejected"
        )
        for issue in report.issues:
            where = f"{issue.resource_type}/{issue.resource_id} {issue.path}".strip(" /")
            self.stdout.write(f"  {issue.get_severity_display()}: {where}: {issue.reason}")
