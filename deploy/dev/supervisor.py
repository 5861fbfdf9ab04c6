"""Keeps a few processes running: restarts one that dies, stops all of them together."""

import signal
import subprocess
import time
from collections.abc import Callable
from types import FrameType

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
STOP_SECONDS = 10
LONGEST_PAUSE_SECONDS = 30
STEADY_SECONDS = 60


class Child:
    """One process, started again when it dies, each time after a longer pause until it has run steadily."""

    def __init__(self, name: str, command: list[str], env: dict[str, str]) -> None:
        self.name, self.command, self.env = name, command, env
        self.pause_seconds = 1
        self.start()

    def start(self) -> None:
        # In a session of its own, so that the terminal's Ctrl-C reaches the supervisor alone, which stops it in order.
        self.process = subprocess.Popen(self.command, env=self.env, start_new_session=True)
        self.started = time.monotonic()
        self.due: float | None = None

    def look_after(self) -> None:
        """Starts it again when it has died and its pause is over; never waits."""
        status = self.process.poll()
        if status is None:
            return
        now = time.monotonic()
        if self.due is None:
            if now - self.started > STEADY_SECONDS:
                self.pause_seconds = 1
            print(f"{self.name} ended with {status}; starting it again in {self.pause_seconds} s.", flush=True)
            self.due = now + self.pause_seconds
            self.pause_seconds = min(2 * self.pause_seconds, LONGEST_PAUSE_SECONDS)
        elif now >= self.due:
            self.start()

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Stopped(Exception):
    """Somebody asked us to stop."""


def _raise_stopped(_signal: int, _frame: FrameType | None) -> None:
    raise Stopped


def supervise(commands: dict[str, list[str]], env: dict[str, str], on_started: Callable[[], None]) -> None:
    """Runs the named commands until the terminal or somebody else stops us; calls `on_started` once they have been started."""
    for number in STOP_SIGNALS:
        signal.signal(number, _raise_stopped)
    children: list[Child] = []
    try:
        children.extend(Child(name, command, env) for name, command in commands.items())
        on_started()
        while True:
            time.sleep(0.5)
            for child in children:
                child.look_after()
    except Stopped:
        print("\nStopping.", flush=True)
    finally:
        for number in STOP_SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        for child in children:
            child.stop()
