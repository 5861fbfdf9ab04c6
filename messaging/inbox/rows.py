"""The rows of the inbox, ready to be shown: read as plain values and put into words here, since a list has many."""

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, TypedDict

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import conditional_escape
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from messaging.conversations.models import ConversationQuerySet
from messaging.conversations.states import Progress, State
from messaging.pools.choices import Topic
from records.patients.people import full_name

# Of the people only what a row shows; what was written stays out of the list's query.
COLUMNS = (
    "pk", "number", "topic", "state", "progress", "due_at", "is_urgent", "is_sensitive", "guest_name",
    "answering_until", "pool__name", "assigned_to__full_name", "answering_by__full_name", "owner__full_name",
    "patient", "patient__given", "patient__family", "patient__suffix",
)  # fmt: skip


class Row(TypedDict):
    """One conversation in words; `due` is empty where nothing is due.

    A dictionary, since a template finds its parts in half the time; what choices are called is escaped already.
    """

    pk: str
    number: str
    about: str
    is_guest: bool
    topic: str
    state: str
    due: str
    is_late: bool
    assigned_to: str
    pool: str
    is_urgent: bool
    is_sensitive: bool


def values_of(rows: ConversationQuerySet) -> Any:
    return rows.values(*COLUMNS)


def rows_of(found: Sequence[dict[str, Any]], at: dt.datetime) -> list[Row]:
    topics, states = escaped(Topic), escaped(Progress)
    theirs, closed = conditional_escape(_("Waiting for them")), conditional_escape(State.CLOSED.label)

    def state(values: dict[str, Any]) -> str:
        """How far the clinic is where it is its turn. Being answered lasts only as long as somebody holds it."""
        if values["state"] != State.CLINIC:
            return theirs if values["state"] == State.YOU else closed
        until = values["answering_until"]
        if until is not None and until > at:
            return _("%(name)s is answering") % {"name": values["answering_by__full_name"]}
        return states[values["progress"]]

    return [_row(values, topics[values["topic"]], state(values), at) for values in found]


def escaped(choices: type[TextChoices]) -> Mapping[str, str]:
    """What the choices are called, translated and escaped once for all rows."""
    return {value: conditional_escape(label) for value, label in choices.choices}


def _row(values: dict[str, Any], topic: str, state: str, at: dt.datetime) -> Row:
    due_at = values["due_at"] if values["state"] == State.CLINIC else None
    return Row(
        pk=str(values["pk"]),
        number=values["number"],
        about=_about(values),
        is_guest=bool(values["guest_name"]),
        topic=topic,
        state=state,
        due=_hour(timezone.localtime(due_at), get_language()) if due_at else "",
        is_late=due_at is not None and due_at < at,
        assigned_to=values["assigned_to__full_name"] or "–",
        pool=values["pool__name"],
        is_urgent=values["is_urgent"],
        is_sensitive=values["is_sensitive"],
    )


def _hour(local: dt.datetime, language: str | None) -> str:
    return _formatted(local.replace(minute=0, second=0, microsecond=0, tzinfo=None), language)


@lru_cache(maxsize=2000)
def _formatted(hour: dt.datetime, language: str | None) -> str:
    """In the language that is active now; `language` keeps one from being shown to readers of another."""
    return date_format(hour, "D, M j, g A")


def _about(values: dict[str, Any]) -> str:
    """The patient, or who wrote to customer service."""
    if values["patient"]:
        return full_name(values["patient__given"], values["patient__family"], values["patient__suffix"])
    return str(values["owner__full_name"] or values["guest_name"])
