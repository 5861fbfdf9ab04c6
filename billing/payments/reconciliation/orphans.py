"""Finds pages and money that no attempt of ours leads to any more.

A page whose opening was answered with an error lives on at the provider though nobody was told its address;
a payment can be known and not posted when a process died between the two.
"""

import datetime as dt

from billing.payments import settling
from billing.payments.gateways.protocol import CheckoutFacts, CheckoutStatus, PaymentStatus
from billing.payments.gateways.registry import gateway
from billing.payments.models import PaymentAttempt, ProviderPayment
from billing.payments.reconciliation.models import ReconciliationRun
from billing.payments.reconciliation.report import is_answering, isolated
from billing.payments.states import AttemptState

BATCH = 500


def look_at_pages(run: ReconciliationRun, since: dt.datetime, at: dt.datetime) -> None:
    """Closes open pages that their attempt does not know, and settles those that were paid."""
    pages = list(gateway().checkouts_since(since))
    known = set(
        PaymentAttempt.objects.filter(checkout_ref__in=[page.ref for page in pages]).values_list(
            "checkout_ref", flat=True
        )
    )
    for facts in pages:
        if facts.ref in known:
            continue
        with isolated(run, f"checkout {facts.ref}"):
            run.orphans += _is_mended(facts, at)


def look_at_payments(run: ReconciliationRun, at: dt.datetime) -> None:
    """Posts what the provider took and the ledger does not know."""
    for ref in ProviderPayment.objects.filter(provider=run.provider).unposted().values_list("ref", flat=True)[:BATCH]:
        if not is_answering(run):
            break
        with isolated(run, f"payment {ref}"):
            settling.settle_payment(ref=ref, at=at)
            run.unposted += 1


def _is_mended(facts: CheckoutFacts, at: dt.datetime) -> bool:
    attempt = PaymentAttempt.objects.filter(pk=facts.attempt_id).first() if facts.attempt_id else None
    paid = [payment for payment in facts.payments if payment.status == PaymentStatus.SUCCEEDED]
    if attempt is None:
        for payment in paid:
            settling.settle_payment(ref=payment.ref, at=at)
        return bool(paid)
    if attempt.checkout_ref == facts.ref:
        return False
    # The first try of an attempt that is still being started may be this very page.
    if facts.status == CheckoutStatus.OPEN and attempt.state != AttemptState.CREATED:
        facts = gateway().close_checkout(facts.ref)
    elif facts.status == CheckoutStatus.OPEN or (facts.status == CheckoutStatus.EXPIRED and not facts.payments):
        return False
    settling.record(attempt_id=attempt.pk, facts=facts, at=at)
    return True
