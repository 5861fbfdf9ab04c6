import datetime as dt

from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


class SandboxConfig(AppConfig):
    """An invented payment provider: never where money is real."""

    name = "billing.sandbox"
    label = "sandbox"

    def ready(self) -> None:
        if settings.PRODUCTION:
            raise ImproperlyConfigured("billing.sandbox takes no real money; take it out of INSTALLED_APPS.")
        from billing.sandbox import actions, delivery, disputes, refunds
        from records.work import periodic

        often = dt.timedelta(seconds=10)
        periodic.register("sandbox.banks", every=often, run=actions.decide_banks)
        periodic.register("sandbox.refunds", every=often, run=refunds.decide_refunds)
        periodic.register("sandbox.disputes", every=often, run=disputes.ask_back)
        periodic.register("sandbox.pages", every=dt.timedelta(minutes=1), run=actions.expire_pages)
        periodic.register("sandbox.notices", every=often, run=delivery.deliver_due)
