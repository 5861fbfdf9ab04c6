"""Every address of the portal. Patients are in the path; nothing personal is in a query string."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from portal.accounts import urls as accounts
from portal.home import urls as home

# One namespace over the shell's features.
shell = [*home.urlpatterns, *accounts.urlpatterns]

urlpatterns = [
    path("", include((shell, "portal"))),
    path("accounts/", include("allauth.urls")),
    path("", include("records.urls")),
    path("", include("billing.urls")),
    path("", include("messaging.urls")),
    path("captcha/", include("billing.guest.captcha.urls")),
    path("admin/", admin.site.urls),
]
if not settings.PRODUCTION:
    urlpatterns += [path("sandbox/", include("billing.sandbox.urls"))]
if settings.DEMO:
    urlpatterns += [path("demo/", include("portal.demo.urls"))]

handler400 = "portal.errors.bad_request"
handler403 = "portal.errors.permission_denied"
handler404 = "portal.errors.page_not_found"
handler500 = "portal.errors.server_error"
