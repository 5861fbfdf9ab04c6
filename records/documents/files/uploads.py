"""Stops reading a file that is too large before it fills memory or disk; the form then says so by name."""

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

# A whole request may be a little larger than all the files that one message takes.
_REST = 2_000_000


def too_large(request: HttpRequest) -> list[str]:
    """The names of the files of this request that were left out because of their size, as they were sent."""
    return list(request.META.get("portal.files_too_large", []))


class LimitedUploadHandler(FileUploadHandler):
    """Stands before Django's own handlers and passes on what is within FILE_MAX_BYTES."""

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, *args: Any, **kwargs: Any) -> None:
        most = settings.FILE_MAX_BYTES * settings.FILES_PER_MESSAGE * 2 + _REST
        if content_length > most:
            raise RequestDataTooBig

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.received += len(raw_data)
        if self.received > settings.FILE_MAX_BYTES:
            if self.request is not None:
                self.request.META.setdefault("portal.files_too_large", []).append(self.file_name or "")
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
