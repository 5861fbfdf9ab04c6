"""The portal's addresses, with the webhook that it has where Stripe is its provider."""

from django.urls import path

from billing.payments import views
from portal.urls import handler400, handler403, handler404, handler500, urlpatterns

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [*urlpatterns, path("webhooks/stripe/", views.notice)]
