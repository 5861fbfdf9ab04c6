"""What a bill may say of a visit. Amounts, date and place are the payer's; what was done is the patient's.

Descriptions are for those who may see this patient's visits, and never for what is sensitive (clinical.md).
"""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from billing.ledger.charges import Charge
from billing.ledger.models import VisitAccount
from records.access.permissions import Permission
from records.access.scope import Scope


def may_describe(visit: VisitAccount, scopes: Sequence[Scope]) -> bool:
    """Whether somebody with these clinical scopes may read what the visit was."""
    if visit.is_sensitive:
        return False
    return any(scope.patient.pk == visit.patient_id and scope.may(Permission.VISITS) for scope in scopes)


def visit_title(visit: VisitAccount, scopes: Sequence[Scope]) -> str:
    return visit.title if may_describe(visit, scopes) else _("Visit")


def charge_title(charge: Charge, visit: VisitAccount, scopes: Sequence[Scope]) -> str:
    return charge.description if may_describe(visit, scopes) and not charge.is_sensitive else _("Charge")
