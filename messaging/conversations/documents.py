"""Documents of the record that a message points at. Who may open one is decided by the record, not by the message."""

import uuid

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404

from messaging.conversations.desks import Desk
from messaging.conversations.models import Message, MessageQuerySet
from records.documents.files.serving import download_text
from records.models import DocumentReference


def title_of(document: DocumentReference) -> str:
    return document.title or document.display


def download_from(desk: Desk, messages: MessageQuerySet, document_id: uuid.UUID) -> HttpResponse:
    """A document that one of the messages points at, as a download. Raises Http404 and PermissionMissing."""
    if desk.scope is None:
        raise Http404
    pointed = Message.documents.through.objects.filter(message__in=messages).values("documentreference")
    rows = DocumentReference.objects.for_scope(desk.scope).valid().filter(pk__in=pointed)
    document = get_object_or_404(rows, pk=document_id)
    return download_text(title_of(document), document.content)
