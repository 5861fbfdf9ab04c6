"""FHIR's status codes in words that people use. A status is always shown, whatever it is."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class StatusWords:
    """`kind` is how the tag is set: "good", "warn", "bad" or "plain"."""

    label: Promise | str
    kind: str


ENTERED_IN_ERROR = StatusWords(_("Entered in error"), "bad")

_WORDS: dict[str, StatusWords] = {
    "active": StatusWords(_("Current"), "good"),
    "recurrence": StatusWords(_("Came back"), "warn"),
    "relapse": StatusWords(_("Came back"), "warn"),
    "inactive": StatusWords(_("Not active"), "plain"),
    "remission": StatusWords(_("In remission"), "plain"),
    "resolved": StatusWords(_("Over"), "plain"),
    "completed": StatusWords(_("Completed"), "plain"),
    "finished": StatusWords(_("Took place"), "plain"),
    "planned": StatusWords(_("Planned"), "warn"),
    "arrived": StatusWords(_("Arrived"), "plain"),
    "in-progress": StatusWords(_("Under way"), "warn"),
    "preparation": StatusWords(_("Being prepared"), "warn"),
    "not-done": StatusWords(_("Not done"), "warn"),
    "on-hold": StatusWords(_("Paused"), "warn"),
    "stopped": StatusWords(_("Stopped"), "plain"),
    "cancelled": StatusWords(_("Cancelled"), "plain"),
    "draft": StatusWords(_("Not yet ordered"), "plain"),
    "intended": StatusWords(_("Planned"), "plain"),
    "registered": StatusWords(_("Waiting for the result"), "warn"),
    "partial": StatusWords(_("Partly done"), "warn"),
    "preliminary": StatusWords(_("Early result, may change"), "warn"),
    "final": StatusWords(_("Final"), "plain"),
    "amended": StatusWords(_("Changed since first sent"), "warn"),
    "corrected": StatusWords(_("Corrected"), "warn"),
    "appended": StatusWords(_("Added to"), "warn"),
    "current": StatusWords(_("Current version"), "plain"),
    "superseded": StatusWords(_("Replaced by a newer version"), "plain"),
    "unconfirmed": StatusWords(_("Not confirmed"), "warn"),
    "provisional": StatusWords(_("Provisional"), "warn"),
    "differential": StatusWords(_("One of several possibilities"), "warn"),
    "refuted": StatusWords(_("Ruled out"), "plain"),
    "confirmed": StatusWords(_("Confirmed"), "plain"),
    "entered-in-error": ENTERED_IN_ERROR,
    "unknown": StatusWords(_("Status not known"), "plain"),
    "": StatusWords(_("Status not given"), "plain"),
}


def status_words(status: str, *, entered_in_error: bool = False) -> StatusWords:
    """Words for `status`; a code that is not known is shown as it was sent."""
    if entered_in_error:
        return ENTERED_IN_ERROR
    return _WORDS.get(status) or StatusWords(status.replace("-", " ").capitalize(), "plain")
