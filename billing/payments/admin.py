"""Staff's view of payments: what was wanted, what the provider took, and what it told us."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from billing.ledger import paying
from billing.ledger.columns import MoneyWaiting, ReadOnlyInline, dollars, link, links
from billing.ledger.models import GuarantorAccount, VisitAccount
from billing.ledger.search import FoundByNumber
from billing.payments import items, notices, placing, putting_back
from billing.payments.columns import PAID_AMOUNT
from billing.payments.disputes.models import Dispute
from billing.payments.holding import holding_of
from billing.payments.models import AttemptAllocation, PaymentAttempt, ProviderEvent, ProviderPayment
from billing.payments.refunds.models import Refund
from records.access.admin import ReadOnlyAdmin

AMOUNT = dollars("amount_cents", _("amount"))
ACCOUNT = link("account_id", GuarantorAccount, _("guarantor account"))
ATTEMPT = link("attempt_id", PaymentAttempt, _("payment attempt"))


class PaymentInline(ReadOnlyInline):
    model = ProviderPayment
    fields = ("ref", "status", "method", "last4", PAID_AMOUNT, "currency", "paid_at")


class WentBackInline(ReadOnlyInline):
    """What went back of a payment, in the payment's currency."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("payment")


class RefundInline(WentBackInline):
    model = Refund
    fields = ("state", PAID_AMOUNT, "reason", "requested_by", "requested_at", "decided_at")


class DisputeInline(WentBackInline):
    model = Dispute
    fields = ("ref", "state", PAID_AMOUNT, "reason", "opened_at", "ended_at")


class AllocationInline(ReadOnlyInline):
    model = AttemptAllocation
    fields = (link("visit_id", VisitAccount, _("visit account")), dollars("cents", _("amount")))
    show_change_link = False


class WaitingPayment(MoneyWaiting):
    ref_field = "ref"


@admin.register(PaymentAttempt)
class PaymentAttemptAdmin(FoundByNumber, ReadOnlyAdmin):
    list_display = ("confirmation", "state", AMOUNT, ACCOUNT, "payer_kind", "created_at", "paid_at", "is_late")
    list_filter = ("state", "payer_kind", "is_late")
    search_fields = ("=confirmation", "=id", "=checkout_ref", "=receipt_email")
    date_hierarchy = "created_at"
    fields = (
        "confirmation", "state", AMOUNT, ACCOUNT, "payer_kind", "payer_name", "user", "is_guarantor", "receipt_email",
        "checkout_ref", "key_generation", "created_at", "expires_at", "paid_at", "is_late",
    )  # fmt: skip
    readonly_fields = (AMOUNT, ACCOUNT)
    inlines = (PaymentInline, AllocationInline)


@admin.register(ProviderPayment)
class ProviderPaymentAdmin(FoundByNumber, ReadOnlyAdmin):
    account_path: ClassVar[str] = "attempt__account"
    list_display = (PAID_AMOUNT, "currency", "status", "paid_at", "method", "last4", ATTEMPT, "provider", "ref")
    list_filter = (WaitingPayment, "provider", "status", "method", "livemode")
    search_fields = ("=ref", "=attempt__confirmation", "=last4")
    date_hierarchy = "paid_at"
    fields = readonly_fields = (
        "ref", "provider", "status", PAID_AMOUNT, "currency", "method", "last4", "livemode", "paid_at", ATTEMPT,
        "what_can_be_done",
    )  # fmt: skip
    inlines = (RefundInline, DisputeInline)

    def get_urls(self) -> list[URLPattern]:
        place = self.admin_site.admin_view(placing.place)
        put_back = self.admin_site.admin_view(putting_back.put_back)
        return [
            path("<int:payment>/place/", place, name="billing_providerpayment_place"),
            path("<uuid:posted>/put-back/", put_back, name="billing_ledgertransaction_put_back"),
            *super().get_urls(),
        ]

    @admin.display(description=_("what can be done"))
    def what_can_be_done(self, payment: ProviderPayment) -> str:
        """Links to what staff may do with this payment now; the pages check who asks."""
        posted = paying.payment_of(payment.provider, payment.ref)
        return links(items.steps_with(holding_of(posted, payment)) if posted else [])


@admin.register(ProviderEvent)
class ProviderEventAdmin(ReadOnlyAdmin):
    list_display = ("event_id", "provider", "type", "state", "tries", "received_at", "next_try_at", "error")
    list_filter = ("state", "provider", "type")
    search_fields = ("=event_id", "=checkout_ref")
    date_hierarchy = "received_at"
    actions = ("try_again",)

    @admin.action(description=_("Try the selected notices again"), permissions=["try"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[ProviderEvent]) -> None:
        count = notices.revive(events=queryset, at=timezone.now())
        messages.success(request, ngettext("%d notice is tried again.", "%d notices are tried again.", count) % count)

    def has_try_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("billing.change_providerevent")
