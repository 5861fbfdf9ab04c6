"""Visits as a patient thinks of them: the hospital's and the physicians' bills of one event together."""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, UUIDField
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from billing.ledger.choices import Hold
from billing.ledger.models import VisitAccount
from billing.payments.readers import Reader
from billing.summary.bars import MoneyBar, bar_of

OWED = Q(patient_cents__gt=0)
ACTIVE = OWED | Q(insurer_cents__gt=0)

# What tells one group from another: the account, and the episode or else the visit itself.
type Key = tuple[uuid.UUID, uuid.UUID]


@dataclass(frozen=True)
class VisitRow:
    """A visit account as its reader may see it."""

    visit: VisitAccount
    title: str
    number: str
    url: str

    @property
    def hold(self) -> str:
        """Why the visit is set aside, or empty."""
        return self.visit.get_hold_display() if self.visit.hold else ""

    @property
    def owed_label(self) -> str:
        """What is owed is called by why it is set aside, where it is."""
        return self.hold or _("You owe")


@dataclass(frozen=True)
class Group:
    """One event and its bills, oldest first."""

    title: str
    first_name: str
    rows: list[VisitRow]

    @cached_property
    def bar(self) -> MoneyBar | None:
        return bar_of(row.visit for row in self.rows)

    @property
    def date(self) -> dt.date:
        return self.rows[0].visit.service_date

    @property
    def newest(self) -> dt.date:
        return self.rows[-1].visit.service_date

    @property
    def places(self) -> list[str]:
        return list(dict.fromkeys(row.visit.place for row in self.rows if row.visit.place))

    @property
    def hold(self) -> str:
        """Why all that is owed is set aside, where it is for one reason."""
        holds = {row.hold for row in self.rows if row.visit.patient_cents > 0}
        return holds.pop() if len(holds) == 1 else ""

    @property
    def owed_cents(self) -> int:
        return sum(row.visit.patient_cents for row in self.rows)

    @property
    def pending_cents(self) -> int:
        return sum(row.visit.insurer_cents for row in self.rows)


def of_accounts(account_ids: Iterable[uuid.UUID]) -> QuerySet[Any]:
    """The visits on the bill of these accounts, each with the `group` it belongs to."""
    visits = VisitAccount.objects.on_the_bill().filter(account__in=list(account_ids))
    return visits.annotate(group=Coalesce("episode_id", "id", output_field=UUIDField()))


def keys(account_ids: Iterable[uuid.UUID], *, among: Q | None = None) -> QuerySet[Any, tuple[uuid.UUID, uuid.UUID]]:
    """Keys of the groups with at least one visit like `among`, the newest first."""
    grouped: QuerySet[Any, Any] = of_accounts(account_ids).order_by().values("account", "group")
    grouped = grouped.annotate(newest=Max("service_date"), wanted=Count("pk", filter=among or Q()))
    return grouped.filter(wanted__gt=0).order_by("-newest", "group").values_list("account", "group")


def load(wanted: QuerySet[Any, Key], readers: Mapping[uuid.UUID, Reader]) -> list[Group]:
    """The groups of a slice of `keys`, newest first, in one query with them. `readers` has each account's reader."""
    found: dict[Key, list[VisitAccount]] = defaultdict(list)
    for visit in _shown(of_accounts(readers).filter(group__in=wanted.values("group"))):
        found[visit.account_id, visit.group].append(visit)
    loaded = [_group(rows, readers[account]) for (account, _group_id), rows in found.items()]
    return sorted(loaded, key=lambda group: group.newest, reverse=True)


def around(visit_id: uuid.UUID, reader: Reader) -> Group | None:
    """The group of one visit of the reader's account; None when the account has no such visit on its bill."""
    visits = of_accounts([reader.payer.account.pk])
    rows = list(_shown(visits.filter(group__in=visits.filter(pk=visit_id).values("group"))))
    return _group(rows, reader) if rows else None


def covers(account_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, tuple[list[str], int]]:
    """By account: the first names of those whose visits are on it, the guarantor's own first, and how many events."""
    rows = of_accounts(account_ids).order_by("patient__given").values_list("account", "patient__given")
    own = rows.annotate(
        is_own=Count("pk", filter=Q(account__guarantor__patient=F("patient"))), events=Count("group", distinct=True)
    )
    names: dict[uuid.UUID, dict[str, None]] = defaultdict(dict)
    events: dict[uuid.UUID, int] = defaultdict(int)
    for account, given, _is_own, count in sorted(own, key=lambda row: not row[2]):
        names[account][given.split(" ")[0]] = None
        events[account] += count
    return {account: (list(found), events[account]) for account, found in names.items()}


def _shown(visits: QuerySet[Any]) -> QuerySet[Any]:
    # An episode's title speaks of all its visits, so one that must stay private hides it.
    private = Q(is_sensitive=True) | Q(hold=Hold.CONFIDENTIAL)
    beside = VisitAccount.objects.filter(private, episode=OuterRef("episode"))
    shown: QuerySet[Any] = visits.annotate(number=F("account_number__number"), has_private=Exists(beside))
    return shown.select_related("patient", "episode").order_by("service_date", "number", "pk")


def _group(visits: list[Any], reader: Reader) -> Group:
    first = visits[0]
    episode = first.episode
    if not all(reader.may_describe(visit) for visit in visits) or first.has_private:
        title = _("Visit") if len(visits) == 1 else _("Visits")
    else:
        title = episode.title if episode and episode.title else first.title
    rows = [VisitRow(visit, reader.visit_title(visit), visit.number or "", _url(visit)) for visit in visits]
    return Group(title, reader.first_name(first), rows)


def _url(visit: VisitAccount) -> str:
    return reverse("billing:visit", kwargs={"account": visit.account_id, "visit": visit.pk})
