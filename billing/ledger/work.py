"""What billing staff have to decide or mend: opened once per cause, by whatever meets it.

What is known above of a kind of work, and of the payment it is about, is registered here by whoever knows it.
"""

import datetime as dt
import functools
import uuid
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.db import models
from django.db.models import Q, QuerySet

from billing.ledger.choices import WorkKind
from billing.ledger.models import GuarantorAccount, LedgerTransaction, VisitAccount
from records.access.models import User

# (label, url) of a page in the admin.
type Step = tuple[str, str]


class WorkItem(models.Model):
    """Something billing staff have to decide or mend."""

    Kind = WorkKind

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=30, choices=WorkKind)
    cause = models.CharField(max_length=500)
    account = models.ForeignKey(GuarantorAccount, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    visit = models.ForeignKey(VisitAccount, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # Whose money it is about, and how much of it, where that is known.
    payment_ref = models.CharField(max_length=200, blank=True)
    amount_cents = models.BigIntegerField(null=True, blank=True)
    note = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "cause"], name="work_item_once_per_cause"),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, done_by__isnull=True)
                | Q(done_at__isnull=False, done_by__isnull=False),
                name="work_item_done_at_and_by",
            ),
        ]

    def __str__(self) -> str:
        return f"Work item {self.id}"

    @functools.cached_property
    def details(self) -> "Details | None":
        """What is registered for its kind; may ask the database."""
        return details_of(self)

    @functools.cached_property
    def payment(self) -> "PaidBy | None":
        """The payment it is about, in words; may ask the database."""
        return self.details.paid if self.details else None


def open_work_item(
    *,
    kind: WorkKind,
    cause: str,
    at: dt.datetime,
    account: GuarantorAccount | None = None,
    visit: VisitAccount | None = None,
    note: str = "",
    amount_cents: int | None = None,
    payment_ref: str = "",
) -> None:
    """Puts something before billing staff; the same cause again changes nothing."""
    item = WorkItem(
        kind=kind,
        cause=cause,
        account=account,
        visit=visit,
        note=note,
        amount_cents=amount_cents,
        payment_ref=payment_ref,
        created_at=at,
    )
    WorkItem.objects.bulk_create([item], ignore_conflicts=True)


def mark_done(*, items: QuerySet[WorkItem], by: User, at: dt.datetime) -> int:
    """Says who did what was not done yet; returns how many."""
    return items.filter(done_at__isnull=True).update(done_at=at, done_by=by)


class Changed(Exception):
    """What the page showed is no longer so: nothing was done."""


@dataclass(frozen=True)
class Press:
    """The one button of an item: `said` tells in sentences what it does, `permission` who may press it.

    `act(by, cents, at)` does it for the cents that the page showed, says what came of it, and raises Changed.
    """

    label: str
    said: tuple[str, ...]
    cents: int
    permission: str
    act: Callable[[User, int, dt.datetime], str]


@dataclass(frozen=True)
class Details:
    """What happened, what to do next, the pages where that is done, and the one button where there is one."""

    happened: str
    next_step: str
    paid: "PaidBy | None" = None
    steps: tuple[Step, ...] = ()
    press: Press | None = None


@dataclass(frozen=True)
class PaidBy:
    """A payment in words for staff: who paid, by which way, the number they know it by, and its page."""

    who: str
    way: str
    confirmation: str
    url: str


@dataclass(frozen=True)
class PaymentDesk:
    """What is known of payments above the ledger: `words` by their references, `steps` that staff can take now."""

    words: Callable[[Collection[str]], Mapping[str, PaidBy]]
    steps: Callable[[LedgerTransaction], Iterable[Step]]


_DETAILS: dict[str, Callable[[WorkItem], Details]] = {}
_DESKS: list[PaymentDesk] = []


def register_details(kind: WorkKind, details: Callable[[WorkItem], Details]) -> None:
    """Makes known what staff read on an item of this kind."""
    _DETAILS[kind] = details


def register_payments(desk: PaymentDesk) -> None:
    """Makes known what there is to say of payments."""
    _DESKS[:] = [desk]


def details_of(item: WorkItem) -> Details | None:
    """What is registered for the item's kind; None where nothing is. May ask the database."""
    details = _DETAILS.get(item.kind)
    return details(item) if details else None


def paid_by(refs: Collection[str]) -> dict[str, PaidBy]:
    """By reference, the payments of which something is known, in a few queries for all of them."""
    return {ref: words for desk in _DESKS for ref, words in desk.words(refs).items()}


def steps_of(payment: LedgerTransaction) -> list[Step]:
    """What staff can do now with the money of a payment."""
    return [step for desk in _DESKS for step in desk.steps(payment)]
