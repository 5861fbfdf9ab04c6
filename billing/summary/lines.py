"""A visit's bill line by line: charge, what insurance paid, the discount, and the patient's share with its reason."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db.models import Prefetch
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from billing.ledger.charges import Adjudication, Charge
from billing.ledger.models import VisitAccount
from billing.payments.readers import Reader
from records.patients.code_systems import system_name

_SHARES: list[tuple[str, Promise]] = [
    ("deductible_cents", _("Deductible")),
    ("copay_cents", _("Copay")),
    ("coinsurance_cents", _("Coinsurance")),
    ("not_covered_cents", _("Not covered")),
]


@dataclass(frozen=True)
class Line:
    """One charge as its reader may see it, in cents. `waiting` says why nothing is decided about (part of) it."""

    id: uuid.UUID
    title: str
    code_system: str
    code: str
    date: dt.date
    billed_cents: int
    insurance_cents: int
    discount_cents: int
    shares: list[tuple[Promise, int]]
    share_cents: int
    waiting: Promise | str
    payers: list[str]


def lines_of(visit: VisitAccount, reader: Reader) -> list[Line]:
    """Every line, in two queries. Decisions that were reversed are left out."""
    charges = visit.charges.prefetch_related(Prefetch("adjudications", queryset=Adjudication.objects.in_force()))
    return [_line(charge, visit, reader) for charge in charges]


def _line(charge: Charge, visit: VisitAccount, reader: Reader) -> Line:
    decisions = list(charge.adjudications.all())
    is_described = reader.may_describe(visit) and not charge.is_sensitive
    shares = [(label, sum(getattr(decision, column) for decision in decisions)) for column, label in _SHARES]
    undecided = charge.cents - sum(
        decision.insurance_cents + decision.discount_cents + decision.patient_cents for decision in decisions
    )
    is_covered = visit.is_covered
    return Line(
        id=charge.pk,
        title=reader.charge_title(charge, visit),
        code_system=system_name(charge.code_system) if is_described else "",
        code=charge.code if is_described else "",
        date=charge.service_date,
        billed_cents=charge.cents,
        insurance_cents=sum(decision.insurance_cents for decision in decisions),
        discount_cents=sum(decision.discount_cents for decision in decisions),
        shares=[(label, cents) for label, cents in shares if cents],
        share_cents=_share(charge, decisions, is_covered=is_covered),
        waiting=_waiting(charge, is_covered=is_covered, undecided=undecided),
        payers=list(dict.fromkeys(decision.payer_name for decision in decisions)),
    )


def _share(charge: Charge, decisions: list[Adjudication], *, is_covered: bool) -> int:
    if is_covered:
        return sum(decision.patient_cents for decision in decisions)
    return charge.cents


def _waiting(charge: Charge, *, is_covered: bool, undecided: int) -> Promise | str:
    if is_covered and not charge.is_adjudicated:
        return _("Not adjudicated")
    return _("Waiting for insurance") if is_covered and undecided > 0 else ""
