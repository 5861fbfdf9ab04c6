"""Staff's door to conversations: a permission of the admin, a pool, and a row in the access log."""

import functools
import uuid
from collections.abc import Callable
from typing import Any, cast

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone

from messaging.conversations import kinds
from messaging.conversations.models import Conversation
from messaging.inbox.desk import StaffDesk
from records.access import log, staff_pages
from records.access.client import origin_of
from records.access.gate import send_logged
from records.access.models import User

VIEW, CHANGE = "messaging.view_conversation", "messaging.change_conversation"


class StaffRequest(staff_pages.StaffRequest):
    """What pages of the inbox receive."""

    desk: StaffDesk


def staff_page(*permissions: str) -> Callable[[Callable[..., Any]], Callable[..., HttpResponseBase]]:
    """A page of the inbox for staff who hold one of the permissions; others get 403."""

    def decorate(view: Callable[..., Any]) -> Callable[..., HttpResponseBase]:
        @staff_pages.staff_page(*permissions)
        @functools.wraps(view)
        def gated(request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            request.desk = StaffDesk(request.user, timezone.now())
            response: HttpResponseBase = view(request, *args, **kwargs)
            return response

        return gated

    return decorate


def conversation_page(
    permission: str = CHANGE,
) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """A page of one conversation of the reader's pools, as if there were no others (404).

    What is shown is logged as seen before it is sent, what was done as a change; both name the patient.
    """

    def decorate(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @staff_page(permission)
        @functools.wraps(view)
        def gated(request: StaffRequest, object_id: uuid.UUID, **kwargs: Any) -> HttpResponseBase:
            rows = request.desk.openable().select_related(
                "pool", "patient", "owner", "assigned_to", "answering_by", "account", "visit", "call_back"
            )
            conversation = get_object_or_404(rows, pk=object_id)
            response = view(request, conversation, **kwargs)
            if response.status_code == 302:
                record(request, log.Verb.CHANGE, conversation)
                return response
            return send_logged(request, response, lambda: record(request, log.Verb.VIEW, conversation))

        return gated

    return decorate


def record(request: HttpRequest, verb: log.Verb, conversation: Conversation | None, count: int = 1) -> None:
    """Appends who saw or changed a conversation, or a list of `count`."""
    user = cast(User, request.user)
    log.record(
        kind=kinds.MESSAGE,
        verb=verb,
        at=timezone.now(),
        actor_id=user.pk,
        actor_name=user.full_name,
        acting_as="staff",
        patient_id=conversation.patient_id if conversation else None,
        object_id=f"conversation:{conversation.pk}" if conversation else "conversation",
        count=count,
        origin=origin_of(request),
    )
