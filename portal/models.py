"""Every model of the app: one migration history over all features."""

from portal.accounts.models import ActivationCode as ActivationCode
from portal.home.models import Faq as Faq
from portal.home.models import Page as Page
