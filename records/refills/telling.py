"""Who is told of each step of a request: never whose it is, nor of which medication."""

import datetime as dt

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from records.access.readers import readers_of
from records.notifications import kinds
from records.notifications.actions import notify
from records.notifications.choices import Category
from records.refills.requests import RefillItem
from records.refills.states import State

_TEMPLATE = "records/refills/news_email"
RECEIVED = kinds.register(
    "refill_received", subject=_("A refill request was received"), template=_TEMPLATE, category=Category.REFILLS
)
NEWS = kinds.register(
    "refill_news", subject=_("News about a refill request"), template=_TEMPLATE, category=Category.REFILLS
)
QUESTION = kinds.register(
    "refill_question", subject=_("A question about a refill request"), template=_TEMPLATE, category=Category.REFILLS
)
READY = kinds.register(
    "refill_ready", subject=_("Something is ready at the pharmacy"), template=_TEMPLATE, category=Category.REFILLS
)
LATE = kinds.register(
    "refill_late", subject=_("A refill request takes longer"), template=_TEMPLATE, category=Category.REFILLS
)
_KINDS = {State.REQUESTED: RECEIVED, State.QUESTION: QUESTION, State.READY: READY}


def tell(item: RefillItem, at: dt.datetime) -> None:
    """Tells everyone who may see the item that it has come to its state: once, also when others of its request did."""
    _tell(item, _KINDS.get(State(item.state), NEWS), item.state, at)


def tell_late(item: RefillItem, at: dt.datetime) -> None:
    _tell(item, LATE, "late", at)


def _tell(item: RefillItem, kind: str, step: str, at: dt.datetime) -> None:
    path = reverse("records:refill", kwargs={"patient": item.patient_id, "refill": item.request_id})
    cause = f"refill:{item.request_id}:{step}:{at:%Y%m%d%H%M%S%f}"
    for user in readers_of(item, at):
        notify(kind=kind, cause=cause, at=at, user=user, context={"url": settings.PORTAL_URL}, path=path)
