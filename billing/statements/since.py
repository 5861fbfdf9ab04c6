"""What became of a statement since it was sent: the letter stays as it was, its page asks for today's amount."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from billing import money
from billing.payments.payable import Payable
from billing.payments.words import ReasonWords, reason_words
from billing.statements.models import Statement, StatementLine


@dataclass(frozen=True)
class Since:
    """`today` is what can be paid now, `facts` how it came from what the statement asked for; `reason` why nothing can."""

    today: str
    facts: list[tuple[str, str]]
    reason: ReasonWords | None


def since_of(statement: Statement, lines: Iterable[StatementLine], payable: Payable) -> Since | None:
    """None while the statement still asks for what can be paid today. Reads each line's visit."""
    paid = sum(line.visit.paid_cents - line.paid_cents for line in lines)
    if payable.now_cents == statement.due_cents and not paid:
        return None
    asked = _("%(amount)s by %(date)s") % {
        "amount": money.format_cents(statement.due_cents),
        "date": date_format(statement.due_date, "M j, Y"),
    }
    amounts = [(_("Paid since then"), paid), (_("Sent back since then"), -paid)]
    return Since(
        today=money.format_cents(payable.now_cents),
        facts=[
            (_("This statement asked for"), asked),
            *((label, money.format_cents(cents)) for label, cents in amounts if cents > 0),
        ],
        reason=reason_words(payable),
    )
