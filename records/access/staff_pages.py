"""Pages of the admin that are not the admin's own: who may open them, and the frame they stand in."""

import functools
from collections.abc import Callable
from typing import Any

from django.contrib.admin.sites import site
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from records.access import log
from records.access.client import origin_of
from records.access.models import User


class StaffRequest(HttpRequest):
    """What staff's pages receive."""

    user: User


def staff_page(*permissions: str) -> Callable[[Callable[..., Any]], Callable[..., HttpResponseBase]]:
    """A page for staff who hold one of the permissions; others get 403."""

    def decorate(view: Callable[..., Any]) -> Callable[..., HttpResponseBase]:
        @functools.wraps(view)
        def gated(request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not any(request.user.has_perm(permission) for permission in permissions):
                raise PermissionDenied
            response: HttpResponseBase = view(request, *args, **kwargs)
            return response

        return gated

    return decorate


def log_seen(request: StaffRequest, kind: str, *, patient_id: Any = None, object_id: str, count: int = 1) -> None:
    """Appends that staff saw one thing of a patient's, or a list of `count`."""
    log.record(
        kind=kind,
        verb=log.Verb.VIEW,
        at=timezone.now(),
        actor_id=request.user.pk,
        actor_name=request.user.full_name,
        acting_as="staff",
        patient_id=patient_id,
        object_id=object_id,
        count=count,
        origin=origin_of(request),
    )


def frame(title: str) -> dict[str, Any]:
    """What the admin's layout needs, without its list of everything, which costs as much as the page itself."""
    return {
        "title": title,
        "site_title": site.site_title,
        "site_header": site.site_header,
        "site_url": site.site_url,
        "has_permission": True,
        "is_popup": False,
        "is_nav_sidebar_enabled": False,
        "available_apps": [],
    }
