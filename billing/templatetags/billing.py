"""How amounts look in templates; billing.money decides."""

from django import template

from billing import money

register = template.Library()


@register.filter
def dollars(cents: int) -> str:
    """42816 gives "$428.16"."""
    return money.format_cents(cents)
