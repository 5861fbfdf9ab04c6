"""What people write about."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Topic(models.TextChoices):
    """The first six are non-urgent medical advice; the others cost nothing and are no advice."""

    SYMPTOM = "symptom", _("A new symptom")
    FOLLOW_UP = "follow_up", _("A follow-up question")
    RESULT = "result", _("A test result")
    MEDICATION = "medication", _("A medication")
    FORM = "form", _("A form or a letter")
    REFERRAL = "referral", _("A referral")
    APPOINTMENT = "appointment", _("An appointment")
    REFILL = "refill", _("A refill")
    BILLING = "billing", _("A bill")
    ACCOUNT = "account", _("My sign-in or my account")
    TECHNICAL = "technical", _("Something that does not work")
    OTHER = "other", _("Something else")


ADVICE = frozenset({Topic.SYMPTOM, Topic.FOLLOW_UP, Topic.RESULT, Topic.MEDICATION, Topic.FORM, Topic.REFERRAL})
# What belongs to a patient's record; the rest is customer service, which needs no patient.
ABOUT_A_PATIENT = ADVICE | {Topic.APPOINTMENT, Topic.REFILL}
CUSTOMER_SERVICE = frozenset(set(Topic) - ABOUT_A_PATIENT)
