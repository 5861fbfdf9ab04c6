"""Taking a file in, and throwing away what nobody holds any more."""

import datetime as dt
import hashlib
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from records.access.models import User
from records.documents.files import scanning
from records.documents.files.models import StoredFile
from records.documents.files.names import clean_name
from records.documents.files.refusals import Refused
from records.documents.files.types import type_of
from records.patients.models import Patient


def keep(*, upload: "UploadedFile[Any]", patient: Patient | None, user: User, at: dt.datetime) -> StoredFile:
    """Checks a file, cleans it and stores it. Raises Refused; scanning.Unavailable when that cannot be checked."""
    name = upload.name or ""
    if upload.size is None or upload.size > settings.FILE_MAX_BYTES:
        raise Refused(too_large_words())
    data = upload.read()
    if not data:
        raise Refused(_("This file is empty."))
    kind = type_of(data)
    is_scanned = scanning.scan(data)
    clean = kind.clean(data)
    if len(clean) > settings.FILE_MAX_BYTES:
        raise Refused(too_large_words())
    stored = StoredFile(
        patient=patient,
        uploaded_by=user,
        name=clean_name(name, kind.suffixes),
        content_type=kind.content_type,
        size=len(clean),
        sha256=hashlib.sha256(clean).hexdigest(),
        created_at=at,
        scanned_at=at if is_scanned else None,
    )
    stored.content.save("file", ContentFile(clean), save=False)
    stored.save(force_insert=True)
    return stored


def too_large_words() -> str:
    return _("This file is larger than %(size)s MB.") % {"size": settings.FILE_MAX_BYTES // 1_000_000}


def throw_away(files: Iterable[StoredFile]) -> int:
    """Deletes files that nothing holds, the row before the bytes: a crash leaves bytes, never a broken row."""
    count = 0
    for stored in files:
        with transaction.atomic():
            stored.delete()
            transaction.on_commit(lambda content=stored.content: content.storage.delete(content.name))  # type: ignore[misc]
        count += 1
    return count
