"""What a search for free times costs: 200 providers, 60 days, on PostgreSQL.

`make bench-slots` prints queries and the processor time of this process on a throw-away PostgreSQL, for a clinic
that fills up as clinics do (nine tenths of the next week, a quarter of what lies two months ahead), and for one
in which hardly anything is free.
"""

import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ |= {"PORTAL_ENV": "test", "DJANGO_SETTINGS_MODULE": "portal.settings"}
PROVIDERS = int(os.environ.get("BENCH_PROVIDERS", "200"))
DAYS = 60
ROUNDS = 15


def main() -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    import portal.wsgi  # noqa: F401 (pages are served with its settings of the garbage collector)
    from records.models import SlotCell
    from tests.records.scheduling.large_clinic import LargeClinic, as_clinics_fill, hardly_anything_left

    call_command("migrate", verbosity=0)
    clinic = LargeClinic.build(providers=PROVIDERS)
    for name, filling in (("as clinics fill", as_clinics_fill), ("hardly anything left", hardly_anything_left)):
        SlotCell.objects.all().delete()
        cells = clinic.fill(days=DAYS, share=filling)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        print(f"{name}: {PROVIDERS} providers, {DAYS} days, {cells:,} cells taken")
        for label, ask in clinic.searches(days=DAYS).items():
            found, queries = ask()
            spent = sorted(_spent(ask) for _round in range(ROUNDS))
            cpu, wall = spent[ROUNDS // 2]
            worst = spent[-1][0]
            print(f"  {label}: {found} times, {queries} queries, {cpu:.1f} ms CPU (at most {worst:.1f}), {wall:.0f} ms")


def _spent(ask) -> tuple[float, float]:  # type: ignore[no-untyped-def]
    cpu, wall = time.process_time(), time.perf_counter()
    ask()
    return (time.process_time() - cpu) * 1000, (time.perf_counter() - wall) * 1000


if __name__ == "__main__":
    main()
