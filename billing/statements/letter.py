"""The words and figures of a statement, once for the page and for the file.

The letter goes by post to the guarantor: it says amounts, dates, places and first names, and never what was
done (billing/ledger/privacy.py).
"""

import datetime as dt
import urllib.parse
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from billing import money
from billing.ledger import numbers
from billing.ledger.choices import Standing
from billing.statements.models import Statement, StatementLine

# The columns of money, each a field of StatementLine.
_AMOUNTS = {
    "billed_cents": gettext_lazy("Billed"),
    "discount_cents": gettext_lazy("Discount"),
    "insurance_cents": gettext_lazy("Insurance"),
    "paid_cents": gettext_lazy("You paid"),
    "owed_cents": gettext_lazy("You owe"),
}


@dataclass(frozen=True)
class Row:
    """One visit. `notes` are said below its place: a hold, or what waits for insurance; `cells` name their column."""

    number: str
    when: str
    where: str
    notes: list[str]
    cells: list[tuple[str, str]]


@dataclass(frozen=True)
class Part:
    """A paragraph or several under a heading."""

    title: str
    texts: list[str]


@dataclass(frozen=True)
class Letter:
    """A statement in words, in the order of reading. Amounts are formatted; `numbers` and visit numbers are not."""

    title: str
    greeting: str
    address: list[str]
    numbers: list[tuple[str, str]]
    issued_label: str
    issued: str
    due_label: str
    due: str
    due_by: str
    columns: list[str]
    rows: list[Row]
    sums: list[tuple[str, str]]
    paying: Part
    helping: Part
    asking: Part

    @property
    def parts(self) -> list[Part]:
        return [self.paying, self.helping, self.asking]


def letter_of(statement: Statement, lines: Iterable[StatementLine], *, names: bool = True) -> Letter:
    """What the statement says; without `names` for somebody who may pay but not know whose visits, or of a credit."""
    return Letter(
        title=_("Statement"),
        greeting=_greeting(statement),
        address=statement.addressee.split("\n"),
        numbers=[
            (_("Statement number"), statement.number),
            (_("Guarantor account"), statement.account_number),
        ],
        issued_label=_("Date"),
        issued=_date(statement.issued_date),
        due_label=_("Please pay"),
        due=money.format_cents(statement.due_cents),
        due_by=_("by %(date)s") % {"date": _date(statement.due_date)},
        columns=[_("Visit account"), _("Visit"), *map(str, _AMOUNTS.values())],
        rows=[_row(line, names) for line in lines],
        sums=_sums(statement, is_own=names),
        paying=_paying(statement),
        helping=_helping(),
        asking=_asking(),
    )


def _greeting(statement: Statement) -> str:
    if statement.account.standing == Standing.ESTATE:
        return _("We are sorry for your loss. There is no hurry: call us if you need time, or help with this.")
    return ngettext(
        "How things stand for %(count)s visit, after your insurance and any discount.",
        "How things stand for %(count)s visits, after your insurance and any discount.",
        statement.line_count,
    ) % {"count": statement.line_count}


def _row(line: StatementLine, names: bool) -> Row:
    notes = [line.get_hold_display()] if line.hold else []
    if line.pending_cents > 0:
        notes.append(_("Waiting for insurance: %(amount)s") % {"amount": money.format_cents(line.pending_cents)})
    who = [line.first_name] if names and line.first_name else []
    return Row(
        number=line.visit_number,
        when=" · ".join([_date(line.service_date), *who]),
        where=line.place,
        notes=notes,
        cells=[(str(label), money.format_cents(getattr(line, field))) for field, label in _AMOUNTS.items()],
    )


def _sums(statement: Statement, *, is_own: bool) -> list[tuple[str, str]]:
    """From what is owed to what to pay now; what is zero, or says nothing new, is left out.

    Somebody else than the guarantor reads of a credit only what it leaves to pay.
    """
    owed = statement.owed_cents if is_own else statement.owed_cents - statement.covered_cents
    amounts = [
        (_("You owe"), owed if owed != statement.due_cents else 0),
        (_("Set aside: on a plan, with an agency, or being looked at"), -statement.held_cents),
        (_("Bank payment on its way"), -statement.processing_cents),
        (_("Paid by your credit with us"), -statement.covered_cents if is_own else 0),
        (_("Please pay"), statement.due_cents),
        (_("Waiting for insurance: do not pay this yet"), statement.pending_cents),
        (_("Your credit with us"), statement.credit_cents if is_own and not statement.covered_cents else 0),
    ]
    return [(label, money.format_cents(cents)) for label, cents in amounts if cents]


def _paying(statement: Statement) -> Part:
    address = _host() + reverse("billing:guest_lookup")
    said = {
        "address": address,
        "phone": settings.SERVICE_PHONE,
        "tty": settings.SERVICE_TTY,
        "hours": settings.SERVICE_HOURS,
        "post": settings.ORGANIZATION_ADDRESS,
        "number": numbers.grouped(statement.account_number),
    }
    return Part(
        _("How to pay"),
        [
            _("Online: go to %(address)s and type your account number and last name. No sign-in is needed.") % said,
            _("By phone: %(phone)s (TTY %(tty)s), %(hours)s.") % said,
            _("By mail: send a check to %(post)s, and write %(number)s on it.") % said,
        ],
    )


def _helping() -> Part:
    """Who may pay less and where to ask, on every statement (26 CFR 1.501(r)-4(b)(5)(i)(D))."""
    said = {
        "organization": settings.ORGANIZATION_NAME,
        "phone": settings.SERVICE_PHONE,
        "address": _host() + reverse("portal:assistance"),
    }
    return Part(
        _("Is this more than you can pay?"),
        [
            _("%(organization)s gives free and lower-cost care to people with a low income, with or without insurance.") % said,
            _("Ask for help with paying, or for smaller payments over time: call %(phone)s, or go to %(address)s") % said,
        ],
    )  # fmt: skip


def _asking() -> Part:
    said = {"phone": settings.SERVICE_PHONE, "tty": settings.SERVICE_TTY, "hours": settings.SERVICE_HOURS}
    return Part(
        _("Questions, or something looks wrong?"),
        [
            _("Call %(phone)s (TTY %(tty)s), %(hours)s. We can send you a list of every charge.") % said,
        ],
    )


def _host() -> str:
    """The portal's address as people type it."""
    parts = urllib.parse.urlsplit(settings.PORTAL_URL)
    return parts.netloc + parts.path.rstrip("/")


def _date(date: dt.date) -> str:
    return date_format(date, "M j, Y")
