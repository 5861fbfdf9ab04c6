"""Who is told that something was written: never what, nor about whom."""

import datetime as dt
from collections.abc import Callable

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from messaging.conversations.lists import url_of
from messaging.conversations.models import Conversation, Message
from messaging.conversations.states import Author
from records.access.models import Grant, User
from records.access.permissions import Permission
from records.notifications import kinds
from records.notifications.actions import notify
from records.notifications.choices import Category, Channel
from records.notifications.models import Notification

KIND_MESSAGE = kinds.register(
    "message", subject=_("You have a new message"), template="messaging/message_email", category=Category.MESSAGES
)
KIND_LATE = kinds.register(
    "message_late",
    subject=_("An answer takes longer than promised"),
    template="messaging/late_email",
    category=Category.MESSAGES,
)

_guest_tellers: list[Callable[[Message, dt.datetime], None]] = []


def readers_of(conversation: Conversation, at: dt.datetime) -> list[User]:
    """Everyone outside the clinic who can read a conversation now."""
    if conversation.owner is not None:
        return [conversation.owner] if conversation.owner.is_active else []
    return [grant.user for grant in grants_to_read(conversation, at)]


def grants_to_read(conversation: Conversation, at: dt.datetime) -> list[Grant]:
    """What lets each of them read a conversation about a patient, by name; what is confidential needs more."""
    if conversation.patient_id is None:
        return []
    grants = Grant.objects.active(at).filter(
        patient=conversation.patient_id, user__is_staff=False, user__is_active=True
    )
    return [
        grant
        for grant in grants.select_related("user").order_by("user__full_name", "pk")
        if Permission.MESSAGES in grant.permission_set
        and (not conversation.is_sensitive or Permission.SENSITIVE in grant.permission_set)
    ]


def tell_guests_by(tell: Callable[[Message, dt.datetime], None]) -> None:
    """Has `tell(message, at)` called for an answer to a guest, by the floor that knows how guests get in."""
    _guest_tellers[:] = [tell]


def tell_written(*, message: Message, at: dt.datetime) -> None:
    """Tells those outside of an answer, once its minute is over; the clinic sees its inbox."""
    if message.author_kind != Author.STAFF:
        return
    if message.conversation.guest_email:
        for tell in _guest_tellers:
            tell(message, at)
    for user in readers_of(message.conversation, at):
        notify(
            kind=KIND_MESSAGE,
            cause=f"message:{message.pk}",
            at=message.visible_at,
            user=user,
            context=_where_to_read(),
            path=url_of(message.conversation),
        )


def untell(*, message: Message) -> None:
    """Nobody is told of a message that was taken back."""
    told = Notification.objects.filter(cause=f"message:{message.pk}")
    told.filter(Q(sent_at__isnull=True) | Q(channel=Channel.PORTAL)).delete()


def tell_late(*, conversation: Conversation, at: dt.datetime) -> None:
    for user in readers_of(conversation, at):
        # One cause for each day that was promised, within the length that a cause may have.
        cause = f"late:{conversation.pk}:{conversation.due_at:%Y%m%d%H%M}"
        notify(kind=KIND_LATE, cause=cause, at=at, user=user, context=_where_to_read(), path=url_of(conversation))


def _where_to_read() -> dict[str, str]:
    """One address for everybody and everything: it says nothing of whom a message is about."""
    return {"url": settings.PORTAL_URL + reverse("messaging:mine")}
