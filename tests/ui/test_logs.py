import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from textual.pilot import Pilot

from kubegenie_tui.domain.errors import Invalid, NotFound, Refused
from kubegenie_tui.domain.log_target import LogTarget
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.screens.logs import LogsScreen
from kubegenie_tui.screens.messages import AskRequested, BackRequested
from kubegenie_tui.screens.picker import PickerScreen
from kubegenie_tui.widgets.log_view import LogView
from tests.manifests import NOW, crashing_pod
from tests.ui.played_cluster import PlayedCluster, Script
from tests.ui.stage import Stage, text_of, until
from tests.unit.domain.test_expression import ENDLESS


def stamped(*texts: str, start: int = 0) -> list[str]:
    """Lines a second apart."""
    times = (datetime.fromtimestamp(NOW - 1000 + start + index, UTC) for index in range(len(texts)))
    return [f"{at:%Y-%m-%dT%H:%M:%S}.5Z {text}" for at, text in zip(times, texts, strict=True)]


def cluster(*scripts: Script) -> PlayedCluster:
    played = PlayedCluster()
    pod = crashing_pod()
    pod["spec"]["containers"].append({"name": "sidecar", "image": "envoy:1"})
    played.put("pods", pod)
    played.scripts = list(scripts)
    return played


def stage(
    played: PlayedCluster, *, container: str = "", previous: bool = False, now: Callable[[], float] | None = None
) -> Stage:
    target = LogTarget((ObjectRef("pods", "checkout-58d1b-q7wzn", "shop"),), container, previous)
    return Stage(screen=LogsScreen(played, target, now=now or (lambda: NOW)))


async def shown(pilot: Pilot[None], *words: str) -> None:
    await until(pilot, lambda: all(word in text_of(pilot) for word in words))


def view(pilot: Pilot[None]) -> LogView:
    return pilot.app.screen.query_one(LogView)


MANY = stamped(*(f"INFO line {number}" for number in range(100)))


async def test_lines_come_with_levels_and_json_is_told_message_first() -> None:
    lines = stamped("INFO started", '{"level":"error","msg":"no database","retries":3}', "just words")
    async with stage(cluster([lines])).run_test(size=(120, 30)) as pilot:
        await shown(pilot, "I INFO started", "E no database", "retries=3", "just words", "3 lines", "following")
        assert "app" in text_of(pilot).splitlines()[1]
        assert "{" not in text_of(pilot)


async def test_it_follows_until_the_person_scrolls_and_says_so() -> None:
    played = cluster([MANY])
    async with stage(played).run_test(size=(120, 30)) as pilot:
        await shown(pilot, "line 99", "following")
        await pilot.press("up")
        await shown(pilot, "stopped, f follows")
        await pilot.press("f")
        await shown(pilot, "line 99", "following")
        assert view(pilot).following


async def test_the_previous_run_is_a_key_away() -> None:
    played = cluster([stamped("now"), asyncio.Event()], [stamped("it was out of memory")], [stamped("now again")])
    async with stage(played).run_test(size=(120, 30)) as pilot:
        await shown(pilot, "now")
        await pilot.press("p")
        await shown(pilot, "it was out of memory", "previous run")
        assert [asked.previous for asked in played.asked_logs] == [False, True]
        await pilot.press("p")
        await shown(pilot, "now again")


async def test_a_container_is_chosen_from_a_list_that_says_how_each_is() -> None:
    played = cluster([stamped("app speaks"), asyncio.Event()], [stamped("sidecar speaks")])
    async with stage(played).run_test(size=(120, 30)) as pilot:
        await shown(pilot, "app speaks")
        await pilot.press("o")
        await until(pilot, lambda: isinstance(pilot.app.screen, PickerScreen))
        await shown(pilot, "migrate", "✖ Waiting · CrashLoopBackOff", "sidecar")
        await pilot.press(*"side", "enter")
        await shown(pilot, "sidecar speaks")
        assert played.asked_logs[-1].container == "sidecar"


async def test_it_can_open_at_a_line_with_the_keys_in_the_lines() -> None:
    target = LogTarget((ObjectRef("pods", "checkout-58d1b-q7wzn", "shop"),))
    screen = LogsScreen(cluster([MANY]), target, find=r"/INFO\ line\ 7$/", now=lambda: NOW)
    async with Stage(screen=screen).run_test(size=(120, 30)) as pilot:
        await shown(pilot, "INFO line 7", "1 of 1 lines")
        assert view(pilot).has_focus


async def test_search_counts_steps_and_hides_the_rest() -> None:
    lines = stamped(*(f"step {number}{' failed' if number % 25 == 0 else ''}" for number in range(100)))
    async with stage(cluster([lines])).run_test(size=(120, 30)) as pilot:
        await shown(pilot, "step 99")
        await pilot.press("slash", *"failed", "enter")
        await shown(pilot, " of 4 lines")
        await pilot.press("ampersand")
        await shown(pilot, "4 shown of 100 lines", "step 0 failed", "step 75 failed")
        assert "step 74" not in text_of(pilot)
        await pilot.press("ampersand")
        await shown(pilot, "step 74")


@pytest.mark.parametrize(("text", "line"), ENDLESS)
async def test_an_expression_that_finds_no_end_is_looked_for_no_more_and_said(text: str, line: str) -> None:
    feed = asyncio.Event()
    async with stage(cluster([stamped("an ordinary line"), feed, stamped(line)])).run_test(size=(120, 30)) as pilot:
        await shown(pilot, "an ordinary line")
        written = text.replace("/", r"\/").replace(" ", r"\s")
        await pilot.press("slash")
        view(pilot).search(f"/{written}/")
        view(pilot).set_hiding(True)
        feed.set()
        await until(pilot, lambda: "takes too long to match" in view(pilot).find.fault)
        await shown(pilot, "takes too long to match", "an ordinary line", line[:60])


async def test_times_and_wrapping_are_toggled() -> None:
    async with stage(cluster([stamped("x" * 200)])).run_test(size=(80, 24)) as pilot:
        await shown(pilot, "xxx")
        assert not any(line.strip().startswith("x") for line in text_of(pilot).splitlines()[3:])
        await pilot.press("w")
        await until(pilot, lambda: text_of(pilot).splitlines()[3].strip().startswith("x"))
        await pilot.press("t")
        await until(pilot, lambda: text_of(pilot).splitlines()[2].strip()[2:3] == ":")


async def test_a_cut_connection_keeps_the_lines_and_says_when_it_goes_on() -> None:
    played = cluster([stamped("before"), Refused("the connection was cut")])
    async with stage(played).run_test(size=(120, 30)) as pilot:
        await shown(pilot, "before", "the connection was cut, retry in 1s")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (NotFound("Pod checkout does not exist", "", "look at the list"), "look at the list"),
        (Invalid("container app is waiting to start", "image cannot be pulled"), "image cannot be pulled"),
    ],
)
async def test_why_there_is_no_log_is_said(error: Exception, words: str) -> None:
    assert isinstance(error, NotFound | Invalid)
    async with stage(cluster([error])).run_test(size=(120, 30)) as pilot:
        await shown(pilot, error.what, words)


async def test_an_empty_log_says_so_and_leaving_hangs_up() -> None:
    played = cluster()
    async with stage(played).run_test(size=(120, 30)) as pilot:
        await until(pilot, lambda: played.open_streams == 1)
        await shown(pilot, "Fetching the log")
        app = pilot.app
        assert isinstance(app, Stage)
        await pilot.press("escape")
        await until(pilot, lambda: app.heard(BackRequested))
        await app.pop_screen()
        await until(pilot, lambda: played.open_streams == 0)


def saved_texts(directory: Path) -> list[str]:
    return [path.read_text(encoding="utf-8") for path in directory.glob("*.log")]


async def test_the_lines_are_saved_and_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kubegenie_tui.paths.downloads_dir", lambda: tmp_path)
    async with stage(cluster([MANY])).run_test(size=(120, 30), notifications=True) as pilot:
        await shown(pilot, "line 99")
        await pilot.press("c")
        app = pilot.app
        assert isinstance(app, Stage)
        await until(pilot, lambda: app.clipboard_texts)
        assert app.clipboard_texts[0].splitlines()[0] == "INFO line 0"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: len(saved_texts(tmp_path)) == 1)
        [text] = saved_texts(tmp_path)
        assert text.count("\n") == 100
        assert "INFO line 0" in text.splitlines()[0]


async def test_the_genie_is_asked_about_the_pod() -> None:
    async with stage(cluster([MANY])).run_test(size=(120, 30)) as pilot:
        await shown(pilot, "line 99")
        await pilot.press("space")
        app = pilot.app
        assert isinstance(app, Stage)
        await until(pilot, lambda: app.heard(AskRequested))


async def test_a_flood_does_not_block_the_keys() -> None:
    flood = [stamped(*(f"line {batch} {number}" for number in range(1000)), start=batch) for batch in range(60)]
    async with stage(cluster(flood)).run_test(size=(120, 30)) as pilot:
        await shown(pilot, "line 59 999")
        await pilot.press("up")
        await shown(pilot, "stopped, f follows", "60,000 lines")


# Many at once

WEB = ObjectRef("deployments.apps", "web", "shop")


def web(*pods: str) -> PlayedCluster:
    """A deployment with pods of one container each."""
    played = PlayedCluster()
    spec = {"selector": {"matchLabels": {"app": "web"}}}
    played.put("deployments.apps", {"metadata": {"name": "web", "namespace": "shop"}, "spec": spec})
    played.lists["pods"] = [
        {
            "metadata": {"name": name, "namespace": "shop", "uid": name, "resourceVersion": "1"},
            "spec": {"containers": [{"name": "app"}]},
        }
        for name in pods
    ]
    return played


def many(played: PlayedCluster, *scripts: Script) -> Stage:
    played.scripts = list(scripts)
    return Stage(screen=LogsScreen(played, LogTarget((WEB,)), now=going_on()))


def going_on() -> Callable[[], float]:
    """A clock that begins at NOW: lines of several sources wait for each other."""
    start = time.monotonic()
    return lambda: NOW + time.monotonic() - start


async def test_the_log_of_a_workload_is_that_of_its_pods_merged_by_time_each_with_its_name() -> None:
    played = web("web-7c9f4-x2xkq", "web-7c9f4-m8t2p")
    forever = asyncio.Event()
    second = [line.replace(".5Z", ".2Z") for line in stamped("two", "four", start=1)]
    async with many(played, [stamped("one", "three"), forever], [second, forever]).run_test(size=(120, 30)) as pilot:
        await shown(pilot, "deployment web", "2 containers of 2 pods", "one", "three")
        await pilot.press("o")
        await shown(pilot, "each pod has one container")
        lines = [line.split() for line in text_of(pilot).splitlines()[2:5]]
        assert [line[-1] for line in lines] == ["one", "two", "three"]
        assert [line[0] for line in lines] == ["▌x2xkq", "▌m8t2p", "▌x2xkq"]


async def test_pods_that_come_while_we_look_join_in() -> None:
    played = web("web-7c9f4-x2xkq")
    forever = asyncio.Event()
    async with many(played, [stamped("first"), forever], [stamped("second"), forever]).run_test(
        size=(120, 30)
    ) as pilot:
        await shown(pilot, "first", "app")
        [pod] = played.lists["pods"]
        late = {**pod, "metadata": {**pod["metadata"], "name": "web-7c9f4-m8t2p", "uid": "late"}}
        played.lists["pods"] = [pod, late]
        played.tell(late)
        await shown(pilot, "second", "▌m8t2p", "2 containers of 2 pods")


async def test_a_workload_without_pods_waits_for_them() -> None:
    async with many(web()).run_test(size=(120, 30)) as pilot:
        await shown(pilot, "There is no pod with a log yet")


async def test_how_far_back_it_goes_is_picked() -> None:
    played = cluster([stamped("now"), asyncio.Event()], [stamped("long ago")])
    async with stage(played).run_test(size=(120, 30)) as pilot:
        await shown(pilot, "now")
        await pilot.press("s")
        await until(pilot, lambda: isinstance(pilot.app.screen, PickerScreen))
        await pilot.press(*"15", "enter")
        await shown(pilot, "long ago", "the last 15 minutes")
        assert (played.asked_logs[-1].since_seconds, played.asked_logs[-1].tail) == (900, None)


async def test_every_container_of_a_pod_is_a_choice() -> None:
    played = cluster([stamped("app speaks"), asyncio.Event()])
    async with stage(played, now=going_on()).run_test(size=(120, 30)) as pilot:
        await shown(pilot, "app speaks")
        played.scripts = [[stamped(f"number {number}"), asyncio.Event()] for number in range(3)]
        await pilot.press("o")
        await until(pilot, lambda: isinstance(pilot.app.screen, PickerScreen))
        await pilot.press(*"every", "enter")
        await shown(pilot, "3 containers of 1 pod", "▌migrate", "▌sidecar")


# Looking for lines


async def test_what_was_not_looked_for_stays_and_is_dimmed() -> None:
    lines = stamped("INFO fine", '{"level":"error","msg":"it failed","status":503}', "WARN slow")
    async with stage(cluster([lines])).run_test(size=(120, 30)) as pilot:
        await shown(pilot, "WARN slow")
        await pilot.press("slash", *"level:warn json:status", "greater_than_sign", *"500", "enter")
        await shown(pilot, "1 of 1 lines", "INFO fine")
        dimmed = [bool(segment.style and segment.style.dim) for y in (0, 1) for segment in view(pilot).render_line(y)]
        assert any(dimmed[: len(dimmed) // 2])
        assert not any(segment.style and segment.style.dim for segment in view(pilot).render_line(1))


async def test_a_query_that_cannot_be_understood_is_told_where_it_is_typed() -> None:
    async with stage(cluster([MANY])).run_test(size=(120, 30)) as pilot:
        await shown(pilot, "line 99")
        await pilot.press("slash", *"level:blue")
        await shown(pilot, "blue is not a level · trace, debug, info, warn, error or fatal")


async def test_a_search_that_hides_every_line_says_which_key_shows_them() -> None:
    async with stage(cluster([MANY])).run_test(size=(120, 30)) as pilot:
        await shown(pilot, "line 99")
        await pilot.press("slash", *"nowhere", "enter", "ampersand")
        await shown(pilot, "no line matches, & shows all")
        await pilot.press("ampersand")
        await shown(pilot, "line 99")


async def test_json_is_shown_as_it_was_written_on_demand() -> None:
    lines = stamped("plain", '{"level":"error","msg":"it failed","status":503}')
    async with stage(cluster([lines])).run_test(size=(120, 30)) as pilot:
        await shown(pilot, "it failed", "status=503")
        await pilot.press("J")
        await shown(pilot, '{"level":"error","msg":"it failed","status":503}', "plain")
        await pilot.press("slash", *"msg", "enter")
        await shown(pilot, "1 of 1 lines")
        await pilot.press("J")
        await shown(pilot, "status=503", "nothing found")


async def test_marks_stay_with_their_lines_and_are_what_is_copied() -> None:
    async with stage(cluster([MANY])).run_test(size=(120, 30)) as pilot:
        await shown(pilot, "line 99")
        await pilot.press("M")
        await shown(pilot, "nothing is marked")
        await pilot.press("m", "home", "m")
        await shown(pilot, "2 marked", "◆I INFO line 0")
        await pilot.press("M", "M")
        await shown(pilot, "◆I INFO line 99")
        await pilot.press("c")
        app = pilot.app
        assert isinstance(app, Stage)
        await until(pilot, lambda: app.clipboard_texts)
        assert app.clipboard_texts[0].splitlines() == ["INFO line 0", "INFO line 99"]
        await pilot.press("home", "m")
        await shown(pilot, "1 marked")


async def test_where_there_is_little_room_what_is_told_goes_before_the_counts() -> None:
    async with stage(cluster([MANY])).run_test(size=(76, 20)) as pilot:
        await shown(pilot, "line 99", "100 lines")
        await pilot.press("ampersand")
        await shown(pilot, "nothing is searched for: / first")
        assert "100 lines" not in text_of(pilot)


async def test_only_what_is_shown_is_saved_each_with_its_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kubegenie_tui.paths.downloads_dir", lambda: tmp_path)
    played = web("web-7c9f4-x2xkq", "web-7c9f4-m8t2p")
    forever = asyncio.Event()
    async with many(played, [stamped("good", "bad"), forever], [stamped("bad", "good"), forever]).run_test(
        size=(120, 30), notifications=True
    ) as pilot:
        await until(pilot, lambda: len(view(pilot).store) == 4)
        await pilot.press("slash", *"bad", "enter", "ampersand", "ctrl+s")
        await until(pilot, lambda: len(saved_texts(tmp_path)) == 1)
        saved = [line.split(" ", 1)[1] for line in saved_texts(tmp_path)[0].splitlines()]
        assert saved == ["web-7c9f4-m8t2p/app bad", "web-7c9f4-x2xkq/app bad"]


async def test_what_shows_nothing_is_not_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kubegenie_tui.paths.downloads_dir", lambda: tmp_path)
    async with stage(cluster([["one", "two"]])).run_test(size=(120, 30)) as pilot:
        await until(pilot, lambda: len(view(pilot).store) == 2)
        await pilot.press("slash", *"three", "enter", "ampersand", "ctrl+s")
        await shown(pilot, "There is no line to save")
        assert not saved_texts(tmp_path)


async def test_a_disk_that_is_full_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int, data: bytes, offset: int) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.pwrite", full)
    async with stage(cluster([MANY])).run_test(size=(120, 30)) as pilot:
        await shown(pilot, "No space left on device", "The log cannot be kept on disk")
