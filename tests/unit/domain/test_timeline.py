"""What live rows tell of changes, and what they do not."""

import random
from typing import Any

import pytest

from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.live import Changes, LiveRows
from kubegenie_tui.domain.row import Column, Measure, Row
from kubegenie_tui.domain.timeline import Change, Recent, changes_of

PODS = Kind("", "v1", "pods", "Pod")
COLUMNS = (
    Column("READY", Measure.RATIO),
    Column("STATUS", Measure.STATUS),
    Column("RESTARTS", Measure.COUNT),
    Column("IP"),
)
NOW = 1_000.0


def pod(uid: str, ready: str = "1/1", status: str = "Running", restarts: int = 0, ip: str = "", **more: Any) -> Row:
    return Row(uid, "shop", f"pod-{uid}", 0, "1", (ready, status, restarts, ip), **more)


class Heard:
    """Rows, and the words that their publications tell."""

    def __init__(self) -> None:
        self.live = LiveRows(COLUMNS)
        self.told: list[Change] = []
        self.live.subscribe(self._hear)

    def _hear(self, changes: Changes) -> None:
        self.told += changes_of(PODS, COLUMNS, changes, NOW)

    def words(self) -> list[str]:
        self.live.publish()
        told = [f"{change.name} {change.words}" for change in self.told]
        self.told.clear()
        return told


@pytest.fixture
def heard() -> Heard:
    found = Heard()
    found.live.put(pod("a"))
    found.words()
    return found


def test_what_comes_and_goes(heard: Heard) -> None:
    heard.live.put(pod("b", status="Pending"))
    assert heard.words() == ["pod-b came, Pending"]
    heard.live.remove("a")
    assert heard.words() == ["pod-a went, Running"]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (pod("a", status="CrashLoopBackOff"), ["pod-a Running → CrashLoopBackOff"]),
        (pod("a", ready="0/1"), ["pod-a ready 1/1 → 0/1"]),
        (pod("a", restarts=3), ["pod-a restarts 0 → 3"]),
        (pod("a", ready="0/1", status="Error"), ["pod-a Running → Error", "pod-a ready 1/1 → 0/1"]),
        (pod("a", terminating=True), ["pod-a leaving"]),
        (pod("a", ip="10.0.0.1"), []),
        (pod("a"), []),
    ],
)
def test_what_happens_to_a_row(heard: Heard, row: Row, expected: list[str]) -> None:
    heard.live.put(row)
    assert heard.words() == expected


def test_changes_between_two_publications_are_told_from_the_first_to_the_last(heard: Heard) -> None:
    heard.live.put(pod("a", status="Error"))
    heard.live.put(pod("a", status="CrashLoopBackOff"))
    assert heard.words() == ["pod-a Running → CrashLoopBackOff"]
    heard.live.put(pod("new", status="Pending"))
    heard.live.put(pod("new", status="Running"))
    assert heard.words() == ["pod-new came, Running"]


def test_what_came_and_went_unseen_leaves_a_trace(heard: Heard) -> None:
    heard.live.put(pod("short"))
    heard.live.remove("short")
    assert heard.words() == ["pod-short went, Running"]


def test_health_is_the_one_afterwards(heard: Heard) -> None:
    heard.live.put(pod("a", status="Error", health=Health.BAD))
    heard.live.publish()
    assert [change.health for change in heard.told] == [Health.BAD]


def test_the_rows_before_are_those_of_the_last_publication(heard: Heard) -> None:
    """Whatever is put and removed in between, `before` is what listeners knew."""
    chance = random.Random(11)
    seen: dict[str, Row] = dict(heard.live.rows)

    def check(changes: Changes) -> None:
        for uid in changes.upserted:
            if uid in changes.before and uid in seen:
                assert changes.before[uid] is seen[uid]
            assert (uid in seen) <= (uid in changes.before)
        assert {uid for uid in changes.removed if uid in seen} <= changes.before.keys()
        seen.clear()
        seen.update(heard.live.rows)

    heard.live.subscribe(check)
    for _ in range(500):
        uid = chance.choice("abcd")
        if chance.random() < 0.3:
            heard.live.remove(uid)
        else:
            heard.live.put(pod(uid, restarts=chance.randint(0, 5)))
        if chance.random() < 0.4:
            heard.live.publish()


def test_the_same_from_two_scopes_is_told_once() -> None:
    recent = Recent()
    change = Change(NOW, "pods", "shop", "a", "went")
    assert recent.is_new(change)
    assert not recent.is_new(Change(NOW + 1, "pods", "shop", "a", "went"))
    assert recent.is_new(Change(NOW + 60, "pods", "shop", "a", "went"))
    assert recent.is_new(Change(NOW + 60, "pods", "other", "a", "went"))


def test_what_people_set_is_told() -> None:
    columns = (Column("READY", Measure.RATIO), Column("IMAGES", priority=9), Column("SCHEDULE"))
    before, after = (Row("a", "shop", "web", 0, v, ("1/1", f"web:{v}", f"{v} * * * *")) for v in "12")
    changes = Changes({"a": after}, frozenset(), False, {"a": before})
    came = Changes({"a": Row("a", "shop", "web", 0, "1", (0, "web:1", ""))}, frozenset(), False, {})
    columns = (Column("READY", Measure.NUMBER), *columns[1:])
    assert [change.words for change in changes_of(PODS, columns, came, NOW)] == ["came"]
    told = [change.words for change in changes_of(PODS, columns, changes, NOW)]
    assert told == ["images web:1 → web:2", "schedule 1 * * * * → 2 * * * *"]


@pytest.mark.parametrize(("plural", "told"), [("configmaps", ["changed"]), ("services", [])])
def test_another_content_is_told_of_what_has_no_status(plural: str, told: list[str]) -> None:
    before, after = (Row("a", "shop", "conf", 0, version, (3,)) for version in "12")
    kind = Kind("", "v1", plural, "Any")
    changes = Changes({"a": after}, frozenset(), False, {"a": before})
    assert [change.words for change in changes_of(kind, (Column("DATA"),), changes, NOW)] == told
    again = Changes({"a": after}, frozenset(), False, {"a": after})
    assert not list(changes_of(kind, (Column("DATA"),), again, NOW)), "a list that is read anew is no change"


def test_a_content_that_changes_all_the_time_is_told_once_a_minute() -> None:
    recent = Recent()
    told = [at for at in range(0, 180, 10) if recent.is_new(Change(NOW + at, "configmaps", "a", "leader", "changed"))]
    assert told == [0, 70, 140]
