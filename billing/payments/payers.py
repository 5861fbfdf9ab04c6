"""Who is paying, as each door establishes it."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from billing.ledger.access import PayerScope
from billing.payments.models import PayerKind
from records.access.models import User


class NotPromised(Exception):
    """What the payer may pay has been promised to somebody else meanwhile."""


# Asked for an amount under the account's lock, before an attempt is made; raises NotPromised.
type Guard = Callable[[int], None]


@dataclass(frozen=True)
class Payer:
    """A signed-in person, or a short grant. `is_guarantor` decides whose an excess is, and who knows of a credit.

    `name` is what the guarantor may know them by; empty when they did not say.
    """

    kind: PayerKind
    ref: uuid.UUID
    is_guarantor: bool
    user: User | None = None
    name: str = ""


def signed_in(scope: PayerScope) -> Payer:
    """The person of a scope; who pays for somebody else is suggested to say so."""
    return Payer(
        kind=PayerKind.USER,
        ref=scope.user.pk,
        is_guarantor=scope.is_guarantor,
        user=scope.user,
        name="" if scope.is_guarantor else scope.user.full_name,
    )
