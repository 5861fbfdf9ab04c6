"""What the access log calls the pages of messages."""

from django.utils.translation import gettext_lazy as _

from records.access import kinds

MESSAGE = kinds.register("message", _("messages"))
