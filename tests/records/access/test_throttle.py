import datetime as dt
import threading

import pytest
from django.db import connections, transaction
from django.utils import timezone

from records.access import throttle
from records.access.models import ThrottleCounter

NOW = dt.datetime(2026, 3, 1, 12, 0, 0, tzinfo=dt.UTC)


@pytest.mark.sqlite
@pytest.mark.django_db
class TestHit:
    def test_allows_up_to_the_limit_and_no_more(self):
        assert [throttle.hit("t", "k", limit=3, seconds=60, at=NOW) for _ in range(5)] == [True] * 3 + [False] * 2

    def test_counts_keys_and_names_apart(self):
        assert throttle.hit("t", "a", limit=1, seconds=60, at=NOW)
        assert throttle.hit("t", "b", limit=1, seconds=60, at=NOW)
        assert throttle.hit("u", "a", limit=1, seconds=60, at=NOW)

    def test_begins_anew_in_the_next_window(self):
        throttle.hit("t", "k", limit=1, seconds=60, at=NOW)
        assert not throttle.hit("t", "k", limit=1, seconds=60, at=NOW + dt.timedelta(seconds=59))
        assert throttle.hit("t", "k", limit=1, seconds=60, at=NOW + dt.timedelta(seconds=60))

    def test_keeps_no_key_in_clear(self):
        throttle.hit("t", "10204417", limit=1, seconds=60)
        assert "10204417" not in ThrottleCounter.objects.get().key

    def test_old_windows_are_pruned(self):
        throttle.hit("t", "k", limit=1, seconds=60, at=NOW)
        assert throttle.prune(NOW + dt.timedelta(hours=23)) == 0
        assert throttle.prune(NOW + dt.timedelta(hours=25)) == 1


@pytest.mark.django_db(transaction=True)
def test_refuses_to_count_inside_a_transaction():
    with transaction.atomic(), pytest.raises(RuntimeError):
        throttle.hit("t", "k", limit=1, seconds=60)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_is_exact_under_parallel_tries():
    allowed: list[bool] = []
    at = timezone.now()

    def work():
        allowed.extend(throttle.hit("t", "k", limit=10, seconds=3600, at=at) for _ in range(8))
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(allowed) == 10
