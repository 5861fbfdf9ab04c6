"""What the menus offer: only what exists in this installation and what this person may see."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.templatetags.portal import initials
from records.access.models import GrantKind
from records.access.permissions import Permission
from records.access.scope import Scope, scopes_of

HUES = 6

# The record's sections in the order of the record's own menu.
SECTIONS: list[tuple[str, Permission, Promise]] = [
    ("records:summary", Permission.SUMMARY, _("Summary")),
    ("records:problems", Permission.PROBLEMS, _("Problems")),
    ("records:history", Permission.HISTORY, _("History")),
    ("records:allergies", Permission.ALLERGIES, _("Allergies")),
    ("records:immunizations", Permission.IMMUNIZATIONS, _("Immunizations")),
    ("records:medications", Permission.MEDICATIONS, _("Medications")),
    ("records:refills", Permission.REFILLS, _("Refills")),
    ("records:results", Permission.RESULTS, _("Test results")),
    ("records:vitals", Permission.VITALS, _("Vital signs")),
    ("records:visits", Permission.VISITS, _("Visits")),
    ("records:appointments", Permission.APPOINTMENTS, _("Appointments")),
    ("messaging:messages", Permission.MESSAGES, _("Messages")),
]

# What people open most, offered beside each person on the home page.
SHORTCUTS = {"records:results", "records:medications", "records:appointments"}

_WHOSE = {
    GrantKind.SELF: _("your record"),
    GrantKind.PARENT: _("you are a parent or guardian"),
    GrantKind.PROXY: _("you are their proxy"),
    GrantKind.REPRESENTATIVE: _("you are their personal representative"),
}


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a menu."""

    label: Promise
    url: str
    is_current: bool
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """One section of one patient's record, by the name of its route."""

    name: str
    url: str
    label: Promise


@dataclass(frozen=True, slots=True)
class Person:
    """A patient as the band above a record names them; `hue` 1 to 6 picks the colour, `url` opens the record."""

    name: str
    initials: str
    hue: int
    whose: Promise
    url: str
    shortcuts: list[Section]


class Navigation:
    """The menus of one request. Asks the database at most once, and only when a page shows them."""

    def __init__(self, request: Any) -> None:
        self._request = request

    def main_items(self) -> list[Item]:
        """Home, Record, Messages and Billing, each where there is something to open; staff have the admin instead."""
        if self._request.user.is_staff:
            return []
        items = [Item(_("Home"), reverse("portal:home"), self._place == "portal:home", "home")]
        scope = self._scope or next(iter(self._scopes), None)
        sections = _sections_of(scope) if scope else []
        if sections:
            is_open = self._scope is not None and self._place.startswith("records:")
            items.append(Item(_("Record"), sections[0].url, is_open, "record"))
        if messages := _url("messaging:mine"):
            items.append(Item(_("Messages"), messages, self._place.startswith("messaging:"), "message"))
        if billing := _url("billing:summary"):
            items.append(Item(_("Billing"), billing, self._place.startswith("billing:"), "bill"))
        return items

    @cached_property
    def record_sections(self) -> list[Item]:
        """The sections of the open record that its reader may see."""
        sections = _sections_of(self._request.scope)
        # The summary's address begins all the others: the longest that fits is the open one.
        current = max((s.url for s in sections if self._request.path.startswith(s.url)), key=len, default="")
        return [Item(section.label, section.url, section.url == current) for section in sections]

    def open_section(self) -> Promise | str:
        return next((item.label for item in self.record_sections if item.is_current), "")

    @cached_property
    def people(self) -> list[Person]:
        """Everyone the user acts for, themselves first."""
        return [self._person(scope, index % HUES + 1) for index, scope in enumerate(self._scopes)]

    @cached_property
    def open_person(self) -> Person:
        """The patient whose record is open."""
        return next(person for scope, person in self._named() if self._is_open(scope))

    def other_people(self) -> list[Person]:
        """Everyone else the user acts for, one click away."""
        return [person for scope, person in self._named() if person.url and not self._is_open(scope)]

    @property
    def _place(self) -> str:
        match = self._request.resolver_match
        return match.view_name if match else ""

    @property
    def _scope(self) -> Scope | None:
        return self._request.scope if hasattr(self._request, "scope") else None

    @property
    def _scopes(self) -> list[Scope]:
        if not hasattr(self._request, "scopes"):
            self._request.scopes = scopes_of(self._request.user, timezone.now())
        return self._request.scopes

    def _named(self) -> list[tuple[Scope, Person]]:
        return list(zip(self._scopes, self.people, strict=True))

    def _is_open(self, scope: Scope) -> bool:
        return scope.patient.pk == self._request.scope.patient.pk

    def _person(self, scope: Scope, hue: int) -> Person:
        """Leads to the section that is open now, or else to the first one they may see."""
        sections = _sections_of(scope)
        here = [section.url for section in sections if section.name == self._place]
        return Person(
            name=scope.patient.full_name,
            initials=initials(scope.patient.full_name),
            hue=hue,
            whose=_WHOSE[GrantKind(scope.kind)],
            url=next(iter([*here, *(section.url for section in sections)]), ""),
            shortcuts=[section for section in sections if section.name in SHORTCUTS] or sections[:3],
        )


def _sections_of(scope: Scope) -> list[Section]:
    found = [
        (name, _url(name, patient=scope.patient.pk), label)
        for name, permission, label in SECTIONS
        if scope.may(permission)
    ]
    return [Section(name, url, label) for name, url, label in found if url]


def _url(name: str, **kwargs: Any) -> str:
    """The address of a page, or nothing when this installation has no such page."""
    try:
        return reverse(name, kwargs=kwargs)
    except NoReverseMatch:
        return ""
