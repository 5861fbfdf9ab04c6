"""What a resource becomes: the columns of one row, its parts, and whom it is linked with."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from records.interop.context import FileContext
from records.interop.element import Concept, Element, Moment
from records.interop.outcomes import Reject
from records.patients.clinical import SourcedRow

type Columns = dict[str, Any]


@dataclass
class Draft:
    """Columns not named here keep what they hold. Parts exist only under the row and come in their order."""

    columns: Columns
    parts: dict[type[models.Model], list[Columns]] = field(default_factory=dict)
    links: dict[str, set[uuid.UUID]] = field(default_factory=dict)


# Called with the row before it changes, the columns that will and whether parts will; returns rows to add.
type Keep = Callable[[Any, set[str], bool, FileContext], list[models.Model]]


@dataclass(frozen=True)
class RowMapper:
    """How resources of one type become rows of one model; `parts` names the foreign key of each kind of part."""

    model: type[SourcedRow]
    build: Callable[[Element, Any], Draft]
    parts: dict[type[models.Model], str] = field(default_factory=dict)
    keep_earlier: Keep | None = None


def coded(concept: Concept) -> Columns:
    return {
        "code_system": concept.system,
        "code": concept.code,
        "code_display": concept.display,
        "text": concept.text,
    }


def effective(start: Moment, end: Moment = Moment()) -> Columns:  # noqa: B008 (frozen)
    return {
        "effective_start": start.at,
        "effective_precision": start.precision,
        "effective_end": end.at,
        "effective_end_precision": end.precision,
    }


def required(concept: Concept, element: Element, key: str) -> Concept:
    """Refuses a resource that does not say what it is about."""
    if not concept:
        raise Reject(element.at(key), "It does not say what this is: no code and no text.")
    return concept
