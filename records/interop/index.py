"""Finds what a reference points at, in any of the ways files write one.

`urn:uuid:…`, `Practitioner/12`, `https://ehr.example/fhir/Practitioner/12/_history/3`, `#contained`,
`Practitioner?identifier=system|value`, and logical references that carry only an identifier
(https://hl7.org/fhir/R4/references.html).
"""

import re
from collections.abc import Iterable
from typing import Any

from records.interop.codes import canonical_system

type Key = tuple[str, str]
type Resource = dict[str, Any]

LITERAL = re.compile(r"(?:.*/)?([A-Z][A-Za-z]{1,39})/([A-Za-z0-9\-._]{1,255})(?:/_history/[^/]*)?")
CONDITIONAL = re.compile(r"(?:.*/)?([A-Z][A-Za-z]{1,39})\?identifier=(?:([^|]*)\|)?([^|]+)")
BY_ID = re.compile(r"(?:.*/)?([A-Z][A-Za-z]{1,39})\?_id=(.+)")
UUID_URN = "urn:uuid:"


class Index:
    """The resources of one file by their keys (type, id), full URLs and identifiers."""

    def __init__(self) -> None:
        self._resources: dict[Key, Resource] = {}
        self._urls: dict[str, Key] = {}
        self._identifiers: dict[tuple[str, str, str], Key] | None = None

    def add(self, key: Key, resource: Resource, full_url: str) -> None:
        self._resources[key] = resource
        if full_url:
            self._urls.setdefault(full_url, key)
        self._urls.setdefault(UUID_URN + key[1], key)

    def get(self, key: Key | None) -> Resource | None:
        return None if key is None else self._resources.get(key)

    def of_type(self, name: str) -> Iterable[tuple[Key, Resource]]:
        return ((key, resource) for key, resource in self._resources.items() if key[0] == name)

    def key_of(self, reference: Resource) -> Key | None:
        """The key that a Reference names, whether or not the file holds it; its type is "" when unknown.

        None for contained resources, which have no key, and for references that say nothing known here.
        """
        if (sought := sought_identifier(reference)) is not None:
            return self._identifier_map().get(sought)
        text = reference.get("reference")
        if not isinstance(text, str) or text.startswith("#"):
            return None
        if (key := self._urls.get(text)) is not None:
            return key
        if text.startswith(UUID_URN):
            return ("", text.removeprefix(UUID_URN))
        match = LITERAL.fullmatch(text) or BY_ID.fullmatch(text)
        return (match[1], match[2]) if match else None

    def _identifier_map(self) -> dict[tuple[str, str, str], Key]:
        if self._identifiers is None:
            self._identifiers = {}
            for key, resource in self._resources.items():
                for system, value in identifiers_of(resource):
                    self._identifiers.setdefault((key[0], system, value), key)
                    self._identifiers.setdefault((key[0], "", value), key)
        return self._identifiers


def sought_identifier(reference: Resource) -> tuple[str, str, str] | None:
    """(type, system, value) of a conditional or logical reference; system "" when it gives none."""
    text, name, identifier = reference.get("reference"), reference.get("type"), reference.get("identifier")
    if isinstance(text, str) and text:
        match = CONDITIONAL.fullmatch(text)
        return (match[1], canonical_system(match[2] or ""), match[3]) if match else None
    if isinstance(name, str) and isinstance(identifier, dict):
        for system, value in identifiers_of({"identifier": identifier}):
            return (name, system, value)
    return None


def identifiers_of(resource: Resource) -> Iterable[tuple[str, str]]:
    """(system, value) of every well-formed identifier."""
    listed = resource.get("identifier")
    for identifier in listed if isinstance(listed, list) else [listed]:
        if isinstance(identifier, dict):
            system, value = identifier.get("system", ""), identifier.get("value")
            if isinstance(system, str) and isinstance(value, str):
                yield canonical_system(system), value


def contained(reference: Resource, within: Resource) -> Resource | None:
    """The contained resource that a `#…` reference of `within` names."""
    text = reference.get("reference")
    listed = within.get("contained")
    if not isinstance(text, str) or not text.startswith("#") or not isinstance(listed, list):
        return None
    return next((item for item in listed if isinstance(item, dict) and item.get("id") == text[1:]), None)
