"""What the access log calls the pages of appointments."""

from django.utils.translation import gettext_lazy as _

from records.access import kinds

APPOINTMENT = kinds.register("appointment", _("appointments"))
