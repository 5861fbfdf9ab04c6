"""What mails about a case need."""

from django import template
from django.conf import settings

from messaging.cases import links

register = template.Library()


@register.simple_tag
def case_url(ref: str) -> str:
    """The address that opens the case once; made when the mail is written, so that no table holds it."""
    return settings.PORTAL_URL + links.path_of(ref)
