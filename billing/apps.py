import datetime as dt

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class BillingConfig(AppConfig):
    name = "billing"

    def ready(self) -> None:
        from billing.copays.steps import register_copay
        from billing.guest import upkeep
        from billing.interop.claims import map_claim
        from billing.interop.decisions import map_explanation
        from billing.ledger import accounts
        from billing.payers import notices
        from billing.payments import deployment, items, paid, tasks
        from billing.payments.models import PayerKind
        from billing.payments.reconciliation.run import reconcile
        from records.interop import registry
        from records.work import periodic

        register_copay()
        paid.register(PayerKind.LINK, notices.tell_link_paid)
        post_migrate.connect(deployment.follow_environment, sender=self, dispatch_uid="billing.deployment")
        items.register()
        periodic.register("payments.reconcile", every=dt.timedelta(minutes=5), run=reconcile)
        periodic.register("accounts.deaths", every=dt.timedelta(hours=1), run=lambda at: accounts.follow_deaths())
        periodic.register("accounts.names", every=dt.timedelta(hours=1), run=lambda at: accounts.follow_names())
        periodic.register("payments.events", every=dt.timedelta(minutes=5), run=tasks.sweep)
        periodic.register("guest.upkeep", every=dt.timedelta(hours=1), run=upkeep.prune)
        registry.register("Claim", map_claim)
        registry.register("ExplanationOfBenefit", map_explanation)
