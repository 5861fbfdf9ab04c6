"""Every model of the app: one migration history over all features."""

from records.access.models import *  # noqa: F403
from records.appointments.models import *  # noqa: F403
from records.approvals.models import Approval as Approval
from records.chart.models import *  # noqa: F403
from records.checkin.models import CheckIn as CheckIn
from records.checkin.models import CheckInAnswer as CheckInAnswer
from records.checkin.models import FormText as FormText
from records.checkin.models import Signature as Signature
from records.documents.models import *  # noqa: F403
from records.hours.models import ClosedDay as ClosedDay
from records.hours.models import OpeningHours as OpeningHours
from records.interop.models import *  # noqa: F403
from records.notifications.models import *  # noqa: F403
from records.patients.models import *  # noqa: F403
from records.refills.models import *  # noqa: F403
from records.results.models import *  # noqa: F403
from records.scheduling.models import *  # noqa: F403
