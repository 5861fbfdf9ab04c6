"""The text of attachments."""

import base64
import binascii
import re
from dataclasses import dataclass

from records.interop.context import FileContext
from records.interop.element import Element
from records.interop.outcomes import Reject

CHARSET = re.compile(r"charset=\"?([\w\-]+)", re.IGNORECASE)


@dataclass(frozen=True)
class Attachment:
    content_type: str = ""
    title: str = ""
    size: int | None = None
    text: str = ""
    has_other_content: bool = False


def read_attachment(element: Element, context: FileContext) -> Attachment:
    """Decodes plain text and redacts it; of other kinds only type, title and size are told."""
    kind = element.string("contentType")
    data = element.string("data")
    try:
        content = base64.b64decode(data, validate=False)
    except (binascii.Error, ValueError) as error:
        raise Reject(element.at("data"), "This is not base64.") from error
    size = len(content) if data else element.whole("size")
    if not kind.lower().startswith("text/plain"):
        return Attachment(kind, element.string("title"), size, has_other_content=bool(data or element.string("url")))
    text = _decoded(content, kind, element.at("data"))
    if "\x00" in text:
        raise Reject(element.at("data"), "This text holds characters that cannot be stored.")
    return Attachment(kind, element.string("title"), size, context.redactor.text(text).strip())


def _decoded(content: bytes, kind: str, path: str) -> str:
    match = CHARSET.search(kind)
    try:
        return content.decode(match[1] if match else "utf-8")
    except (LookupError, UnicodeDecodeError) as error:
        raise Reject(path, "This text is not in the character set it names.") from error
