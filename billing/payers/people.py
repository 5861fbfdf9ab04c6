"""Letting others pay with a sign-in of their own: invited, accepted, changed, ended."""

import datetime as dt
import uuid

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from billing.ledger import accounts, posting
from billing.ledger.choices import AccessRole
from billing.ledger.models import GuarantorAccess, GuarantorAccount
from billing.payers import notices
from billing.payers.actors import Actor, log_change
from billing.payers.models import LEVELS, PayerInvitation
from records.access import kinds
from records.access.log import Origin
from records.access.models import User

KIND = kinds.register("payers", _("who can pay a bill"))
LIFETIME = dt.timedelta(days=7)
# People who may pay, and invitations that are open, on one account.
MOST_PEOPLE = 10


class TooMany(Exception):
    """The account has as many people and open invitations as it may have."""


class MayAlready(Exception):
    """The address belongs to somebody who may pay on the account already."""


class NotUsable(Exception):
    """The invitation was used or taken back, ran out, or is for somebody else."""


def others(account: GuarantorAccount) -> list[GuarantorAccess]:
    """Everybody but the guarantor who may pay on the account now, the first first."""
    found = GuarantorAccess.objects.active().filter(account=account, role__in=LEVELS)
    return list(found.select_related("user").order_by("created_at", "pk"))


@transaction.atomic
def invite(
    *,
    account: GuarantorAccount,
    email: str,
    role: AccessRole,
    actor: Actor,
    at: dt.datetime,
    pk: uuid.UUID | None = None,
) -> PayerInvitation:
    """Mails an invitation, good for LIFETIME; it replaces an earlier one to the same address.

    Asking again under the same `pk` gives the same invitation and mails nothing. Raises TooMany and MayAlready.
    """
    posting.lock_account(account.pk)
    sent = PayerInvitation.objects.filter(pk=pk, account=account).first() if pk else None
    if sent is not None:
        return sent
    email = email.strip().lower()
    if GuarantorAccess.objects.active().filter(account=account, user__email=email).exists():
        raise MayAlready
    PayerInvitation.objects.unanswered().filter(account=account, email=email).update(
        revoked_at=at, revoked_by=actor.user
    )
    waiting = PayerInvitation.objects.open(at).filter(account=account).count()
    if len(others(account)) + waiting >= MOST_PEOPLE:
        raise TooMany
    invitation = PayerInvitation.objects.create(
        pk=pk or uuid.uuid4(),
        account=account,
        email=email,
        role=role,
        invited_by=actor.user,
        created_at=at,
        expires_at=at + LIFETIME,
    )
    notices.invite(invitation, at)
    log_change(KIND, invitation.pk, actor, at)
    return invitation


@transaction.atomic
def take_back(*, invitation: PayerInvitation, actor: Actor, at: dt.datetime) -> bool:
    """Makes an unanswered invitation worthless; says whether there was anything left to take back."""
    unanswered = PayerInvitation.objects.unanswered().filter(pk=invitation.pk)
    if not unanswered.update(revoked_at=at, revoked_by=actor.user, revoke_reason=actor.reason):
        return False
    log_change(KIND, invitation.pk, actor, at)
    return True


@transaction.atomic
def accept(*, invitation: PayerInvitation, user: User, addresses: set[str], origin: Origin, at: dt.datetime) -> None:
    """Gives `user` the level they were invited to, once. `addresses` are those they have proved to be theirs.

    Raises NotUsable; of two at once, one wins.
    """
    posting.lock_account(invitation.account_id)
    if user.is_staff or invitation.email not in addresses:
        raise NotUsable
    still = PayerInvitation.objects.open(at).filter(pk=invitation.pk)
    if not still.update(accepted_at=at, accepted_by=user):
        raise NotUsable
    role = AccessRole(invitation.role)
    access = accounts.grant_access(user=user, account=invitation.account, role=role, at=at)
    if access.role == AccessRole.GUARANTOR:
        raise NotUsable
    if access.role != role:
        access.role = role
        access.save(update_fields=["role"])
    notices.tell_both(access, at)
    log_change(KIND, access.user_id, Actor(user, origin), at)


@transaction.atomic
def change_level(*, access: GuarantorAccess, role: AccessRole, actor: Actor, at: dt.datetime) -> bool:
    """What somebody sees from now on; says whether it is another level than before."""
    active = GuarantorAccess.objects.active().filter(pk=access.pk, role__in=LEVELS)
    if not active.exclude(role=role).update(role=role):
        return False
    access.refresh_from_db()
    notices.tell_both(access, at)
    log_change(KIND, access.user_id, actor, at)
    return True


@transaction.atomic
def end(*, access: GuarantorAccess, actor: Actor, at: dt.datetime) -> bool:
    """Ends it at once; says whether there was anything left to end. Receipts stay their payer's.

    A guarantor's own access is for staff to end.
    """
    active = GuarantorAccess.objects.filter(pk=access.pk, revoked_at__isnull=True)
    if actor.acting_as != "staff":
        active = active.filter(role__in=LEVELS)
    if not active.update(revoked_at=at, revoked_by=actor.user, revoke_reason=actor.reason):
        return False
    access.refresh_from_db()
    notices.tell_both(access, at)
    log_change(KIND, access.user_id, actor, at)
    return True
