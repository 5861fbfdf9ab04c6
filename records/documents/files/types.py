"""What files may be: pictures, PDF and plain text, judged by their bytes and never by their names."""

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

import puremagic
from django.utils.translation import gettext_lazy as _

from records.documents.files.pdfs import is_active
from records.documents.files.pictures import saved_again
from records.documents.files.refusals import Refused

NOT_ALLOWED = _("We take photos (JPEG or PNG), PDF and plain text. Save the file as one of these, and add it again.")
_MIXED = _("This file is several kinds of file at once. Save or scan it again, and add it again.")
_PDF_END = re.compile(rb"%%EOF\s*\Z")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
# Markup that some programs would run or follow, wherever a text begins with it.
_MARKUP = re.compile(r"\s*(?:<[!?]|<\s*(?:html|svg|head|body|script|xml|math)\b)", re.IGNORECASE)


@dataclass(frozen=True)
class FileType:
    """`clean` gives the bytes that are kept, or raises Refused."""

    content_type: str
    suffixes: tuple[str, ...]
    clean: Callable[[bytes], bytes]


def _jpeg(data: bytes) -> bytes:
    return saved_again(data, "JPEG")


def _png(data: bytes) -> bytes:
    return saved_again(data, "PNG")


def _pdf(data: bytes) -> bytes:
    if not data.startswith(b"%PDF-") or not _PDF_END.search(data[-1024:]):
        raise Refused(_("This PDF is not whole. Save or scan it again, and add it again."))
    if is_active(data):
        raise Refused(_("This PDF holds a program or other files. Print it into a new PDF, and add that one."))
    return data


def _text(data: bytes) -> bytes:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused(NOT_ALLOWED) from None
    if _CONTROL.search(text) or _MARKUP.match(text):
        raise Refused(NOT_ALLOWED)
    return text.encode()


JPEG = FileType("image/jpeg", (".jpg", ".jpeg"), _jpeg)
PNG = FileType("image/png", (".png",), _png)
PDF = FileType("application/pdf", (".pdf",), _pdf)
TEXT = FileType("text/plain", (".txt",), _text)
BY_CONTENT = {kind.content_type: kind for kind in (JPEG, PNG, PDF)}
# For the browser's file chooser, which photos from phones pass as JPEG because of it.
ACCEPT = ",".join(["image/jpeg", "image/png", "application/pdf", "text/plain", ".txt"])


def type_of(data: bytes) -> FileType:
    """Raises Refused for every other kind, and for a file that is more than one kind at once."""
    if zipfile.is_zipfile(io.BytesIO(data)):
        raise Refused(_MIXED if _recognised(data) & BY_CONTENT.keys() else NOT_ALLOWED)
    found = _recognised(data)
    kinds = [kind for content_type, kind in BY_CONTENT.items() if content_type in found]
    if len(kinds) > 1 or (kinds and kinds[0] is not PDF and b"%PDF-" in data[:1024]):
        raise Refused(_MIXED)
    if kinds:
        return kinds[0]
    if found - {"", "text/plain"}:
        raise Refused(NOT_ALLOWED)
    return TEXT


def _recognised(data: bytes) -> set[str]:
    """Every type that the bytes could be by their signatures; plain text has none."""
    try:
        return {match.mime_type for match in puremagic.magic_string(data[:8192])}
    except puremagic.PureError:
        return set()
