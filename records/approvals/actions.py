"""Asking a second person, and deciding."""

import datetime as dt
import uuid

from django.db import transaction

from records.access.models import User
from records.approvals import kinds
from records.approvals.models import Approval


class NotTheirs(Exception):
    """Who decides must hold the kind's permission and be somebody else than who asked."""


class Decided(Exception):
    """Somebody has decided already."""


def ask(*, kind: str, object_id: str, by: User, at: dt.datetime) -> Approval:
    """Puts the object before a second person; asking again changes nothing."""
    kinds.kind(kind)
    asked, _made = Approval.objects.get_or_create(
        kind=kind, object_id=object_id, defaults={"requested_by": by, "requested_at": at}
    )
    return asked


def may_decide(*, approval: Approval, by: User) -> bool:
    """Whether this person may decide: with the permission, and not who asked."""
    return by.pk != approval.requested_by_id and by.has_perm(kinds.kind(approval.kind).permission)


@transaction.atomic
def decide(*, approval_id: uuid.UUID, is_approved: bool, note: str, by: User, at: dt.datetime) -> Approval:
    """Writes the decision down and carries it out, in one transaction. Raises NotTheirs and Decided."""
    approval = Approval.objects.select_for_update().get(pk=approval_id)
    if not may_decide(approval=approval, by=by):
        raise NotTheirs(str(approval_id))
    if approval.decided_at is not None:
        raise Decided(str(approval_id))
    approval.is_approved, approval.note = is_approved, note
    approval.decided_by, approval.decided_at = by, at
    approval.save(update_fields=["is_approved", "note", "decided_by", "decided_at"])
    kinds.kind(approval.kind).decided(approval.object_id, is_approved, by, at)
    return approval
