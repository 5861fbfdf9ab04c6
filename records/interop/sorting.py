"""Puts a file's resources in order: which are whose, which are nobody's, and which cannot be kept."""

import re
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from records.interop import mappers, registry
from records.interop.checks import check_resource
from records.interop.context import FileContext
from records.interop.element import Element
from records.interop.index import UUID_URN, Key, Resource
from records.interop.outcomes import Outcome, Reject
from records.interop.reading import Document, Entry
from records.patients.models import Patient

TYPE_NAME = re.compile(r"[A-Z][A-Za-z]{1,39}")
ID = re.compile(r"[A-Za-z0-9\-._:|]{1,255}")
UNNAMED = "Unknown"
# Where the resource types that are mapped say whose they are.
SUBJECTS = ("subject", "patient", "beneficiary")

type Entries = dict[str, list[tuple[Key, Resource]]]


@dataclass
class Sorted:
    """`patients` maps the external id of each patient to their resources by type, Patient included.

    `others` holds what is not kept but may be read by the mappers of what is (a bill reads its adjudication).
    """

    directory: Entries = field(default_factory=lambda: defaultdict(list))
    patients: dict[str, Entries] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    others: dict[str, Entries] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))


def sort(document: Document, file: FileContext) -> Sorted:
    """Checks every resource of the file, counts and reports what is not kept, and groups the rest."""
    accepted = [pair for entry in document.entries if (pair := _accept(entry, file)) is not None]
    found = Sorted()
    kept = {*mappers.DIRECTORY, *mappers.PATIENT_ROWS, *registry.mappers(), "Patient"}
    for key, resource in accepted:
        if key[0] not in kept:
            file.tally.count(key[0], Outcome.NOT_KEPT)
            file.tally.not_kept[key[0]] = str(mappers.NOT_KEPT.get(key[0], mappers.OTHER_NOT_KEPT))
            with suppress(Reject):
                found.others[_owner(key, resource, file)][key[0]].append((key, resource))
        elif key[0] in mappers.DIRECTORY:
            found.directory[key[0]].append((key, resource))
        else:
            try:
                owner = _owner(key, resource, file)
            except Reject as reject:
                file.tally.reject(key, reject.path, reject.reason)
            else:
                found.patients[owner][key[0]].append((key, resource))
    return found


def _accept(entry: Entry, file: FileContext) -> tuple[Key, Resource] | None:
    """The resource with its key, redacted and entered in the index; None when it was dealt with here."""
    try:
        key = _key(entry)
        if entry.method == "DELETE":
            raise Reject(entry.where, "Deletions are not carried out; correct the record instead.")
        check_resource(Element(entry.resource, key[0]))
    except Reject as reject:
        file.tally.reject(_best_key(entry), reject.path, reject.reason)
        return None
    resource = file.redactor.clean(entry.resource) | {"id": key[1]}
    earlier = file.index.get(key)
    if earlier is not None:
        if earlier == resource:
            file.tally.count(key[0], Outcome.UNCHANGED)
        else:
            file.tally.reject(key, entry.where, "The file holds another resource with this type and id.")
        return None
    file.index.add(key, resource, entry.full_url)
    return key, resource


def _key(entry: Entry) -> Key:
    resource = entry.resource
    if not isinstance(resource, dict):
        raise Reject(entry.where, "There is no resource here.")
    name = resource.get("resourceType")
    if not isinstance(name, str) or not TYPE_NAME.fullmatch(name):
        raise Reject(entry.where, "The resource does not say of what type it is.")
    external_id = resource.get("id")
    if external_id is None and entry.full_url.startswith(UUID_URN):
        # A POSTed entry may leave its id to the server; its full URL names it all the same.
        external_id = entry.full_url.removeprefix(UUID_URN)
    if not isinstance(external_id, str) or not ID.fullmatch(external_id):
        raise Reject(entry.where, "The resource has no usable id.")
    return name, external_id


def _best_key(entry: Entry) -> Key:
    """For reports about resources that have no usable key."""
    resource: Any = entry.resource if isinstance(entry.resource, dict) else {}
    name, external_id = resource.get("resourceType"), resource.get("id")
    return (
        name if isinstance(name, str) and TYPE_NAME.fullmatch(name) else UNNAMED,
        external_id if isinstance(external_id, str) and ID.fullmatch(external_id) else "",
    )


def _owner(key: Key, resource: Resource, file: FileContext) -> str:
    """The external id of the patient a resource is about. Raises Reject when it names none that is known."""
    if key[0] == "Patient":
        return key[1]
    element = Element(resource, key[0])
    reference = next((item for name in SUBJECTS if (item := element.element(name))), None)
    if reference is None:
        raise Reject("subject", "It does not say whose it is.")
    owner = file.index.key_of(reference.data)
    if owner is None or owner[0] not in ("Patient", ""):
        raise Reject("subject", "It is not about a patient.")
    if file.index.get(owner) is None and file.pk(reference, Patient) is None:
        raise Reject("subject", "Its patient is neither in the file nor known.")
    return owner[1]
