"""What needs somebody today, over every record they may open: each feature adds its lines here."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F, Q
from django.db.models.lookups import IsNull
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing import money
from billing.ledger.access import payer_scopes_of
from billing.ledger.choices import Standing
from billing.payments.payable import payables_of
from billing.statements.due import due_of, due_words
from portal.navigation import Person
from records.access.models import User
from records.access.permissions import Permission
from records.access.scope import Scope
from records.appointments.rules import check_in_is_open
from records.models import Appointment, DiagnosticReport, RefillItem, Result
from records.refills.requests import AT_PHARMACY_SHOWN
from records.refills.states import State as RefillState
from records.results.values import CRITICAL

RECENT, SOON = dt.timedelta(days=14), dt.timedelta(days=7)
# The page stays a page: the sections hold the rest.
MOST = 6


@dataclass(frozen=True)
class Need:
    """One thing to look at or do; `tag_kind` is "bad" or "warn" (templates/components/tag.html)."""

    title: Promise | str
    text: str
    url: str
    person: Person | None = None
    tag: str = ""
    tag_kind: str = ""
    amount: str = ""


def of(user: User, people: Sequence[tuple[Scope, Person]], at: dt.datetime) -> list[Need]:
    """The most pressing first, at most MOST."""
    found = [*_critical(people, at), *_appointments(people, at), *_refills(people, at), *_unread(user), *_bills(user)]
    return [*found, *_new_results(people, at)][:MOST]


def _critical(people: Sequence[tuple[Scope, Person]], at: dt.datetime) -> list[Need]:
    by_patient = {scope.patient.pk: person for scope, person in people}
    results = Result.objects.for_scopes([scope for scope, _person in people]).valid()
    recent = results.filter(flag__in=CRITICAL, effective_start__gt=at - RECENT)
    return [
        Need(
            title=_("A test result is critical"),
            text=_("Open it now: it says whom to call."),
            url=reverse("records:result", kwargs={"patient": result.patient_id, "result": result.pk}),
            person=by_patient[result.patient_id],
            tag=_("Critical"),
            tag_kind="bad",
        )
        for result in recent.newest_first()[:MOST]
    ]


def _refills(people: Sequence[tuple[Scope, Person]], at: dt.datetime) -> list[Need]:
    """The clinic's questions about what somebody asked for, and what waits at the pharmacy's counter."""
    asking = {scope.patient.pk: person for scope, person in people if scope.may(Permission.REFILLS_REQUEST)}
    items = RefillItem.objects.for_scopes([scope for scope, _person in people]).filter(patient__in=asking)
    ready = Q(state=RefillState.READY, moved_at__gt=at - AT_PHARMACY_SHOWN)
    waiting = items.filter(Q(state=RefillState.QUESTION) | ready).order_by("-moved_at")
    return [
        Need(
            title=_("A question about a refill") if item.state == RefillState.QUESTION else _("A refill is ready"),
            text=_("It waits for your answer.")
            if item.state == RefillState.QUESTION
            else _("Pick it up when it suits."),
            url=reverse("records:refill", kwargs={"patient": item.patient_id, "refill": item.request_id}),
            person=asking[item.patient_id],
            tag=_("Yours to do") if item.state == RefillState.QUESTION else "",
            tag_kind="warn",
        )
        for item in waiting[:MOST]
    ]


def _appointments(people: Sequence[tuple[Scope, Person]], at: dt.datetime) -> list[Need]:
    """Earlier times that are offered to whoever can take them, then what is ahead within a week."""
    by_patient = {scope.patient.pk: person for scope, person in people}
    acting = {scope.patient.pk for scope, _person in people if scope.may(Permission.APPOINTMENTS_BOOK)}
    rows = Appointment.objects.for_scopes([scope for scope, _person in people]).ahead(at).with_parts()
    near = rows.filter(Q(starts_at__lt=at + SOON) | Q(booked_at__isnull=True)).select_related("check_in")
    found = near.order_by(IsNull(F("booked_at"), False), "starts_at", "id")[:MOST]
    return [
        _offer(row, by_patient[row.patient_id])
        if row.booked_at is None
        else _appointment(row, by_patient[row.patient_id], at, may_act=row.patient_id in acting)
        for row in found
        if row.booked_at is not None or row.patient_id in acting
    ]


def _offer(row: Appointment, person: Person) -> Need:
    return Need(
        title=_("An earlier appointment is free"),
        text=f"{row.location.says(row.starts_at, 'l, M j, g:i A')}, {row.visit_type.name}",
        url=reverse("records:appointment_offer", kwargs={"patient": row.patient_id, "offer": row.offer.pk}),
        person=person,
        tag=_("Answer by %(time)s") % {"time": row.held_until_in_words},
        tag_kind="warn",
    )


def _appointment(row: Appointment, person: Person, at: dt.datetime, *, may_act: bool) -> Need:
    is_asked = may_act and check_in_is_open(row, at) and not (hasattr(row, "check_in") and row.check_in.finished_at)
    return Need(
        title=row.location.says(row.starts_at, "l, M j, g:i A"),
        text=f"{row.visit_type.name}, {row.provider}",
        url=reverse("records:appointment", kwargs={"patient": row.patient_id, "appointment": row.pk}),
        person=person,
        tag=_("Check in ahead") if is_asked else "",
        tag_kind="warn",
    )


def _unread(user: User) -> list[Need]:
    """As many as the bell counts: both come with the person (portal/accounts/backend.py)."""
    count = getattr(user, "unread_count", 0)
    if not count:
        return []
    words = ngettext("%(count)s thing is new", "%(count)s things are new", count) % {"count": count}
    return [Need(title=words, text=_("Messages, results and bills."), url=reverse("records:notifications"))]


def _bills(user: User) -> list[Need]:
    """One line for each account the user is the guarantor of and can pay something on now."""
    payers = [payer for payer in payer_scopes_of(user) if payer.is_guarantor]
    accounts = [payer.account for payer in payers]
    payables = payables_of(payers) if payers else {}
    due = due_of(accounts) if accounts else {}
    return [
        Need(
            title=_("You owe"),
            text=account.addressee if account.standing == Standing.ESTATE else account.get_kind_display(),
            url=reverse("billing:account", kwargs={"account": account.pk}),
            tag=due_words(due.get(account.pk)),
            tag_kind="warn",
            amount=money.format_cents(payables[account.pk].now_cents),
        )
        for account in accounts
        if payables[account.pk].now_cents
    ]


def _new_results(people: Sequence[tuple[Scope, Person]], at: dt.datetime) -> list[Need]:
    """One line a person, however many results came."""
    reports = DiagnosticReport.objects.for_scopes([scope for scope, _person in people]).results().valid()
    recent = reports.filter(released_at__gt=at - RECENT, effective_start__gt=at - RECENT)
    fresh = set(recent.values_list("patient", flat=True).distinct())
    return [
        Need(
            title=_("New test results"),
            text=_("They came within the past two weeks."),
            url=reverse("records:results", kwargs={"patient": scope.patient.pk}),
            person=person,
        )
        for scope, person in people
        if scope.patient.pk in fresh
    ]
