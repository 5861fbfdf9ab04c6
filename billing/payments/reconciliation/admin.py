"""The report of every comparison with the provider, for staff to read."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from billing.ledger.columns import amount, dollars
from billing.payments.reconciliation.models import DailyTotal, ReconciliationRun
from records.access.admin import ReadOnlyAdmin


def difference(total: DailyTotal) -> int:
    return total.difference_cents


@admin.register(ReconciliationRun)
class ReconciliationRunAdmin(ReadOnlyAdmin):
    list_display = (
        "started_at", "provider", "looked", "changed", "notices", "orphans", "unposted", "refunds", "failed", "is_whole",
    )  # fmt: skip
    list_filter = ("is_whole", "provider")
    date_hierarchy = "started_at"
    fields = readonly_fields = (*list_display, "problems")


@admin.register(DailyTotal)
class DailyTotalAdmin(ReadOnlyAdmin):
    list_display = (
        "day", "payment_provider", dollars("provider_cents", _("provider’s total")), dollars("ledger_cents", _("ledger’s total")),
        amount(difference, _("difference")), "compared_at",
    )  # fmt: skip
    list_filter = ("provider",)
    date_hierarchy = "day"
    fields = readonly_fields = list_display

    @admin.display(description=_("payment provider"), ordering="provider")
    def payment_provider(self, total: DailyTotal) -> str:
        return total.provider
