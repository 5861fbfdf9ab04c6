"""Hours that every installation begins with, and changes in the admin: weekdays from 8 to 18."""

import datetime as dt
from typing import Any

WEEKDAYS, OPENS, CLOSES = range(5), dt.time(8), dt.time(18)


def load(apps: Any, schema_editor: Any) -> None:
    model = apps.get_model("records", "OpeningHours")
    model.objects.bulk_create(model(weekday=day, opens_at=OPENS, closes_at=CLOSES) for day in WEEKDAYS)
