"""Every model of the app: one migration history."""

from messaging.cases.models import CallBack, CaseLink
from messaging.conversations.models import (
    Conversation,
    ConversationEvent,
    Draft,
    InternalNote,
    Message,
    ReadMark,
)
from messaging.inbox.models import Mailing, MailingRecipient, PatientFilter, ReplyTemplate
from messaging.pools.models import Absence, Pool, RoutingRule

__all__ = [
    "Absence",
    "CallBack",
    "CaseLink",
    "Conversation",
    "ConversationEvent",
    "Draft",
    "InternalNote",
    "Mailing",
    "MailingRecipient",
    "Message",
    "PatientFilter",
    "Pool",
    "ReadMark",
    "ReplyTemplate",
    "RoutingRule",
]
