"""Where the billing office sends money back: amount and reason, a review, and then the worker's turn."""

from typing import Any, ClassVar, cast

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from billing import money
from billing.ledger.columns import link
from billing.ledger.search import FoundByNumber
from billing.payments.columns import PAID_AMOUNT
from billing.payments.models import ProviderPayment
from billing.payments.refunds import actions
from billing.payments.refunds.forms import RefundForm
from billing.payments.refunds.models import Refund
from billing.payments.refunds.states import RefundReason, RefundState
from billing.payments.words import method_words
from records.access.admin import ReadOnlyAdmin
from records.access.models import User
from records.access.reviewed import reviewed_form

PAYMENT = link("payment_id", ProviderPayment, _("payment"))


@admin.register(Refund)
class RefundAdmin(FoundByNumber, ReadOnlyAdmin):
    account_path: ClassVar[str] = "payment__attempt__account"
    list_display = ("id", "state", PAID_AMOUNT, "reason", "requested_by", "requested_at", "decided_at", PAYMENT)
    list_filter = ("state", "reason")
    list_select_related = ("requested_by", "payment")
    search_fields = ("=id", "=ref", "=payment__ref", "=payment__attempt__confirmation")
    date_hierarchy = "requested_at"
    fields = readonly_fields = (
        "state", PAID_AMOUNT, "reason", "note", PAYMENT, "ref", "requested_by", "requested_at", "sent_at", "decided_at",
        "failure",
    )  # fmt: skip

    def has_add_permission(self, request: HttpRequest) -> bool:
        """From a payment's page only; the list has no button of its own."""
        return "payment" in request.GET and request.user.has_perm("billing.add_refund")

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        wanted = request.GET["payment"]
        payment = get_object_or_404(ProviderPayment, pk=int(wanted) if wanted.isdecimal() else None)
        left = actions.left_cents(payment)
        initial = {"amount": money.format_cents(left).lstrip("$")}
        intro = _t("Payment %(ref)s: %(method)s. %(left)s of it can be sent back.")
        return reviewed_form(
            request,
            title=_t("Send money back"),
            intro=intro % {"ref": payment.ref, "method": method_words(payment), "left": money.format_cents(left)},
            form=RefundForm(request.POST or None, left_cents=left, initial=initial),
            review=lambda data: self._review(payment, left, data),
            confirm=_t("Send it back"),
            act=lambda data: self._request(request, payment, data),
        )

    def _review(self, payment: ProviderPayment, left: int, data: dict[str, Any]) -> list[str]:
        limit = settings.REFUND_APPROVAL_CENTS
        goes = _t("%(amount)s goes back to where the payment came from. Reason: %(reason)s.") % {
            "amount": money.format_cents(data["amount"]),
            "reason": RefundReason(data["reason"]).label,
        }
        second = _t("More than %(limit)s of this payment would have gone back, so a second person has to agree first.")
        owed = _t("What the payment had paid is owed again, as far as it was not over. A refund cannot be called back.")
        needs_second = payment.amount_cents - left + data["amount"] > limit
        return [goes, *([second % {"limit": money.format_cents(limit)}] if needs_second else []), owed]

    def _request(self, request: HttpRequest, payment: ProviderPayment, data: dict[str, Any]) -> HttpResponse:
        try:
            refund = actions.request(
                payment_id=payment.pk,
                amount_cents=data["amount"],
                reason=RefundReason(data["reason"]),
                note=data["note"],
                by=cast(User, request.user),
                at=timezone.now(),
                token=data["token"],
            )
        except actions.NotRefundable:
            messages.error(request, _t("Somebody else has sent money of this payment back meanwhile. Look again."))
            return redirect(request.get_full_path())
        self.log_addition(request, refund, "asked for")
        if refund.state == RefundState.WAITING:
            messages.success(request, _t("Asked for. It is sent when a second person has agreed."))
        else:
            messages.success(request, _t("The refund is on its way to the payment service."))
        return redirect("admin:billing_refund_change", refund.pk)
