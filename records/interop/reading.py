"""From a file to resources, without trusting the file.

Size is checked before reading and nesting before parsing, so that neither memory nor the parser's stack is
the sender's to use up. Numbers keep their text: “4.10” is not “4.1” on a laboratory's report
(https://hl7.org/fhir/R4/datatypes.html#decimal).
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings

from records.interop.outcomes import Unreadable

MAX_DEPTH = 100
BUNDLE_TYPES = frozenset({"transaction", "batch", "collection", "searchset", "document"})
# A system that says only "the value is a URI" does not name a sender.
NO_SYSTEM = "urn:ietf:rfc:3986"
# Strings are skipped whole, an unfinished one to the end, so that the scan stays linear on hostile input.
TOKENS = re.compile(rb'"(?:[^"\\]+|\\.?)*+(?:"|\Z)|[\[{]|[\]}]', re.DOTALL)


class Number(float):
    """A decimal that still knows how it was written. Not finite when JSON had NaN, Infinity or 1e999."""

    text: str

    def __new__(cls, text: str) -> "Number":
        number = super().__new__(cls, text)
        number.text = text
        return number


@dataclass(frozen=True)
class Entry:
    """One resource as it stands in the file; `where` is its place, for reports."""

    resource: Any
    where: str
    full_url: str = ""
    method: str = ""


@dataclass
class Document:
    """What is imported together: a bundle, a single resource, or the NDJSON files of one folder."""

    name: str
    source_system: str
    entries: list[Entry] = field(default_factory=list)


def read_json(path: Path) -> Document:
    """A bundle or a single resource. Raises Unreadable."""
    return _document(path.name, _parse(_bytes(path)))


def read_ndjson(paths: Iterable[Path]) -> Document:
    """Bulk export: one resource per line, one patient's lines spread over files. Raises Unreadable."""
    files = list(paths)
    name = files[0].name if len(files) == 1 else f"{files[0].parent.name}/*.ndjson"
    document = Document(name[:255], settings.IMPORT_SOURCE)
    for path in files:
        for number, line in enumerate(_bytes(path).splitlines(), start=1):
            if not line.strip():
                continue
            try:
                resource = _parse(line)
            except Unreadable as error:
                raise Unreadable(f"{path.name}, line {number}: {error}") from error
            document.entries.append(Entry(resource, f"{path.name}:{number}"))
    return document


def _document(name: str, data: Any) -> Document:
    if not isinstance(data, dict) or not isinstance(data.get("resourceType"), str):
        raise Unreadable("This is not FHIR: the file holds no object with a resourceType.")
    if data["resourceType"] != "Bundle":
        return Document(name[:255], settings.IMPORT_SOURCE, [Entry(data, "file")])
    if data.get("type") not in BUNDLE_TYPES:
        raise Unreadable("This kind of bundle is not imported; use transaction, batch, collection or searchset.")
    entries = data.get("entry", [])
    if not isinstance(entries, list):
        raise Unreadable("Bundle.entry is not a list.")
    return Document(name[:255], _source_system(data), [_entry(item, n) for n, item in enumerate(entries)])


def _entry(item: Any, number: int) -> Entry:
    where = f"Bundle.entry[{number}]"
    if not isinstance(item, dict):
        return Entry(None, where)
    request = item.get("request")
    method = request.get("method") if isinstance(request, dict) else ""
    url = item.get("fullUrl")
    return Entry(
        item.get("resource"),
        where,
        url if isinstance(url, str) else "",
        method if isinstance(method, str) else "",
    )


def _source_system(bundle: dict[str, Any]) -> str:
    identifier = bundle.get("identifier")
    system = identifier.get("system") if isinstance(identifier, dict) else None
    if isinstance(system, str) and 0 < len(system) <= 255 and system != NO_SYSTEM:
        return system
    return str(settings.IMPORT_SOURCE)


def _bytes(path: Path) -> bytes:
    limit = settings.IMPORT_MAX_BYTES
    try:
        size = path.stat().st_size
        if size > limit:
            raise Unreadable(f"The file is too large: {size:,} bytes, the limit is {limit:,}.")
        return path.read_bytes()
    except OSError as error:
        raise Unreadable(f"The file cannot be opened ({error.strerror}).") from error


def _parse(data: bytes) -> Any:
    _refuse_deep_nesting(data)
    try:
        return json.loads(data.decode("utf-8-sig"), parse_float=Number, parse_int=_integer, parse_constant=Number)
    except UnicodeDecodeError as error:
        raise Unreadable("The file is not UTF-8 text.") from error
    except json.JSONDecodeError as error:
        raise Unreadable(f"The file is not JSON (line {error.lineno}, column {error.colno}).") from error
    except RecursionError as error:
        raise Unreadable("The file is nested too deeply.") from error


def _integer(text: str) -> int | Number:
    # Python refuses to read integers of more than 4,300 digits, and no database column holds such.
    return int(text) if len(text) <= 30 else Number("inf")


def _refuse_deep_nesting(data: bytes) -> None:
    depth = 0
    for match in TOKENS.finditer(data):
        token = data[match.start()]
        if token in b"[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise Unreadable(f"The file is nested too deeply (more than {MAX_DEPTH} levels).")
        elif token in b"]}":
            depth -= 1
