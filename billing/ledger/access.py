"""Who may pay on which account when signed in. Clinical grants carry no billing, and this carries no clinic."""

import uuid
from dataclasses import dataclass

from billing.ledger.choices import AccessRole
from billing.ledger.models import GuarantorAccess, GuarantorAccount
from records.access.models import User


@dataclass(frozen=True)
class PayerScope:
    """One person and one guarantor account, as `guarantor_access` says."""

    user: User
    account: GuarantorAccount
    role: AccessRole

    @property
    def is_guarantor(self) -> bool:
        return self.role == AccessRole.GUARANTOR

    @property
    def may_see_visits(self) -> bool:
        return self.role in (AccessRole.GUARANTOR, AccessRole.PAYER_LINES)


def payer_scopes_of(user: User) -> list[PayerScope]:
    """Every account the user may pay on: their own first, the oldest first."""
    granted = GuarantorAccess.objects.active().filter(user=user)
    granted = granted.select_related("account__guarantor", "account__account_number")
    scopes = [PayerScope(user, access.account, AccessRole(access.role)) for access in granted]
    return sorted(scopes, key=lambda scope: (not scope.is_guarantor, scope.account.created_at))


def payer_scope_for(user: User, account_id: uuid.UUID) -> PayerScope | None:
    return next((scope for scope in payer_scopes_of(user) if scope.account.pk == account_id), None)
