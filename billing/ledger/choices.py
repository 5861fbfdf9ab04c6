"""The closed lists of the ledger."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AccountKind(models.TextChoices):
    PERSONAL = "personal", _("Personal and family")
    WORKERS_COMPENSATION = "workers_comp", _("Workers’ compensation")
    THIRD_PARTY = "third_party", _("Accident or liability")


class Standing(models.TextChoices):
    """Who deals with the account now."""

    OPEN = "open", _("Open")
    AGENCY = "agency", _("With a collection agency")
    ESTATE = "estate", _("Estate")
    GUARANTOR_NEEDED = "guarantor_needed", _("Guarantor needed")


class AccessRole(models.TextChoices):
    """What a person who signs in may do with a guarantor account. Clinical grants carry none of it."""

    GUARANTOR = "guarantor", _("Guarantor")
    PAYER_LINES = "payer_lines", _("May pay, and see the visits")
    PAYER_AMOUNTS = "payer_amounts", _("May pay, and see amounts only")


class Hold(models.TextChoices):
    """Why a visit is left out when money is spread over an account, unless the payer chose it."""

    NONE = "", _("None")
    PLAN = "plan", _("On a payment plan")
    AGENCY = "agency", _("With a collection agency")
    CONTESTED = "contested", _("Being looked at")
    CONFIDENTIAL = "confidential", _("Confidential")


class BillType(models.TextChoices):
    HOSPITAL = "hospital", _("hospital")
    PROFESSIONAL = "professional", _("physician")


class Bucket(models.TextChoices):
    """Where money stands. Debits are positive, credits negative (payments.md §4)."""

    INSURER_AR = "insurer_ar", _("Waiting for insurance")
    PATIENT_AR = "patient_ar", _("You owe")
    DEPOSIT = "deposit", _("Paid before the insurer decided")
    CREDIT = "credit", _("Credit of the guarantor")
    REFUNDABLE = "refundable", _("To go back to a payer")
    PROCESSOR = "processor", _("Payment processor")
    CASH = "cash", _("Cash at the desk")
    CHECK = "check", _("Checks at the desk")
    INSURANCE = "insurance", _("Insurance paid")
    ADJUSTMENT = "adjustment", _("Discount")
    REVENUE = "revenue", _("Charges")
    WRITEOFF = "writeoff", _("Written off")
    DISPUTE_HOLD = "dispute_hold", _("Held by a chargeback")
    SUSPENSE = "suspense", _("Not yet placed")


VISIT_BUCKETS = frozenset({Bucket.INSURER_AR, Bucket.PATIENT_AR, Bucket.DEPOSIT})
# What takes money at the desk, and everything that money of payers can lie in.
DESK = frozenset({Bucket.CASH, Bucket.CHECK})
RECEIVED = DESK | {Bucket.PROCESSOR}


class Denial(models.TextChoices):
    """What follows when an insurer pays nothing for a charge (payments.md §4)."""

    CONTRACTUAL = "contractual", _("Contract: nobody owes it")
    PATIENT = "patient", _("The patient owes it")
    APPEALED = "appealed", _("We appeal: it goes on waiting")


class TransactionKind(models.TextChoices):
    CHARGE = "charge", _("Charge")
    ADJUDICATION = "adjudication", _("Insurance decision")
    PAYMENT = "payment", _("Payment")
    PLACEMENT = "placement", _("Payment placed on an account")
    CREDIT = "credit", _("Credit")
    CREDIT_USE = "credit_use", _("Credit used")
    DEPOSIT_USE = "deposit_use", _("Deposit used")
    REAPPLY = "reapply", _("Put back on a visit")
    REFUND = "refund", _("Refund")
    CHARGEBACK = "chargeback", _("Chargeback: the bank took the money")
    CHARGEBACK_LOST = "chargeback_lost", _("Chargeback lost")
    REVERSAL = "reversal", _("Correction")


class WorkKind(models.TextChoices):
    """What billing staff have to look at."""

    GUARANTOR_NEEDED = "guarantor_needed", _("Find the guarantor")
    MEDICAID_SHARE = "medicaid_share", _("Medicaid: the patient may owe nothing")
    CLAIM_CHANGED = "claim_changed", _("The clinic changed or cancelled a claim")
    APPEAL = "appeal", _("Appeal a denial")
    EOB_MISMATCH = "eob_mismatch", _("The insurer’s lines do not add up")
    OVERPAYMENT = "overpayment", _("Money over what was owed")
    AMOUNT_MISMATCH = "amount_mismatch", _("Paid amount differs from what was asked")
    UNKNOWN_PAYMENT = "unknown_payment", _("Payment of an unknown attempt")
    FOREIGN_CURRENCY = "foreign_currency", _("Payment in another currency")
    AGENCY_PAYMENT = "agency_payment", _("Paid here while it is with the agency")
    MONEY_LEFT_OVER = "money_left_over", _("Money went back that no visit had any more")
    REFUND_OUTSIDE = "refund_outside", _("Refund made at the provider’s own desk")
    REFUND_FAILED = "refund_failed", _("Refund did not arrive")
    CHARGEBACK = "chargeback", _("Chargeback to answer")
    CHARGEBACK_LOST = "chargeback_lost", _("Chargeback lost: the balance is owed again")
    DEAD_NOTICE = "dead_notice", _("Provider’s notice could not be worked")
    TOTALS_DIFFER = "totals_differ", _("Provider’s total differs from the ledger")
    STATEMENT_FAILED = "statement_failed", _("Statement could not be made")
    QUESTION = "question", _("Somebody asks about a bill")
    GUEST_GUESSING = "guest_guessing", _("Somebody is guessing at Pay My Bill")
