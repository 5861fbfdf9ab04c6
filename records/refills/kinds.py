"""What the access log calls the pages of refills."""

from django.utils.translation import gettext_lazy as _

from records.access import kinds

REFILL = kinds.register("refill", _("refill requests"))
