"""Do provider, ledger and receipts agree when many pay at once while processes are killed and the provider fails?

`make load-payments` runs it on a throw-away PostgreSQL for LOAD_SECONDS (75), with LOAD_PAYERS (8) threads of guests and
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
    from load.provider import Provider

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
SECONDS = int(os.environ.get("LOAD_SECONDS", "75"))
PAYERS = int(os.environ.get("LOAD_PAYERS", "8"))
ACCOUNTS = int(os.environ.get("LOAD_ACCOUNTS", "40"))
BEAT_SECONDS = 0.5
# In beats.
KILL_EVERY, BILL_EVERY, RECONCILE_EVERY = 6, 2, 20
BANK_SECONDS = 5


def main() -> int:
    from load.processes import HOST, free_port
    from load.provider import Chance, Provider

    from tests.fake_stripe.server import running

    os.chdir(ROOT)
    port = free_port()
    faults = Chance()
    webhook = f"http://{HOST}:{port}/webhooks/stripe/"
    with (
        tempfile.TemporaryDirectory(prefix="load-") as folder,
        running(webhook=webhook, faults=faults, later=BANK_SECONDS) as server,
    ):
        os.environ |= _environment(Path(folder), f"http://{HOST}:{port}", server.url)
        _set_up()
        return _run(port, Path(folder), Provider(server, faults))


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


def _run(port: int, folder: Path, provider: "Provider") -> int:
    from load import after
    from load.clinic import Clinic
    from load.diary import Diary
    from load.processes import Portal

    clinic, diary = Clinic(ACCOUNTS), Diary()
    portal = Portal(port, folder)
    try:
        portal.wait_until_ready()
        _pay(clinic, portal, provider, diary)
        provider.calm()
        undone = after.drain(provider.fake)
        diary.faults.update(f"A {kind} did not stop when told to." for kind in portal.stop("worker"))
        result = after.finish(provider.fake, portal.origin)
    finally:
        portal.stop()
    faults = [*diary.faults, *undone, *result.faults, *portal.complaints()]
    _report(diary, provider, result)
    for fault in faults:
        print(f"FAULT: {fault}")
    return 1 if faults else 0


def _pay(clinic: "Clinic", portal: "Portal", provider: "Provider", diary: "Diary") -> None:
    """Lets people pay until the time is over, and everything else happen meanwhile."""
    from load.payers import Payers

    provider.begin_trouble()
    until = time.monotonic() + SECONDS
    crowds = [Payers(number, clinic, portal.origin, provider.url, diary) for number in range(PAYERS)]
    with ThreadPoolExecutor(PAYERS) as pool:
        going = [pool.submit(crowd.keep_coming, until) for crowd in crowds]
        beat = 0
        while not all(crowd.done() for crowd in going):
            time.sleep(BEAT_SECONDS)
            beat += 1
            if time.monotonic() < until:
                _disturb(beat, clinic, portal, provider, diary)
    for crowd in going:
        crowd.result()


def _disturb(beat: int, clinic: "Clinic", portal: "Portal", provider: "Provider", diary: "Diary") -> None:
    """Kills a process, sends a late notice, bills more or has workers reconcile, as the beat has it."""
    provider.send_late_ones(share=0.03)
    for kind in portal.fallen():
        diary.blame(f"A {kind} ended by itself.")
    if beat % KILL_EVERY == 0:
        diary.note(f"{portal.kill_one()} killed")
    if beat % BILL_EVERY == 0:
        clinic.bill_more()
    if beat % RECONCILE_EVERY == 0:
        clinic.let_time_pass()
        diary.note("reconciliations due")


def _report(diary: "Diary", provider: "Provider", result: "Result") -> None:
    from billing import money

    noted, met, counts = diary.counts, provider.met(), result.counts
    for what, times in sorted(noted.items()):
        print(f"  {times:6} {what}")
    print(f"  {diary.slowest:6.1f} s for the slowest page")
    print("  faults met: " + ", ".join(f"{times} {kind}" for kind, times in sorted(met.items())))
    print(
        f"{SECONDS} s, {PAYERS} payers at once: {counts['begun']} payments begun, {counts['paid']} paid, "
        f"{counts['declined']} declined; {noted['web killed']} web processes and {noted['worker killed']} workers killed; "
        f"of {provider.notices()} notices {met['lose']} lost, {met['twice']} doubled, {met['delay']} late; "
        f"{counts['paid twice']} payments brought {money.format_cents(counts['cents paid twice'])} more than was owed, "
        f"and are work for staff"
    )
    sums = {"provider": result.provider_cents, "ledger": result.ledger_cents, "receipts": result.receipts_cents}
    print(", ".join(f"{name} {money.format_cents(cents)}" for name, cents in sums.items()))


if __name__ == "__main__":
    sys.exit(main())
