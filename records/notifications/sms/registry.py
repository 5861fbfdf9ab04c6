"""Which provider sends texts here: one dotted path in the settings; empty means that no texts are offered."""

import functools

from django.conf import settings
from django.utils.module_loading import import_string

from records.notifications.sms.protocol import SmsProvider


def is_offered() -> bool:
    return bool(settings.SMS_PROVIDER)


@functools.cache
def provider() -> SmsProvider:
    made: SmsProvider = import_string(settings.SMS_PROVIDER)()
    return made
