"""Pay links: made and revoked by a guarantor, paid by whoever holds the address, and never promised twice."""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import models, transaction
from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from billing.ledger import posting
from billing.ledger.choices import Bucket
from billing.ledger.models import GuarantorAccount, LedgerEntry, VisitAccount
from billing.payers.actors import Actor, log_change
from billing.payers.models import GRANT_LIFETIME, LinkUse, PayLink, PayLinkGrant
from billing.payments.models import MIN_CENTS, PayerKind, PaymentAttempt
from billing.payments.payers import Guard, NotPromised
from billing.payments.states import UNFINISHED, AttemptState
from records.access import kinds

KIND = kinds.register("pay_link", _("a link to pay a bill"))
DAYS = (1, 3, 7, 14, 30)
# Links of one account that are open at once.
MOST_LINKS = 20


class TooMany(Exception):
    """The account has as many open links as it may have."""


class LinkState(models.TextChoices):
    OPEN = "open", _("Open")
    TAKEN = "taken", _("Being paid")
    SPENT = "spent", _("Paid")
    EXPIRED = "expired", _("Run out")
    REVOKED = "revoked", _("Taken back")


@dataclass
class Tally:
    """What a link has brought in and is still with us, what is on its way from banks, and what payers may still finish, by their refs."""

    paid_cents: int = 0
    payments: int = 0
    underway_cents: int = 0
    unfinished: dict[uuid.UUID, int] = field(default_factory=dict)

    def promised_cents(self, but: uuid.UUID | None = None) -> int:
        """What nobody else may pay now; without what `but` has not finished, which a new wish of theirs replaces."""
        return self.underway_cents + sum(cents for ref, cents in self.unfinished.items() if ref != but)


def tallies(links: Iterable[PayLink]) -> dict[uuid.UUID, Tally]:
    """By link, in one query."""
    rows = attempts_with(links).order_by().values_list("link", "payer_ref", "state", "amount_cents", "held")
    found: dict[uuid.UUID, Tally] = defaultdict(Tally)
    for link, ref, state, cents, held in rows:
        tally = found[link]
        if held > 0:
            tally.paid_cents += held
            tally.payments += 1
        if state in UNFINISHED:
            tally.unfinished[ref] = cents
        elif state == AttemptState.PROCESSING:
            tally.underway_cents += cents
    return found


def attempts_with(links: Iterable[PayLink]) -> QuerySet[Any]:
    """Attempts to pay with these links: `link` says with which, `held` how much of their money is still with us."""
    ours = PayLinkGrant.objects.filter(link__in=[link.pk for link in links])
    link = PayLinkGrant.objects.filter(pk=OuterRef("payer_ref")).values("link")
    # By account, for which there is an index.
    posted = LedgerEntry.objects.filter(
        transaction__account=OuterRef("account"), transaction__attempt_id=OuterRef("pk")
    )
    money = posted.filter(bucket__in=[Bucket.PROCESSOR, Bucket.DISPUTE_HOLD]).order_by()
    held = money.values("transaction__attempt_id").annotate(sum=Sum("cents")).values("sum")
    return PaymentAttempt.objects.filter(payer_kind=PayerKind.LINK, payer_ref__in=ours.values("pk")).annotate(
        link=Subquery(link[:1], output_field=models.UUIDField()), held=Coalesce(Subquery(held), 0)
    )


def tally_of(link: PayLink) -> Tally:
    return tallies([link])[link.pk]


def left_cents(link: PayLink, tally: Tally, ref: uuid.UUID | None = None) -> int:
    """What the payer `ref`, or somebody new, may pay with it now."""
    promised = tally.promised_cents(but=ref)
    if link.use != LinkUse.SPLIT:
        return 0 if tally.payments or promised else link.amount_cents
    return max(link.amount_cents - tally.paid_cents - promised, 0)


def state_of(link: PayLink, tally: Tally, at: dt.datetime) -> LinkState:
    if link.revoked_at is not None:
        return LinkState.REVOKED
    if is_spent(link, tally):
        return LinkState.SPENT
    if link.expires_at <= at:
        return LinkState.EXPIRED
    return LinkState.OPEN if left_cents(link, tally) >= MIN_CENTS else LinkState.TAKEN


def is_spent(link: PayLink, tally: Tally) -> bool:
    if link.use != LinkUse.SPLIT:
        return tally.payments > 0
    return link.amount_cents - tally.paid_cents < MIN_CENTS


def guard_of(link: PayLink, ref: uuid.UUID, at: dt.datetime) -> Guard:
    """Asked under the account's lock, where attempts are made one after another: each counts those before it."""

    def guard(cents: int) -> None:
        is_open = PayLink.objects.open(at).filter(pk=link.pk).exists()
        if not is_open or cents > left_cents(link, tally_of(link), ref):
            raise NotPromised

    return guard


def companions(link: PayLink, ref: uuid.UUID) -> set[uuid.UUID]:
    """The refs of those who share the link's amount with this payer."""
    if link.use != LinkUse.SPLIT:
        return set()
    return set(link.grants.exclude(pk=ref).values_list("pk", flat=True))


@transaction.atomic
def make(
    *,
    account: GuarantorAccount,
    visit: VisitAccount | None,
    use: LinkUse,
    amount_cents: int,
    shown_name: str,
    days: int,
    actor: Actor,
    at: dt.datetime,
    pk: uuid.UUID | None = None,
) -> PayLink:
    """A new link; asking again under the same `pk` gives the same link. Raises TooMany."""
    posting.lock_account(account.pk)
    made = PayLink.objects.filter(pk=pk, account=account).first() if pk else None
    if made is not None:
        return made
    if PayLink.objects.open(at).filter(account=account).count() >= MOST_LINKS:
        raise TooMany
    link = PayLink.objects.create(
        pk=pk or uuid.uuid4(),
        account=account,
        visit=visit,
        use=use,
        amount_cents=amount_cents,
        shown_name=shown_name,
        created_by=actor.user,
        created_at=at,
        expires_at=at + dt.timedelta(days=days),
    )
    log_change(KIND, link.pk, actor, at)
    return link


@transaction.atomic
def revoke(*, link: PayLink, actor: Actor, at: dt.datetime) -> bool:
    """Closes it to everybody who has not begun to pay; says whether it was open."""
    still = PayLink.objects.filter(pk=link.pk, revoked_at__isnull=True)
    if not still.update(revoked_at=at, revoked_by=actor.user, revoke_reason=actor.reason):
        return False
    log_change(KIND, link.pk, actor, at)
    return True


def let_in(*, link: PayLink, held: Collection[uuid.UUID], at: dt.datetime) -> PayLinkGrant:
    """A grant for a browser: the one it has among those it `held`, renewed, so that it finds its own attempt again."""
    grant = link.grants.filter(pk__in=held).first() or PayLinkGrant(link=link, created_at=at)
    grant.expires_at = at + GRANT_LIFETIME
    grant.save()
    return grant
