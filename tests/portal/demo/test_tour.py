"""Somebody clicks through everything the demo's people can reach: nothing breaks, and the teen's secret stays hers."""

import io
import re
from collections.abc import Iterator

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader

from portal.demo.cast import loading
from portal.demo.cast.people import CAST
from portal.home.default_pages import PAGES
from portal.home.models import Page
from records.access import log
from records.access.models import Grant, User
from records.access.permissions import ALL, PARENT_OF_TEEN, Permission

pytestmark = pytest.mark.django_db

SECRET = ("Confidential", "Fluoxetine", "Depression", "PHQ", "Teen Clinic", "Private talk")
PEOPLE = [member.email for member in CAST.values() if not member.is_staff]
MOST = 400


@pytest.fixture(autouse=True)
def demo(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # the demo's passwords cost seconds
    for words in PAGES:  # the first migration's, unless another test emptied the database
        Page.objects.get_or_create(slug=words["slug"], defaults=words)
    loading.load(timezone.now())


def tour(email: str) -> Iterator[tuple[str, int, str]]:
    """Every page that links lead to from home, once: its path, status and text."""
    client = Client()
    client.force_login(User.objects.get(email=email))
    waiting, seen = ["/home/"], set()
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        assert len(seen) < MOST, "links without end"
        response = client.get(path, follow=True)
        page = _text(response)
        yield path, response.status_code, page
        links = (link.replace("&amp;", "&") for link in re.findall(r'href="(/[^"#]*)"', page))
        waiting += [link for link in links if not link.startswith(("/static/", "/accounts/", "/demo/"))]
        # Free times go on for months, and are the same pages for each provider.
        waiting = [link for link in waiting if "/find/" not in link or not re.search("start=|provider=|view=", link)]


def _text(response: HttpResponse) -> str:
    """A page's source, or what a letter says."""
    if response["Content-Type"] != "application/pdf":
        # Without tokens, in whose letters chance writes any word.
        return re.sub(r'(value|nonce)="[A-Za-z0-9_=+/-]{20,}"', "", response.content.decode())
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(response.content)).pages)


@pytest.mark.parametrize("email", PEOPLE)
def test_no_link_leads_nowhere(email, tmp_path):
    pages = list(tour(email))
    assert [(path, status) for path, status, _page in pages if status != 200] == []
    assert len(pages) > 20
    assert log.faults(tmp_path) == []


@pytest.mark.parametrize("permissions", [PARENT_OF_TEEN, ALL - {Permission.SENSITIVE}], ids=["by default", "with more"])
def test_mother_sees_nothing_of_her_teens_confidential_visit(permissions):
    theirs = Grant.objects.filter(user__email="maya@example.org", patient__given="Sofia")
    assert theirs.update(permissions=sorted(permissions)) == 1
    assert [(path, word) for path, _status, page in tour("maya@example.org") for word in SECRET if word in page] == []


def test_teen_sees_her_own():
    shown = "".join(page for _path, _status, page in tour("sofia@example.org"))
    assert [word for word in SECRET if word not in shown] == []
