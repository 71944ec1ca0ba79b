import asyncio
from typing import Any

import pytest
from textual.pilot import Pilot

from kubegenie_tui.domain.errors import Forbidden, Refused
from kubegenie_tui.screens.detail import DetailScreen
from kubegenie_tui.screens.messages import AskRequested, BackRequested, ViewRequested
from kubegenie_tui.widgets.detail_view import DetailView
from kubegenie_tui.widgets.title_line import TabLine
from tests.manifests import NOW, crashing_pod, deployment, event, stamp
from tests.ui.played_cluster import PlayedCluster, kind
from tests.ui.stage import Stage, text_of, until

POD = ("pods", "shop", "checkout-58d1b-q7wzn")
EVENTS = [
    event("BackOff", "Back-off restarting failed container", count=14),
    event("Pulled", "Already there", kind="Normal"),
]


def cluster() -> PlayedCluster:
    played = PlayedCluster()
    played.put("pods", crashing_pod())
    played.put("deployments.apps", deployment())
    played.events = EVENTS
    return played


def stage(played: PlayedCluster, target: tuple[str, str, str] = POD, tab: str = "summary") -> Stage:
    kind_id, namespace, name = target
    return Stage(screen=DetailScreen(played, kind(kind_id), namespace, name, tab, now=lambda: NOW))


async def shown(pilot: Pilot[None], *words: str) -> None:
    await until(pilot, lambda: all(word in text_of(pilot) for word in words))


async def test_summary_yaml_and_events_are_a_key_apart() -> None:
    async with stage(cluster()).run_test(size=(120, 40)) as pilot:
        await shown(pilot, "✖ CrashLoopBackOff", "41m", "Container app", "OOMKilled", "events 2")
        await pilot.press("y")
        await shown(pilot, "apiVersion: v1", "serviceAccountName: checkout")
        await pilot.press("e")
        await shown(pilot, "▲ BackOff", "×14", "Back-off restarting failed container", "Already there")
        await pilot.press("d")
        await shown(pilot, "Container app")


async def test_a_click_on_a_title_shows_that_tab_and_marks_it() -> None:
    async with stage(cluster()).run_test(size=(120, 40)) as pilot:
        await shown(pilot, "events 2")
        line = pilot.app.screen.query_one(TabLine)
        at = text_of(pilot).splitlines()[1].index("yaml")
        await pilot.click(TabLine, offset=(at, 0))
        await shown(pilot, "apiVersion: v1")
        marked = [segment.text for segment in line.render_line(0) if segment.style and segment.style.underline]
        assert marked == ["yaml"]


async def test_it_follows_changes_and_says_when_the_object_is_gone_and_back() -> None:
    played = cluster()
    async with stage(played, ("deployments.apps", "shop", "checkout")).run_test(size=(120, 40)) as pilot:
        await shown(pilot, "Deployment", "3d")
        changed = deployment()
        changed["metadata"]["resourceVersion"] = "8"
        changed["metadata"]["creationTimestamp"] = stamp(5 * 86_400)
        played.put("deployments.apps", changed)
        played.tell(changed)
        await shown(pilot, "5d")
        played.tell(changed, removed=True)
        await shown(pilot, "deleted 0s ago, as it last was")
        reborn = deployment()
        reborn["metadata"] |= {"uid": "d2", "resourceVersion": "9", "creationTimestamp": stamp(4)}
        played.put("deployments.apps", reborn)
        played.tell(reborn)
        await until(pilot, lambda: "deleted" not in text_of(pilot))
        await shown(pilot, "4s")


async def test_managed_fields_are_shown_when_asked_for() -> None:
    async with stage(cluster(), ("deployments.apps", "shop", "checkout"), "yaml").run_test(size=(120, 40)) as pilot:
        await shown(pilot, "apiVersion: apps/v1")
        assert "managedFields" not in text_of(pilot)
        await pilot.press("m")
        await shown(pilot, "managedFields", "managed fields shown")


async def test_search_finds_steps_and_ends_before_escape_leaves() -> None:
    async with stage(cluster(), tab="yaml").run_test(size=(120, 40)) as pilot:
        app = pilot.app
        assert isinstance(app, Stage)
        await shown(pilot, "apiVersion")
        await pilot.press("slash", *"name:", "enter")
        await shown(pilot, "1 of ")
        await pilot.press("n")
        await shown(pilot, "2 of ")
        await pilot.press("escape")
        await until(pilot, lambda: "2 of " not in text_of(pilot))
        assert not app.heard(BackRequested)
        await pilot.press("escape")
        await until(pilot, lambda: app.heard(BackRequested))


async def test_the_genie_is_asked_about_this_object() -> None:
    async with stage(cluster()).run_test(size=(120, 40)) as pilot:
        await shown(pilot, "CrashLoopBackOff")
        await pilot.press("space")
        app = pilot.app
        assert isinstance(app, Stage)
        await until(pilot, lambda: app.heard(AskRequested))
        [asked] = app.heard(AskRequested)
        assert isinstance(asked, AskRequested)
        assert asked.focus.selected is not None
        assert (asked.focus.cluster, asked.focus.selected.name) == ("prod-eu", POD[2])


@pytest.mark.parametrize("size", [(160, 45), (80, 24)])
async def test_errors_say_what_why_and_what_next(size: tuple[int, int]) -> None:
    played = cluster()
    played.objects[POD] = Forbidden("You may not get pods", "the role has no such rule", "ask who gives roles")
    async with stage(played).run_test(size=size) as pilot:
        await shown(pilot, "✖ You may not get pods", "the role has no such rule", "ask who gives roles")


async def test_an_object_that_does_not_exist_is_said_and_found_again_by_a_key() -> None:
    played = PlayedCluster()
    async with stage(played).run_test(size=(120, 40)) as pilot:
        await shown(pilot, "does not exist", "look at the list")
        played.put("pods", crashing_pod())
        await pilot.press("ctrl+r")
        await shown(pilot, "Container app")


async def test_a_cluster_that_went_away_leaves_what_is_known() -> None:
    played = cluster()
    async with stage(played).run_test(size=(120, 40)) as pilot:
        await shown(pilot, "Container app", "events 2")
        played.objects[POD] = Refused("prod-eu does not answer")
        await pilot.press("ctrl+r")
        await shown(pilot, "as it last was: prod-eu does not answer", "Container app")


async def test_without_the_right_to_events_the_rest_is_shown() -> None:
    played = cluster()
    played.events = Forbidden("You may not list events")
    async with stage(played).run_test(size=(160, 45)) as pilot:
        await shown(pilot, "Container app", "no events: You may not list events")
        await pilot.press("e")
        await shown(pilot, "✖ You may not list events")


async def test_waiting_is_said_and_another_object_takes_over() -> None:
    played = cluster()
    played.hold = asyncio.Event()
    async with stage(played).run_test(size=(120, 40)) as pilot:
        await shown(pilot, f"Fetching {POD[2]} …")
        played.hold.set()
        await shown(pilot, "Container app")


async def test_a_kind_without_pods_has_no_logs() -> None:
    played = PlayedCluster()
    secret: dict[str, Any] = {
        "kind": "Secret",
        "metadata": {"name": "db", "namespace": "shop", "uid": "s1"},
        "data": {"password": "aHVudGVyMg=="},
    }
    played.put("secrets", secret)
    async with stage(played, ("secrets", "shop", "db")).run_test(size=(120, 40)) as pilot:
        await shown(pilot, "password")
        await pilot.press("l")
        await shown(pilot, "this has no logs")
        assert pilot.app.screen.query_one(DetailView).tab == "summary"
        await pilot.press("y")
        await shown(pilot, "kind: Secret")
        assert "aHVudGVyMg" not in text_of(pilot)
        assert "hunter2" not in text_of(pilot)


async def test_copying_takes_the_whole_text() -> None:
    async with stage(cluster(), tab="yaml").run_test(size=(80, 24)) as pilot:
        await shown(pilot, "apiVersion: v1")
        await pilot.press("c")
        app = pilot.app
        assert isinstance(app, Stage)
        await until(pilot, lambda: app.clipboard_texts)
        assert app.clipboard_texts[0].startswith("apiVersion: v1\n")
        assert "restartCount: 14" in app.clipboard_texts[0]


async def test_the_object_can_be_edited_from_here() -> None:
    app = stage(cluster())
    async with app.run_test(size=(100, 30)) as pilot:
        await shown(pilot, "Readiness probe")
        await pilot.press("E")
        await until(pilot, lambda: app.heard(ViewRequested))
        asked = app.heard(ViewRequested)[0]
        assert isinstance(asked, ViewRequested)
        assert asked.view == "editor"
        assert str(asked.ref) == "pods shop/checkout-58d1b-q7wzn"
