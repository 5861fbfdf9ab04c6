"""When something goes wrong: plain words, a reference for customer service, and no detail."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import requires_csrf_token

from records.access.scope import PermissionMissing


@requires_csrf_token
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "400.html", status=400)


@requires_csrf_token
def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Names the permission that the grant lacks; says nothing else of why."""
    missing = exception.permission.label if isinstance(exception, PermissionMissing) else ""
    return render(request, "403.html", {"missing": missing}, status=403)


@requires_csrf_token
def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The same words for a page that never was and a record that is not the reader's."""
    return render(request, "404.html", status=404)


@requires_csrf_token
def server_error(request: HttpRequest) -> HttpResponse:
    return render(request, "500.html", status=500)
