"""What happened during the load, counted by everybody at once."""

import threading
from collections import Counter


class Diary:
    """Counts by name; `faults` are sentences about what must not happen; `slowest` is the longest wait for a page."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.counts: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self.slowest = 0.0

    def note(self, what: str) -> None:
        with self._lock:
            self.counts[what] += 1

    def blame(self, fault: str) -> None:
        with self._lock:
            self.faults[fault] += 1

    def waited(self, seconds: float) -> None:
        with self._lock:
            self.slowest = max(self.slowest, seconds)
