"""Asks about every attempt that is not finished: a lost notice costs minutes, not money."""

import datetime as dt

from django.db.models import F

from billing.payments import actions, settling
from billing.payments.gateways.protocol import Refused
from billing.payments.models import PaymentAttempt
from billing.payments.reconciliation.models import ReconciliationRun
from billing.payments.reconciliation.report import is_answering, isolated
from billing.payments.states import LOOKED_AFTER, AttemptState

ABANDON_AFTER = dt.timedelta(hours=24)
BATCH = 500


def look(run: ReconciliationRun, at: dt.datetime) -> None:
    """Settles unfinished attempts, those not looked at for longest first."""
    waiting = PaymentAttempt.objects.filter(state__in=LOOKED_AFTER)
    batch = list(waiting.order_by(F("looked_at").asc(nulls_first=True), "created_at")[:BATCH])
    PaymentAttempt.objects.filter(pk__in=[attempt.pk for attempt in batch]).update(looked_at=at)
    for attempt in batch:
        if not is_answering(run):
            break
        run.looked += 1
        with isolated(run, f"attempt {attempt.pk}"):
            run.changed += _look(attempt, at).state != attempt.state


def _look(attempt: PaymentAttempt, at: dt.datetime) -> PaymentAttempt:
    is_old = attempt.created_at < at - ABANDON_AFTER
    if is_old and attempt.state == AttemptState.CREATED:
        return actions.abandon(attempt=attempt)
    try:
        return settling.settle(attempt_id=attempt.pk, at=at)
    except Refused:
        if is_old and attempt.state == AttemptState.OPEN:
            return actions.expire(attempt=attempt)
        raise
