"""Somebody clicks through everything the demo's people can reach: nothing breaks or costs too much, and secrets stay."""

import io
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pypdf import PdfReader

from portal.demo.cast import loading
from portal.demo.cast.people import CAST
from portal.home.default_pages import PAGES
from portal.home.models import Page
from records.access import log
from records.access.models import Grant, User
from records.access.permissions import ALL, PARENT_OF_TEEN, Permission
from tests.queries import BUDGET, asked

pytestmark = pytest.mark.django_db

SECRET = ("Confidential", "Fluoxetine", "Depression", "PHQ", "Teen Clinic", "Private talk")
PEOPLE = [member.email for member in CAST.values() if not member.is_staff]
STAFF = [member.email for member in CAST.values() if member.is_staff]
MOST = 400
# What a row of the admin is addressed by.
ROW = re.compile(r"[0-9a-f-]{32,}|\b\d+\b")


@pytest.fixture(autouse=True)
def demo(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # the demo's passwords cost seconds
    for words in PAGES:  # the first migration's, unless another test emptied the database
        Page.objects.get_or_create(slug=words["slug"], defaults=words)
    loading.load(timezone.now())


class Visited(NamedTuple):
    path: str
    status: int
    text: str
    queries: int


def tour(email: str) -> Iterator[Visited]:
    """Every page of the portal that links lead to, once."""
    yield from _walk(email, "/home/", _leads_on)


def tour_of_admin(email: str) -> Iterator[Visited]:
    """Every kind of page of the admin that links lead to, for its first two rows."""
    shown: Counter[str] = Counter()

    def is_new(link: str) -> bool:
        shape = ROW.sub("*", link.partition("?")[0])
        shown[shape] += 1
        return link.startswith("/admin/") and "?" not in link and shown[shape] <= 2

    yield from _walk(email, "/admin/", is_new)


def _walk(email: str, start: str, leads_on: Callable[[str], bool]) -> Iterator[Visited]:
    client = Client()
    client.force_login(User.objects.get(email=email))
    waiting, seen = [start], {start}
    while waiting:
        path = waiting.pop()
        with CaptureQueriesContext(connection) as captured:
            response = client.get(path)
        yield Visited(path, response.status_code, page := _text(response), asked(captured))
        links = [response.url] if "Location" in response else re.findall(r'href="(/[^"#]*)"', page)
        for link in (link.replace("&amp;", "&") for link in links):
            if link not in seen and leads_on(link):
                seen.add(link)
                waiting.append(link)
        assert len(seen) < MOST, "links without end"


def _leads_on(link: str) -> bool:
    """Free times go on for months, and are the same pages for each provider."""
    is_same = "/find/" in link and re.search("start=|provider=|view=", link)
    return not link.startswith(("/static/", "/accounts/", "/demo/")) and not is_same


def _text(response: HttpResponse) -> str:
    """A page's source, or what a letter says."""
    if response["Content-Type"] != "application/pdf":
        # Without tokens, in whose letters chance writes any word.
        return re.sub(r'(value|nonce)="[A-Za-z0-9_=+/-]{20,}"', "", response.content.decode())
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(response.content)).pages)


@pytest.mark.parametrize("email", PEOPLE)
def test_no_link_leads_nowhere(email, tmp_path):
    pages = list(tour(email))
    assert [(page.path, page.status) for page in pages if page.status not in (200, 302)] == []
    assert [(page.path, page.queries) for page in pages if page.queries > BUDGET] == []
    assert len(pages) > 20
    assert log.faults(tmp_path) == []


@pytest.mark.parametrize("email", STAFF)
def test_no_link_of_the_admin_leads_nowhere(email, tmp_path):
    pages = list(tour_of_admin(email))
    assert [(page.path, page.status) for page in pages if page.status not in (200, 302)] == []
    # A desk's page shows a whole case, and what belongs beside it.
    assert [(page.path, page.queries) for page in pages if page.queries > 2 * BUDGET] == []
    assert len(pages) > 20
    assert log.faults(tmp_path) == []


@pytest.mark.parametrize("permissions", [PARENT_OF_TEEN, ALL - {Permission.SENSITIVE}], ids=["by default", "with more"])
def test_mother_sees_nothing_of_her_teens_confidential_visit(permissions):
    theirs = Grant.objects.filter(user__email="maya@example.org", patient__given="Sofia")
    assert theirs.update(permissions=sorted(permissions)) == 1
    assert [(page.path, word) for page in tour("maya@example.org") for word in SECRET if word in page.text] == []


def test_teen_sees_her_own():
    shown = "".join(page.text for page in tour("sofia@example.org"))
    assert [word for word in SECRET if word not in shown] == []
