"""Who looks whether a work is done by somebody is in nobody's way."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.provision.locks import Locks

LOOKS = 2
TIMES = 300


def test_a_look_keeps_nobody_from_the_work(locks: Locks) -> None:
    done = Event()

    def look_on() -> None:
        while not done.is_set():
            locks.is_held("work")

    with ThreadPoolExecutor(LOOKS) as pool:
        looks = [pool.submit(look_on) for _ in range(LOOKS)]
        try:
            for _ in range(TIMES):
                with locks.held("work"):
                    assert locks.is_held("work")
        finally:
            done.set()
    for each in looks:
        each.result()
    assert not locks.is_held("work")


def test_only_one_holds_it(locks: Locks) -> None:
    with (
        locks.held("work"),
        pytest.raises(UsageError, match="Another process works on work already"),
        locks.held("work"),
    ):
        pass
    with locks.held("work"), locks.held("other"):
        assert locks.is_held("work")
        assert locks.is_held("other")
