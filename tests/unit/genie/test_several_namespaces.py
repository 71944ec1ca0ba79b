"""A view of several namespaces: look-ups look there, names are resolved there first, and answers say so."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kubegenie_tui.demo.world.world import World
from kubegenie_tui.domain.conversation import Focus, Record, TextDelta
from kubegenie_tui.domain.errors import Forbidden, NotFound, UsageError
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.genie.genie import Genie
from kubegenie_tui.genie.offline.directory import Directory
from kubegenie_tui.genie.reading.lacking import lacking
from kubegenie_tui.genie.reading.listed import listed
from kubegenie_tui.genie.reading.policies import audit_policies
from kubegenie_tui.genie.reading.resolving import resolve
from kubegenie_tui.genie.reading.rights import who_can
from kubegenie_tui.genie.reading.scope import Scope
from kubegenie_tui.genie.recorded_labels import answers
from kubegenie_tui.genie.redaction.redactor import Redactor
from kubegenie_tui.genie.serving import ServedTools
from kubegenie_tui.genie.tools.toolbox import Toolbox
from kubegenie_tui.genie.wishes.reader import WishReader
from kubegenie_tui.kube.objects import ObjectList
from kubegenie_tui.llm.backend import CallReady
from kubegenie_tui.store.store import Store
from tests.unit.agents.demo_clusters import add_pod, agent_of, serving, world
from tests.unit.diagnostics.scene import event, named
from tests.unit.genie.model_and_cluster import Agents
from tests.unit.genie.played_reader import KINDS, PlayedReader, played_scope
from tests.unit.genie.wishes.corpus import WORLD

BOTH = Focus("prod", "shop,cart")
CRASHED: dict[str, Any] = {
    "phase": "Running",
    "conditions": [{"type": "Ready", "status": "False"}],
    "containerStatuses": [
        {
            "name": "app", "ready": False, "restartCount": 9,
            "state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off"}},
        }
    ],
}  # fmt: skip


def three() -> World:
    """Pods in `shop`, `cart` and `else`, one crashing in each of the last two."""
    made = world("prod", pods=2)
    for namespace in ("cart", "else"):
        made.cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}})
        add_pod(made, "twin", namespace)
        metadata = {"name": f"ill-in-{namespace}", "namespace": namespace}
        spec = {"nodeName": "node-1", "containers": [{"name": "app", "image": "app"}]}
        made.cluster.create({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec, "status": CRASHED})
    add_pod(made, "pod-0", "else")
    add_pod(made, "pod-1", "cart")
    return made


@pytest.fixture
async def scope() -> AsyncIterator[Scope]:
    async with serving(three()) as server, agent_of(server, "prod") as agent:
        yield Scope(agent, BOTH, Redactor())


async def call(scope: Scope, tool: str, **arguments: Any) -> str:
    toolbox = Toolbox(scope)
    await toolbox.open()
    return (await toolbox.run(CallReady("1", tool, json.dumps(arguments)))).text


async def said(scope: Scope, text: str, focus: Focus = BOTH) -> str:
    clusters: Any = {"prod": scope.reader}
    asked = Genie(Agents(clusters)).ask(text, focus, [])
    return "".join([each.text async for each in asked if isinstance(each, TextDelta)])


async def test_lists_and_counts_are_of_both(scope: Scope) -> None:
    told = await call(scope, "list", kind="pods")
    assert told.startswith("cluster prod: 5 pods in namespaces shop and cart")
    assert "ill-in-cart" in told
    assert "NAMESPACE" in told
    assert "else" not in told
    assert "5 of 5 pods in namespaces shop and cart" in await call(scope, "count", kind="pods")
    assert "8 of 8 pods in all namespaces" in await call(scope, "count", kind="pods", namespace="*")
    by_fields = await call(scope, "count", kind="pods", field_selector="metadata.name=pod-0")
    assert "1 of 5 pods in namespaces shop and cart" in by_fields


async def test_a_model_may_name_several_itself(scope: Scope) -> None:
    assert "6 of 6 pods in namespaces cart and else" in await call(scope, "count", kind="pods", namespace="cart, else")
    with pytest.raises(NotFound, match='no namespace "shpo"'):
        await call(scope, "count", kind="pods", namespace="cart,shpo")


@pytest.mark.parametrize(
    ("tool", "arguments", "words"),
    [
        ("overview", {}, "cluster prod, namespaces shop and cart: 1 objects failing or warn"),
        ("diagnose", {}, "found in namespaces shop and cart"),
        ("events", {}, "0 warnings in namespaces shop and cart"),
        ("lacking", {"what": "limits", "kind": "pods"}, "5 of 5 pods without limits in namespaces shop and cart"),
        ("search", {"text": "ill-in"}, '1 objects with "ill-in" in their name in namespaces shop and cart'),
        ("changes", {}, "in the last hour in namespaces shop and cart"),
        ("helm", {}, "0 helm releases in namespaces shop and cart"),
        ("show", {"kind": "pods"}, "showing pods in namespaces shop and cart"),
        ("can_i", {"verb": "get", "kind": "pods"}, "may get pods in namespaces shop and cart: may get pods in"),
        ("audit_policy", {}, "policy checks in namespaces shop and cart"),
    ],
)
async def test_every_look_up_says_where_it_looked(
    tool: str, arguments: dict[str, Any], words: str, scope: Scope
) -> None:
    told = await call(scope, tool, **arguments)
    assert words in told
    assert "ill-in-else" not in told


async def test_a_name_means_what_is_in_view(scope: Scope) -> None:
    pods = scope.kind("pods")
    assert (await resolve(scope, pods, "twin")).namespace == "cart"
    assert (await resolve(scope, pods, "pod-0")).namespace == "shop"
    assert (await resolve(scope, pods, "ill-in-else")).namespace == "else"
    with pytest.raises(UsageError, match='"pod-1" lives in several namespaces · cart, shop'):
        await resolve(scope, pods, "pod-1")
    elsewhere = msgspec.structs.replace(scope, focus=Focus("prod", "shop,default"))
    with pytest.raises(UsageError, match='"twin" lives in several namespaces · cart, else'):
        await resolve(elsewhere, pods, "twin")


async def test_the_built_in_engine_looks_at_both(scope: Scope) -> None:
    assert "**5 pods** in namespaces shop and cart." in await said(scope, "list pods")
    assert "**1 of 5 pods** in namespaces shop and cart is not ready." in await said(
        scope, "how many pods are not ready?"
    )
    wrong = await said(scope, "what is wrong here?")
    assert "in namespaces shop and cart" in wrong
    assert "ill-in-cart" in wrong
    assert "ill-in-else" not in wrong
    assert "namespaces `shop` and `cart`" in await said(scope, "which namespace am I in?")
    assert "cart/twin" in await said(scope, "describe twin")


async def test_a_list_of_several_is_merged_up_to_its_limit() -> None:
    class Counting(PlayedReader):
        async def list_objects(self, kind: Kind, namespace: str = "", limit: int = 500, **how: Any) -> ObjectList:
            names = [f"{namespace}-{number}" for number in range(3)]
            shown = names[: limit or None]
            return ObjectList([{"metadata": {"name": name}} for name in shown], remaining=len(names) - len(shown))

    pods, reader = KINDS.resolve("pods"), Counting()
    assert len((await listed(reader, pods, "shop,cart")).items) == 6
    for limit, remaining in ((6, 0), (4, 2), (3, 3), (2, 4)):
        found = await listed(reader, pods, "shop,cart", limit=limit)
        assert (len(found.items), found.remaining) == (limit, remaining)


async def test_one_that_may_not_be_listed_is_no_silence() -> None:
    class Closed(PlayedReader):
        async def list_objects(self, kind: Kind, namespace: str = "", **how: Any) -> ObjectList:
            if namespace == "payments":
                raise Forbidden("You may not list pods in payments")
            return ObjectList([])

    scope = played_scope(Focus("prod", "shop,payments"), Closed())
    with pytest.raises(Forbidden):
        await lacking(scope, "pods", "limits")
    assert "could not be read" in (await audit_policies(scope)).text


async def test_events_say_their_namespace_where_there_are_several() -> None:
    class Telling(PlayedReader):
        async def list_objects(self, kind: Kind, namespace: str = "", **how: Any) -> ObjectList:
            return ObjectList(
                [event(named("web-0", "Pod"), "BackOff", "again") | {"metadata": {"namespace": namespace}}]
            )

    told = await call(played_scope(Focus("prod", "shop,payments"), Telling()), "events")
    assert "2 warnings in namespaces shop and payments" in told
    assert "BackOff | shop Pod web-0" in told
    assert "BackOff | payments Pod web-0" in told


async def test_who_can_says_that_a_binding_is_of_one_namespace(scope: Scope) -> None:
    told = (await who_can(scope, "get", "pods")).text
    assert "may get pods in namespaces shop and cart" in told
    assert "in its own namespace alone" in told
    assert "in its own namespace alone" not in (await who_can(scope, "get", "pods", "shop")).text


def wish(text: str, namespace: str) -> Any:
    made = WishReader(WORLD, Focus("prod", namespace)).read(text)
    assert made is not None
    return made


def test_a_change_is_meant_for_what_is_in_view() -> None:
    twice, spaces = _in_two(WORLD)
    [step] = wish(f"restart {twice}", f"{spaces[0]},default").steps
    assert (step.ref.name, step.ref.namespace) == (twice, spaces[0])
    assert wish(f"restart {twice}", ",".join(spaces)).outcome == "ambiguous"


def _in_two(directory: Directory) -> tuple[str, list[str]]:
    """A Deployment's name in two namespaces."""
    names = {ref.name: ref for ref in directory.containing("", "deployments.apps")}
    found = {name: [ref.namespace for ref in directory.find(name, "deployments.apps")] for name in names}
    return next((name, spaces) for name, spaces in found.items() if len(spaces) == 2)


def test_what_is_made_is_asked_its_namespace() -> None:
    asked = wish("create configmap limits with max=10", "shop,payments")
    assert (asked.outcome, "In which namespace?" in asked.why) == ("unsupported", True)
    body = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: colors\ndata:\n  belt: blue\n"
    assert "In which namespace?" in wish(f"apply this:\n{body}", "shop,payments").why
    named_there = body.replace("colors", "colors\n  namespace: shop")
    assert wish(f"apply this:\n{named_there}", "shop,payments").outcome == "write"
    assert wish(f"apply this:\n{body}", "").outcome == "write"


def test_what_was_kept_before_still_loads_and_a_record_answers_for_both() -> None:
    kept = b'{"focus":{"cluster":"prod","namespace":"shop","kind":"pods","selected":null,"filter":"","marked":[]}}'
    focus = msgspec.json.decode(kept, type=Record).focus
    assert focus is not None
    assert (focus.namespaces, focus.only_namespace) == (("shop",), "shop")
    again = msgspec.json.decode(msgspec.json.encode(Record(focus=BOTH)), type=Record).focus
    assert again is not None
    assert (again.namespaces, again.only_namespace) == (("shop", "cart"), "")
    assert Focus("prod").namespaces == ()
    assert answers("list pods", "list", {"kind": "pods"}, KINDS, BOTH.namespace)
    assert answers("list pods cart", "list", {"kind": "pods"}, KINDS, BOTH.namespace)
    assert not answers("list pods else", "list", {"kind": "pods"}, KINDS, BOTH.namespace)


async def test_a_program_outside_is_told_which_are_in_view(scope: Scope, tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "kept" / "kubegenie.db")
    assert "namespaces shop and cart" in ServedTools(scope, store.proposals).instructions
    await store.close()
