"""Whose bills there are: guarantors with a few visits each, who signs in to pay them, and bills that keep coming."""

import random
import uuid
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from billing.ledger.choices import AccessRole
from billing.models import StatementLink, VisitAccount
from billing.statements import links
from records.work.periodic import Lease
from tests.factories.billing import AccessFactory, AccountFactory, VisitFactory, bill, issue_statement
from tests.factories.records import GrantFactory, UserFactory

# On so few accounts many pay at once: so many of a hundred visits to the portal are about them.
HOT, HOT_PERCENT = 4, 40


@dataclass(frozen=True)
class Bill:
    """What payers know of an account: its numbers, the name, the code on its statement, and who signs in."""

    account_id: uuid.UUID
    last_name: str
    numbers: list[str]
    code_url: str
    emails: list[str]
    visits: list[VisitAccount]


class Clinic:
    def __init__(self, accounts: int) -> None:
        self._bills = [_make(is_hot=number < HOT) for number in range(accounts)]

    def any_bill(self) -> Bill:
        is_hot = random.randrange(100) < HOT_PERCENT
        return random.choice(self._bills[:HOT] if is_hot else self._bills[HOT:])

    def bill_more(self) -> None:
        """One more charge on a visit of a hot account, which payers may be looking at."""
        visit = random.choice(random.choice(self._bills[:HOT]).visits)
        bill(visit, owed_cents=random.randint(20_00, 80_00))

    def let_time_pass(self) -> None:
        """Has a worker do now what it does every few minutes: reconcile, and look for notices that were left."""
        Lease.objects.filter(name__startswith="payments.").update(due_at=timezone.now())


def _make(*, is_hot: bool) -> Bill:
    account: Any = AccountFactory()
    visits: list[Any] = [
        VisitFactory(account=account, owed_cents=random.randint(100_00, 900_00))
        for _ in range(3 if is_hot else random.randint(1, 3))
    ]
    people: list[Any] = [GrantFactory(patient=visits[0].patient).user, UserFactory()]
    for user, role in zip(people, (AccessRole.GUARANTOR, AccessRole.PAYER_LINES), strict=True):
        AccessFactory(user=user, account=account, role=role)
    link = StatementLink.objects.get(statement=issue_statement(account))
    return Bill(
        account_id=account.pk,
        last_name=account.guarantor.family_name,
        numbers=[row.account_number.number for row in (account, *visits)],
        code_url=links.address_of(link),
        emails=[user.email for user in people],
        visits=visits,
    )
