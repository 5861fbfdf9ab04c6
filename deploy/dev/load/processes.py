"""The portal as it runs for real, in processes that can be killed at any moment."""

import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

HOST = "127.0.0.1"
READY_SECONDS = 60
STOP_SECONDS = 60
# A process that has just been started has nothing to lose yet.
GROWN_SECONDS = 4
_COMPLAINT = re.compile(r"\b(?:ERROR|CRITICAL)\b|^Traceback|^\w+(?:\.\w+)*Error\b")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


class Process:
    """One process of the portal, with its children in a session of its own."""

    def __init__(self, kind: str, command: list[str], log: Path) -> None:
        self.kind, self.command, self.log = kind, command, log
        self.start()

    def start(self) -> None:
        self.started = time.monotonic()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log, start_new_session=True)

    @property
    def is_grown(self) -> bool:
        return time.monotonic() - self.started > GROWN_SECONDS and self.process.poll() is None

    def kill(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def stop(self) -> bool:
        """Asks it to end; whether it did in time."""
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            return False
        return True


class Portal:
    """Two web processes that share a port, and two workers."""

    def __init__(self, port: int, folder: Path) -> None:
        gunicorn = [
            sys.executable,
            "-m",
            "gunicorn",
            "portal.wsgi",
            "--bind",
            f"{HOST}:{port}",
            "--log-level",
            "warning",
        ]
        web = [*gunicorn, "--reuse-port", "-k", "gthread", "-w", "1", "--threads", "4", "--no-control-socket"]
        work = [sys.executable, "manage.py", "work"]
        self.origin = f"http://{HOST}:{port}"
        self.logs = folder
        self.processes = [
            Process(kind, command, folder / f"{kind}{number}.log")
            for kind, command in (("web", web), ("worker", work))
            for number in (1, 2)
        ]

    def wait_until_ready(self) -> None:
        """Raises TimeoutError."""
        until = time.monotonic() + READY_SECONDS
        while time.monotonic() < until:
            try:
                urllib.request.urlopen(f"{self.origin}/readyz", timeout=5).close()  # noqa: S310 (our own server)
                return
            except (OSError, urllib.error.HTTPError):
                time.sleep(0.2)
        raise TimeoutError("the portal does not answer: its logs say why")

    def kill_one(self) -> str:
        """Kills one at random, of those that did not start just now, and starts it again; returns its kind."""
        process = random.choice([process for process in self.processes if process.is_grown] or self.processes)
        process.kill()
        process.start()
        return process.kind

    def fallen(self) -> list[str]:
        """The kinds of those that ended by themselves."""
        return [process.kind for process in self.processes if process.process.poll() is not None]

    def stop(self, kind: str = "") -> list[str]:
        """Stops all, or those of a kind; returns the kinds of those that had to be killed."""
        going = [process for process in self.processes if kind in ("", process.kind)]
        self.processes = [process for process in self.processes if process not in going]
        return [process.kind for process in going if process.process.poll() is None and not process.stop()]

    def complaints(self) -> set[str]:
        """What the processes logged as errors, without its time and the number of the process."""
        lines = [line for file in self.logs.glob("*.log") for line in file.read_text(errors="replace").splitlines()]
        return {f"Logged: {line[match.start() :]}" for line in lines if (match := _COMPLAINT.search(line))}
