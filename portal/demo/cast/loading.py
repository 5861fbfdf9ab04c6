"""Loads the whole demo in one transaction."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from portal.demo.cast import appointments, billing, inbox, maya, messages, others, people, refills, timetable
from portal.demo.cast.chart import Chart
from portal.demo.cast.people import CAST
from records.access.models import User
from records.models import Practitioner


def is_loaded() -> bool:
    return User.objects.filter(email__in=CAST).exists()


@transaction.atomic
def load(now: dt.datetime) -> None:
    """Creates the cast and everything known of them, with dates relative to `now`."""
    family = people.load(timezone.localtime(now).date(), now)
    okafor = Practitioner.objects.create(given="Ines", family="Okafor", prefix="Dr.")
    brandt = Practitioner.objects.create(given="Samuel", family="Brandt", prefix="Dr.")
    maya.load(Chart(family.maya, now, okafor))
    others.load_leo(Chart(family.leo, now, brandt))
    others.load_sofia(Chart(family.sofia, now, brandt))
    others.load_omar(Chart(family.omar, now, okafor))
    others.load_lucia(Chart(family.lucia, now, okafor))
    others.load_dev(Chart(family.dev, now, brandt))
    table = timetable.load(now, okafor, brandt)
    billing.load(family, now)
    messages.load(family, now)
    inbox.load(family, now)
    appointments.load(family, table, now)
    refills.load(family, now)
