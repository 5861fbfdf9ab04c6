"""Staff's view of chargebacks; they are answered at the provider's own desk."""

from typing import ClassVar

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from billing.ledger.columns import link
from billing.ledger.search import FoundByNumber
from billing.payments.columns import PAID_AMOUNT
from billing.payments.disputes.models import Dispute
from billing.payments.models import ProviderPayment
from records.access.admin import ReadOnlyAdmin

PAYMENT = link("payment_id", ProviderPayment, _("payment"))


@admin.register(Dispute)
class DisputeAdmin(FoundByNumber, ReadOnlyAdmin):
    account_path: ClassVar[str] = "payment__attempt__account"
    list_display = ("ref", "state", PAID_AMOUNT, "is_withdrawn", "reason", "opened_at", "ended_at", PAYMENT)
    list_filter = ("state", "is_withdrawn")
    list_select_related = ("payment",)
    search_fields = ("=ref", "=payment__ref", "=payment__attempt__confirmation")
    date_hierarchy = "opened_at"
    fields = readonly_fields = (
        "ref", "state", PAID_AMOUNT, "reason", "is_withdrawn", "opened_at", "ended_at", PAYMENT,
    )  # fmt: skip
