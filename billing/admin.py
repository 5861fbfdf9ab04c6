"""Registers every feature's admin."""

from billing.copays import admin as copays
from billing.ledger import admin as ledger
from billing.ledger import work_admin as work
from billing.payers import admin as payers
from billing.payments import admin as payments
from billing.payments.disputes import admin as disputes
from billing.payments.reconciliation import admin as reconciliation
from billing.payments.refunds import admin as refunds
from billing.statements import admin as statements

__all__ = ["copays", "disputes", "ledger", "payers", "payments", "reconciliation", "refunds", "statements", "work"]
