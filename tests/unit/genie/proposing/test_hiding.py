"""A model that is not told names: nothing of them goes out, what it says of their aliases is read as the names."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest

from kubegenie_tui.demo.api.faults import Fault
from kubegenie_tui.demo.model_script import Call, Script, Turn, in_order
from kubegenie_tui.demo.model_server import ModelServer
from kubegenie_tui.demo.story.custom_resources import definition
from kubegenie_tui.demo.world.world import World
from kubegenie_tui.domain.conversation import ChatEvent, Failed, Focus, PlanProposed, TextDelta, ToolFinished
from kubegenie_tui.domain.model_settings import ModelSettings
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.genie.genie import Genie
from kubegenie_tui.genie.reading.naming import is_stock, names_in
from kubegenie_tui.llm.openai_backend import OpenAIBackend
from tests.unit.agents.demo_clusters import add_pod, agent_of, serving, world
from tests.unit.genie.model_and_cluster import Agents
from tests.unit.genie.proposing.conftest import Looking

PRIVATE = ("bluebird", "falcon", "falcon-config", "kestrel", "registry.acme.example", "rooks", "falcon.acme.example")
"""Names of the small cluster below: none may get out."""
FOCUS = Focus("prod", "bluebird", "pods", selected=ObjectRef("deployments.apps", "falcon", "bluebird", "prod"))


def nest(name: str = "prod", workload: str = "falcon") -> World:
    """A namespace with an application, and things around it, named in a way that is nowhere else."""
    made = world(name, pods=0)
    made.cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "bluebird"}})
    space = {"namespace": "bluebird"}
    env = [{"name": "MODE", "valueFrom": {"configMapKeyRef": {"name": "falcon-config", "key": "mode"}}}]
    container = {"name": "kestrel", "image": "registry.acme.example/rooks/falcon:1", "env": env}
    template = {"metadata": {"labels": {"app": workload}}, "spec": {"containers": [container]}}
    spec = {"replicas": 2, "selector": {"matchLabels": {"app": workload}}, "template": template}
    metadata = {"name": workload, **space}
    made.cluster.create({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec})
    path = {"path": "/", "pathType": "Prefix", "backend": {"service": {"name": workload, "port": {"number": 80}}}}
    rule = {"host": "falcon.acme.example", "http": {"paths": [path]}}
    ingress = {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": metadata, "spec": {"rules": [rule]}}
    made.cluster.create(ingress)
    add_pod(made, f"{workload}-7d9f-x2x1z", "bluebird")
    about = {"apiVersion": "v1", "kind": "Pod", "name": f"{workload}-7d9f-x2x1z", "namespace": "bluebird", "uid": "1"}
    told = f"Back-off pulling registry.acme.example/rooks/falcon:1 for {workload}-7d9f-x2x1z_bluebird(kestrel)"
    times = {"firstTimestamp": "2026-11-25T20:00:00Z", "lastTimestamp": "2026-11-25T20:00:00Z"}
    event = {"type": "Warning", "reason": "BackOff", "message": told, "involvedObject": about, "count": 1, **times}
    made.cluster.create({"apiVersion": "v1", "kind": "Event", "metadata": {"name": "e", **space}, **event})
    return made


class Talked:
    """What was said to the model and to the person."""

    def __init__(self, model: ModelServer, genie: Genie) -> None:
        self.model, self.genie = model, genie
        self.events: list[ChatEvent] = []

    async def ask(self, text: str) -> None:
        self.events = [event async for event in self.genie.ask(text, FOCUS)]

    @property
    def said(self) -> str:
        return "".join(event.text for event in self.events if isinstance(event, TextDelta))

    @property
    def results(self) -> list[ToolFinished]:
        return [event for event in self.events if isinstance(event, ToolFinished)]


@asynccontextmanager
async def talked(script: Script, looking: Looking, *others: World, fault: Fault | None = None) -> AsyncIterator[Talked]:
    model = ModelServer(script)
    await model.start()
    settings = ModelSettings(hide_names=True)
    backend = OpenAIBackend(model.base_url, "sk-test-key", "scripted", read_timeout=5, settings=settings)
    try:
        async with serving(nest(), *others) as server, AsyncExitStack() as stack:
            if fault is not None:
                server.inject(fault)
            names = ["prod", *(made.cluster.name for made in others)]
            agents = Agents({name: await stack.enter_async_context(agent_of(server, name)) for name in names})
            yield Talked(model, Genie(agents, lambda _: backend, looking(agents)))
    finally:
        await backend.close()
        await model.stop()


def alias(body: dict[str, Any], after: str) -> str:
    """The word that stands behind another one in what the model was told."""
    found = re.search(rf"{after}\W+(name-\d+)", str(body["messages"]))
    assert found is not None
    return found[1]


LOOKS = (
    Call("list", {"kind": "deployments"}),
    Call("get", {"kind": "ingresses", "name": "falcon"}),
    Call("events", {}),
    Call("diagnose", {}),
    Call("search", {"text": "falcon"}),
    Call("related", {"kind": "deployments", "name": "falcon"}),
)


async def test_no_name_goes_out_and_the_person_reads_them_all(looking: Looking) -> None:
    def script(body: dict[str, Any]) -> Turn:
        if len(body["messages"]) == 2:
            called = alias(body, "why is")
            aliased = [Call(look.name, _renamed(look.arguments, called)) for look in LOOKS]
            return Turn(calls=tuple(aliased))
        return Turn(f"It is {alias(body, 'why is')} in {alias(body, 'namespace')}.")

    async with talked(script, looking) as made:
        await made.ask("why is falcon slow? I said falcon in bluebird")
        assert made.said == "It is falcon in bluebird."
        assert [event.result for event in made.results if not event.ok] == []
        assert len(made.results) == len(LOOKS)
        assert [event.result for event in made.results if "falcon" not in event.result] == []
        sent = made.model.outbound.decode().lower()
        assert [name for name in PRIVATE if name in sent] == []
        assert "Names are hidden: name-1" in sent.replace("names are", "Names are")


def _renamed(arguments: dict[str, Any] | str, called: str) -> dict[str, Any]:
    assert isinstance(arguments, dict)
    return {key: called if value == "falcon" else value for key, value in arguments.items()}


async def test_what_it_proposes_is_about_the_objects_themselves(looking: Looking) -> None:
    def script(body: dict[str, Any]) -> Turn:
        if len(body["messages"]) == 2:
            step = {
                "operation": "scale",
                "kind": "deployments",
                "name": alias(body, "think about"),
                "arguments": {"replicas": 3},
            }
            return Turn(calls=(Call("propose", {"steps": [step]}),))
        return Turn("I propose it.")

    async with talked(script, looking) as made:
        await made.ask("think about falcon and propose what you think is right")
        [proposed] = [event for event in made.events if isinstance(event, PlanProposed)]
        assert proposed.plan.title == "Scale deployment bluebird/falcon from 2 to 3"
        assert "falcon" not in made.model.outbound.decode()


async def test_names_of_another_cluster_are_known_before_it_is_told_of(looking: Looking) -> None:
    def script(body: dict[str, Any]) -> Turn:
        if len(body["messages"]) == 2:
            return Turn(
                calls=(Call("list", {"kind": "deployments", "cluster": alias(body, "look into"), "namespace": "*"}),)
            )
        return Turn("It has one.")

    async with talked(script, looking, nest("aviary", "osprey")) as made:
        await made.ask("look into aviary: why is everything so slow there?")
        [result] = made.results
        assert "osprey" in result.result
        assert "osprey" not in made.model.outbound.decode()
        assert "aviary" not in made.model.outbound.decode()


async def test_nothing_is_sent_when_names_cannot_be_known(looking: Looking) -> None:
    fault = Fault(path="/apis/apps/v1/deployments", status=500, message="no", count=-1)
    async with talked(in_order(Turn("Hm.")), looking, fault=fault) as made:
        await made.ask("why is everything so slow, and what could be the reason for that?")
        assert isinstance(made.events[-1], Failed)
        assert "falcon" not in made.model.outbound.decode()
        assert not made.said


async def test_objects_of_custom_kinds_are_known(looking: Looking) -> None:
    made_world = nest("aviary")
    made_world.cluster.create(definition("example.com", "Widget", "widgets", []))
    widget = {"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "magpie", "namespace": "bluebird"}}
    made_world.cluster.create(widget)

    def script(body: dict[str, Any]) -> Turn:
        if len(body["messages"]) == 2:
            return Turn(
                calls=(Call("list", {"kind": "widgets", "cluster": alias(body, "look into"), "namespace": "*"}),)
            )
        return Turn("There is one.")

    async with talked(script, looking, made_world) as made:
        await made.ask("look into aviary: what could be wrong with its widgets?")
        [result] = made.results
        assert "magpie" in result.result
        assert "magpie" not in made.model.outbound.decode()


@pytest.mark.parametrize(
    ("image", "names"),
    [
        ("nginx:1.28", set()),
        ("registry.k8s.io/pause:3.10", set()),
        ("quay.io/acme/web@sha256:00ff", {"acme", "web"}),
        ("localhost:5000/team/web:v1", {"localhost", "team", "web"}),
    ],
)
def test_what_of_an_image_is_a_name(image: str, names: set[str]) -> None:
    pod = {"metadata": {"name": "p"}, "spec": {"containers": [{"name": "c", "image": image}]}}
    assert {name for name in names_in("pods", pod) if name} == {"p", "c", *names}


@pytest.mark.parametrize(
    ("metadata", "stock"),
    [
        ({"name": "edit", "labels": {"kubernetes.io/bootstrapping": "rbac-defaults"}}, True),
        ({"name": "system:node-problem-detector"}, True),
        ({"name": "system-cluster-critical"}, True),
        ({"name": "coredns", "namespace": "kube-system"}, True),
        ({"name": "falcon-editors", "labels": {"app": "falcon"}}, False),
    ],
)
def test_what_every_cluster_has_is_not_hidden(metadata: dict[str, Any], stock: bool) -> None:
    assert is_stock({"metadata": metadata}) is stock
