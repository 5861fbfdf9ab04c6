"""What the portal tells people about; each feature registers its own kinds."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from records.notifications.choices import Category


@dataclass(frozen=True)
class Kind:
    """A reason to write to somebody. `subject` and the templates carry no health information.

    With a `category` people choose whether and how they are told; without one they always are, by e-mail.
    `text` writes a text message where the usual one will not do; `is_proof` goes out to an address that failed
    before, since it proves that it works again. One that `is_timely` does not wait for the day's summary. What
    no longer `holds`, asked with its cause when it is about to be sent, is not sent.
    """

    name: str
    subject: Promise | str
    template: str
    category: Category | None = None
    text: Callable[[dict[str, Any]], str] | None = None
    is_proof: bool = False
    is_timely: bool = False
    holds: Callable[[str, dt.datetime], bool] = lambda cause, at: True


_KINDS: dict[str, Kind] = {}


def register(
    name: str,
    *,
    subject: Promise | str,
    template: str,
    category: Category | None = None,
    text: Callable[[dict[str, Any]], str] | None = None,
    is_proof: bool = False,
    is_timely: bool = False,
    holds: Callable[[str, dt.datetime], bool] = lambda cause, at: True,
) -> str:
    """Makes `name` known; `template` is a folder below templates/ with `body.txt` and `body.html`."""
    _KINDS[name] = Kind(name, subject, template, category, text, is_proof, is_timely, holds)
    return name


def kind(name: str) -> Kind:
    """Raises KeyError for a kind nobody registered."""
    return _KINDS[name]


def is_known(name: str) -> bool:
    return name in _KINDS


def categories() -> list[Category]:
    """Those that something is sent about here, in their order."""
    used = {kind.category for kind in _KINDS.values()}
    return [category for category in Category if category in used]
