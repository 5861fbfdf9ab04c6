"""Runs things at the same time, each in a thread with a database connection of its own."""

import threading
from collections.abc import Callable

from django.db import connections


def together[T](*calls: Callable[[], T]) -> list[T | Exception]:
    """What each call returned or raised, in order; all begin at once."""
    barrier = threading.Barrier(len(calls))
    results: dict[int, T | Exception] = {}

    def run(number: int, call: Callable[[], T]) -> None:
        barrier.wait(timeout=30)
        try:
            results[number] = call()
        except Exception as error:  # noqa: BLE001 (the test decides what it expected)
            results[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [results[number] for number in range(len(calls))]
