"""Writes bills of the demo in one call each, through the ledger's own actions."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from billing.ledger import accounts, actions, paying
from billing.ledger.accounts import Line
from billing.ledger.actions import Decision
from billing.ledger.models import GuarantorAccount, VisitAccount
from billing.statements import actions as statements
from records.models import Coverage, Encounter, Patient

HCPCS = "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
PLAN_KINDS = "http://terminology.hl7.org/CodeSystem/v3-ActCode"


@dataclass(frozen=True)
class Item:
    """One line of a bill in cents; without a decision it waits for the insurer, or is owed where there is none."""

    description: str
    cents: int
    decision: Decision | None = None
    code: str = ""


def item(
    description: str,
    cents: int,
    *,
    discount: int = 0,
    insurer: int = 0,
    deductible: int = 0,
    copay: int = 0,
    coinsurance: int = 0,
    code: str = "",
) -> Item:
    """A line that the insurer decided, in cents."""
    decision = Decision(
        discount_cents=discount,
        insurance_cents=insurer,
        deductible_cents=deductible,
        copay_cents=copay,
        coinsurance_cents=coinsurance,
    )
    return Item(description, cents, decision, code)


class Bills:
    """The bills being written; `now` is when the demo is loaded."""

    def __init__(self, now: dt.datetime) -> None:
        self.now = now

    def when(self, days: int) -> dt.datetime:
        return self.now - dt.timedelta(days=days)

    def date(self, days: int) -> dt.date:
        return timezone.localdate(self.when(days))

    def coverage(self, patient: Patient, payor: str, plan: str, kind: str, **extra: Any) -> Coverage:
        row = {"payor_name": payor, "plan_name": plan, "code": kind, "code_system": PLAN_KINDS, "order": 1}
        return Coverage.objects.create(
            patient=patient,
            released_at=self.now,
            source_system="larkspur",
            status="active",
            effective_start=self.when(690).replace(hour=0, minute=0, second=0, microsecond=0),
            effective_precision="day",
            **{"relationship": "self"} | row | extra,
        )

    def visit(
        self,
        account: GuarantorAccount,
        patient: Patient,
        number: str,
        days: int,
        title: str,
        items: Sequence[Item],
        *,
        decided: int = 0,
        payer: str = "",
        is_imported: bool = True,
        **extra: Any,
    ) -> VisitAccount:
        """A visit `days` ago; `decided` is how many days ago the insurer (`payer`) answered."""
        visit = VisitAccount(
            account=account, patient=patient, title=title, service_date=self.date(days), source="larkspur", **extra
        )
        lines = [
            Line(row.description, row.cents, visit.service_date, HCPCS if row.code else "", row.code) for row in items
        ]
        billed = accounts.open_visit(
            visit=visit, lines=lines, at=self.when(days), number=number, is_imported=is_imported
        )
        for charge, row in zip(billed.charges.all(), items, strict=True):
            if row.decision is not None:
                actions.adjudicate(
                    charge=charge,
                    decision=row.decision,
                    payer_name=payer or (visit.coverage.payor_name if visit.coverage else ""),
                    source="larkspur",
                    source_ref=f"{number}/{charge.line}",
                    decided_date=self.date(decided),
                    at=self.when(decided),
                )
        return billed

    def paid(self, visit: VisitAccount, cents: int, days: int, ref: str) -> None:
        """Money that the guarantor paid at the front desk for one visit."""
        paying.pay(
            account_id=visit.account_id,
            cents=cents,
            chosen={visit.pk: cents},
            is_guarantor=True,
            source="front_desk",
            payment_ref=ref,
            at=self.when(days),
            effective_date=self.date(days),
        )

    def statement(self, account: GuarantorAccount, days: int) -> None:
        """The letter that went out so many days ago; call it before what came later is written."""
        statements.issue(account_id=account.pk, at=self.when(days))


def encounter_of(patient: Patient, kind: str) -> Encounter:
    """The latest visit of that kind in the record."""
    return Encounter.objects.filter(patient=patient, text=kind).latest("effective_start")
