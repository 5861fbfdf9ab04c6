"""The words of the organisation whose portal this is: its names, and how to reach it."""

from django.conf import settings


def words() -> dict[str, str]:
    """What pages and e-mails say of the organisation, as the settings have it."""
    return {
        "name": settings.PORTAL_NAME,
        "organization": settings.ORGANIZATION_NAME,
        "address": settings.ORGANIZATION_ADDRESS,
        "phone": settings.SERVICE_PHONE,
        "tty": settings.SERVICE_TTY,
        "email": settings.SERVICE_EMAIL,
        "hours": settings.SERVICE_HOURS,
        "nurse_line": settings.NURSE_LINE,
    }
