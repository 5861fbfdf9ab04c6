"""How rows of the record are set on the page."""

from django import template

from records.patients.clinical import ClinicalRow
from records.patients.code_systems import system_name
from records.patients.statuses import StatusWords, status_words
from records.results.values import CRITICAL, OUT_OF_RANGE, Flag, ValueFields

register = template.Library()


@register.filter
def status(row: ClinicalRow) -> StatusWords:
    return status_words(row.status, entered_in_error=row.entered_in_error)


@register.filter
def words_of(code: str) -> StatusWords:
    """A status code that stands beside the row's own, such as a verification status."""
    return status_words(code)


@register.filter
def code_system(uri: str) -> str:
    return system_name(uri)


@register.filter
def flag_kind(value: ValueFields) -> str:
    """How the tag of a laboratory's flag is set: its own word decides, nothing is computed here."""
    if value.flag in CRITICAL:
        return "bad"
    if value.flag in OUT_OF_RANGE:
        return "warn"
    return "good" if value.flag == Flag.NORMAL else "plain"
