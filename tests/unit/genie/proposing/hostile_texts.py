"""A shop in which every text of a corpus stands at every place that a model reads, and what is called to read it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kubegenie_tui.demo.model_script import Call
from kubegenie_tui.demo.story.custom_resources import definition
from kubegenie_tui.demo.story.releases import revision
from kubegenie_tui.demo.world.world import World
from kubegenie_tui.domain.outside_server import OutsideServer
from kubegenie_tui.genie import outside
from kubegenie_tui.genie.outside import OutsideTools
from kubegenie_tui.kube.rate_limit import RateLimiter
from kubegenie_tui.mcp.outside import Answered, OutsideTool
from tests.unit.agents.demo_clusters import POD
from tests.unit.genie.proposing.test_by_model import shop


def _lines(name: str) -> list[str]:
    return (Path(__file__).parent / name).read_text(encoding="utf-8").split("\n")[:-1]


TEXTS = _lines("injections.txt")
"""Those that are recognised as orders."""
UNRECOGNISED = _lines("unrecognised.txt")
"""Those that are not: their words are those of any report."""
ALL = [*TEXTS, *UNRECOGNISED]
"""What a number means."""
Object = dict[str, Any]
_TOOLS = ("said", "failing")
"""Of another server: one that answers with a text, and one that fails with it."""


def _named(kind: str, channel: str, number: int, version: str = "v1", **more: Any) -> Object:
    metadata = {"name": f"{channel}-{number}", "namespace": "shop", **more.pop("metadata", {})}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, **more}


def _pod(channel: str, number: int, *, ended: str = "", env: str = "", **metadata: Any) -> Object:
    container = {"name": "app", "image": "app", "env": [{"name": "NOTE", "value": env}]}
    status: Object = {**POD}
    if ended:
        state = {"terminated": {"exitCode": 1, "reason": "Error", "message": ended}}
        [seen] = status["containerStatuses"]
        status["containerStatuses"] = [{**seen, "lastState": state}]
    spec = {"nodeName": "node-1", "containers": [container]}
    return _named("Pod", channel, number, spec=spec, status=status, metadata=metadata)


def _event(number: int, text: str) -> Object:
    about = {"apiVersion": "v1", "kind": "Pod", "name": f"event-{number}", "namespace": "shop", "uid": f"uid-{number}"}
    times = {"firstTimestamp": "2026-11-25T20:00:00Z", "lastTimestamp": "2026-11-25T20:00:00Z"}
    rest: Object = {"type": "Warning", "reason": "Failed", "message": text, "involvedObject": about, "count": 1}
    return _named("Event", "event", number, **rest, **times)


def _widget(channel: str, number: int, *, spec: Object | None = None, status: Object | None = None) -> Object:
    return _named("Widget", channel, number, "example.com/v1", spec=spec or {}, status=status or {})


def _condition(text: str) -> Object:
    return {"conditions": [{"type": "Ready", "status": "False", "reason": "Failed", "message": text}]}


def _release(number: int, text: str) -> Object:
    made = _named("ConfigMap", "release", number, data={})
    return revision(f"release-{number}", 1, "web 1.0.1 2.0", {"note": text}, made, status="deployed", at=1_700_000_000)


_MAKE: dict[str, Callable[[int, str], Object]] = {
    "log": lambda number, _: _pod("log", number),
    "event": _event,
    "annotation": lambda number, text: _pod("annotation", number, annotations={"note": text}),
    "described": lambda number, text: _pod("described", number, annotations={"note": text}),
    "variable": lambda number, text: _pod("variable", number, env=text),
    "last words": lambda number, text: _pod("ended", number, ended=text),
    "config": lambda number, text: _named("ConfigMap", "config", number, data={"application.yaml": f"note: x\n{text}"}),
    "field": lambda number, text: _widget("field", number, spec={"description": text}),
    "condition": lambda number, text: _widget("condition", number, status=_condition(text)),
    "diagnosis": lambda number, text: _widget("diagnosis", number, status=_condition(text)),
    "release": _release,
}
READ: dict[str, Callable[[int], Call]] = {
    "log": lambda number: Call("logs", {"kind": "pods", "name": f"log-{number}"}),
    "event": lambda number: Call("events", {"kind": "pods", "name": f"event-{number}"}),
    "annotation": lambda number: Call("get", {"kind": "pods", "name": f"annotation-{number}"}),
    "described": lambda number: Call("describe", {"kind": "pods", "name": f"described-{number}"}),
    "variable": lambda number: Call("get", {"kind": "pods", "name": f"variable-{number}"}),
    "last words": lambda number: Call("get", {"kind": "pods", "name": f"ended-{number}"}),
    "config": lambda number: Call("get", {"kind": "configmaps", "name": f"config-{number}"}),
    "field": lambda number: Call("get", {"kind": "widgets", "name": f"field-{number}"}),
    "condition": lambda number: Call("describe", {"kind": "widgets", "name": f"condition-{number}"}),
    "diagnosis": lambda number: Call("diagnose", {"kind": "widgets", "name": f"diagnosis-{number}"}),
    "release": lambda number: Call("helm", {"name": f"release-{number}"}),
    "schema": lambda number: Call("explain", {"kind": "widgets", "path": f"spec.f{number}"}),
    "other server": lambda number: Call("tickets_said", {"number": number}),
    "other server's error": lambda number: Call("tickets_failing", {"number": number}),
}
"""What is called to read a text by its number, through each of the channels."""
CHANNELS = tuple(READ)


def hostile(numbers: range) -> World:
    """Some of the texts at every place, an object each."""
    made = shop()
    fields = {f"f{number}": {"type": "string", "description": ALL[number]} for number in numbers}
    spec = {"type": "object", "properties": fields, "x-kubernetes-preserve-unknown-fields": True}
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True, "properties": {"spec": spec}}
    made.cluster.create(definition("example.com", "Widget", "widgets", [], schema=schema))
    for number in numbers:
        made.cluster.create(_pod("event", number))
        for make in _MAKE.values():
            made.cluster.create(make(number, ALL[number]))
    return made


def spoken(pod: Object, *_: object) -> list[tuple[float, str]]:
    """The log of a pod: the text that it is named after."""
    return [(1.0, ALL[int(pod["metadata"]["name"].rpartition("-")[2])])]


class _Tickets:
    """A connection to a server that answers every call with a text."""

    is_open, fault = True, ""

    def __init__(self, _: OutsideServer) -> None:
        self.tools = tuple(OutsideTool(name, "Find a ticket.", {"type": "object"}, reads=True) for name in _TOOLS)

    async def ready(self, _: float) -> None:
        """It is."""

    async def call(self, name: str, arguments: Object) -> Answered:
        return Answered(ALL[arguments["number"]], ok=name == "said")

    async def close(self) -> None:
        """Nothing runs."""


@contextmanager
def everywhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[OutsideTools]:
    """Logs that speak, a server of somebody else's whose tools do, and no waiting between many requests."""
    with monkeypatch.context() as patch:
        patch.setattr(RateLimiter, "reserve", lambda _: 0.0)
        patch.setattr("kubegenie_tui.demo.api.logs.spoken", spoken)
        patch.setattr(outside, "Connection", _Tickets)
        yield OutsideTools({"tickets": msgspec.convert({"command": ["x"], "tier": "read"}, OutsideServer)})
