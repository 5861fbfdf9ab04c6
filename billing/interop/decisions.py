"""ExplanationOfBenefit: posts what the insurer decided, line by line; a changed one reverses and decides again."""

import datetime as dt
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.db import transaction

from billing.interop.amounts import date_of, items_of, paid_of, total_of
from billing.interop.guarantors import is_minor
from billing.interop.payers import is_medicaid, leaves_share_to_another
from billing.ledger import actions, paying
from billing.ledger.actions import Decision
from billing.ledger.charges import Adjudication, Charge
from billing.ledger.choices import WorkKind
from billing.ledger.models import VisitAccount
from billing.ledger.work import open_work_item
from records.interop.context import PatientContext
from records.interop.element import Element
from records.interop.outcomes import Outcome

WITHDRAWN = frozenset({"cancelled", "entered-in-error"})


def map_explanation(resource: dict[str, Any], context: PatientContext) -> Outcome:
    """Decides the charges of the visit that the answered claim made; without such a visit there is nothing to keep."""
    explanation = Element(resource, "ExplanationOfBenefit")
    visit = _visit_of(explanation, context)
    status = explanation.string("status")
    if visit is None or status not in {"active", ""} | WITHDRAWN:
        return Outcome.NOT_KEPT
    if not visit.is_covered:
        if paid_of(explanation):
            _misfit(explanation, visit, "Somebody paid, though the claim names no insurer.", context)
        return Outcome.UNCHANGED
    wanted = [] if status in WITHDRAWN else _wanted(explanation, visit, context)
    try:
        outcome = _bring_to(explanation, visit, wanted, context)
    except actions.OverDecided:
        _misfit(explanation, visit, "More was decided than was still waiting for the insurer.", context)
        return Outcome.UNCHANGED
    if outcome == Outcome.UPDATED:
        ref = f"{_ref(explanation)}:{context.at.isoformat()}"
        paying.credit_overpaid(
            visit=visit,
            source=context.source_system,
            source_ref=ref,
            effective_date=_day(explanation, context),
            at=context.at,
        )
    return outcome


@transaction.atomic
def _bring_to(
    explanation: Element, visit: VisitAccount, wanted: list[tuple[Charge, Decision]], context: PatientContext
) -> Outcome:
    """Takes back what this explanation no longer says, then decides what it says now; all of it or nothing."""
    gone = Adjudication.objects.in_force().filter(
        charge__visit=visit,
        transaction__source=context.source_system,
        transaction__source_ref__startswith=f"{_ref(explanation)}#",
    )
    taken_back = [
        actions.take_back(adjudication=row, effective_date=_day(explanation, context), at=context.at)
        for row in gone.exclude(charge__in=[charge for charge, _decision in wanted]).select_related("transaction")
    ]
    outcomes = [_decide(explanation, charge, decision, context) for charge, decision in wanted]
    if taken_back:
        return Outcome.UPDATED
    return next((o for o in (Outcome.UPDATED, Outcome.CREATED) if o in outcomes), Outcome.UNCHANGED)


def _visit_of(explanation: Element, context: PatientContext) -> VisitAccount | None:
    reference = explanation.element("claim")
    claim = context.resource(reference.data, explanation.data) if reference else None
    claim_id = claim["id"] if claim else reference.string("reference").rpartition("/")[2].rpartition(":")[2]
    refs = VisitAccount.objects.filter(source=context.source_system, source_ref=f"Claim/{claim_id}")
    return refs.filter(patient=context.patient).first()


def _wanted(explanation: Element, visit: VisitAccount, context: PatientContext) -> list[tuple[Charge, Decision]]:
    """Each charge with its decision, the patient's share kept within what Medicaid allows; misfits go to staff."""
    charges = {charge.line: charge for charge in visit.charges.filter(is_adjudicated=True)}
    items = [item for item in items_of(explanation) if item.decision is not None]
    decided = [(charges[item.sequence], item) for item in items if item.sequence in charges]
    known = [(charge, item.decision) for charge, item in decided if item.decision and item.cents == charge.cents]
    lines, total, paid = sum(charge.cents for charge in charges.values()), total_of(explanation), paid_of(explanation)
    insurer = sum(decision.insurance_cents for _charge, decision in known)
    odd = [
        len(known) != len(items),
        not all(item.fits for item in items_of(explanation)),
        total is not None and total < lines,
        # A cent a line is rounding.
        paid is not None and abs(paid - insurer) > max(len(items), 1),
    ]
    if any(odd):
        _misfit(explanation, visit, "The amounts do not add up.", context)
    if leaves_share_to_another(explanation):
        return [(charge, spared) for charge, decision in known if (spared := _asking(decision, 0)).total_cents]
    if is_medicaid(visit.payer_name) or is_medicaid(visit.coverage.payor_name if visit.coverage else ""):
        return _within_medicaid(known, visit, _cause(explanation, context), context)
    return known


def _within_medicaid(
    known: list[tuple[Charge, Decision]], visit: VisitAccount, cause: str, context: PatientContext
) -> list[tuple[Charge, Decision]]:
    """What is over the copay of one visit is not asked of the patient: it stays with the insurer, and staff look."""
    left = 0 if is_minor(context.patient, visit.service_date) else settings.MEDICAID_COPAY_CENTS
    kept, is_over = [], False
    for charge, decision in known:
        share = min(decision.patient_cents, left)
        left -= share
        if share < decision.patient_cents:
            is_over = True
            decision = _asking(decision, share)
        if decision.total_cents:
            kept.append((charge, decision))
    if is_over:
        open_work_item(kind=WorkKind.MEDICAID_SHARE, cause=cause, at=context.at, account=visit.account, visit=visit)
    return kept


def _asking(decision: Decision, copay_cents: int) -> Decision:
    """The same decision with a copay for all of the patient's share; the rest goes on waiting."""
    return replace(decision, deductible_cents=0, coinsurance_cents=0, not_covered_cents=0, copay_cents=copay_cents)


def _decide(explanation: Element, charge: Charge, decision: Decision, context: PatientContext) -> Outcome:
    ref = f"{_ref(explanation)}#{charge.line}"
    earlier = Adjudication.objects.filter(
        charge=charge, transaction__source=context.source_system, transaction__source_ref__startswith=f"{ref}:"
    )
    standing = earlier.filter(transaction__reversed_by__isnull=True).select_related("transaction").first()
    day = _day(explanation, context)
    decision = _after_others(charge, decision, ref)
    if standing is not None:
        if _same(standing, decision):
            return Outcome.UNCHANGED
        actions.take_back(adjudication=standing, effective_date=day, at=context.at)
    actions.adjudicate(
        charge=charge,
        decision=decision,
        payer_name=charge.visit.payer_name,
        source=context.source_system,
        source_ref=f"{ref}:{earlier.count() + 1}",
        decided_date=day,
        at=context.at,
    )
    return Outcome.UPDATED if standing is not None else Outcome.CREATED


def _after_others(charge: Charge, decision: Decision, ref: str) -> Decision:
    """A later insurer's answer for the whole charge, cut to what the earlier ones left.

    Its payment and the patient's share stand as it says; what is then left is its discount. An answer that
    pays more than was left is not cut, and goes to staff.
    """
    others = charge.adjudications.in_force().exclude(transaction__source_ref__startswith=f"{ref}:")
    before = sum(other.total_cents for other in others)
    left = charge.cents - before
    if not before or decision.total_cents <= left or decision.insurance_cents > left:
        return decision
    share = min(decision.patient_cents, left - decision.insurance_cents)
    cut = decision if share == decision.patient_cents else _asking(decision, share)
    return replace(cut, discount_cents=left - decision.insurance_cents - share)


def _same(standing: Adjudication, decision: Decision) -> bool:
    return all(getattr(standing, name) == value for name, value in vars(decision).items())


def _day(explanation: Element, context: PatientContext) -> dt.date:
    """When the insurer decided, as it says itself."""
    return date_of(explanation.string("created")) or context.at.date()


def _misfit(explanation: Element, visit: VisitAccount, reason: str, context: PatientContext) -> None:
    cause = _cause(explanation, context)
    open_work_item(
        kind=WorkKind.EOB_MISMATCH, cause=cause, at=context.at, account=visit.account, visit=visit, note=reason
    )
    context.warn(explanation.data, explanation.path, f"{reason} Staff have to look at it.")


def _cause(explanation: Element, context: PatientContext) -> str:
    return f"{context.source_system}:{_ref(explanation)}"


def _ref(explanation: Element) -> str:
    return f"ExplanationOfBenefit/{explanation.string('id')}"
