"""Somebody reading a bill: what they may pay on, and whose visits they may read about."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.formats import date_format

from billing.ledger import privacy
from billing.ledger.access import PayerScope
from billing.ledger.charges import Charge
from billing.ledger.choices import Hold
from billing.ledger.models import VisitAccount
from records.access.scope import Scope

# More than anyone ticks one by one; the whole balance can always be paid.
MOST_CHOICES = 50


@dataclass(frozen=True)
class Reader:
    """A payer with the clinical scopes that they hold beside; the two decide what a bill says to them."""

    payer: PayerScope
    scopes: Sequence[Scope]

    def may_describe(self, visit: VisitAccount) -> bool:
        return privacy.may_describe(visit, self.scopes)

    def visit_title(self, visit: VisitAccount) -> str:
        return privacy.visit_title(visit, self.scopes)

    def charge_title(self, charge: Charge, visit: VisitAccount) -> str:
        return privacy.charge_title(charge, visit, self.scopes)

    def first_name(self, visit: VisitAccount) -> str:
        """Whose visit it was: known to the guarantor anyway, and to whoever may open the record; else empty."""
        known = self.payer.is_guarantor or any(scope.patient.pk == visit.patient_id for scope in self.scopes)
        return visit.patient.given.split(" ")[0] if known else ""

    def label(self, visit: VisitAccount) -> str:
        """One visit in a line, to choose it by: "X-ray · Leo · Sep 14, 2026"."""
        parts = [self.visit_title(visit), self.first_name(visit), date_format(visit.service_date, "M j, Y")]
        return " · ".join(part for part in parts if part)

    def choices(self) -> list[tuple[VisitAccount, str]]:
        """Visits that money may go to without more ado, oldest first, with their labels."""
        owed = self.payer.account.visits.on_the_bill().unpaid().filter(hold=Hold.NONE).select_related("patient")
        return [(visit, self.label(visit)) for visit in owed.order_by("service_date", "pk")[:MOST_CHOICES]]
