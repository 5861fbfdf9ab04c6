"""Refunds whose outcome is not known yet: sent again under their one key, or read at the provider."""

import datetime as dt

from billing.ledger.choices import WorkKind
from billing.ledger.work import open_work_item
from billing.payments import dollars, settling
from billing.payments.reconciliation.models import ReconciliationRun
from billing.payments.reconciliation.report import is_answering, isolated
from billing.payments.refunds import sending
from billing.payments.refunds.models import Refund
from billing.payments.refunds.states import UNDERWAY, RefundState

BATCH = 500
# A provider repeats a saved failure for about a day (payments.md §1).
LONG = dt.timedelta(days=1)


def look(run: ReconciliationRun, at: dt.datetime) -> None:
    """Brings refunds that are under way to where the provider has them, the oldest first."""
    underway = Refund.objects.filter(state__in=UNDERWAY, payment__provider=run.provider)
    for refund in underway.select_related("payment__attempt__account").order_by("requested_at")[:BATCH]:
        if not is_answering(run):
            break
        with isolated(run, f"refund {refund.pk}"):
            if refund.state == RefundState.REQUESTED:
                sending.send(refund_id=refund.pk, at=at)
            else:
                settling.settle_payment(ref=refund.payment.ref, at=at)
            refund.refresh_from_db()
            run.refunds += refund.state not in UNDERWAY
        if refund.state == RefundState.REQUESTED and refund.requested_at < at - LONG:
            _show(refund, at)


def _show(refund: Refund, at: dt.datetime) -> None:
    """Staff hear that nobody knows yet; it goes on being asked for under its one key, which providers forget in time."""
    note = "The provider has not said what came of it. It is still tried: look there before sending it by hand."
    cause = f"unknown:{refund.pk}"
    open_work_item(
        kind=WorkKind.REFUND_FAILED,
        cause=cause,
        at=at,
        account=refund.payment.account,
        note=note,
        amount_cents=dollars.of(refund.payment, refund.amount_cents) or None,
        payment_ref=refund.payment.ref,
    )
