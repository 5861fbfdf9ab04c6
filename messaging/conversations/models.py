"""Conversations, what is written in them, and what staff note beside them."""

import datetime as dt
import uuid
from collections.abc import Iterable

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from messaging.conversations.states import Author, EventKind, Progress, State
from messaging.pools.choices import Topic
from messaging.pools.models import Pool
from records.access.models import User
from records.access.permissions import Permission
from records.access.scope import Scope

BODY_LENGTH = 20_000
SUBJECT_LENGTH = 150
# How long the author of a message may take it back.
UNDO = dt.timedelta(minutes=1)


class ConversationQuerySet(models.QuerySet["Conversation"]):
    def for_scopes(self, scopes: Iterable[Scope], user: User) -> "ConversationQuerySet":
        """Those of the patients whose messages the scopes open, and those that are the user's own.

        What is confidential needs the permission for sensitive things too.
        """
        allowed = [scope for scope in scopes if scope.may(Permission.MESSAGES)]
        fully = [scope.patient.pk for scope in allowed if scope.may(Permission.SENSITIVE)]
        partly = [scope.patient.pk for scope in allowed if not scope.may(Permission.SENSITIVE)]
        return self.standing().filter(
            Q(patient__in=fully) | Q(patient__in=partly, is_sensitive=False) | Q(owner=user, patient__isnull=True)
        )

    def for_scope(self, scope: Scope) -> "ConversationQuerySet":
        """Those of the scope's patient; raises PermissionMissing when messages are closed to it."""
        scope.require(Permission.MESSAGES)
        own = Q(patient=scope.patient.pk)
        return self.standing().filter(own if scope.may(Permission.SENSITIVE) else own & Q(is_sensitive=False))

    def of_owner(self, user: User) -> "ConversationQuerySet":
        """The user's own cases with customer service, which are about no patient."""
        return self.standing().filter(owner=user, patient__isnull=True)

    def begun_for(self, user: User, at: dt.datetime) -> "ConversationQuerySet":
        """Without those whose first message its author, somebody else, may still take back."""
        own = Message.objects.filter(conversation=OuterRef("pk"), author=user)
        return self.filter(Q(created_at__lte=at - UNDO) | Exists(own))

    def with_reading(self, user: User, at: dt.datetime) -> "ConversationQuerySet":
        """Adds `read_at`, up to when the user has read it, and `is_unread`: others have written since."""
        mark = ReadMark.objects.filter(conversation=OuterRef("pk"), user=user)
        written = Message.objects.seen_by_others(at).filter(conversation=OuterRef("pk"))
        never = Value(dt.datetime(1970, 1, 1, tzinfo=dt.UTC), models.DateTimeField())
        written = written.exclude(author=user).filter(visible_at__gt=Coalesce(OuterRef("read_at"), never))
        return self.annotate(read_at=Subquery(mark.values("read_at")[:1])).annotate(is_unread=Exists(written))

    def matching(self, words: str, user: User, at: dt.datetime) -> "ConversationQuerySet":
        """Those in whose subject, or in a message that the user can read, the words occur."""
        written = Message.objects.readable_by(user, at).filter(conversation=OuterRef("pk"), body__icontains=words)
        return self.filter(Q(subject__icontains=words) | Exists(written))

    def standing(self) -> "ConversationQuerySet":
        """Without those whose only message was taken back before anybody could read it."""
        return self.filter(withdrawn_at__isnull=True)


class Conversation(models.Model):
    """About one patient, or a case of one person or guest with customer service: never two of them."""

    State = State
    Topic = Topic

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(max_length=20, unique=True)
    patient = models.ForeignKey("records.Patient", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    guest_name = models.CharField(max_length=100, blank=True)
    guest_email = models.EmailField(blank=True)
    topic = models.CharField(max_length=20, choices=Topic)
    subject = models.CharField(max_length=SUBJECT_LENGTH)
    team_name = models.CharField(max_length=200, blank=True)
    # What of a bill it is about: row ids of guarantor account, visit and charge.
    account = models.ForeignKey(
        "billing.GuarantorAccount", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    visit = models.ForeignKey("billing.VisitAccount", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    charge = models.ForeignKey("billing.Charge", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    is_sensitive = models.BooleanField(default=False)
    is_urgent = models.BooleanField(default=False)
    may_bill = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State, default=State.CLINIC)
    progress = models.CharField(max_length=10, choices=Progress, default=Progress.RECEIVED)
    pool = models.ForeignKey(Pool, on_delete=models.PROTECT, related_name="conversations")
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answering_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    answering_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    last_message_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    first_answered_at = models.DateTimeField(null=True, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_reason = models.CharField(max_length=200, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = ConversationQuerySet.as_manager()

    class Meta:
        ordering = ["-last_message_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(patient__isnull=False, owner__isnull=True, guest_email="")
                | Q(patient__isnull=True, owner__isnull=False, guest_email="")
                | (Q(patient__isnull=True, owner__isnull=True) & ~Q(guest_email="")),
                name="conversation_of_one",
            ),
        ]
        indexes = [
            models.Index(fields=["patient", "state", "-last_message_at"], name="conversation_by_patient"),
            models.Index(fields=["owner", "state", "-last_message_at"], name="conversation_by_owner"),
            models.Index(fields=["pool", "state", "due_at"], name="conversation_by_pool"),
            models.Index(fields=["assigned_to", "state", "due_at"], name="conversation_by_assignee"),
            # The clinic's inbox in its order.
            models.Index(
                F("is_urgent").desc(),
                "due_at",
                "id",
                "pool",
                condition=Q(state="clinic", withdrawn_at__isnull=True),
                name="conversation_waiting",
            ),
            models.Index(fields=["state", "-last_message_at"], name="conversation_by_state"),
        ]

    def __str__(self) -> str:
        return f"Conversation {self.id}"

    def is_late(self, at: dt.datetime) -> bool:
        """Whether the clinic has let the day pass by which it wanted to answer."""
        return self.state == State.CLINIC and self.due_at is not None and self.due_at < at

    def held_by(self, at: dt.datetime) -> User | None:
        """Who is answering at this moment, if anybody; a query unless `answering_by` was selected."""
        is_held = self.answering_until is not None and self.answering_until > at
        return self.answering_by if is_held else None

    def note(self, kind: EventKind, *, at: dt.datetime, by: User | None, detail: str = "") -> None:
        """Appends a step to its history; `detail` is for staff alone."""
        ConversationEvent.objects.create(conversation=self, kind=kind, by=by, detail=detail, at=at)


class MessageQuerySet(models.QuerySet["Message"]):
    def standing(self) -> "MessageQuerySet":
        return self.filter(withdrawn_at__isnull=True)

    def seen_by_others(self, at: dt.datetime) -> "MessageQuerySet":
        """Those whose minute for taking them back is over."""
        return self.standing().filter(visible_at__lte=at)

    def readable_by(self, user: User, at: dt.datetime) -> "MessageQuerySet":
        """Those, and the user's own from the start."""
        return self.standing().filter(Q(visible_at__lte=at) | Q(author=user))

    def readable_by_guest(self, at: dt.datetime) -> "MessageQuerySet":
        """Those, and the guest's own from the start."""
        return self.standing().filter(Q(visible_at__lte=at) | Q(author_kind=Author.GUEST))


class Message(models.Model):
    """One message, never changed. Until `visible_at` only its author sees it, and may take it back.

    `once` comes with the form, so that a double click, a reload or a lost answer makes one message.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="messages")
    once = models.UUIDField(unique=True)
    author_kind = models.CharField(max_length=10, choices=Author)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    author_name = models.CharField(max_length=200)
    body = models.TextField(max_length=BODY_LENGTH)
    is_urgent = models.BooleanField(default=False)
    sent_at = models.DateTimeField()
    visible_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    files = models.ManyToManyField("records.StoredFile", blank=True, related_name="messages")
    # Results and documents of the patient's that it points at; who may open them is decided where they are opened.
    reports = models.ManyToManyField("records.DiagnosticReport", blank=True, related_name="+")
    documents = models.ManyToManyField("records.DocumentReference", blank=True, related_name="+")

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["sent_at", "id"]
        indexes = [models.Index(fields=["conversation", "sent_at"], name="message_by_conversation")]

    def __str__(self) -> str:
        return f"Message {self.id}"


class InternalNote(models.Model):
    """For staff alone: a table of its own, so that nothing of a patient's side can ever list it."""

    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="internal_notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    body = models.TextField(max_length=BODY_LENGTH)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["created_at", "pk"]

    def __str__(self) -> str:
        return f"Internal note {self.pk}"


class ConversationEvent(models.Model):
    """A step of the conversation. `detail` is for staff alone."""

    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=20, choices=EventKind)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    detail = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"Conversation event {self.pk}"


class Draft(models.Model):
    """What somebody has begun to write, kept on the server: one per person and conversation, or new one per patient."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    conversation = models.ForeignKey(Conversation, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    patient = models.ForeignKey("records.Patient", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    content = models.JSONField(default=dict)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "conversation"],
                condition=Q(conversation__isnull=False),
                name="draft_once_per_conversation",
            ),
            models.UniqueConstraint(
                fields=["user", "patient"],
                condition=Q(conversation__isnull=True, patient__isnull=False),
                name="draft_once_per_patient",
            ),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(conversation__isnull=True, patient__isnull=True),
                name="draft_once_per_person",
            ),
        ]

    def __str__(self) -> str:
        return f"Draft {self.pk}"


class ReadMark(models.Model):
    """Up to when somebody has read a conversation; null again when they mark it unread."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="read_marks")
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "conversation"], name="read_mark_once")]

    def __str__(self) -> str:
        return f"Read mark {self.pk}"
