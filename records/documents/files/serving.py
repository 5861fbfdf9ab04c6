"""Handing a file out: always as a download, which no browser runs or guesses at."""

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from records.documents.files.models import StoredFile
from records.documents.files.names import clean_name
from records.documents.files.types import TEXT


def download(stored: StoredFile) -> FileResponse:
    """The caller has decided that its reader may have it."""
    charset = "; charset=utf-8" if stored.content_type == TEXT.content_type else ""
    response = FileResponse(
        stored.content.open("rb"),
        as_attachment=True,
        filename=stored.name,
        content_type=f"{stored.content_type}{charset}",
    )
    _contain(response)
    return response


def download_text(name: str, text: str) -> HttpResponse:
    """A text of the record under a name that is made from its title."""
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    disposition = content_disposition_header(as_attachment=True, filename=clean_name(name, TEXT.suffixes))
    response["Content-Disposition"] = disposition or "attachment"
    _contain(response)
    return response


def _contain(response: HttpResponseBase) -> None:
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "no-store"
