from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


class DemoConfig(AppConfig):
    """Invented people and a mailbox anyone can read: never beside real patients."""

    name = "portal.demo"
    label = "demo"

    def ready(self) -> None:
        if not settings.DEMO:
            raise ImproperlyConfigured("portal.demo is for PORTAL_ENV=demo only; take it out of INSTALLED_APPS.")
