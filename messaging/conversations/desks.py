"""Where somebody reads and writes: the messages of one patient, or their own cases with customer service."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone

from messaging.conversations.actions import Writer
from messaging.conversations.models import Conversation, ConversationQuerySet
from messaging.conversations.states import Author
from messaging.pools.choices import ABOUT_A_PATIENT, CUSTOMER_SERVICE, Topic
from records.access.gate import PatientRequest, SignedInRequest
from records.access.models import User
from records.access.permissions import Permission
from records.access.scope import Scope, scopes_of
from records.models import Patient

# Connecticut lets minors of these ages seek some care on their own, so what they ask stays theirs.
TEEN_AGES = range(12, 18)


@dataclass(frozen=True)
class Desk:
    """One person writing for one patient, or, without `scope`, for themselves; `at` is the request's moment.

    `scopes` are all that the person has.
    """

    user: User
    at: dt.datetime
    scope: Scope | None = None
    scopes: Sequence[Scope] = ()

    @property
    def patient(self) -> Patient | None:
        return self.scope.patient if self.scope else None

    @property
    def patient_id(self) -> uuid.UUID | None:
        return self.scope.patient.pk if self.scope else None

    @property
    def may_write(self) -> bool:
        return self.scope is None or self.scope.may(Permission.MESSAGES_SEND)

    @property
    def is_private(self) -> bool:
        """Whether what is begun here stays between a teen and the clinic."""
        if self.scope is None or not self.scope.is_own:
            return False
        return self.scope.patient.age_on(timezone.localdate(self.at)) in TEEN_AGES

    @property
    def topics(self) -> list[Topic]:
        allowed = CUSTOMER_SERVICE if self.scope is None else ABOUT_A_PATIENT
        return [topic for topic in Topic if topic in allowed]

    @property
    def writer(self) -> Writer:
        if self.scope is None:
            return Writer(Author.PERSON, self.user.full_name, self.user)
        kind = Author.PATIENT if self.scope.is_own else Author.PROXY
        return Writer(kind, self.user.full_name, self.user, self.scope)

    def conversations(self) -> ConversationQuerySet:
        """What can be read here now."""
        if self.scope is None:
            rows = Conversation.objects.of_owner(self.user)
        else:
            rows = Conversation.objects.for_scope(self.scope)
        return rows.begun_for(self.user, self.at)

    def url(self, name: str, **kwargs: Any) -> str:
        """The address of a page of this desk, by the name that both kinds of desk have for it."""
        if self.scope is None:
            return reverse(f"messaging:own_{name}", kwargs=kwargs)
        return reverse(f"messaging:{name}", kwargs={"patient": self.scope.patient.pk, **kwargs})

    @property
    def list_url(self) -> str:
        return self.url("messages") if self.scope else reverse("messaging:mine")


def of_patient(request: PatientRequest) -> Desk:
    return Desk(request.user, timezone.now(), request.scope, request.scopes)


def of_person(request: SignedInRequest) -> Desk:
    now = timezone.now()
    request.scopes = scopes_of(request.user, now)  # the menus need them too
    return Desk(request.user, now, scopes=request.scopes)


def everything_of(user: User, scopes: Sequence[Scope], at: dt.datetime) -> ConversationQuerySet:
    """All that somebody can read, at every desk of theirs."""
    return Conversation.objects.for_scopes(scopes, user).begun_for(user, at)
