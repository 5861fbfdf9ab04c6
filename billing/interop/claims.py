"""Claim: makes a visit account of each recent claim that is not a pharmacy's (clinical.md, Charges)."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from billing.interop.amounts import ItemAmounts, date_of, items_of, total_of
from billing.interop.guarantors import account_for
from billing.interop.payers import payer_of
from billing.ledger import accounts
from billing.ledger.accounts import Line
from billing.ledger.choices import BillType, Hold, WorkKind
from billing.ledger.models import VisitAccount
from billing.ledger.work import open_work_item
from records.access.sensitivity import has_sensitive_label
from records.interop.context import PatientContext
from records.interop.element import Element
from records.interop.outcomes import Outcome, Reject
from records.models import Encounter

ENDED = frozenset({"cancelled", "entered-in-error", "draft"})
# The AMA's terms are licensed: the code may be kept, its text may not.
CPT = frozenset({"http://www.ama-assn.org/go/cpt", "urn:oid:2.16.840.1.113883.6.12"})


def map_claim(resource: dict[str, Any], context: PatientContext) -> Outcome:
    """Opens a numbered visit account with the claim's lines, once; a claim that changed later is for staff."""
    claim = Element(resource, "Claim")
    ref = source_ref(claim)
    known = VisitAccount.objects.filter(source=context.source_system, source_ref=ref).first()
    answer = _answer_to(claim, context)
    items = items_of(answer or claim)
    if known is not None and known.patient_id != context.patient.pk:
        raise Reject("Claim.patient", "this claim made a bill of another patient")
    if known is not None:
        return _compare(known, claim, items, context)
    encounter = _encounter(items, claim, context)
    day = _service_date(claim, encounter)
    if not _becomes_a_bill(claim, day, answer, context):
        return Outcome.NOT_KEPT
    payer_name, coverage = payer_of(claim, context)
    visit = VisitAccount(
        account=account_for(context.patient, day, context.at),
        patient=context.patient,
        encounter=encounter,
        coverage=coverage,
        payer_name=payer_name,
        bill_type=BillType.PROFESSIONAL if _type(claim) == "professional" else BillType.HOSPITAL,
        title=(encounter.kind if encounter else "")[:200] or _("Visit"),
        place=(encounter.place if encounter else "")[:200],
        service_date=day,
        is_sensitive=_is_sensitive(claim, encounter, items, context),
        hold=Hold.CONFIDENTIAL if encounter and encounter.is_confidential else Hold.NONE,
        source=context.source_system,
        source_ref=ref,
    )
    lines = [_line(item, day, context) for item in items]
    accounts.open_visit(visit=visit, lines=lines + _balance(answer or claim, items, visit, context), at=context.at)
    return Outcome.CREATED


def source_ref(claim: Element) -> str:
    return f"Claim/{claim.string('id')}"


def _becomes_a_bill(claim: Element, day: dt.date, answer: Element | None, context: PatientContext) -> bool:
    """Older visits are closed history without a debt, and so is a claim that nobody answered for a long time."""
    if _type(claim) == "pharmacy" or claim.element("prescription") or claim.string("use") not in ("", "claim"):
        return False
    if claim.string("status") in ENDED or day < context.bills_since:
        return False
    return answer is not None or day >= context.at.date() - dt.timedelta(days=settings.CLAIM_PENDING_DAYS)


def _answer_to(claim: Element, context: PatientContext) -> Element | None:
    """The explanation of benefits in the same file that answers this claim."""
    for resource in context.resources("ExplanationOfBenefit"):
        answered = context.resource(resource.get("claim"), resource)
        if answered is not None and answered.get("id") == claim.string("id"):
            return Element(resource, "ExplanationOfBenefit")
    return None


def _compare(visit: VisitAccount, claim: Element, items: list[ItemAmounts], context: PatientContext) -> Outcome:
    """The ledger keeps what was posted; what the sender changed since is put before staff."""
    accounts.follow_deaths(patient=context.patient)
    charged = {charge.line: charge.cents for charge in visit.charges.filter(is_adjudicated=True)}
    changed = charged != {item.sequence: item.cents for item in items}
    if changed or claim.string("status") in ENDED:
        cause = f"{context.source_system}:{source_ref(claim)}"
        open_work_item(kind=WorkKind.CLAIM_CHANGED, cause=cause, at=context.at, account=visit.account, visit=visit)
        context.warn(claim.data, claim.path, "The claim changed after its bill was made; staff have to look at it.")
    return Outcome.UPDATED if _hide(visit, claim, items, context) else Outcome.UNCHANGED


def _hide(visit: VisitAccount, claim: Element, items: list[ItemAmounts], context: PatientContext) -> bool:
    """Whether the visit turned private since its bill was made. Only staff take a mark off again."""
    before = (visit.is_sensitive, visit.hold)
    visit.is_sensitive = visit.is_sensitive or _is_sensitive(claim, visit.encounter, items, context)
    if visit.encounter is not None and visit.encounter.is_confidential:
        visit.hold = Hold.CONFIDENTIAL
    if (visit.is_sensitive, visit.hold) == before:
        return False
    visit.save(update_fields=["is_sensitive", "hold"])
    return True


def _encounter(items: list[ItemAmounts], claim: Element, context: PatientContext) -> Encounter | None:
    """The explanation's encounter, else the claim's."""
    references = [item.encounter for item in items] + [item.encounter for item in items_of(claim)]
    found = [pk for reference in references if (pk := context.pk(reference, Encounter))]
    return Encounter.objects.get(pk=found[0]) if found else None


def _service_date(claim: Element, encounter: Encounter | None) -> dt.date:
    started = encounter.started if encounter else None
    day = (
        started.local.date()
        if started
        else date_of(claim.element("billablePeriod").string("start")) or date_of(claim.string("created"))
    )
    if day is None:
        raise Reject("Claim.created", "has no date of service")
    return day


def _type(claim: Element) -> str:
    return claim.concept("type").code


def _line(item: ItemAmounts, day: dt.date, context: PatientContext) -> Line:
    return Line(
        description=(item.description[:300] if item.code_system not in CPT else "") or _("Charge"),
        cents=item.cents,
        service_date=item.service_date or day,
        code_system=item.code_system[:200],
        code=item.code[:40],
        is_sensitive=(item.code_system, item.code) in context.file.sensitive,
        number=item.sequence,
    )


def _balance(billed: Element, items: list[ItemAmounts], visit: VisitAccount, context: PatientContext) -> list[Line]:
    """One visit fee where the total is higher than the lines: not adjudicated, so it goes on waiting for the insurer.

    Where the lines are more than the total, the lines are kept and staff are told.
    """
    total, lines = total_of(billed), sum(item.cents for item in items)
    if total is None or total == lines:
        return []
    if total > lines:
        fee = Line(
            description=_("Visit fee"), cents=total - lines, service_date=visit.service_date, is_adjudicated=False
        )
        return [fee]
    context.warn(billed.data, f"{billed.path}.total", "The lines add up to more than the total; the lines are kept.")
    return []


def _is_sensitive(
    claim: Element, encounter: Encounter | None, items: list[ItemAmounts], context: PatientContext
) -> bool:
    labels = [label.string("code") for label in claim.element("meta").elements("security")]
    codes = {(item.code_system, item.code) for item in items}
    inside = not codes.isdisjoint(context.file.sensitive)
    return has_sensitive_label(labels) or inside or (encounter is not None and encounter.is_sensitive)
