"""What each level shows, in the words under which a guarantor gives it; tests hold the pages to it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from billing.ledger.choices import AccessRole


@dataclass(frozen=True)
class Level:
    """`sees` and `never` are said to the guarantor, `for_them` to the person who is invited."""

    label: Promise
    sees: Sequence[Promise]
    never: Sequence[Promise]
    for_them: Sequence[Promise]


_SEES = [
    _("What this account owes in all, and what waits for insurance"),
    _("Your name and the account number"),
    _("The payments they make themselves, with their receipts"),
]
_FOR_THEM = [
    _("What the account owes in all, and what waits for insurance"),
    _("Whose account it is, and its number"),
    _("The payments you make yourself, with their receipts"),
]

LEVELS: dict[str, Level] = {
    AccessRole.PAYER_AMOUNTS: Level(
        label=_("Amounts only"),
        sees=_SEES,
        never=[
            _("Any visit: when, where, for whom, or what for"),
            _("What you or others paid"),
            _("Any medical record"),
        ],
        for_them=_FOR_THEM,
    ),
    AccessRole.PAYER_LINES: Level(
        label=_("Amounts and visits"),
        sees=[
            *_SEES,
            _("Every visit on the account: its date, place and insurer, each charge in dollars, what was paid on it"),
        ],
        never=[
            _("What was done, and for whom, unless they can open that person’s record already"),
            _("Any medical record"),
        ],
        for_them=[
            *_FOR_THEM,
            _("Every visit on the account: its date, place and insurer, each charge in dollars, what was paid on it"),
        ],
    ),
}
