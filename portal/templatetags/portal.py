"""Small ways of setting words and numbers, the same on every page."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from portal import organization

register = template.Library()


@register.simple_tag(name="organization")
def organization_words() -> dict[str, str]:
    """The organisation's words where no request carries them, as in e-mails: {% organization as portal %}."""
    return organization.words()


@register.filter
def initials(name: str) -> str:
    """The first letters of the first and last words: "Ana María García-López" gives "AG"."""
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


@register.filter
def fours(digits: str) -> SafeString:
    """A number people copy, set in groups of four; the gaps are drawn, so a copy holds the digits as typed."""
    groups = ((digits[start : start + 4],) for start in range(0, len(digits), 4))
    return format_html('<span class="digits">{}</span>', format_html_join("", "<span>{}</span>", groups))
