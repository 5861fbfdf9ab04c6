"""What payers, the provider and workers do, as steps that tests put in order."""

import uuid

from django.utils import timezone

from billing.ledger.choices import Bucket
from billing.ledger.models import LedgerEntry, LedgerTransaction, VisitAccount
from billing.ledger.work import WorkItem
from billing.payments import actions, events
from billing.payments.models import PaymentAttempt, ProviderEvent
from billing.payments.payers import Payer
from billing.payments.states import EventState
from billing.sandbox import delivery
from billing.sandbox.models import Event
from tests.factories.billing import guest

CANCEL_URL = "https://portal.example/pay/amount/"


def start(
    visit: VisitAccount,
    payer: Payer | None = None,
    *,
    cents: int | None = None,
    chosen: dict[uuid.UUID, int] | None = None,
    email: str = "",
) -> PaymentAttempt:
    """The payer presses Pay on the review page: for all that is owed on the visit, unless told otherwise."""
    return actions.start(
        account_id=visit.account_id,
        payer=payer or guest(),
        amount_cents=cents or visit.patient_cents,
        chosen=chosen or {},
        receipt_email=email,
        cancel_url=CANCEL_URL,
        at=timezone.now(),
    )


def open_page(attempt: PaymentAttempt) -> PaymentAttempt:
    return actions.open_page(attempt=attempt)


def send_notices() -> None:
    """The provider sends what is due."""
    for pk in Event.objects.filter(delivered_at__isnull=True, due_at__lte=timezone.now()).values_list("pk", flat=True):
        delivery.deliver(event_id=pk, at=timezone.now())


def apply_notices() -> None:
    """A worker applies what came in."""
    for pk in ProviderEvent.objects.filter(state=EventState.RECEIVED).values_list("pk", flat=True):
        events.apply(event_id=pk, at=timezone.now())


def hear() -> None:
    send_notices()
    apply_notices()


def posted() -> int:
    return LedgerTransaction.objects.filter(kind=LedgerTransaction.Kind.PAYMENT).count()


def owed(visit: VisitAccount) -> int:
    return VisitAccount.objects.get(pk=visit.pk).patient_cents


def in_bucket(bucket: Bucket) -> int:
    return sum(LedgerEntry.objects.filter(bucket=bucket).values_list("cents", flat=True))


def work() -> list[str]:
    return list(WorkItem.objects.values_list("kind", flat=True))
