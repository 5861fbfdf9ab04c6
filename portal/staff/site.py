"""The admin as the portal's staff meet it: signed in through the portal's own door."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _


class StaffSite(admin.AdminSite):
    site_title = settings.PORTAL_NAME
    site_header = settings.PORTAL_NAME
    index_title = _("Staff")
    site_url = "/"

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Sends to the portal's sign-in, where throttle and second factor apply; signed-in patients get no door."""
        if request.user.is_authenticated:
            return redirect(settings.LOGIN_REDIRECT_URL)
        target = request.GET.get("next", request.path)
        return redirect(f"/accounts/login/?{urlencode({'next': target})}")
