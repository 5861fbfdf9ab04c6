"""Files that go with a message: kept with its draft until it is sent, its author's alone until then."""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence

from django.conf import settings
from django.http import FileResponse, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from messaging.conversations.desks import Desk
from messaging.conversations.drafts import Content
from messaging.conversations.models import Draft, MessageQuerySet
from records.access.models import User
from records.documents.files import actions
from records.documents.files.models import StoredFile
from records.documents.files.refusals import Refused
from records.documents.files.serving import download
from records.documents.files.uploads import too_large
from records.models import Patient

FIELD = "files"
# For how long a file of no draft and no message may stay: long enough for every form that is still open.
UNHELD = dt.timedelta(days=1)


def take(
    request: HttpRequest, held: Sequence[str], *, patient: Patient | None, user: User, at: dt.datetime
) -> tuple[list[str], list[str]]:
    """Takes in what was added to the form beside the `held`: all ids, and what is wrong, each with its file's name."""
    kept, errors = list(held), []
    for name in too_large(request):
        errors.append(_named(name, actions.too_large_words()))
    for upload in request.FILES.getlist(FIELD):
        if len(kept) >= settings.FILES_PER_MESSAGE:
            most = _("A message takes %(count)s files at most.") % {"count": settings.FILES_PER_MESSAGE}
            errors.append(_named(upload.name or "", most))
            continue
        try:
            stored = actions.keep(upload=upload, patient=patient, user=user, at=at)
        except Refused as refusal:
            errors.append(_named(upload.name or "", str(refusal.words)))
        else:
            kept.append(str(stored.pk))
    return kept, errors


def of_draft(desk: Desk, content: Content) -> list[StoredFile]:
    """The draft's files, in the order they were added."""
    return added_by(desk.user, desk.patient, content.get("files") or [])


def added_by(user: User, patient: Patient | None, ids: Sequence[str]) -> list[StoredFile]:
    """Those of the files that this person added about this patient, in the order of `ids`."""
    if not ids:
        return []
    found = StoredFile.objects.filter(uploaded_by=user, patient=patient).in_bulk([uuid.UUID(pk) for pk in ids])
    return [found[uuid.UUID(pk)] for pk in ids if uuid.UUID(pk) in found]


def download_from(messages: MessageQuerySet, file_id: uuid.UUID) -> FileResponse:
    """An attachment of one of the messages, which the reader can see, as a download. Raises Http404."""
    return download(get_object_or_404(StoredFile.objects.filter(messages__in=messages).distinct(), pk=file_id))


def throw_away_unheld(at: dt.datetime) -> int:
    """Deletes files that were added to a form and neither sent nor kept in a draft. A periodic job."""
    in_drafts = _ids(Draft.objects.filter(content__has_key="files").values_list("content__files", flat=True))
    loose = StoredFile.objects.filter(messages__isnull=True, created_at__lt=at - UNHELD).exclude(pk__in=in_drafts)
    return actions.throw_away(loose[:500])


def _ids(lists: Iterable[list[str] | None]) -> list[str]:
    return [pk for each in lists for pk in each or []]


def _named(name: str, words: str) -> str:
    return _("%(file)s: %(words)s") % {"file": f"“{name[-60:]}”", "words": words}
