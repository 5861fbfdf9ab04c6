"""Issuing statements, and taking back the square code of one."""

import datetime as dt
import uuid

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from billing.ledger import numbers, posting
from billing.ledger.choices import AccessRole, AccountKind, Standing
from billing.ledger.models import GuarantorAccess, GuarantorAccount, VisitAccount
from billing.payments.models import MIN_CENTS
from billing.payments.payable import payable_of
from billing.statements import letter, links, pdf
from billing.statements.models import Statement, StatementLine, StatementLink
from records.access.models import User
from records.models import Address
from records.notifications import kinds
from records.notifications.actions import notify
from records.notifications.choices import Category

KIND = kinds.register(
    "statement", subject=_("You have a new statement"), template="billing/statements/email", category=Category.BILLS
)

# With an agency, or without a guarantor, nobody is asked for money by us.
ASKED = frozenset({Standing.OPEN, Standing.ESTATE})


@transaction.atomic
def issue(*, account_id: uuid.UUID, at: dt.datetime) -> Statement | None:
    """Writes, prints and announces the next statement of an account, when one is due.

    None when nothing is owed, when somebody else has to pay, or when the last one is younger than
    STATEMENT_EVERY_DAYS. The account is locked meanwhile: two at once make one statement. Raises NotPrintable.
    """
    account = posting.lock_account(account_id)
    date = timezone.localdate(at)
    last = Statement.objects.of(account).first()
    if not _is_asked(account) or (last and (date - last.issued_date).days < settings.STATEMENT_EVERY_DAYS):
        return None
    statement, lines = _snapshot(account, at, cycle=last.cycle + 1 if last else 1)
    if statement.due_cents < MIN_CENTS:
        return None
    link = StatementLink(statement=statement, created_at=at, expires_at=at + links.LIFETIME)
    statement.pdf = pdf.render(
        letter.letter_of(statement, lines),
        number=statement.number,
        code_address=links.address_of(link),
        at=at,
    )
    statement.save(force_insert=True)
    StatementLine.objects.bulk_create(lines)
    link.save(force_insert=True)
    _announce(statement, at)
    return statement


@transaction.atomic
def revoke(*, link: StatementLink, by: User, reason: str, at: dt.datetime) -> bool:
    """Takes back a statement's square code, for a reason; False when somebody did before. Raises ValueError."""
    if not reason.strip():
        raise ValueError("say why")
    standing = StatementLink.objects.filter(pk=link.pk, revoked_at__isnull=True)
    return bool(standing.update(revoked_at=at, revoked_by=by, revoked_reason=reason.strip()[:200]))


def _is_asked(account: GuarantorAccount) -> bool:
    return account.kind == AccountKind.PERSONAL and account.standing in ASKED


def _snapshot(account: GuarantorAccount, at: dt.datetime, *, cycle: int) -> tuple[Statement, list[StatementLine]]:
    """The account as it stands, not saved yet; the caller holds its lock."""
    date = timezone.localdate(at)
    visits = VisitAccount.objects.on_the_bill().filter(account=account).select_related("patient", "account_number")
    shown = [
        visit
        for visit in visits.order_by("service_date", "account_number")
        if visit.patient_cents > 0 or visit.insurer_cents > 0
    ]
    owed = sum(visit.patient_cents for visit in shown)
    held = sum(visit.patient_cents for visit in shown if visit.hold)
    payable = payable_of(account)
    covered = payable.usable_credit_cents
    processing = min(payable.others_cents, owed - held - covered)
    statement = Statement(
        number=_fresh_number(),
        account=account,
        account_number=account.account_number.number,
        cycle=cycle,
        issued_at=at,
        issued_date=date,
        due_date=date + dt.timedelta(days=settings.STATEMENT_DUE_DAYS),
        addressee="\n".join([account.addressee, *_address_of(account)]),
        owed_cents=owed,
        held_cents=held,
        processing_cents=processing,
        covered_cents=covered,
        due_cents=owed - held - processing - covered,
        pending_cents=sum(visit.insurer_cents for visit in shown),
        credit_cents=account.credit_cents,
        line_count=len(shown),
    )
    return statement, [_line(statement, position, visit) for position, visit in enumerate(shown, start=1)]


def _line(statement: Statement, position: int, visit: VisitAccount) -> StatementLine:
    return StatementLine(
        statement=statement,
        position=position,
        visit=visit,
        visit_number=visit.account_number.number,
        first_name=visit.patient.given.split(" ")[0],
        service_date=visit.service_date,
        place=visit.place,
        hold=visit.hold,
        billed_cents=visit.billed_cents,
        discount_cents=visit.discount_cents,
        insurance_cents=visit.insurance_cents,
        paid_cents=visit.paid_cents,
        pending_cents=visit.insurer_cents,
        owed_cents=visit.patient_cents,
    )


def _fresh_number() -> str:
    """Begins with a letter, so that nobody takes it for an account number."""
    while True:
        number = f"S{numbers.issue(9)}"
        if not Statement.objects.filter(number=number).exists():
            return number


def _address_of(account: GuarantorAccount) -> list[str]:
    """Where the guarantor lives, as far as their own record says; the mail room knows the others."""
    if account.guarantor is None or account.guarantor.patient_id is None:
        return []
    homes = Address.objects.filter(patient=account.guarantor.patient_id, period_end__isnull=True).exclude(use="old")
    home = homes.first()
    return home.address_lines if home else []


def _announce(statement: Statement, at: dt.datetime) -> None:
    """Tells the guarantor's own sign-ins; the letter itself goes by post."""
    url = reverse("billing:statement", kwargs={"account": statement.account_id, "statement": statement.pk})
    context = {"date": date_format(statement.due_date, "M j, Y"), "url": f"{settings.PORTAL_URL}{url}"}
    own = GuarantorAccess.objects.active().filter(account=statement.account_id, role=AccessRole.GUARANTOR)
    for access in own.select_related("user"):
        notify(kind=KIND, cause=f"statement:{statement.pk}", at=at, user=access.user, context=context, path=url)
