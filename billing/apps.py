import datetime as dt

from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "billing"

    def ready(self) -> None:
        from billing.copays.steps import register_copay
        from billing.guest import upkeep
        from billing.interop.claims import map_claim
        from billing.interop.decisions import map_explanation
        from billing.ledger import accounts
        from billing.payments import items, tasks
        from billing.payments.reconciliation.run import reconcile
        from records.interop import registry
        from records.work import periodic

        register_copay()
        items.register()
        periodic.register("payments.reconcile", every=dt.timedelta(minutes=5), run=reconcile)
        periodic.register("accounts.deaths", every=dt.timedelta(hours=1), run=lambda at: accounts.follow_deaths())
        periodic.register("payments.events", every=dt.timedelta(minutes=5), run=tasks.sweep)
        periodic.register("guest.upkeep", every=dt.timedelta(hours=1), run=upkeep.prune)
        registry.register("Claim", map_claim)
        registry.register("ExplanationOfBenefit", map_explanation)
