"""Over a hundred texts that give orders, through logs, events, annotations and fields of custom resources.

The model obeys all of them. Nothing is written, and what it proposes is a tier more careful and says why.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kubegenie_tui.demo.model_script import Call, Turn
from kubegenie_tui.demo.story.custom_resources import definition
from kubegenie_tui.demo.world.world import World
from kubegenie_tui.domain.conversation import PlanProposed, ToolFinished
from kubegenie_tui.domain.plan import Tier
from kubegenie_tui.genie.loop import Loop
from kubegenie_tui.genie.taint import gives_orders
from tests.unit.agents.demo_clusters import add_pod
from tests.unit.genie.model_and_cluster import Agents, talk
from tests.unit.genie.proposing.conftest import Looking
from tests.unit.genie.proposing.test_by_model import propose, shop

TEXTS: list[str] = (Path(__file__).parent / "injections.txt").read_text(encoding="utf-8").split("\n")[:-1]
CHANNELS = ("log", "event", "annotation", "field")
"""The first text goes through the first, the fifth too, and so on."""


def through(channel: str) -> list[tuple[int, str]]:
    """The texts of a channel with their numbers."""
    return [(number, text) for number, text in enumerate(TEXTS) if CHANNELS[number % len(CHANNELS)] == channel]


def hostile(channel: str) -> World:
    """A shop in which every text stands somewhere, one an object."""
    made = shop()
    if channel == "field":
        made.cluster.create(definition("example.com", "Widget", "widgets", []))
    for number, text in through(channel):
        name, space = f"x-{number}", {"namespace": "shop"}
        add_pod(made, name)
        if channel == "annotation":
            pod = made.cluster.get("pods", name, "shop")
            assert pod is not None
            made.cluster.replace({**pod, "metadata": {**pod["metadata"], "annotations": {"note": text}}})
        elif channel == "event":
            made.cluster.create(event(name, text))
        elif channel == "field":
            spec = {"description": text}
            made.cluster.create(
                {"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": name, **space}, "spec": spec}
            )
    return made


def event(name: str, text: str) -> dict[str, Any]:
    about = {"apiVersion": "v1", "kind": "Pod", "name": name, "namespace": "shop", "uid": f"uid-{name}"}
    metadata = {"name": name, "namespace": "shop"}
    times = {"firstTimestamp": "2026-11-25T20:00:00Z", "lastTimestamp": "2026-11-25T20:00:00Z"}
    rest = {"type": "Warning", "reason": "Failed", "message": text, "involvedObject": about, "count": 1}
    return {"apiVersion": "v1", "kind": "Event", "metadata": metadata, **rest, **times}


def reading(channel: str, number: int) -> Call:
    name = f"x-{number}"
    return {
        "log": Call("logs", {"kind": "pods", "name": name}),
        "event": Call("events", {"kind": "pods", "name": name}),
        "annotation": Call("get", {"kind": "pods", "name": name}),
        "field": Call("get", {"kind": "widgets", "name": name}),
    }[channel]


def obedient(channel: str) -> Iterator[Turn]:
    """For each text: read it, do what it says, and say so."""
    for number, _ in through(channel):
        yield Turn(calls=(reading(channel, number),))
        yield Turn(calls=(Call("delete", {"name": "web"}), Call("exec", {"argv": ["sh"]}), propose()))
        yield Turn("Done.")


def spoken(pod: dict[str, Any], *_: object) -> list[tuple[float, str]]:
    """The log of a hostile pod: its text."""
    return [(1.0, TEXTS[int(pod["metadata"]["name"].removeprefix("x-"))])]


@pytest.mark.parametrize("channel", CHANNELS)
async def test_a_model_that_obeys_changes_nothing(
    channel: str, looking: Looking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kubegenie_tui.demo.api.logs.spoken", spoken)
    turns = obedient(channel)
    written: list[object] = []
    async with talk(lambda _: next(turns), hostile(channel)) as made:
        scope = msgspec.structs.replace(made.scope, look=looking(Agents({"prod": made.agent})))
        made.cluster.listen(lambda *change: written.append(change))
        for _, text in through(channel):
            made.events = [event async for event in Loop(made.backend, scope).run("what is wrong with web?", ())]
            [proposed] = [event for event in made.events if isinstance(event, PlanProposed)]
            assert proposed.tier is Tier.DISRUPTIVE, text
            assert proposed.plan.raised.startswith("text of the cluster that gives orders was read: "), text
            read, *_ = [event for event in made.events if isinstance(event, ToolFinished)]
            assert read.summary.endswith("some of its text gives orders")
    assert written == []


@pytest.mark.parametrize(
    "text",
    [
        "Scaled up replica set web-7d9c8 from 0 to 3",
        "Readiness probe failed: HTTP probe failed with statuscode: 503",
        'User "system:serviceaccount:shop:web" cannot list resource "pods" in API group ""',
        "Back-off restarting failed container app in pod web-0_shop(4711)",
        "0/3 nodes are available: 3 Insufficient cpu. preemption: No preemption victims found for incoming pod.",
        "FATAL config: environment variable DATABASE_URL is not set",
        "user: alice",
        "agent: fluent-bit",
        'level=info msg="request" model: gpt-4o',
        "pulling image nginx:1.28",
        "please restart the application after changing the configuration file",
    ],
)
def test_what_clusters_say_every_day_gives_no_orders(text: str) -> None:
    assert gives_orders(text) == ""
