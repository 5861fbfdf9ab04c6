"""Every model of the app: one migration history."""

from billing.copays.models import ExpectedCopay
from billing.guest.models import GuestCode, GuestGrant
from billing.ledger.charges import Adjudication, Charge
from billing.ledger.models import (
    AccountNumber,
    Episode,
    Guarantor,
    GuarantorAccess,
    GuarantorAccount,
    GuarantorNameKey,
    LedgerEntry,
    LedgerTransaction,
    VisitAccount,
)
from billing.ledger.work import WorkItem
from billing.payers.models import PayerInvitation, PayLink, PayLinkGrant
from billing.payments.deployment import DeploymentMode
from billing.payments.disputes.models import Dispute
from billing.payments.models import AttemptAllocation, PaymentAttempt, ProviderEvent, ProviderPayment
from billing.payments.reconciliation.models import DailyTotal, ReconciliationRun
from billing.payments.refunds.models import Refund
from billing.statements.models import Statement, StatementLine, StatementLink

__all__ = [
    "DailyTotal",
    "DeploymentMode",
    "Dispute",
    "ExpectedCopay",
    "ReconciliationRun",
    "Refund",
    "Statement",
    "StatementLine",
    "StatementLink",
    "AttemptAllocation",
    "GuestCode",
    "GuestGrant",
    "PayLink",
    "PayLinkGrant",
    "PayerInvitation",
    "PaymentAttempt",
    "ProviderEvent",
    "ProviderPayment",
    "AccountNumber",
    "Adjudication",
    "Charge",
    "Episode",
    "Guarantor",
    "GuarantorAccess",
    "GuarantorAccount",
    "GuarantorNameKey",
    "LedgerEntry",
    "LedgerTransaction",
    "VisitAccount",
    "WorkItem",
]
