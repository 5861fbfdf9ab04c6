"""Brings FHIR files in. One batch per file, one transaction per patient, one bad resource loses nothing else."""

import datetime as dt
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils.translation import gettext_lazy as _

from records.access import kinds, log
from records.access.models import User
from records.interop import mappers, registry
from records.interop.context import FileContext, PatientContext, Tally
from records.interop.index import Index, Key, Resource
from records.interop.mappers.results import link
from records.interop.models import ImportBatch, ImportIssue
from records.interop.outcomes import KEPT, Outcome, Reject, Unreadable
from records.interop.reading import Document, read_json, read_ndjson
from records.interop.redaction import Redactor
from records.interop.sensitivity import propagate
from records.interop.sorting import Entries, sort
from records.interop.writing import write
from records.patients.models import Patient

KIND_IMPORT = kinds.register("import", _("the record, by an update from your clinic"))
BILLS_REACH_BACK_YEARS = 2

# (resources done, resources known of so far, name of the file)
type Progress = Callable[[int, int, str], None]


@dataclass
class FileReport:
    """What became of one file; `error` is why nothing of it was read. After a dry run the batch is in memory only."""

    batch: ImportBatch
    issues: list[ImportIssue] = field(default_factory=list)
    error: str = ""


def import_fhir(
    paths: Iterable[Path],
    *,
    at: dt.datetime,
    dry_run: bool = False,
    bills_since: dt.date | None = None,
    started_by: User | None = None,
    on_progress: Progress | None = None,
) -> list[FileReport]:
    """Imports bundles, single resources and NDJSON from files and folders; one report per file.

    The second import of a file changes nothing. `bills_since` (default: two years before `at`) is handed to the
    mappers of bills. A dry run does everything and keeps nothing, not even the batch. Unreadable files leave a
    batch that says so and do not stop the others.
    """
    since = bills_since or _years_before(at.date(), BILLS_REACH_BACK_YEARS)
    reports = []
    counter = _Counter(on_progress)
    for readable in _sources(paths):
        with transaction.atomic() if dry_run else nullcontext():
            reports.append(_import_one(readable, at, since, dry_run, started_by, counter))
            if dry_run:
                transaction.set_rollback(True)
    return reports


class _Counter:
    def __init__(self, callback: Progress | None) -> None:
        self._callback = callback
        self._done = self._known = 0
        self._name = ""

    def expect(self, document: Document) -> None:
        self._known += len(document.entries)
        self._name = document.name
        self.advance(0)

    def advance(self, number: int) -> None:
        self._done += number
        if self._callback is not None:
            self._callback(self._done, self._known, self._name)


@dataclass(frozen=True)
class _Source:
    name: str
    read: Callable[[], Document]


def _sources(paths: Iterable[Path]) -> Iterator[_Source]:
    """Every JSON file by itself; the NDJSON files of one folder together."""
    files: list[Path] = []
    for path in paths:
        inside = sorted(p for p in path.rglob("*") if p.suffix in (".json", ".ndjson")) if path.is_dir() else [path]
        files.extend(inside)
    for path in files:
        if path.suffix != ".ndjson":
            yield _Source(path.name, lambda path=path: read_json(path))  # type: ignore[misc]
    lines = sorted((path for path in files if path.suffix == ".ndjson"), key=lambda path: path.parent)
    for _folder, group in groupby(lines, key=lambda path: path.parent):
        members = list(group)
        yield _Source(members[0].name, lambda members=members: read_ndjson(members))  # type: ignore[misc]


def _import_one(
    source: _Source, at: dt.datetime, since: dt.date, dry_run: bool, started_by: User | None, counter: _Counter
) -> FileReport:
    began = time.monotonic()
    batch = ImportBatch(file_name=source.name[:255], started_at=at, started_by=started_by)
    try:
        document = source.read()
    except Unreadable as error:
        batch.status, batch.finished_at = ImportBatch.Status.UNREADABLE, at
        batch.save()
        issue = ImportIssue(batch=batch, path="file", reason=str(error)[:500])
        issue.save()
        return FileReport(batch, issues=[issue], error=str(error))
    batch.file_name, batch.source_system = document.name, document.source_system
    batch.save()
    counter.expect(document)
    file = FileContext(
        batch=batch,
        source_system=document.source_system,
        at=at,
        bills_since=since,
        dry_run=dry_run,
        index=Index(),
        redactor=Redactor(entry.resource for entry in document.entries),
        tally=Tally(),
    )
    _import_document(document, file, counter)
    return _finish(batch, file.tally, len(document.entries), time.monotonic() - began)


def _import_document(document: Document, file: FileContext, counter: _Counter) -> None:
    found = sort(document, file)
    with transaction.atomic():
        for name, mapper in mappers.DIRECTORY.items():
            write(mapper, found.directory.get(name, []), file, None)
            counter.advance(len(found.directory.get(name, [])))
    for external_id, entries in found.patients.items():
        _import_patient(external_id, entries, found.others.get(external_id, {}), file)
        counter.advance(sum(len(items) for items in entries.values()))


def _import_patient(external_id: str, entries: Entries, others: Entries, file: FileContext) -> None:
    """Everything about one patient, or nothing: when the whole fails, the patient stays as they were."""
    outer, file.tally = file.tally, Tally()
    try:
        with transaction.atomic():
            _import_entries(external_id, entries, others, file)
    except DatabaseError as error:
        file.tally = Tally()
        for key, _resource in _each(entries):
            file.rows.pop(key, None)
            file.tally.reject(key, key[0], f"The database refused the patient ({type(error).__name__}).")
    outer.merge(file.tally)
    file.tally = outer


def _import_entries(external_id: str, entries: Entries, others: Entries, file: FileContext) -> None:
    write(mappers.PATIENT, entries.get("Patient", []), file, None)
    patient = (
        Patient.objects.select_for_update()
        .filter(source_system=file.source_system, fhir_type="Patient", external_id=external_id)
        .first()
    )
    if patient is None:
        for key, _resource in _each(entries):
            if key[0] != "Patient":
                file.tally.reject(key, "subject", "Its patient was rejected.")
        return
    context = PatientContext(file, patient, entries, others)
    for name, mapper in mappers.PATIENT_ROWS.items():
        write(mapper, entries.get(name, []), file, context)
    link(context)
    propagate(patient, file.at)
    for name, registered in registry.mappers().items():
        for key, resource in entries.get(name, []):
            _run_registered(registered, key, resource, context)
    if changes := file.tally.total(Outcome.CREATED) + file.tally.total(Outcome.UPDATED):
        _log(patient, changes, file)


def _run_registered(mapper: registry.Mapper, key: Key, resource: Resource, context: PatientContext) -> None:
    tally = context.file.tally
    try:
        with transaction.atomic():
            outcome = mapper(resource, context)
    except Reject as reject:
        tally.reject(key, reject.path, reject.reason)
    except DatabaseError as error:
        tally.reject(key, key[0], f"The database refused it ({type(error).__name__}).")
    else:
        tally.count(key[0], outcome)


def _log(patient: Patient, changes: int, file: FileContext) -> None:
    user = file.batch.started_by
    log.record(
        kind=KIND_IMPORT,
        verb=log.Verb.CHANGE,
        at=file.at,
        actor_id=user.pk if user else None,
        actor_name=user.full_name if user else str(settings.ORGANIZATION_NAME),
        acting_as="staff" if user else "system",
        patient_id=patient.pk,
        object_id=str(file.batch.pk),
        count=changes,
    )


def _each(entries: Entries) -> Iterator[tuple[Key, Resource]]:
    return (item for items in entries.values() for item in items)


def _finish(batch: ImportBatch, tally: Tally, resources: int, took: float) -> FileReport:
    kept = sum(tally.total(outcome) for outcome in KEPT)
    batch.resources_in, batch.resources_kept = resources, kept
    batch.resources_not_kept = tally.total(Outcome.NOT_KEPT)
    batch.resources_rejected = tally.total(Outcome.REJECTED)
    batch.counts = tally.table()
    batch.not_kept = tally.not_kept
    batch.status = ImportBatch.Status.PARTIAL if batch.resources_rejected else ImportBatch.Status.COMPLETE
    batch.finished_at = batch.started_at + dt.timedelta(seconds=took)
    with transaction.atomic():
        batch.save()
        for issue in tally.issues:
            issue.batch = batch
        ImportIssue.objects.bulk_create(tally.issues)
    return FileReport(batch, tally.issues)


def _years_before(date: dt.date, years: int) -> dt.date:
    try:
        return date.replace(year=date.year - years)
    except ValueError:  # the 29th of February
        return date.replace(year=date.year - years, day=28)
