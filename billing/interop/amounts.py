"""Reads the lines of a Claim or an ExplanationOfBenefit: what was billed, and what the insurer decided."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from billing import money
from billing.ledger.actions import Decision
from records.interop.element import Element
from records.interop.outcomes import Reject

# What senders call the parts of a decision: FHIR's own codes, and the last part of Blue Button's addresses
# (https://bluebutton.cms.gov/resources/codesystem/adjudication).
_SUBMITTED = ("submitted", "line_sbmtd_chrg_amt")
_BENEFIT = ("benefit", "line_prvdr_pmt_amt", "line_nch_pmt_amt")
_DEDUCTIBLE = ("deductible", "line_bene_ptb_ddctbl_amt")
_COINSURANCE = ("coinsurance", "line_coinsrnc_amt")
_COPAY = ("copay",)
_READ = frozenset(_SUBMITTED + _BENEFIT + _DEDUCTIBLE + _COINSURANCE + _COPAY)
MOST_DOLLARS = 10_000_000


@dataclass(frozen=True)
class ItemAmounts:
    """One line, in cents. `decision` is None where the insurer decided nothing about it."""

    sequence: int
    description: str
    code_system: str
    code: str
    service_date: dt.date | None
    cents: int
    decision: Decision | None
    fits: bool
    encounter: Element


def items_of(resource: Element) -> list[ItemAmounts]:
    """The lines of a claim or an explanation of benefits, in order."""
    return [_item(item, position) for position, item in enumerate(resource.elements("item"), start=1)]


def total_of(resource: Element) -> int | None:
    """What was billed altogether: a claim's total, or the submitted amount of an explanation; None when not given."""
    if isinstance(resource.data.get("total"), list):
        for total in resource.elements("total"):
            if _code(total) in _SUBMITTED:
                return _cents(total.element("amount"))
        return None
    total = resource.element("total")
    return _cents(total) if total else None


def paid_of(resource: Element) -> int | None:
    """What the insurer says it paid for the whole; None when it does not say."""
    amount = resource.element("payment").element("amount")
    return _cents(amount) if amount else None


def date_of(text: str) -> dt.date | None:
    """The day of a FHIR date or dateTime as written, unshifted; None when there is no whole day in it."""
    try:
        return dt.date.fromisoformat(text[:10])
    except ValueError:
        return None


def _item(item: Element, position: int) -> ItemAmounts:
    parts: dict[str, int] = defaultdict(int)
    for adjudication in item.elements("adjudication"):
        if _code(adjudication) in _READ and adjudication.element("amount"):
            parts[_code(adjudication)] = _cents(adjudication.element("amount"))
    net = item.element("net")
    cents = _cents(net) if net else _first(parts, _SUBMITTED) or 0
    decision, fits = _decide(cents, parts)
    concept = item.concept("productOrService")
    period = item.element("servicedPeriod")
    return ItemAmounts(
        sequence=item.whole("sequence") or position,
        description=concept.words,
        code_system=concept.system,
        code=concept.code,
        service_date=date_of(item.string("servicedDate") or period.string("start")),
        cents=cents,
        decision=decision,
        fits=fits,
        encounter=item.first("encounter"),
    )


def _decide(cents: int, parts: dict[str, int]) -> tuple[Decision | None, bool]:
    """The patient's share is coinsurance and deductible, or the copay; the insurer's what it paid; the rest a discount.

    False beside it when the parts are more than the line by over a cent: then the patient's share is kept and
    the insurer's is what is left. Also when nobody pays anything: only staff know whether a denial is final.
    """
    benefit = _first(parts, _BENEFIT)
    deductible, coinsurance = _first(parts, _DEDUCTIBLE) or 0, _first(parts, _COINSURANCE) or 0
    copay = 0 if deductible or coinsurance else _first(parts, _COPAY) or 0
    patient = deductible + coinsurance + copay
    if benefit is None and not patient:
        return None, True
    if patient > cents or (cents and not benefit and not patient):
        return None, False
    paid = cents - patient if benefit is None else benefit
    discount = cents - patient - paid
    fits = discount >= -1
    if discount in (-1, 1) or discount < 0:  # a cent is rounding
        paid, discount = cents - patient, 0
    decision = Decision(
        insurance_cents=paid,
        discount_cents=discount,
        deductible_cents=deductible,
        copay_cents=copay,
        coinsurance_cents=coinsurance,
    )
    return (decision if decision.total_cents else None), fits


def _first(parts: dict[str, int], names: tuple[str, ...]) -> int | None:
    return next((parts[name] for name in names if name in parts), None)


def _code(adjudication: Element) -> str:
    return adjudication.concept("category").code.rpartition("/")[2]


def _cents(amount: Element) -> int:
    if amount.string("currency") not in ("", "USD"):
        raise Reject(amount.at("currency"), "Only US dollars are billed here.")
    value = amount.decimal("value")
    if value is not None and not 0 <= value < MOST_DOLLARS:
        raise Reject(amount.at("value"), "This cannot be an amount.")
    return money.from_number(value) if value is not None else 0
