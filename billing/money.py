"""The only place that parses, splits, rounds and formats money. Amounts are integer US cents everywhere else."""

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# Plain digits, or groups of three: "1234.5", "1,234.50". "1,23" is refused, since it may mean 1.23 or 123.
_DOLLARS = re.compile(r"^\$?\s*(\d{1,7}|\d{1,3}(?:,\d{3}){1,2})(?:\.(\d{1,2}))?$", re.ASCII)


def parse_dollars(text: str) -> int:
    """What somebody typed, as cents. Raises ValidationError with words that say what to type."""
    match = _DOLLARS.match(text.strip())
    if match is None:
        raise ValidationError(_("Enter an amount in dollars and cents, like 125.50."), code="invalid")
    dollars, fraction = match.groups()
    return int(dollars.replace(",", "")) * 100 + int((fraction or "").ljust(2, "0"))


def from_number(value: str | float | Decimal) -> int:
    """A decimal amount of a file (FHIR Money.value) in cents, rounded half up. Raises ValueError."""
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        raise ValueError("not an amount") from None
    if not amount.is_finite() or abs(amount) >= Decimal(10**9):
        raise ValueError("not an amount")
    return int((amount * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def format_cents(cents: int) -> str:
    """$1,240.00, and −$62.50 with a true minus sign."""
    dollars, rest = divmod(abs(cents), 100)
    return f"{'−' if cents < 0 else ''}${dollars:,}.{rest:02d}"


# Currencies without hundredths, and with thousandths: what providers call cents are their smallest coins
# (https://docs.stripe.com/currencies#zero-decimal).
_NO_DECIMALS = frozenset(
    ["bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf"]
)
_THREE_DECIMALS = frozenset(["bhd", "jod", "kwd", "omr", "tnd"])


def format_in(cents: int, currency: str) -> str:
    """An amount in any currency, in its smallest coins: $25.00, 25.00 EUR, 2,500 JPY."""
    if currency == "usd":
        return format_cents(cents)
    places = 0 if currency in _NO_DECIMALS else 3 if currency in _THREE_DECIMALS else 2
    return f"{'−' if cents < 0 else ''}{Decimal(abs(cents)).scaleb(-places):,.{places}f} {currency.upper()}"


def split(cents: int, weights: Sequence[int]) -> list[int]:
    """Parts of `cents` in proportion to `weights`, to the cent; the largest remainders get the odd cents.

    Raises ValueError when the weights add up to nothing.
    """
    total = sum(weights)
    if total <= 0 or min(weights) < 0:
        raise ValueError("weights must add up to more than nothing")
    parts = [cents * weight // total for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(cents * weights[i] % total), i))
    for i in by_remainder[: cents - sum(parts)]:
        parts[i] += 1
    return parts
