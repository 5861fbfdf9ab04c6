"""What somebody may be allowed to do with a patient's record, and the usual bundles of it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Permission(models.TextChoices):
    """One value per section of the record (seeing it), one per action, and *sensitive*.

    Seeing is not changing: an action needs its own permission beside the section's.
    """

    SUMMARY = "summary", _("See the summary")
    PROBLEMS = "problems", _("See health problems")
    HISTORY = "history", _("See medical and surgical history")
    ALLERGIES = "allergies", _("See allergies")
    IMMUNIZATIONS = "immunizations", _("See immunizations")
    MEDICATIONS = "medications", _("See medications")
    RESULTS = "results", _("See lab and test results")
    VITALS = "vitals", _("See vital signs")
    VISITS = "visits", _("See visits")
    DOCUMENTS = "documents", _("See documents")
    APPOINTMENTS = "appointments", _("See appointments")
    REFILLS = "refills", _("See refill requests")
    REMINDERS = "reminders", _("See health reminders")
    MESSAGES = "messages", _("Read messages")
    PROFILE = "profile", _("See contact and insurance details")
    SHARING = "sharing", _("See who the record was shared with")
    ACCESS_LOG = "access_log", _("See who opened the record")

    APPOINTMENTS_BOOK = "appointments.book", _("Book and cancel appointments")
    REFILLS_REQUEST = "refills.request", _("Ask for refills")
    MESSAGES_SEND = "messages.send", _("Write messages")
    PROFILE_CHANGE = "profile.change", _("Ask for changes to details")
    SHARING_GIVE = "sharing.give", _("Share the record")

    SENSITIVE = "sensitive", _("See sensitive information")


ALL = frozenset(Permission)

# What a parent may see of a 13- to 17-year-old without the teen's consent (clinical.md, Sensitivity).
PARENT_OF_TEEN = frozenset(
    {
        Permission.ALLERGIES,
        Permission.IMMUNIZATIONS,
        Permission.APPOINTMENTS,
        Permission.MESSAGES,
        Permission.MESSAGES_SEND,
    }
)

# A proxy named by an adult patient; the patient adds the sensitive part on purpose.
ADULT_PROXY = ALL - {Permission.SENSITIVE, Permission.SHARING_GIVE}
