"""What the access log calls the pages of results and vital signs."""

from django.utils.translation import gettext_lazy as _

from records.access import kinds

RESULTS = kinds.register("results", _("the list of test results"))
REPORT = kinds.register("report", _("a test report"))
RESULT = kinds.register("result", _("a test result"))
VITALS = kinds.register("vitals", _("vital signs"))
