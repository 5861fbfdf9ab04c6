"""Error pages: plain words, a reference, no detail."""

import re
import uuid
from collections.abc import Iterator

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from portal import errors
from portal.urls import urlpatterns as portal_patterns
from records.access.gate import public_page
from records.access.permissions import Permission
from records.access.scope import PermissionMissing

SECRET = "Maya Alvarez has a secret"


@public_page
def _breaks(request: HttpRequest) -> HttpResponse:
    raise RuntimeError(SECRET)


@public_page
def _refuses(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied(SECRET)


@public_page
def _misses(request: HttpRequest) -> HttpResponse:
    raise PermissionMissing(Permission.RESULTS)


@public_page
def _suspects(request: HttpRequest) -> HttpResponse:
    raise SuspiciousOperation(SECRET)


@public_page
def _takes(request: HttpRequest) -> HttpResponse:
    return HttpResponse("taken")


urlpatterns = [
    *portal_patterns,
    path("breaks/", _breaks),
    path("refuses/", _refuses),
    path("misses/", _misses),
    path("suspects/", _suspects),
    path("takes/", _takes),
]
handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.page_not_found
handler500 = errors.server_error

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

PLACES = [("breaks", 500), ("refuses", 403), ("misses", 403), ("suspects", 400), ("nowhere", 404)]


@pytest.fixture
def client() -> Iterator[Client]:
    yield Client(raise_request_exception=False)


@pytest.mark.parametrize(("place", "status"), PLACES)
def test_error_page_carries_a_reference_and_no_detail(client: Client, place: str, status: int) -> None:
    page = client.get(f"/{place}/")
    assert page.status_code == status
    assert page.headers["Content-Type"].startswith("text/html")
    found = re.search(r"<code>([0-9a-f-]{36})</code>", page.text)
    assert found
    assert uuid.UUID(found[1])
    assert SECRET not in page.text
    assert "Traceback" not in page.text
    assert place not in page.text


def test_two_errors_have_two_references(client: Client) -> None:
    first, second = (re.findall(r"<code>(.*?)</code>", client.get("/nowhere/").text) for _ in range(2))
    assert first != second


def test_missing_permission_is_named_in_words(client: Client) -> None:
    assert str(Permission.RESULTS.label) in client.get("/misses/").text


def test_other_refusals_name_no_permission(client: Client) -> None:
    assert "does not include" not in client.get("/refuses/").text


def test_server_error_page_asks_the_database_nothing(client: Client, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        client.get("/breaks/")


def test_old_form_is_refused_with_words() -> None:
    strict = Client(enforce_csrf_checks=True)
    page = strict.post("/takes/", {"a": "b"})
    assert page.status_code == 403
    assert "This page was open too long" in page.text
