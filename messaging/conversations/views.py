"""The pages that every desk has, each twice: of one patient's messages, and of one's own cases with customer service."""

import uuid
from collections.abc import Callable, Iterator

from django.http import HttpResponseBase
from django.urls import URLPattern, path

from messaging.conversations import pages, writing
from messaging.conversations.desks import of_patient, of_person
from messaging.conversations.gate import OwnRequest, own_page
from messaging.conversations.kinds import MESSAGE
from records.access.gate import PatientRequest, patient_page
from records.access.permissions import Permission

type Page = Callable[..., HttpResponseBase]

GET, GET_POST, POST = ("GET",), ("GET", "POST"), ("POST",)
THREAD = "<uuid:conversation>/"

# Address below the desk's own, name (one's own have "own_" before it), page, methods.
SHARED: list[tuple[str, str, Page, tuple[str, ...]]] = [
    ("new/", "new", writing.topic, GET_POST),
    ("new/write/", "write", writing.write, GET_POST),
    ("new/review/", "review", writing.review, GET_POST),
    ("new/draft/", "draft_new", writing.save_draft, POST),
    ("new/discard/", "discard", writing.discard, POST),
    (THREAD, "thread", pages.thread, GET),
    (f"{THREAD}reply/", "reply", pages.reply, POST),
    (f"{THREAD}undo/", "undo", pages.undo, POST),
    (f"{THREAD}unread/", "unread", pages.mark_unread, POST),
    (f"{THREAD}close/", "close", pages.close, POST),
    (f"{THREAD}draft/", "draft", pages.save_draft, POST),
    (f"{THREAD}files/<uuid:file>/", "file", pages.file, GET),
]


def at_patient(page: Page, methods: tuple[str, ...]) -> Page:
    """The page at the desk of the patient in its address, behind the gate of that patient's record."""

    @patient_page(Permission.MESSAGES, kind=MESSAGE, methods=methods)
    def view(request: PatientRequest, **ids: uuid.UUID) -> HttpResponseBase:
        return page(request, of_patient(request), *ids.values())

    return view


def at_own(page: Page, methods: tuple[str, ...]) -> Page:
    """The page at the desk of whoever is signed in."""

    @own_page(methods=methods)
    def view(request: OwnRequest, **ids: uuid.UUID) -> HttpResponseBase:
        return page(request, of_person(request), *ids.values())

    return view


def routes(below: str, prefix: str, at_desk: Callable[[Page, tuple[str, ...]], Page]) -> Iterator[URLPattern]:
    for address, name, page, methods in SHARED:
        yield path(f"{below}{address}", at_desk(page, methods), name=f"{prefix}{name}")
