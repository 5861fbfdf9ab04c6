"""Do provider, ledger and receipts agree when many pay at once while processes are killed and the provider fails?

`make load-payments` runs it on a throw-away PostgreSQL for LOAD_SECONDS (75), with LOAD_PAYERS (6) threads of guests and
people who sign in. Web processes and workers are killed every few seconds; the provider is a fake Stripe outside the
database, slow, hanging at times, whose notices are lost, doubled, late and out of order. It ends non-zero with what
differs.
"""

import os
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from load.after import Result
    from load.clinic import Clinic
    from load.diary import Diary
    from load.processes import Portal

    from tests.fake_stripe.server import Server

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
SECONDS = int(os.environ.get("LOAD_SECONDS", "75"))
PAYERS = int(os.environ.get("LOAD_PAYERS", "6"))
ACCOUNTS = int(os.environ.get("LOAD_ACCOUNTS", "40"))
BEAT_SECONDS = 0.5
# In beats.
KILL_EVERY, BILL_EVERY, RECONCILE_EVERY = 6, 2, 20
BANK_SECONDS = 5


def main() -> int:
    from load.processes import HOST, free_port
    from load.provider import Chance

    from tests.fake_stripe.server import running

    os.chdir(ROOT)
    port = free_port()
    webhook = f"http://{HOST}:{port}/webhooks/stripe/"
    with (
        tempfile.TemporaryDirectory(prefix="load-") as folder,
        running(webhook=webhook, faults=Chance(), later=BANK_SECONDS) as server,
    ):
        os.environ |= _environment(Path(folder), f"http://{HOST}:{port}", server.url)
        _set_up()
        return _run(port, Path(folder), server)


def _environment(folder: Path, origin: str, provider: str) -> dict[str, str]:
    """For this process and those of the portal."""
    return {
        "PORTAL_ENV": "test",
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "VAR_DIR": str(folder),
        "PORTAL_URL": origin,
        "TRUSTED_PROXIES": "1",
        "PAYMENT_GATEWAY": "billing.payments.gateways.stripe.gateway.StripeGateway",
        "STRIPE_SECRET_KEY": "sk_test_fake",
        "STRIPE_WEBHOOK_SECRET": "whsec_fake",
        "STRIPE_API_BASE": provider,
        "PYTHONUNBUFFERED": "1",
    }


def _set_up() -> None:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)


def _run(port: int, folder: Path, server: "Server") -> int:
    from load import after
    from load.clinic import Clinic
    from load.diary import Diary
    from load.processes import Portal
    from load.provider import calm

    clinic, diary = Clinic(ACCOUNTS), Diary()
    portal = Portal(port, folder)
    try:
        portal.wait_until_ready()
        _pay(clinic, portal, server, diary)
        calm(server)
        undone = after.drain(server)
        diary.faults.update(f"A {kind} did not stop when told to." for kind in portal.stop("worker"))
        result = after.finish(server, portal.origin)
    finally:
        portal.stop()
    faults = [*diary.faults, *undone, *result.faults, *portal.complaints()]
    _report(diary, server, result)
    for fault in faults:
        print(f"FAULT: {fault}")
    return 1 if faults else 0


def _pay(clinic: "Clinic", portal: "Portal", server: "Server", diary: "Diary") -> None:
    """Lets people pay until the time is over, and everything else happen meanwhile."""
    from load.payers import Payers

    server.fake.faults.is_on = True
    until = time.monotonic() + SECONDS
    crowds = [Payers(number, clinic, portal.origin, server.url, diary) for number in range(PAYERS)]
    with ThreadPoolExecutor(PAYERS) as pool:
        going = [pool.submit(crowd.keep_coming, until) for crowd in crowds]
        beat = 0
        while not all(crowd.done() for crowd in going):
            time.sleep(BEAT_SECONDS)
            beat += 1
            if time.monotonic() < until:
                _disturb(beat, clinic, portal, server, diary)
    for crowd in going:
        crowd.result()


def _disturb(beat: int, clinic: "Clinic", portal: "Portal", server: "Server", diary: "Diary") -> None:
    """Kills a process, sends a late notice, bills more or has workers reconcile, as the beat has it."""
    from load.provider import send_late_ones

    send_late_ones(server, share=0.03)
    for kind in portal.fallen():
        diary.blame(f"A {kind} ended by itself.")
    if beat % KILL_EVERY == 0:
        diary.note(f"{portal.kill_one()} killed")
    if beat % BILL_EVERY == 0:
        clinic.bill_more()
    if beat % RECONCILE_EVERY == 0:
        clinic.let_time_pass()
        diary.note("reconciliations due")


def _report(diary: "Diary", server: "Server", result: "Result") -> None:
    from load.provider import ASKED_FOR

    from billing import money
    from tests.fake_stripe.faults import Fault

    for what, times in sorted(diary.counts.items()):
        print(f"  {times:6} {what}")
    met, told = server.fake.faults.counts, server.fake.store.all("event")
    notices = sum(event["type"].startswith(ASKED_FOR) for event in told)
    requests = ", ".join(f"{met[kind]} {kind}" for kind in list(Fault) if kind in met and met[kind])
    counts = result.counts
    print(f"  faults met: {requests}; slowest page {diary.slowest:.1f} s")
    print(
        f"{SECONDS} s, {PAYERS} payers at once: {counts['begun']} payments begun, {counts['paid']} paid, "
        f"{counts['declined']} declined; {diary.counts['web killed']} web processes and "
        f"{diary.counts['worker killed']} workers killed; of {notices} notices {met[Fault.LOSE]} lost, "
        f"{met[Fault.TWICE]} doubled, {met[Fault.DELAY]} late; {counts['paid twice']} payments were over what was owed, "
        f"by {money.format_cents(counts['cents paid twice'])}, and are work for staff"
    )
    print(
        f"provider {money.format_cents(result.provider_cents)}, ledger {money.format_cents(result.ledger_cents)}, "
        f"receipts {money.format_cents(result.receipts_cents)}"
    )


if __name__ == "__main__":
    sys.exit(main())
