"""Removes what must never be kept: social security, licence and passport numbers.

Such identifiers are dropped wherever they stand (contained resources and references too), and their values
are blanked out of every other text of the file, the plain text of attachments included.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

REMOVED = "[removed]"

# HL7 v2 table 0203 (https://terminology.hl7.org/CodeSystem-v2-0203.html).
SECRET_TYPES = frozenset({"SS", "SB", "DL", "DLN", "PPN", "NI", "TAX"})
SECRET_SYSTEMS = re.compile(
    r"us-ssn|sid/passport|passport|driver|licen[cs]e|2\.16\.840\.1\.113883\.4\.(?:1|3(?:\.\d+)*|330(?:\.\d+)*)$",
    re.IGNORECASE,
)
SECRET_WORDS = re.compile(r"social security|\bssn\b|driver.{0,3}s? licen[cs]e|passport", re.IGNORECASE)
SOCIAL_SECURITY_NUMBER = re.compile(r"(?<![\w-])\d{3}-\d{2}-\d{4}(?![\w-])")
# Shorter values would blank out ordinary words and numbers.
SHORTEST_SECRET = 6


class Redactor:
    """Knows the secret numbers of one file."""

    def __init__(self, resources: Iterable[Any]) -> None:
        values: set[str] = set()
        for identifier in _identifiers(list(resources)):
            if _is_secret(identifier):
                values |= _spellings(identifier.get("value"))
        longest_first = sorted(values, key=len, reverse=True)
        self._values = re.compile("|".join(map(re.escape, longest_first))) if values else None

    def text(self, text: str) -> str:
        if self._values is not None:
            text = self._values.sub(REMOVED, text)
        return SOCIAL_SECURITY_NUMBER.sub(REMOVED, text)

    def clean(self, node: Any) -> Any:
        """A copy of a resource, or a part of one, without secrets."""
        if isinstance(node, str):
            return self.text(node)
        if isinstance(node, list):
            return [self.clean(item) for item in node if not _is_secret(item)]
        if isinstance(node, dict):
            return {self.text(key): self.clean(value) for key, value in node.items() if not _is_secret(value)}
        return node


def without_attachments(node: Any) -> Any:
    """A copy without the bytes of attachments, whose text is kept in a column of its own."""
    if isinstance(node, list):
        return [without_attachments(item) for item in node]
    if isinstance(node, dict):
        return {
            key: without_attachments(value)
            for key, value in node.items()
            if not (key == "data" and isinstance(value, str) and "contentType" in node)
        }
    return node


def _identifiers(node: Any) -> Iterator[dict[str, Any]]:
    stack = [node]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            if "value" in node and ("system" in node or "type" in node):
                yield node
            stack.extend(node.values())
        elif isinstance(node, list):
            stack.extend(node)


def _is_secret(node: Any) -> bool:
    """Whether an object is an identifier of a kind that must not be kept."""
    if not isinstance(node, dict) or "value" not in node:
        return False
    system = node.get("system")
    if isinstance(system, str) and SECRET_SYSTEMS.search(system):
        return True
    kind = node.get("type")
    if not isinstance(kind, dict):
        return False
    listed = kind.get("coding")
    codings = [coding for coding in listed if isinstance(coding, dict)] if isinstance(listed, list) else []
    words = [kind.get("text"), *(coding.get("display") for coding in codings)]
    return any(str(coding.get("code")).upper() in SECRET_TYPES for coding in codings) or any(
        isinstance(word, str) and SECRET_WORDS.search(word) for word in words
    )


def _spellings(value: Any) -> set[str]:
    if not isinstance(value, str):
        return set()
    spellings = {value.strip(), value.replace("-", "").replace(" ", "")}
    return {spelling for spelling in spellings if len(spelling) >= SHORTEST_SECRET}
