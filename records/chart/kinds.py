"""What the access log calls the pages of the chart."""

from django.utils.translation import gettext_lazy as _

from records.access import kinds

SUMMARY = kinds.register("summary", _("the summary"))
PROBLEMS = kinds.register("problems", _("health problems"))
HISTORY = kinds.register("history", _("medical and surgical history"))
ALLERGIES = kinds.register("allergies", _("allergies"))
IMMUNIZATIONS = kinds.register("immunizations", _("immunizations"))
MEDICATIONS = kinds.register("medications", _("medications"))
VISITS = kinds.register("visits", _("the list of visits"))
VISIT = kinds.register("visit", _("a visit"))
