"""How long a session lasts, and that staff have a second factor: decided on the server, before any view."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from portal.accounts.second_factor import has_second_factor

STARTED_KEY = "signed_in_at"
SEEN_KEY = "seen_at"
# A session's row is written this often at most, so that reading pages does not mean writing rows.
SEEN_EVERY_SECONDS = 60

type Next = Callable[[HttpRequest], HttpResponse]


class SessionPolicyMiddleware:
    """Signs out after 15 idle minutes and after 12 hours, and says so; a public page just goes on signed out."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if not request.user.is_authenticated:
            return None
        now = timezone.now()
        if not _is_over(request, now):
            _remember(request, now)
            return None
        logout(request)
        if not getattr(view, "login_required", True):
            return None
        return redirect(f"{reverse('portal:signed_out')}?{urlencode({'next': _return_to(request)})}")


def _is_over(request: HttpRequest, now: dt.datetime) -> bool:
    session = request.session
    started, seen = session.get(STARTED_KEY), session.get(SEEN_KEY)
    if started is None or seen is None:
        return False  # The first request after signing in.
    return (
        now.timestamp() - seen >= settings.SESSION_IDLE_SECONDS
        or now.timestamp() - started >= settings.SESSION_ABSOLUTE_SECONDS
    )


def _remember(request: HttpRequest, now: dt.datetime) -> None:
    session = request.session
    session.setdefault(STARTED_KEY, now.timestamp())
    if now.timestamp() - session.get(SEEN_KEY, 0) >= SEEN_EVERY_SECONDS:
        session[SEEN_KEY] = now.timestamp()
        UserSession.objects.filter(session_key=session.session_key).update(last_seen_at=now)


def _return_to(request: HttpRequest) -> str:
    """The page to come back to; what was being sent cannot be sent again."""
    return request.get_full_path() if request.method in {"GET", "HEAD"} else reverse("portal:home")


class StaffSecondFactorMiddleware:
    """Staff without a second factor can set one up, sign out, and nothing else."""

    ALLOWED = ("mfa_", "account_reauthenticate", "account_logout", "account_email_verification_sent")

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        user = request.user
        if not user.is_authenticated or not user.is_staff:
            return None
        match = request.resolver_match
        if match is not None and (match.url_name or "").startswith(self.ALLOWED) and not match.namespace:
            return None
        if not getattr(view, "login_required", True) or has_second_factor(user):
            return None
        return redirect("mfa_index")
