"""Writes the resources of one type: finds what is there, compares, and adds or changes only what differs.

Rows are written in bulk inside one savepoint. Should the database refuse one of them all the same, the write
is repeated row by row, so that only that one is lost. `updated_at` moves only when a row really changed.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import DatabaseError, models, transaction

from records.access.rows import PatientRow
from records.chart.models import Encounter
from records.interop.checks import check_columns
from records.interop.context import FileContext, PatientContext
from records.interop.drafts import Columns, Draft, RowMapper
from records.interop.element import Element
from records.interop.index import Key, Resource
from records.interop.outcomes import Outcome, Reject
from records.interop.sensitivity import is_confidential_visit, is_sensitive_resource
from records.patients.clinical import ClinicalRow, SourcedRow

CHUNK = 500

type KnownParts = dict[type[models.Model], dict[uuid.UUID, list[Any]]]


@dataclass
class Change:
    """One resource on its way into the database; `earlier` are versions to keep of what it replaces."""

    key: Key
    row: SourcedRow
    draft: Draft
    is_new: bool
    changed: set[str]
    stale_parts: set[type[models.Model]]
    stale_links: set[str]
    earlier: list[models.Model] = field(default_factory=list)

    @property
    def outcome(self) -> Outcome:
        if self.is_new:
            return Outcome.CREATED
        return Outcome.UPDATED if self.changed or self.stale_parts or self.stale_links else Outcome.UNCHANGED


def write(
    mapper: RowMapper, entries: Sequence[tuple[Key, Resource]], file: FileContext, context: PatientContext | None
) -> None:
    """Brings resources of one type in; what became of each stands in the file's tally."""
    for start in range(0, len(entries), CHUNK):
        chunk = entries[start : start + CHUNK]
        known = _known_rows(mapper, chunk, file)
        parts = _known_parts(mapper, [row.pk for row in known.values()])
        changes = []
        for key, resource in chunk:
            try:
                change = _plan(mapper, key, resource, file, context, known.get(key[1]), parts)
            except Reject as reject:
                file.tally.reject(key, reject.path, reject.reason)
                continue
            # Known from here on, so that rows of the same type can point at each other.
            file.rows[key] = (mapper.model, change.row.pk)
            changes.append(change)
        _save_all(mapper, changes, file)


def _known_rows(mapper: RowMapper, entries: Sequence[tuple[Key, Resource]], file: FileContext) -> dict[str, SourcedRow]:
    rows = mapper.model._base_manager.filter(
        source_system=file.source_system, fhir_type=entries[0][0][0], external_id__in=[key[1] for key, _ in entries]
    )
    return {row.external_id: row for row in rows}


def _known_parts(mapper: RowMapper, pks: Iterable[uuid.UUID]) -> KnownParts:
    """The parts of existing rows, by kind and by the row they belong to."""
    known: KnownParts = {model: defaultdict(list) for model in mapper.parts}
    if pks:
        for model, parent in mapper.parts.items():
            for part in model._base_manager.filter(**{f"{parent}__in": pks}).order_by("position"):
                known[model][getattr(part, f"{parent}_id")].append(part)
    return known


def _plan(
    mapper: RowMapper,
    key: Key,
    resource: Resource,
    file: FileContext,
    context: PatientContext | None,
    row: Any,
    known: KnownParts,
) -> Change:
    """Maps, checks and compares one resource. Raises Reject."""
    element = Element(resource, key[0])
    draft = mapper.build(element, file if context is None else context)
    draft.columns |= _common_columns(mapper.model, resource, draft, file)
    check_columns(mapper.model, draft.columns, element.path)
    for model, rows in draft.parts.items():
        for columns in rows:
            check_columns(model, columns, element.path)
    if row is None:
        row = _new_row(mapper.model, key, file, context)
        changed = set(draft.columns)
        parts = {model for model, rows in draft.parts.items() if rows}
        links = {name for name, pks in draft.links.items() if pks}
        is_new = True
    else:
        if context is not None and row.patient_id != context.patient.pk:
            raise Reject("subject", "This resource is already known as another patient's.")
        if isinstance(row, ClinicalRow) and row.is_sensitive:
            draft.columns["is_sensitive"] = True  # an import never takes the mark off
        changed = {name for name, value in draft.columns.items() if getattr(row, name) != value}
        parts = {model for model, rows in draft.parts.items() if _differ(rows, known[model][row.pk])}
        links = {name for name, pks in draft.links.items() if pks != _linked(row, name)}
        is_new = False
    change = Change(key, row, draft, is_new, changed, parts, links)
    if mapper.keep_earlier is not None and not is_new:
        change.earlier = mapper.keep_earlier(row, changed, bool(parts), file)
    for name in changed:
        setattr(row, name, draft.columns[name])
    if change.outcome is not Outcome.UNCHANGED:
        row.batch, row.updated_at = file.batch, file.at
    return change


def _common_columns(model: type[SourcedRow], resource: Resource, draft: Draft, file: FileContext) -> Columns:
    columns: Columns = {"raw": file.raw(resource)}
    if issubclass(model, ClinicalRow):
        statuses = (draft.columns.get("status"), draft.columns.get("verification_status"))
        columns["entered_in_error"] = "entered-in-error" in statuses
        columns["is_sensitive"] = is_sensitive_resource(resource, file.sensitive)
    if issubclass(model, Encounter):
        columns["is_confidential"] = is_confidential_visit(resource)
    return columns


def _new_row(model: type[SourcedRow], key: Key, file: FileContext, context: PatientContext | None) -> SourcedRow:
    row = model(source_system=file.source_system, fhir_type=key[0], external_id=key[1])
    if context is not None:
        row.patient, row.released_at = context.patient, file.at  # type: ignore[attr-defined]
    return row


def _differ(rows: list[Columns], known: list[Any]) -> bool:
    return len(rows) != len(known) or any(
        getattr(part, name) != value
        for columns, part in zip(rows, known, strict=True)
        for name, value in columns.items()
    )


def _linked(row: Any, name: str) -> set[uuid.UUID]:
    return set(getattr(row, name).values_list("pk", flat=True))


def _save_all(mapper: RowMapper, changes: list[Change], file: FileContext) -> None:
    try:
        with transaction.atomic():
            _save(mapper, changes, file)
    except DatabaseError:
        for change in changes:
            _save_alone(mapper, change, file)
        return
    for change in changes:
        file.tally.count(change.key[0], change.outcome)


def _save_alone(mapper: RowMapper, change: Change, file: FileContext) -> None:
    try:
        with transaction.atomic():
            _save(mapper, [change], file)
    except DatabaseError as error:
        del file.rows[change.key]
        # The database's own words may quote the values.
        file.tally.reject(change.key, change.key[0], f"The database refused it ({type(error).__name__}).")
    else:
        file.tally.count(change.key[0], change.outcome)


def _save(mapper: RowMapper, changes: list[Change], file: FileContext) -> None:
    for change in changes:
        change.row._state.adding = change.is_new  # a first try may have been rolled back
    mapper.model._base_manager.bulk_create([change.row for change in changes if change.is_new])
    altered = [change for change in changes if change.outcome is Outcome.UPDATED]
    names = {_field_name(mapper.model, name) for change in altered for name in change.changed}
    mapper.model._base_manager.bulk_update(
        [change.row for change in altered], sorted(names | {"batch", "updated_at"}), batch_size=200
    )
    for model, parent in mapper.parts.items():
        _replace_parts(model, parent, [change for change in changes if model in change.stale_parts], file)
    for change in changes:
        for name in change.stale_links:
            getattr(change.row, name).set(change.draft.links[name])
        for row in change.earlier:
            row.save(force_insert=True)


def _field_name(model: type[models.Model], column: str) -> str:
    """bulk_update wants `encounter` where the columns say `encounter_id`."""
    by_column = {item.attname: item.name for item in model._meta.concrete_fields}
    return by_column[column]


def _replace_parts(model: type[models.Model], parent: str, changes: list[Change], file: FileContext) -> None:
    kept = [change.row.pk for change in changes if not change.is_new]
    if kept:
        model._base_manager.filter(**{f"{parent}__in": kept}).delete()
    extra: Columns = {"released_at": file.at} if issubclass(model, PatientRow) else {}
    model._base_manager.bulk_create(
        model(**{f"{parent}_id": change.row.pk, "position": position}, **extra, **columns)
        for change in changes
        for position, columns in enumerate(change.draft.parts[model])
    )
