"""What mails to guests need and no queue should hold."""

import uuid

from django import template

from billing.guest import codes

register = template.Library()


@register.simple_tag
def guest_code(ref: str) -> str:
    """The code of that row, in two groups for typing: "1234 5678"."""
    digits = codes.code_of(uuid.UUID(ref))
    return f"{digits[:4]} {digits[4:]}"
