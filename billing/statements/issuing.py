"""Going through all accounts that may be due a statement."""

import datetime as dt
import logging
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.conf import settings
from django.utils import timezone

from billing.ledger.choices import AccountKind, WorkKind
from billing.ledger.models import GuarantorAccount, VisitAccount
from billing.ledger.work import open_work_item
from billing.statements import actions
from billing.statements.models import Statement

logger = logging.getLogger("portal.billing")

BATCH = 200


@dataclass
class Tally:
    """What a run did: how many statements it issued, and the accounts for which it could not."""

    issued: int = 0
    failed: list[uuid.UUID] = field(default_factory=list)


def issue_all(*, at: dt.datetime, limit: int | None = None) -> Tally:
    """Issues what is due, each account in a transaction of its own; stops after `limit` statements.

    An account that fails goes to staff and stops no other. Running again issues only what is still missing.
    """
    tally = Tally()
    for account_id in _accounts(timezone.localdate(at)):
        if limit is not None and tally.issued >= limit:
            break
        try:
            tally.issued += actions.issue(account_id=account_id, at=at) is not None
        except Exception:  # noqa: BLE001 (one broken account must not stop the others' letters)
            logger.exception("the statement of account %s failed", account_id)
            tally.failed.append(account_id)
            _tell_staff(account_id, at)
    return tally


def _accounts(date: dt.date) -> Iterator[uuid.UUID]:
    """Accounts on which something is owed and no statement is younger than a cycle, in batches by id."""
    owed = VisitAccount.objects.on_the_bill().unpaid().order_by().values("account")
    since = date - dt.timedelta(days=settings.STATEMENT_EVERY_DAYS)
    recent = Statement.objects.filter(issued_date__gt=since).order_by().values("account")
    accounts = GuarantorAccount.objects.filter(
        pk__in=owed, kind=AccountKind.PERSONAL, standing__in=actions.ASKED
    ).exclude(pk__in=recent)
    after = uuid.UUID(int=0)
    while batch := list(accounts.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        yield from batch
        after = batch[-1]


def _tell_staff(account_id: uuid.UUID, at: dt.datetime) -> None:
    open_work_item(
        kind=WorkKind.STATEMENT_FAILED,
        cause=f"statement:{account_id}:{timezone.localdate(at)}",
        at=at,
        account=GuarantorAccount.objects.get(pk=account_id),
    )
