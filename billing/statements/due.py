"""Until when an account is to be paid, as its last statement says."""

import datetime as dt
import uuid
from collections.abc import Iterable

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from billing.ledger.choices import Hold
from billing.ledger.models import GuarantorAccount
from billing.statements.models import Statement, StatementLine


def due_of(accounts: Iterable[GuarantorAccount]) -> dict[uuid.UUID, dt.date]:
    """By account, the due date of its last statement, as long as something that it asked for is still owed.

    Accounts without one are left out. One query for any number of accounts.
    """
    asked = StatementLine.objects.filter(statement=OuterRef("pk"), owed_cents__gt=0, hold=Hold.NONE)
    still_owed = asked.filter(visit__patient_cents__gt=0, visit__hold=Hold.NONE)
    statements = Statement.objects.last_of([account.pk for account in accounts]).filter(Exists(still_owed))
    return dict(statements.values_list("account", "due_date"))


def due_words(date: dt.date | None) -> str:
    """A tag for what can be paid now: kind when the date has passed, and plain where no statement asked yet."""
    if date is None:
        return _("Due now")
    said = {"date": date_format(date, "M j, Y")}
    return _("Due %(date)s") % said if date >= timezone.localdate() else _("Was due %(date)s") % said
