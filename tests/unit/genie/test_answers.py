"""Answers about more than the objects of one kind, on the demo: images, certificates, uses, changes, room."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from kubegenie_tui.demo.world.world import World
from kubegenie_tui.domain.conversation import ChoicesOffered, Focus, Message, NextOffered, ShowRequested, TextDelta
from kubegenie_tui.genie.genie import Genie
from kubegenie_tui.genie.reading.changes import read_changes
from kubegenie_tui.genie.reading.expiry import read_expiries
from kubegenie_tui.genie.reading.scope import Scope
from kubegenie_tui.genie.reading.uses import needs_of, users_of
from tests.unit.agents.demo_clusters import agent_of, serving
from tests.unit.genie.model_and_cluster import Agents

PROD = Focus("prod-eu")


@pytest.fixture
async def clusters(prod_world: World) -> AsyncIterator[Agents]:
    async with serving(prod_world) as server, agent_of(server, "prod-eu") as agent:
        yield Agents({"prod-eu": agent})


async def talk(clusters: Agents, *sentences: str) -> tuple[str, list[Any]]:
    """The last answer and its other events; each sentence after those before."""
    genie, history = Genie(clusters), list[Message]()
    text, events = "", list[Any]()
    for sentence in sentences:
        events = [event async for event in genie.ask(sentence, PROD, history)]
        text = "".join(event.text for event in events if isinstance(event, TextDelta))
        text += "".join(line for event in events if isinstance(event, NextOffered) for line in event.lines)
        history += [Message("user", sentence, 1.0), Message("assistant", text, 2.0)]
    return text, events


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("which images run in shop?", ["images in namespace shop**, in 35 pods", "/shop/checkout:2.15.0 | 1 |"]),
        ("what image does checkout run?", ["**2 images of `checkout`**, in 4 pods", "/checkout:2.14.0 | 3 |"]),
        ("which certs expire soon?", ["**`shop/checkout-tls` expired ", "| shop | shop-tls | ends in 99y |"]),
        ("what uses secret checkout-db?", ["**1 reference to `checkout-db`**", "| deployment | checkout | "]),
        ("who uses pvc data-kafka-0?", ["| statefulset | kafka | volumeClaimTemplates"]),
        ("what uses secret checkout-tls?", ["| ingress | checkout | spec.tls |"]),
        ("which secrets does checkout use?", ["`checkout` refers to 1 secret**", "(key url)"]),
        ("who depends on ledger?", ["| service | ledger | spec.selector |"]),
        ("what changed in the last hour?", ["in the last hour in all namespaces", "deployment checkout | rolled out"]),
        ("when was checkout deployed?", ["`checkout` was rolled out, revision 4 **", "events for checkout"]),
        ("is the cron job reconcile suspended?", ["No, `reconcile` is not suspended.", "CronJob `payments/reconcile`"]),
        ("is node-1 cordoned?", ["No, `node-1` is not cordoned."]),
        ("compare memory of checkout and cart", ["`shop/cart-", " |\n\n`shop/cart-"]),
        ("deployments in shop except checkout", ["deployments** in namespace shop match `!NAME:^checkout$`"]),
        ("pods in shop and payments", [" pods** in `shop` and `payments`.\n\n| NAMESPACE |"]),
        ("which pods are not ready in shop, payments and search?", [" pods** in `shop`, `payments` and `search` are"]),
        ("nodes and services in shop", ["**12 nodes**.", " services** in namespace shop."]),
        ("logs of cart and nosuch", ["There is no object named `nosuch`."]),
        ("what helm charts are installed?", ["**0 helm releases in all namespaces**"]),
        ("compare clusters", ["**1 cluster.** In view: `prod-eu`", "| CLUSTER | STATE | VERSION |"]),
        ("how full is the cluster?", ["The nodes use ", " of 80 cpu (", "memory ("]),
        ("which namespace uses the most memory?", ["Namespace `", "| NAMESPACE | PODS | CPU | MEMORY |"]),
        ("which namespace has the most pods?", ["`shop` has the most: 35."]),
        ("any OOM kills?", ["**1 case in all namespaces**", "indexer is killed for lack of memory"]),
        ("services without endpoints", ["**service tracking has no endpoints**"]),
        ("are the services ok?", ["Service tracking has no endpoints"]),
        ("is anything on fire?", ["problems in cluster `prod-eu`"]),
        ("what is wrong in shop?", ["**3 problems in namespace shop**", "checked; nothing else wrong was found."]),
        ("what is wrong with the ingresses in shop?", [" objects were checked; 2 other problems were found."]),
        ("which pods have no limits?", ["pods without limits in all namespaces**"]),
        ("deployments without a startup probe", ["| NAMESPACE | NAME | CONTAINERS |", "| shop | checkout |"]),
        ("who deleted the pod?", ["the audit log of its API server does"]),
        ("who can delete pods?", ["may delete pods in all namespaces**", "| Group | g:system:masters |"]),
        ("can I delete pods in shop?", ["**Yes, you may delete pods in namespace shop.**"]),
        ("can user mallory delete pods in shop?", ["**No, `u:mallory` may not delete pods in namespace shop.**"]),
        ("who am i?", ["To cluster `prod-eu` you are **"]),
        ("what is a pod?", ["**Pod** (Pod): ", "| spec | PodSpec |"]),
        ("explain deployment.spec.replicas", ["**Deployment.spec.replicas** (integer): "]),
        ("is the rollout of checkout done?", ["the rollout of deployment `checkout` "]),
        ("revisions of checkout", ["revisions of checkout**, the newest first", "(in force)"]),
        ("what is related to deployment checkout?", ["around checkout**", "| Services | service | checkout |"]),
        ("show me the newest pod in shop", ["The newest of **35 pods** in namespace shop."]),
        ("wie viele Pods laufen in shop?", ["**35 pods** in namespace shop."]),
        ("lösche checkout nicht", ["You said not to, so I propose nothing."]),
        ("lösche checkout sofortigst", ["I did not understand all of that", "`skaliere checkout auf 3`"]),
        ("Nicht! restart checkout", ["nicht is German, and the rest is English"]),
        ("bist du etwa müde?", ["I did not understand that."]),
    ],
)  # fmt: skip
async def test_a_question(clusters: Agents, question: str, expected: list[str]) -> None:
    text, _ = await talk(clusters, question)
    assert [words for words in expected if words not in text] == [], text


async def test_why_they_are_pending_is_about_those_that_are(clusters: Agents) -> None:
    text, _ = await talk(clusters, "pending pods", "why are they pending?")
    assert "pod forecast-" in text.split("\n")[0]
    assert "checkout-tls" not in text


async def test_an_object_is_picked_by_how_it_is(clusters: Agents) -> None:
    text, events = await talk(clusters, "show me failed jobs", "logs of the last one")
    assert "lines of `reconcile-" in text
    [show] = [event for event in events if isinstance(event, ShowRequested)]
    assert (show.namespace, show.view) == ("payments", "logs")
    _, events = await talk(clusters, "describe the crashing pod")
    [offer] = [event for event in events if isinstance(event, ChoicesOffered)]
    assert 1 < len(offer.choices) <= 9


async def test_a_slip_is_told_once(clusters: Agents) -> None:
    assert "I took checkout" in (await talk(clusters, "why is chekout failing?"))[0]
    assert "I took" not in (await talk(clusters, "why is chekout failing?", "show its logs"))[0]


async def test_what_nodes_have_is_told_with_what_they_use(clusters: Agents) -> None:
    text, _ = await talk(clusters, "top nodes")
    assert "%)" in text.split("\n")[-2]


async def test_needs_and_uses_are_two_sides_of_one_thing(prod: Scope) -> None:
    needs = (await needs_of(prod, "deployments", "checkout", "shop")).data
    assert {(need.ref.kind, need.ref.name) for need in needs} >= {
        ("secrets", "checkout-db"), ("configmaps", "checkout-config"),
    }  # fmt: skip
    for need in needs:
        users = (await users_of(prod, need.ref.kind, need.ref.name, "shop")).data
        assert "checkout" in {user.ref.name for user in users}


async def test_changes_are_those_since_then_and_the_latest_first(prod: Scope) -> None:
    hour = (await read_changes(prod, "*", since_seconds=3600)).data
    day = (await read_changes(prod, "*", since_seconds=86_400)).data
    assert [change.at for change in day] == sorted((change.at for change in day), reverse=True)
    assert {change.ref for change in hour} <= {change.ref for change in day}
    assert len({change.ref for change in day}) == len(day)


async def test_who_wrote_last_is_told_and_controllers_are_not(prod: Scope, monkeypatch: pytest.MonkeyPatch) -> None:
    made, fields = "2026-01-01T00:00:00Z", [
        {"manager": "kubectl-create", "time": "2026-01-01T00:00:00Z"},
        {"manager": "argocd-controller", "time": "2026-01-02T00:00:00Z"},
        {"manager": "kube-controller-manager", "time": "2026-01-03T00:00:00Z"},
        {"manager": "somebody", "time": "2026-01-04T00:00:00Z", "subresource": "status"},
    ]  # fmt: skip
    item = {"metadata": {"name": "a", "namespace": "b", "creationTimestamp": made, "managedFields": fields}}

    class One:
        items = (item,)
        remaining = 0

    async def listed(kind: Any, *_: Any, **__: Any) -> Any:
        return One() if kind.id == "configmaps" else type("None_", (), {"items": (), "remaining": 0})()

    monkeypatch.setattr(prod.reader, "list_objects", listed)
    [change] = (await read_changes(prod, "*", since_seconds=10**9)).data
    assert (change.ref.name, change.what, change.by) == ("a", "changed", "argocd-controller")


async def test_certificates_are_told_without_what_else_a_secret_holds(prod: Scope) -> None:
    result = await read_expiries(prod, "*")
    assert [each.ref.name for each in result.data][:1] == ["checkout-tls"]
    assert "BEGIN" not in result.text
    assert "not a key" not in result.text
