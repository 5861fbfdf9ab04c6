"""What somebody can pay on an account now; and when nothing can be paid, why, and what to do next.

One's own bank debit under way lowers what one may pay, by its allocations; somebody else's never does. Credit
lowers it for everybody, the oldest visit first, so that every door asks for the same; only its owner hears of it.
"""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from django.db import models
from django.db.models import BigIntegerField, Case, CharField, DateField, Q, QuerySet, Sum, UUIDField, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from billing.ledger.access import PayerScope
from billing.ledger.choices import AccountKind, Hold, Standing
from billing.ledger.models import GuarantorAccount, VisitAccount
from billing.payments.gateways.registry import is_open
from billing.payments.models import MAX_CENTS, MIN_CENTS, PaymentAttempt
from billing.payments.payers import Payer, signed_in
from billing.payments.states import AttemptState


class Reason(models.TextChoices):
    """Why nothing can be paid here now."""

    CLOSED = "closed", _("Not online")
    NOT_YOURS = "not_yours", _("Not yours to pay")
    GUARANTOR_NEEDED = "guarantor_needed", _("Not ready to pay")
    AGENCY = "agency", _("With a collection agency")
    PROCESSING = "processing", _("Payment on its way")
    COVERED = "covered", _("Covered by your credit")
    ON_PLAN = "on_plan", _("On a payment plan")
    CONTESTED = "contested", _("Being looked at")
    TOO_SMALL = "too_small", _("Too little to pay online")
    PENDING = "pending", _("Waiting for insurance")
    CREDIT = "credit", _("We owe you")
    NOTHING = "nothing", _("Paid in full")


@dataclass(frozen=True)
class Payable:
    """An account's money in cents. `now_cents` is what a payment may take; 0 comes with a reason.

    `credit_cents`, and `usable_credit_cents`, which credit could pay of it without a provider, are the guarantor's
    own to know: 0 for others, for whom `owed_cents` is less what the credit covers. `processing_cents` is the
    payer's own on its way, `others_cents` everybody else's.
    """

    owed_cents: int
    pending_cents: int
    credit_cents: int
    plan_cents: int
    agency_cents: int
    contested_cents: int
    processing_cents: int
    others_cents: int
    now_cents: int
    usable_credit_cents: int
    reason: Reason | None


class NotPayable(Exception):
    """A payment does not fit what can be paid now, as `payable` says of the account or of the visit it was for.

    `asked_cents` is what the payment was to bring, `now_cents` what can be paid of that.
    """

    def __init__(self, payable: Payable, *, asked: int, now: int) -> None:
        super().__init__(f"{asked} cents were asked for, {now} can be paid")
        self.payable, self.asked_cents, self.now_cents = payable, asked, now


@dataclass(frozen=True)
class _Row:
    """What one hold keeps on an account, or one visit where they are told apart: owed, and waiting for the insurer."""

    hold: str
    owed: int
    pending: int
    visit_id: uuid.UUID | None = None
    service_date: dt.date | None = None


@dataclass(frozen=True)
class _Debit:
    """A bank debit on its way, or its part for one visit; `room` is what that visit still owes and is not set aside."""

    payer_ref: uuid.UUID
    cents: int
    visit_id: uuid.UUID | None
    room: int


@dataclass(frozen=True)
class Share:
    """What is owed and not set aside, in cents: on its way from the payer's bank, covered by credit, and the rest."""

    debited: int = 0
    covered: int = 0
    free: int = 0


@dataclass(frozen=True)
class Position:
    """How one account stands for one payer, or without one for the account itself; read when it is made.

    Its visits can be asked about where its rows tell them apart.
    """

    account: GuarantorAccount
    payer: Payer | None
    rows: list[_Row]
    debits: list[_Debit]

    def payable(self, visit: VisitAccount | None = None) -> Payable:
        """What can be paid on the whole account, or on one of its visits alone."""
        if visit is None:
            return _weigh(self.account, self.payer, self.rows, self.debits, self._share_of_all)
        share = self._shares.get(visit.pk, Share())
        here = [debit for debit in self.debits if debit.visit_id in (None, visit.pk)]
        row = _Row(visit.hold, visit.patient_cents, visit.insurer_cents)
        return _weigh(self.account, self.payer, [row], here, share)

    def of_visit(self, visit_id: uuid.UUID) -> int:
        """The cents that can be paid of one visit; none of one that is set aside, or another account's."""
        return self._shares.get(visit_id, Share()).free

    def require(self, *, cents: int, chosen: Mapping[uuid.UUID, int]) -> None:
        """Raises NotPayable unless `cents` can be paid, all of it on the `chosen` visits where there are any.

        Read under the account's lock it holds until the transaction ends. Raises ValueError for parts that are not
        the sum.
        """
        if chosen and sum(chosen.values()) != cents:
            raise ValueError("the parts of a payment are not its amount")
        for pk, part in chosen.items():
            if part > self.of_visit(pk):
                visit = self.account.visits.on_the_bill().filter(pk=pk).first()
                raise NotPayable(self.payable(visit), asked=part, now=self.of_visit(pk))
        payable = self.payable()
        if not MIN_CENTS <= cents <= min(payable.now_cents, MAX_CENTS):
            raise NotPayable(payable, asked=cents, now=payable.now_cents)

    @property
    def _share_of_all(self) -> Share:
        owed = max(sum(row.owed for row in self.rows if row.hold == Hold.NONE), 0)
        debited = min(sum(_own(self.payer, self.debits).values()), owed)
        covered = min(_credit(self.account), owed - debited)
        return Share(debited, covered, owed - debited - covered)

    @cached_property
    def _shares(self) -> dict[uuid.UUID | None, Share]:
        """By visit: what is on its way for no visit in particular, and then the credit, goes to the oldest first."""
        own = _own(self.payer, self.debits)
        loose, credit = own[None], _credit(self.account)
        found = {}
        free = [row for row in self.rows if row.visit_id and row.hold == Hold.NONE and row.owed > 0]
        for row in sorted(free, key=lambda row: (row.service_date, row.visit_id)):
            left = row.owed - own[row.visit_id]
            part = min(left, loose)
            covered = min(left - part, credit)
            loose, credit = loose - part, credit - covered
            found[row.visit_id] = Share(own[row.visit_id] + part, covered, left - part - covered)
        return found


def position_of(account: GuarantorAccount, payer: Payer | None = None) -> Position:
    """In one query, with every visit on which something is owed or waits."""
    return Position(account, payer, *_read([account.pk], visits="each")[account.pk])


def payable_of(account: GuarantorAccount, visit: VisitAccount | None = None, *, payer: Payer | None = None) -> Payable:
    """What `payer` can pay on the whole account, or on one of its visits alone; without one, what the account asks."""
    if visit is not None:
        return position_of(account, payer).payable(visit)
    return Position(account, payer, *_read([account.pk], visits="by hold")[account.pk]).payable()


def payables_of(scopes: Iterable[PayerScope]) -> dict[uuid.UUID, Payable]:
    """By account, what somebody who is signed in can pay on it; one query for any number of accounts."""
    by_account = {scope.account.pk: scope for scope in scopes}
    read = _read(by_account, visits="by hold")
    return {pk: Position(scope.account, signed_in(scope), *read[pk]).payable() for pk, scope in by_account.items()}


_UNDERWAY = "underway"
# An agency's balance, or nobody's, is not asked for here.
_ASKS = frozenset({Standing.OPEN, Standing.ESTATE})


def _read(
    account_ids: Iterable[uuid.UUID], *, visits: Literal["by hold", "each"]
) -> dict[uuid.UUID, tuple[list[_Row], list[_Debit]]]:
    """By account, what its visits owe and bank debits on their way: in one query, since every page of a bill asks."""
    ids = list(account_ids)
    rows = _owed(ids, visits).union(_on_their_way(ids), all=True)
    found: dict[uuid.UUID, tuple[list[_Row], list[_Debit]]] = {pk: ([], []) for pk in ids}
    for pk, hold, owed, pending, by, visit_id, date in rows.order_by():
        if hold == _UNDERWAY:
            found[pk][1].append(_Debit(by, owed, visit_id, pending))
        else:
            found[pk][0].append(_Row(hold, owed, pending, visit_id, date))
    return found


def _owed(account_ids: list[uuid.UUID], visits: str) -> QuerySet[Any, Any]:
    """The visits on the bill; summed by hold, or each of which something is owed or waits."""
    found = VisitAccount.objects.on_the_bill().filter(account__in=account_ids).order_by()
    nobody = Value(None, UUIDField())
    if visits == "each":
        each = found.exclude(patient_cents=0, insurer_cents=0).annotate(by=nobody)
        return each.values_list("account", "hold", "patient_cents", "insurer_cents", "by", "pk", "service_date")
    sums = found.values("account", "hold").annotate(
        owed=Sum("patient_cents"),
        pending=Sum("insurer_cents"),
        by=nobody,
        visit=nobody,
        date=Value(None, DateField()),
    )
    return sums.values_list("account", "hold", "owed", "pending", "by", "visit", "date")


def _on_their_way(account_ids: list[uuid.UUID]) -> QuerySet[Any, Any]:
    """Bank debits, part by part where they are meant for visits, in the columns of `_owed`."""
    is_free = Q(allocations__visit__hold=Hold.NONE)
    debits = PaymentAttempt.objects.filter(account__in=account_ids, state=AttemptState.PROCESSING).order_by()
    debits = debits.annotate(
        kind=Value(_UNDERWAY, CharField()),
        owed=Coalesce("allocations__cents", "amount_cents"),
        room=Case(When(is_free, then="allocations__visit__patient_cents"), default=0, output_field=BigIntegerField()),
        date=Value(None, DateField()),
    )
    return debits.values_list("account", "kind", "owed", "room", "payer_ref", "allocations__visit", "date")


def _own(payer: Payer | None, debits: Iterable[_Debit]) -> dict[uuid.UUID | None, int]:
    """By visit, what the payer's own debits will bring it, and under None what they will bring the oldest visits."""
    own: dict[uuid.UUID | None, int] = defaultdict(int)
    for debit in debits:
        if payer is not None and debit.payer_ref == payer.ref:
            most = debit.cents if debit.visit_id is None else debit.room - own[debit.visit_id]
            own[debit.visit_id] += max(min(debit.cents, most), 0)
    return own


def _credit(account: GuarantorAccount) -> int:
    return account.credit_cents if account.standing in _ASKS else 0


def _weigh(
    account: GuarantorAccount, payer: Payer | None, rows: Iterable[_Row], debits: Iterable[_Debit], share: Share
) -> Payable:
    by_hold: dict[str, int] = defaultdict(int)
    pending = 0
    for row in rows:
        by_hold[row.hold] += row.owed
        pending += row.pending
    knows_credit = payer is None or payer.is_guarantor
    reason = _reason(account, by_hold, share, pending, knows_credit=knows_credit)
    return Payable(
        owed_cents=sum(by_hold.values()) - (0 if knows_credit else share.covered),
        pending_cents=pending,
        credit_cents=account.credit_cents if knows_credit else 0,
        plan_cents=by_hold[Hold.PLAN],
        agency_cents=by_hold[Hold.AGENCY],
        contested_cents=by_hold[Hold.CONTESTED],
        processing_cents=share.debited,
        others_cents=sum(debit.cents for debit in debits if payer is None or debit.payer_ref != payer.ref),
        now_cents=0 if reason else share.free,
        usable_credit_cents=share.covered if knows_credit else 0,
        reason=reason,
    )


def _reason(
    account: GuarantorAccount, by_hold: Mapping[str, int], share: Share, pending: int, *, knows_credit: bool
) -> Reason | None:
    if not is_open():
        return Reason.CLOSED
    if account.kind != AccountKind.PERSONAL:
        return Reason.NOT_YOURS
    if account.standing == Standing.GUARANTOR_NEEDED:
        return Reason.GUARANTOR_NEEDED
    if account.standing == Standing.AGENCY:
        return Reason.AGENCY
    if share.free >= MIN_CENTS:
        return None
    held = [
        (share.debited > 0, Reason.PROCESSING),
        (share.covered > 0 and knows_credit, Reason.COVERED),
        (by_hold[Hold.AGENCY] > 0, Reason.AGENCY),
        (by_hold[Hold.PLAN] > 0, Reason.ON_PLAN),
        (by_hold[Hold.CONTESTED] > 0, Reason.CONTESTED),
        (share.free > 0, Reason.TOO_SMALL),
        (pending > 0, Reason.PENDING),
        (account.credit_cents > 0 and knows_credit, Reason.CREDIT),
    ]
    return next((reason for applies, reason in held if applies), Reason.NOTHING)
