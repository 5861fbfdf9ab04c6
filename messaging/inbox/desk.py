"""Whose inbox is open: a member of staff sees what is in the pools they are a member of, superusers see all."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from messaging.conversations.models import UNDO, Conversation, ConversationQuerySet
from messaging.pools.models import Pool
from records.access.models import User
from records.access.permissions import Permission
from records.access.scope import Scope
from records.models import Patient

# What of the admin lets staff see which section of the record beside a conversation.
SECTIONS: Mapping[str, Permission] = {
    "records.view_condition": Permission.PROBLEMS,
    "records.view_allergyintolerance": Permission.ALLERGIES,
    "records.view_medicationrequest": Permission.MEDICATIONS,
    "records.view_encounter": Permission.VISITS,
    "records.view_diagnosticreport": Permission.RESULTS,
    "records.view_documentreference": Permission.DOCUMENTS,
}


@dataclass(frozen=True)
class StaffDesk:
    """One member of staff at their inbox; `at` is the request's moment."""

    user: User
    at: dt.datetime

    @cached_property
    def pools(self) -> list[Pool]:
        """The pools whose conversations this person reads."""
        rows = Pool.objects.all()
        return list(rows if self.user.is_superuser else rows.filter(members=self.user))

    @property
    def pool_ids(self) -> list[uuid.UUID]:
        return [pool.pk for pool in self.pools]

    @property
    def may_act(self) -> bool:
        return self.user.has_perm("messaging.change_conversation")

    def conversations(self) -> ConversationQuerySet:
        """What can be read here now: nothing that who began it may still take back unseen."""
        rows = Conversation.objects.standing().filter(pool__in=self.pool_ids)
        return rows.filter(created_at__lte=self.at - UNDO)

    def openable(self) -> ConversationQuerySet:
        """Those, and what this person began a moment ago."""
        return Conversation.objects.standing().filter(pool__in=self.pool_ids).begun_for(self.user, self.at)

    def scope_for(self, patient: Patient) -> Scope:
        """What of the patient's record this person sees in the admin too, for the readers of the record."""
        may = {permission for name, permission in SECTIONS.items() if self.user.has_perm(name)}
        return Scope(self.user, patient, "staff", frozenset(may | {Permission.SENSITIVE} if may else may))
