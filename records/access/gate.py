"""The gates every page stands behind. Each marks its view with `gate`, and a test walks the URLconf for it.

Patient pages: URL → scope → permission → view → access-log row → first byte. Nothing else decides who
may see a record.
"""

import functools
import uuid
from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import render
from django.template.response import SimpleTemplateResponse
from django.utils import timezone

from records.access import kinds, log
from records.access.client import origin_of
from records.access.models import User
from records.access.permissions import Permission
from records.access.scope import PermissionMissing, Scope, scopes_of


class SignedInRequest(HttpRequest):
    """What views behind `signed_in_page` receive; they may set `scopes`, all of the user's, for the menus."""

    user: User
    reference: str
    scopes: list[Scope]


class PatientRequest(SignedInRequest):
    """What views behind `patient_page` receive: `scope` is this patient's, `scopes` are all of the user's."""

    scope: Scope


def public_page[F: Callable[..., Any]](view: F) -> F:
    """A page for everybody."""
    view = login_not_required(view)
    view.gate = "public"  # type: ignore[attr-defined]
    return view


def signed_in_page[F: Callable[..., Any]](view: F) -> F:
    """A page for whoever is signed in, showing only what is theirs; LoginRequiredMiddleware holds it."""
    view.gate = "signed_in"  # type: ignore[attr-defined]
    return view


def patient_page(
    permission: Permission, *, kind: str, methods: tuple[str, ...] = ("GET",)
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A page of one patient's record; the URL names the patient as `patient`. Other methods get 405.

    Without a grant: 404, as if there were no such patient. A grant without `permission`: 403 with words.
    The page is rendered, then logged as `kind` (with the URL's other id), then sent; when the log cannot
    be written, nothing is shown (503).
    """
    if not kinds.is_registered(kind):
        raise ValueError(f"Register the access-log kind {kind!r} before using it.")
    allowed = {*methods, "HEAD"} if "GET" in methods else {*methods}

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(view)
        def gated(request: PatientRequest, patient: uuid.UUID, **kwargs: Any) -> HttpResponseBase:
            request.scopes = scopes_of(request.user, timezone.now())
            scope = next((scope for scope in request.scopes if scope.patient.pk == patient), None)
            if scope is None:
                raise Http404
            if request.method not in allowed:
                return HttpResponseNotAllowed(sorted(allowed))
            request.scope = scope
            object_id = str(next(iter(kwargs.values()), ""))
            try:
                scope.require(permission)
                return send_logged(
                    request,
                    view(request, **kwargs),
                    lambda: _append(request, kind, log.Verb.VIEW, object_id),
                )
            except PermissionMissing:
                _append(request, kind, log.Verb.DENIED, object_id)
                raise

        gated.gate = "patient"  # type: ignore[attr-defined]
        gated.permission = permission  # type: ignore[attr-defined]
        return gated

    return decorate


def send_logged(request: HttpRequest, response: HttpResponseBase, append: Callable[[], None]) -> HttpResponseBase:
    """Renders the page, appends to the log, and only then lets it go: without its row nothing is shown (503)."""
    if isinstance(response, SimpleTemplateResponse):
        response.render()
    if response.status_code != 200:
        return response
    try:
        append()
    except DatabaseError:
        response.close()
        return render(request, "503.html", status=503)
    return response


def _append(request: PatientRequest, kind: str, verb: log.Verb, object_id: str) -> None:
    log.record(
        kind=kind,
        verb=verb,
        at=timezone.now(),
        actor_id=request.user.pk,
        actor_name=request.user.full_name,
        acting_as=request.scope.kind,
        patient_id=request.scope.patient.pk,
        object_id=object_id,
        origin=origin_of(request),
    )
