"""What happens with a guest's case beside the conversation itself: it is confirmed, and answers lead back to it."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from messaging.cases import links
from messaging.cases.models import CallBack
from messaging.conversations import actions
from messaging.conversations.actions import Writer
from messaging.conversations.models import Conversation, Message
from messaging.conversations.states import Author
from messaging.pools.choices import Topic
from records.notifications import kinds
from records.notifications.actions import notify

KIND_RECEIVED = kinds.register(
    "case_received", subject=_("We have your message"), template="messaging/cases/received_email"
)
KIND_ANSWER = kinds.register(
    "case_answer", subject=_("There is something to read in your case"), template="messaging/cases/answer_email"
)


@dataclass(frozen=True)
class Wish:
    """That somebody would rather be called."""

    phone: str
    call_when: str


@transaction.atomic
def open_case(
    *, name: str, email: str, topic: str, body: str, wish: Wish | None, once: uuid.UUID, at: dt.datetime
) -> Conversation:
    """Opens a guest's case and confirms it by mail; the same `once` again gives the case that is there."""
    fresh = Conversation(guest_name=name, guest_email=email, topic=topic, subject=str(Topic(topic).label))
    case = actions.start(conversation=fresh, writer=Writer(Author.GUEST, name), body=body, once=once, at=at)
    if case.pk != fresh.pk:
        return case
    if wish is not None:
        CallBack.objects.create(conversation=case, phone=wish.phone, call_when=wish.call_when)
    _mail(KIND_RECEIVED, f"case:{case.pk}", case, at)
    return case


@transaction.atomic
def reply(*, case: Conversation, body: str, once: uuid.UUID, at: dt.datetime) -> Message:
    writer = Writer(Author.GUEST, case.guest_name)
    return actions.reply(conversation_id=case.pk, writer=writer, body=body, once=once, at=at)


@transaction.atomic
def send_link(*, case: Conversation, at: dt.datetime) -> None:
    """Mails a new link, to the address the case was written from and to no other."""
    _mail(KIND_ANSWER, f"case_link:{uuid.uuid4()}", case, at)


def tell_guest(message: Message, at: dt.datetime) -> None:
    """Mails a guest that there is an answer, once its minute is over; never what it says."""
    _mail(KIND_ANSWER, f"message:{message.pk}", message.conversation, message.visible_at)


def _mail(kind: str, cause: str, case: Conversation, at: dt.datetime) -> None:
    link = links.make(case, at)
    context = {"ref": link.pk.hex, "number": case.number}
    notify(kind=kind, cause=cause, at=at, address=case.guest_email, context=context)
