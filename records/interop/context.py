"""What a mapper knows beside its resource: whose it is, what else came with it, what became of that."""

import datetime as dt
import uuid
from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import dataclass, field

from django.db import models

from records.access.sensitivity import sensitive_codes
from records.interop.element import Element
from records.interop.index import Index, Key, Resource, contained, identifiers_of, sought_identifier
from records.interop.models import ImportBatch, ImportIssue
from records.interop.outcomes import Outcome, Reject
from records.interop.redaction import Redactor, without_attachments
from records.patients.clinical import ClinicalRow, DirectoryRow, SourcedRow
from records.patients.models import Patient, Practitioner, PractitionerRole


@dataclass
class Tally:
    """Counts and issues of one file."""

    counts: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    issues: list[ImportIssue] = field(default_factory=list)
    not_kept: dict[str, str] = field(default_factory=dict)

    def count(self, resource_type: str, outcome: Outcome, number: int = 1) -> None:
        self.counts[resource_type][outcome] += number

    def issue(self, key: Key, path: str, reason: str, severity: str = ImportIssue.Severity.ERROR) -> None:
        self.issues.append(
            ImportIssue(
                severity=severity,
                resource_type=key[0][:40],
                resource_id=key[1][:100],
                path=path[:255],
                reason=reason[:500],
            )
        )

    def total(self, outcome: Outcome) -> int:
        return sum(counter[outcome] for counter in self.counts.values())

    def table(self) -> dict[str, dict[str, int]]:
        """Per resource type, how many came in and what became of them."""
        return {
            name: {"in": counter.total(), **{outcome.value: counter[outcome] for outcome in Outcome}}
            for name, counter in sorted(self.counts.items())
        }

    def merge(self, other: "Tally") -> None:
        for name, counter in other.counts.items():
            self.counts[name].update(counter)
        self.issues.extend(other.issues)
        self.not_kept.update(other.not_kept)

    def reject(self, key: Key, path: str, reason: str) -> None:
        self.count(key[0], Outcome.REJECTED)
        self.issue(key, path, reason)


@dataclass
class FileContext:
    """One file being imported."""

    batch: ImportBatch
    source_system: str
    at: dt.datetime
    bills_since: dt.date
    dry_run: bool
    index: Index
    redactor: Redactor
    tally: Tally
    sensitive: frozenset[tuple[str, str]] = field(default_factory=sensitive_codes)
    # What this file's resources became: key to (model, primary key). Only what was accepted is in here.
    rows: dict[Key, tuple[type[models.Model], uuid.UUID]] = field(default_factory=dict)
    _looked_up: dict[tuple[type[models.Model], Key, uuid.UUID | None], uuid.UUID | None] = field(default_factory=dict)
    _directories: dict[type[models.Model], dict[tuple[str, str], uuid.UUID]] = field(default_factory=dict)

    def raw(self, resource: Resource) -> Resource:
        """What may be kept of a resource as it came: redacted, without the bytes of attachments."""
        return without_attachments(resource)

    def pk(self, reference: Element, model: type[SourcedRow], patient: Patient | None = None) -> uuid.UUID | None:
        """The row of `model` that a reference names: of this file, else known before from the same source.

        A row about a patient is found only if it is this patient's.
        """
        if not reference:
            return None
        key = self.index.key_of(reference.data)
        if key is None:
            return self._in_directory(reference, model)
        if key in self.rows:
            found, pk = self.rows[key]
            return pk if issubclass(found, model) else None
        owner = patient.pk if patient is not None and issubclass(model, ClinicalRow) else None
        wanted = (model, key, owner)
        if wanted not in self._looked_up:
            rows = model._base_manager.filter(source_system=self.source_system, external_id=key[1])
            if key[0]:
                rows = rows.filter(fhir_type=key[0])
            if issubclass(model, ClinicalRow):
                rows = rows.filter(patient=patient)  # type: ignore[misc]  # the narrowed type is lost on the manager
            self._looked_up[wanted] = rows.values_list("pk", flat=True).first()
        return self._looked_up[wanted]

    def _in_directory(self, reference: Element, model: type[SourcedRow]) -> uuid.UUID | None:
        """By identifier among what earlier files brought: conditional references usually name the directory."""
        sought = sought_identifier(reference.data)
        if sought is None or not issubclass(model, DirectoryRow):
            return None
        if model not in self._directories:
            known = model._base_manager.filter(source_system=self.source_system)
            self._directories[model] = {
                pair: pk
                for pk, listed in known.values_list("pk", "raw__identifier")
                for system, value in identifiers_of({"identifier": listed})
                for pair in ((system, value), ("", value))
            }
        return self._directories[model].get(sought[1:])

    def name_of(self, reference: Element, within: Element) -> str:
        """How the sender calls what a reference points at: its display, else its own name."""
        if display := reference.string("display"):
            return display
        inside = contained(reference.data, within.data)
        target = inside if inside is not None else self.index.get(self.index.key_of(reference.data))
        # What is wrong with the other resource is reported there and must not take this one along.
        with suppress(Reject):
            return name_in(Element(target, reference.path)) if target is not None else ""
        return ""

    def practitioner(self, reference: Element) -> uuid.UUID | None:
        """The clinician that a reference names, directly or through a role."""
        if pk := self.pk(reference, Practitioner):
            return pk
        role = self.index.get(self.index.key_of(reference.data))
        if role is not None and role.get("resourceType") == "PractitionerRole":
            with suppress(Reject):
                return self.pk(Element(role, reference.path).element("practitioner"), Practitioner)
            return None
        if role_pk := self.pk(reference, PractitionerRole):
            return PractitionerRole.objects.values_list("practitioner", flat=True).get(pk=role_pk)
        return None

    def warn(self, resource: Resource, path: str, reason: str) -> None:
        """A remark about a resource that is kept all the same. No values of the resource in `reason`."""
        key = (str(resource.get("resourceType")), str(resource.get("id")))
        self.tally.issue(key, path, reason, ImportIssue.Severity.WARNING)


@dataclass
class PatientContext:
    """One patient's part of a file. Registered mappers get this."""

    file: FileContext
    patient: Patient
    # This patient's resources in this file, by type; and those that are not kept but may be read.
    entries: dict[str, list[tuple[Key, Resource]]]
    others: dict[str, list[tuple[Key, Resource]]]

    @property
    def source_system(self) -> str:
        return self.file.source_system

    @property
    def batch(self) -> ImportBatch:
        return self.file.batch

    @property
    def at(self) -> dt.datetime:
        return self.file.at

    @property
    def bills_since(self) -> dt.date:
        return self.file.bills_since

    def resources(self, resource_type: str) -> list[Resource]:
        """All resources of a type that this file holds about this patient."""
        found = self.entries.get(resource_type) or self.others.get(resource_type, [])
        return [resource for _key, resource in found]

    def pk(self, reference: Element | Resource | None, model: type[SourcedRow]) -> uuid.UUID | None:
        """The row a Reference names; None when there is no reference or it leads nowhere known."""
        if reference is None:
            return None
        element = reference if isinstance(reference, Element) else Element(reference, "reference")
        return self.file.pk(element, model, self.patient)

    def resource(self, reference: Resource | None, within: Resource) -> Resource | None:
        """The resource a Reference of `within` names, contained ones (`#coverage`) too, if the file has it."""
        if not isinstance(reference, dict):
            return None
        inside = contained(reference, within)
        return inside if inside is not None else self.file.index.get(self.file.index.key_of(reference))

    def raw(self, resource: Resource) -> Resource:
        return self.file.raw(resource)

    def warn(self, resource: Resource, path: str, reason: str) -> None:
        self.file.warn(resource, path, reason)


def name_in(target: Element) -> str:
    """The name a resource gives itself: text, or a person's parts, or a product's code."""
    name = target.data.get("name")
    if isinstance(name, str):
        return name.strip()
    if isinstance(name, list):
        return " ".join(part for part in name_parts(target.first("name")).values() if part)
    return target.concept("code").words if isinstance(target.data.get("code"), dict) else ""


def name_parts(name: Element) -> dict[str, str]:
    """A HumanName as the columns of PersonName."""
    parts = {
        "prefix": " ".join(name.strings("prefix")),
        "given": " ".join(name.strings("given")),
        "family": name.string("family"),
        "suffix": " ".join(name.strings("suffix")),
    }
    if not parts["given"] and not parts["family"]:
        parts["family"] = name.string("text")
    return parts
