"""What can be paid on an account now; and when nothing can, why, and what to do next."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import models
from django.db.models import BigIntegerField, CharField, Sum, Value
from django.utils.translation import gettext_lazy as _

from billing.ledger.choices import AccountKind, Hold, Standing
from billing.ledger.models import GuarantorAccount, VisitAccount
from billing.payments.gateways.registry import is_open
from billing.payments.models import MIN_CENTS, PaymentAttempt
from billing.payments.states import AttemptState


class Reason(models.TextChoices):
    """Why nothing can be paid here now."""

    CLOSED = "closed", _("Not online")
    NOT_YOURS = "not_yours", _("Not yours to pay")
    GUARANTOR_NEEDED = "guarantor_needed", _("Not ready to pay")
    AGENCY = "agency", _("With a collection agency")
    PROCESSING = "processing", _("Payment on its way")
    ON_PLAN = "on_plan", _("On a payment plan")
    CONTESTED = "contested", _("Being looked at")
    TOO_SMALL = "too_small", _("Too little to pay online")
    PENDING = "pending", _("Waiting for insurance")
    CREDIT = "credit", _("We owe you")
    NOTHING = "nothing", _("Paid in full")


@dataclass(frozen=True)
class Payable:
    """An account's money in cents. `now_cents` is what a payment may take; 0 comes with a reason.

    `usable_credit_cents` is what credit could pay of it, which needs no provider.
    """

    owed_cents: int
    pending_cents: int
    credit_cents: int
    plan_cents: int
    agency_cents: int
    contested_cents: int
    processing_cents: int
    now_cents: int
    usable_credit_cents: int
    reason: Reason | None


def payable_of(account: GuarantorAccount, visit: VisitAccount | None = None) -> Payable:
    """What can be paid on the whole account, or on one of its visits alone."""
    rows, processing = _standing([account.pk])[account.pk]
    if visit is not None:
        rows = [(visit.hold, visit.patient_cents, visit.insurer_cents)]
    return _weigh(account, rows, processing)


def payables_of(accounts: Iterable[GuarantorAccount]) -> dict[uuid.UUID, Payable]:
    """The same for many accounts, in one query."""
    by_id = {account.pk: account for account in accounts}
    standing = _standing(by_id)
    return {pk: _weigh(account, *standing[pk]) for pk, account in by_id.items()}


# What one hold keeps: (hold, owed cents, cents waiting for the insurer).
type _Row = tuple[str, int, int]

_UNDERWAY = "underway"


def _standing(account_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, tuple[list[_Row], int]]:
    """By account, its visits' sums by hold, and bank payments on their way.

    The latter lower what can be paid, not what is owed. Asked together, since every page of a bill asks.
    """
    ids = list(account_ids)
    visits = VisitAccount.objects.on_the_bill().filter(account__in=ids).order_by().values("account", "hold")
    underway = PaymentAttempt.objects.filter(account__in=ids, state=AttemptState.PROCESSING).order_by()
    sums = visits.annotate(owed=Sum("patient_cents"), pending=Sum("insurer_cents"))
    on_their_way = underway.values("account").annotate(
        kind=Value(_UNDERWAY, CharField()), owed=Sum("amount_cents"), pending=Value(0, BigIntegerField())
    )
    rows: dict[uuid.UUID, list[_Row]] = defaultdict(list)
    processing: dict[uuid.UUID, int] = defaultdict(int)
    both = sums.values_list("account", "hold", "owed", "pending").union(
        on_their_way.values_list("account", "kind", "owed", "pending"), all=True
    )
    for pk, hold, owed, pending in both.order_by():
        if hold == _UNDERWAY:
            processing[pk] += owed
        else:
            rows[pk].append((hold, owed, pending))
    return {pk: (rows[pk], processing[pk]) for pk in ids}


def _weigh(account: GuarantorAccount, rows: list[_Row], processing: int) -> Payable:
    by_hold: dict[str, int] = defaultdict(int)
    for hold, owed, _pending in rows:
        by_hold[hold] += owed
    owed = sum(by_hold.values())
    pending = sum(insurer for _hold, _owed, insurer in rows)
    free = max(by_hold[Hold.NONE] - processing, 0)
    reason = _reason(account, by_hold, free, pending, processing)
    return Payable(
        owed_cents=owed,
        pending_cents=pending,
        credit_cents=account.credit_cents,
        plan_cents=by_hold[Hold.PLAN],
        agency_cents=by_hold[Hold.AGENCY],
        contested_cents=by_hold[Hold.CONTESTED],
        processing_cents=processing,
        now_cents=0 if reason else free,
        usable_credit_cents=min(free, account.credit_cents) if account.standing == Standing.OPEN else 0,
        reason=reason,
    )


def _reason(
    account: GuarantorAccount, by_hold: dict[str, int], free: int, pending: int, processing: int
) -> Reason | None:
    if not is_open():
        return Reason.CLOSED
    if account.kind != AccountKind.PERSONAL:
        return Reason.NOT_YOURS
    if account.standing == Standing.GUARANTOR_NEEDED:
        return Reason.GUARANTOR_NEEDED
    if account.standing == Standing.AGENCY:
        return Reason.AGENCY
    if free >= MIN_CENTS:
        return None
    held = [
        (processing > 0, Reason.PROCESSING),
        (by_hold[Hold.AGENCY] > 0, Reason.AGENCY),
        (by_hold[Hold.PLAN] > 0, Reason.ON_PLAN),
        (by_hold[Hold.CONTESTED] > 0, Reason.CONTESTED),
        (free > 0, Reason.TOO_SMALL),
        (pending > 0, Reason.PENDING),
        (account.credit_cents > 0, Reason.CREDIT),
    ]
    return next((reason for applies, reason in held if applies), Reason.NOTHING)
