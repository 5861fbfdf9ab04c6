"""Chargebacks that are not decided: one that was written down from an old reading must not stay so."""

import datetime as dt

from billing.payments import settling
from billing.payments.disputes.models import ENDED, Dispute
from billing.payments.reconciliation.models import ReconciliationRun
from billing.payments.reconciliation.report import is_answering, isolated

BATCH = 100


def look(run: ReconciliationRun, at: dt.datetime) -> None:
    """Brings chargebacks that go on to where the provider has them, the newest first."""
    going_on = Dispute.objects.exclude(state__in=ENDED).filter(payment__provider=run.provider)
    for dispute in going_on.select_related("payment").order_by("-opened_at")[:BATCH]:
        if not is_answering(run):
            break
        with isolated(run, f"chargeback {dispute.ref}"):
            settling.settle_payment(ref=dispute.payment.ref, at=at)
