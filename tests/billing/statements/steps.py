"""What several tests of statements begin with."""

import io
from typing import Any

from pypdf import PdfReader

from billing.models import Statement


def open_pdf(statement: Statement) -> PdfReader:
    return PdfReader(io.BytesIO(bytes(statement.pdf)))


def text_of(statement: Statement) -> str:
    """All that the file says, on one line."""
    return " ".join(" ".join(page.extract_text() for page in open_pdf(statement).pages).split())


def elements_of(reader: PdfReader) -> list[Any]:
    """Every structure element of a tagged file, in reading order."""
    found: list[Any] = []
    waiting = [reader.root_object["/StructTreeRoot"]]
    while waiting:
        node = waiting.pop(0).get_object()
        if not hasattr(node, "get"):
            continue
        if "/S" in node:
            found.append(node)
        kids = node.get("/K", [])
        kids = kids.get_object() if hasattr(kids, "get_object") else kids
        waiting = [kid for kid in (kids if isinstance(kids, list) else [kids]) if not isinstance(kid, int)] + waiting
    return found
