"""The demo: `demo.py run`, `demo.py stripe`, `demo.py reset`, `demo.py import FOLDER`.

PORT (8000) and DATABASE_URL (SQLite under var/) come from the environment. `run` sets everything up,
then keeps the web server and the worker running until Ctrl-C. `stripe` does so with the real Stripe SDK
against a fake Stripe on the next port, and with data of its own that starts over, as the fake's does.
"""

import argparse
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from environment import ROOT, demo_environment, stripe_environment
from supervisor import supervise

HOST = "127.0.0.1"
READY_SECONDS = 30


def main() -> int:
    parser = argparse.ArgumentParser(description="Run the demo, start its data over, or load FHIR files into it.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run")
    commands.add_parser("stripe")
    commands.add_parser("reset")
    commands.add_parser("import").add_argument("folder", type=Path)
    arguments = parser.parse_args()
    os.chdir(ROOT)
    port = int(os.environ.get("PORT") or 8000)
    if arguments.command == "stripe":
        return run_stripe(port)
    env = demo_environment(ROOT / "var", port)
    if arguments.command == "run":
        return run(env, port)
    if arguments.command == "reset":
        return reset(env, port)
    return load(env, arguments.folder)


def run_stripe(port: int) -> int:
    var_dir = ROOT / "var" / "stripe"
    if "DATABASE_URL" not in os.environ and not _answers(port):
        _remove_database(var_dir)
    return run(stripe_environment(var_dir, port), port, fake_stripe)


def run(env: dict[str, str], port: int, beside: Callable[[int], dict[str, list[str]]] | None = None) -> int:
    """Runs the demo, and what `beside` starts with it."""
    others = beside(port) if beside else {}
    for taken in filter(_answers, [port, *([port + 1] if others else [])]):
        print(f"Something already listens on port {taken}. Stop it, or choose another: make demo PORT={port + 2}")
        return 1
    prepared = subprocess.run([sys.executable, "deploy/dev/prepare.py"], env=env, check=False)
    if prepared.returncode:
        return prepared.returncode
    supervise(others | server_commands(port), env, on_started=lambda: _announce(port))
    return 0


def fake_stripe(port: int) -> dict[str, list[str]]:
    """A fake Stripe on the port after the portal's, which tells the portal what happens."""
    webhook = f"http://{HOST}:{port}/webhooks/stripe/"
    return {"stripe": [sys.executable, "-m", "tests.fake_stripe", "--port", str(port + 1), "--webhook", webhook]}


def server_commands(port: int) -> dict[str, list[str]]:
    """The demo's two processes by name."""
    gunicorn = [sys.executable, "-m", "gunicorn", "portal.wsgi", "--bind", f"{HOST}:{port}", "--log-level", "warning"]
    return {
        "web": [*gunicorn, "-k", "gthread", "-w", "2", "--threads", "4", "--preload", "--no-control-socket"],
        "work": [sys.executable, "manage.py", "work"],
    }


def reset(env: dict[str, str], port: int) -> int:
    """Empties the demo's database and loads it again; refuses while the demo runs."""
    if _answers(port):
        print(f"The demo (or something else) listens on port {port}. Stop it first.")
        return 1
    if "DATABASE_URL" in os.environ:
        subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], env=env, check=True)
        subprocess.run([sys.executable, "manage.py", "flush", "--no-input"], env=env, check=True)
        for app in ("portal", "records"):  # Their second migrations put back the words and codes that flush took.
            subprocess.run(
                [sys.executable, "manage.py", "migrate", app, "0001", "--verbosity", "0"], env=env, check=True
            )
    else:
        _remove_database(ROOT / "var")
    return subprocess.run([sys.executable, "deploy/dev/prepare.py"], env=env, check=False).returncode


def load(env: dict[str, str], folder: Path) -> int:
    if not folder.is_dir():
        print(f"There is nothing to import: {folder} is not here. Give a folder of FHIR files of your own with")
        print("  PORTAL_ENV=demo .venv/bin/python manage.py import_fhir PATH")
        return 0
    prepared = subprocess.run([sys.executable, "deploy/dev/prepare.py"], env=env, check=False)
    if prepared.returncode:
        return prepared.returncode
    imported = subprocess.run([sys.executable, "manage.py", "import_fhir", str(folder)], env=env, check=False)
    print("\nSign in as the imported people:", flush=True)
    subprocess.run([sys.executable, "manage.py", "demo_sign_ins"], env=env, check=True)
    return imported.returncode


def wait_until_ready(port: int) -> bool:
    """Waits until the server answers; False when it does not within 30 s."""
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if _answers(port):
            return True
        time.sleep(0.05)
    return False


def _remove_database(var_dir: Path) -> None:
    for path in var_dir.glob("portal.sqlite3*"):
        path.unlink()


def _answers(port: int) -> bool:
    try:
        socket.create_connection((HOST, port), timeout=1).close()
    except OSError:
        return False
    return True


def _announce(port: int) -> None:
    if wait_until_ready(port):
        print(f"\nThe portal is at http://{HOST}:{port} (Ctrl-C stops it).", flush=True)
    else:
        print(f"\nThe portal does not answer on port {port} yet; see the messages above.", flush=True)


if __name__ == "__main__":
    sys.exit(main())
