"""What is left once the load is over: everything is worked, and three sums have to be one."""

import datetime as dt
import re
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from django.core.management import CommandError, call_command
from django.db import connections
from django.db.models import Sum
from django.utils import timezone
from django.utils.http import urlencode
from django_tasks_db.models import DBTaskResult

from billing import money
from billing.ledger.choices import Bucket, TransactionKind, WorkKind
from billing.ledger.models import LedgerEntry
from billing.models import PaymentAttempt, ProviderEvent, WorkItem
from billing.payments import events, receipts, verification
from billing.payments.reconciliation.run import reconcile
from billing.payments.states import LOOKED_AFTER, AttemptState, EventState
from load.browser import Browser
from load.diary import Diary
from records.notifications import delivery
from records.notifications.choices import State
from records.notifications.models import Notification
from tests.fake_stripe.state import Fake

DRAIN_SECONDS = 90
# By then whatever a killed worker had claimed may be claimed again.
CLAIMS_OVER = dt.timedelta(minutes=10)
# By then every page has ended, and what was never begun is given up.
PAGES_OVER = dt.timedelta(hours=25)
_AMOUNT = re.compile(r"<dt>Amount</dt><dd class=\"strong\">\$([\d,]+)\.(\d\d)</dd>")


@dataclass
class Result:
    """What was paid in cents according to each of three, and sentences about what is wrong."""

    provider_cents: int = 0
    ledger_cents: int = 0
    receipts_cents: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def drain(fake: Fake) -> list[str]:
    """Waits until banks have decided, notices were sent, and workers have nothing to do; says what did not end."""
    waits: dict[str, Callable[[], bool]] = {
        "Banks still decide": lambda: not any(fake.store.all("charge", status="pending")),
        "Notices are still on their way": lambda: not fake.outbox,
        "Workers still have work": lambda: not DBTaskResult.objects.ready().exists(),
    }
    until = time.monotonic() + DRAIN_SECONDS
    faults = []
    for words, is_over in waits.items():
        while not is_over() and time.monotonic() < until:
            time.sleep(0.2)
        if not is_over():
            faults.append(f"{words} after {DRAIN_SECONDS} s.")
    return faults


def finish(fake: Fake, origin: str) -> Result:
    """Works what killed workers left, compares, reads every receipt, and lets a day pass."""
    result = Result()
    result.faults += _work_leftovers()
    result.faults += _commanded("reconcile_payments") + _commanded("verify_ledger")
    result.provider_cents = sum(charge["amount"] for charge in fake.store.all("charge", status="succeeded"))
    result.ledger_cents = _ledger_cents()
    result.counts = _counts(fake)
    result.receipts_cents = _read_receipts(origin, result.faults)
    result.faults += _differences(result) + _charged_twice(fake) + _untold() + _unnoticed()
    result.faults += _a_day_later(fake)
    return result


def _work_leftovers() -> list[str]:
    """As the workers do it when the claims of those that were killed are over."""
    later = timezone.now() + CLAIMS_OVER
    for pk in ProviderEvent.objects.filter(state=EventState.RECEIVED).values_list("pk", flat=True):
        events.apply(event_id=pk, at=later)
    for message in Notification.objects.filter(state=State.QUEUED).values_list("pk", flat=True):
        delivery.deliver(notification_id=message, at=later)
    undone = ProviderEvent.objects.exclude(state__in=[EventState.DONE, EventState.IGNORED])
    return [f"Notice {event.event_id} is {event.state}: {event.error}." for event in undone]


def _commanded(name: str) -> list[str]:
    try:
        call_command(name)
    except CommandError as error:
        return [f"{name}: {line}" for line in str(error).splitlines()]
    return []


def _ledger_cents() -> int:
    payments = LedgerEntry.objects.filter(bucket=Bucket.PROCESSOR, transaction__kind=TransactionKind.PAYMENT)
    return payments.aggregate(sum=Sum("cents"))["sum"] or 0


def _counts(fake: Fake) -> dict[str, int]:
    charges = Counter(charge["status"] for charge in fake.store.all("charge"))
    over = WorkItem.objects.filter(kind=WorkKind.OVERPAYMENT)
    return {
        "begun": PaymentAttempt.objects.count(),
        "paid": charges["succeeded"],
        "declined": charges["failed"],
        "paid twice": over.count(),
        "cents paid twice": over.aggregate(sum=Sum("amount_cents"))["sum"] or 0,
    }


def _read_receipts(origin: str, faults: list[str]) -> int:
    """The sum of what the receipts' own pages say, each opened by its link in a browser of its own."""
    paid = list(PaymentAttempt.objects.filter(state=AttemptState.PAID))
    diary = Diary()

    def read(attempt: PaymentAttempt) -> int | None:
        link = f"/pay/return/?{urlencode({'t': receipts.receipt_token(attempt)})}"
        page = Browser(origin, "10.255.0.1", diary).open(link)
        match = _AMOUNT.search(page.html)
        return (
            int(match[1].replace(",", "")) * 100 + int(match[2])
            if match and attempt.confirmation in page.html
            else None
        )

    with ThreadPoolExecutor(4) as pool:
        read_cents = list(pool.map(read, paid))
    pairs = zip(paid, read_cents, strict=True)
    faults += [
        f"The receipt of {attempt.pk} says {cents}." for attempt, cents in pairs if cents != attempt.amount_cents
    ]
    faults += diary.faults
    return sum(cents or 0 for cents in read_cents)


def _differences(result: Result) -> list[str]:
    if not result.provider_cents:
        return ["Nothing was paid."]
    sums = {"provider": result.provider_cents, "ledger": result.ledger_cents, "receipts": result.receipts_cents}
    if len(set(sums.values())) == 1:
        return []
    return ["The sums differ: " + ", ".join(f"{name} {money.format_cents(cents)}" for name, cents in sums.items())]


def _charged_twice(fake: Fake) -> list[str]:
    """An attempt is one wish to pay, so that two payments of it are one too many."""
    taken = Counter(charge["metadata"]["attempt"] for charge in fake.store.all("charge", status="succeeded"))
    return [f"Attempt {attempt} was charged {times} times." for attempt, times in taken.items() if times > 1]


def _untold() -> list[str]:
    """Every payment whose payer left an address has one mail, and it went out."""
    told = Notification.objects.filter(kind=receipts.KIND_RECEIPT)
    wanted = PaymentAttempt.objects.filter(state=AttemptState.PAID).exclude(receipt_email="").count()
    sent = told.filter(state=State.SENT).count()
    return (
        [] if told.count() == sent == wanted else [f"{wanted} receipts to mail, {told.count()} written, {sent} sent."]
    )


def _unnoticed() -> list[str]:
    """What a third party paid over what was owed waits before staff."""
    over = LedgerEntry.objects.filter(bucket=Bucket.REFUNDABLE).order_by().values("payment_ref")
    items = WorkItem.objects.filter(kind=WorkKind.OVERPAYMENT).values("payment_ref")
    waiting = over.annotate(sum=Sum("cents")).filter(sum__lt=0).exclude(payment_ref__in=items)
    return [f"{row['payment_ref']} was over by {-row['sum']} cents, and no work item says so." for row in waiting]


def _a_day_later(fake: Fake) -> list[str]:
    """Every page has ended: no attempt waits any more, and the day's totals are the provider's."""
    fake.store.moved += int(PAGES_OVER.total_seconds())
    later = timezone.now() + PAGES_OVER
    run = reconcile(later)
    faults = [f"A day later: {line}" for line in run.problems.splitlines()] if run else ["Nothing was reconciled."]
    stuck = PaymentAttempt.objects.filter(state__in=LOOKED_AFTER)
    faults += [f"Attempt {attempt.pk} is stuck: {attempt.state}." for attempt in stuck]
    faults += [*verification.faults(), *verification.differing_days(later)]
    connections.close_all()
    return faults
