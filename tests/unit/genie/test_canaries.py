"""Secrets planted wherever a cluster can hold them reach neither the model, nor a screen, a log, or the disk."""

import base64
import gzip
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, get_args

import pytest

from kubegenie_tui.agents.cluster_agent import ClusterAgent
from kubegenie_tui.demo.api.faults import Fault
from kubegenie_tui.demo.model_script import Call, Turn, in_order
from kubegenie_tui.demo.model_server import ModelServer
from kubegenie_tui.demo.server import DemoServer
from kubegenie_tui.demo.story.releases import revision
from kubegenie_tui.demo.world.world import World
from kubegenie_tui.domain.conversation import ChatEvent, Failed, ToolFinished
from kubegenie_tui.genie.genie import Genie
from kubegenie_tui.genie.loop import MOST_CALLS
from kubegenie_tui.genie.reading.releases import View
from kubegenie_tui.genie.reading.scope import Scope
from kubegenie_tui.genie.redaction.redactor import Redactor
from kubegenie_tui.genie.serving import ServedTools
from kubegenie_tui.genie.session import ChatSession
from kubegenie_tui.genie.tools.catalogue import TOOLS
from kubegenie_tui.kube.context import AuthInfo, Context
from kubegenie_tui.kube.context import Secret as Hidden
from kubegenie_tui.llm.openai_backend import OpenAIBackend
from kubegenie_tui.store.store import Store
from tests.unit.agents.demo_clusters import POD, agent_of, serving, world
from tests.unit.genie.model_and_cluster import FOCUS, Agents

CANARIES = {
    "a Secret": "plain-canary-word-7",
    "a later line of a Secret": "second-line-canary-8",
    "a Secret read elsewhere": "elsewhere-canary-9",
    "a TLS key": "MIIEcanaryPrivateKey0123456789",
    "a variable": "variable-canary-1",
    "an address in a variable": "address-canary-2",
    "a token of a known form": "ghp_canarycanarycanary0123456789abcd",
    "a flag": "flag-canary-3",
    "the word after a flag": "word-canary-4",
    "an annotation": "annotation-canary-5",
    "the applied copy": "applied-canary-6",
    "a key in a ConfigMap": "config-canary-10",
    "a file in a ConfigMap": "file-canary-11",
    "a log": "log-canary-12",
    "a header in a log": "eyJhbGciOiJIUzI1NiJ9.eyJjYW5hcnkiOiIxMyJ9.c2lnbmF0dXJlLWNhbmFyeQ",
    "an event": "event-canary-14",
    "a status": "status-canary-15",
    "the kubeconfig": "kubeconfig-canary-16",
    "the question": "question-canary-17",
    "the key of the model": "sk-model-canary-18",
    "a random word": "q7Zx9LmN2pRt5VwY8bCd",
    "a password of a registry": "registry-canary-19",
    "a value of a release": "release-value-canary-20",
    "a variable in a value of a release": "release-variable-canary-21",
    "a Secret that a release made": "release-secret-canary-22",
    "notes of a release": "release-notes-canary-23",
    "a change cause": "cause-canary-24",
    "the far end of a long file": "far-canary-25",
}


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


SECRET = {
    "dsn": encoded(f"{CANARIES['a Secret']}\n{CANARIES['a later line of a Secret']}"),
    "other": encoded(CANARIES["a Secret read elsewhere"]),
}


def planted() -> World:
    """A crashing workload around which everything holds a canary."""
    made = world("prod", pods=0)
    create = made.cluster.create
    key = f"-----BEGIN PRIVATE KEY-----\n{CANARIES['a TLS key']}\n-----END PRIVATE KEY-----"
    create(_named("v1", "Secret", "db", data=SECRET, type="Opaque"))
    create(_named("v1", "Secret", "tls", type="kubernetes.io/tls", data={"tls.crt": "", "tls.key": encoded(key)}))
    file = f"host=db\npassword={CANARIES['a file in a ConfigMap']}\nca={CANARIES['a random word']}\n"
    config = {"API_KEY": CANARIES["a key in a ConfigMap"], "app.conf": file}
    create(_named("v1", "ConfigMap", "settings", data=config))
    long = "\n".join([*("nothing of interest" for _ in range(900)), f"token={CANARIES['the far end of a long file']}"])
    create(_named("v1", "ConfigMap", "long", data={"long.conf": long}))
    create(_named("v1", "Secret", "registry", type="kubernetes.io/dockerconfigjson", data=REGISTRY))
    create(_release())
    _roll_out(create)
    applied = json.dumps({"env": [{"name": "MODE", "value": CANARIES["the applied copy"]}]})
    notes = {
        "kubectl.kubernetes.io/last-applied-configuration": applied,
        "example.org/webhook-token": CANARIES["an annotation"],
    }
    pod = _named("v1", "Pod", "web", metadata={"annotations": notes}, spec=SPEC, status=STATUS)
    uid = create(pod)["metadata"]["uid"]
    about = {"kind": "Pod", "name": "web", "namespace": "shop", "uid": uid}
    said = f"Unhealthy: GET http://web?access_token={CANARIES['an event']} failed"
    event = {"type": "Warning", "reason": "Unhealthy", "message": said, "involvedObject": about}
    create(_named("v1", "Event", "web.1", **event, lastTimestamp="2026-11-25T20:00:00Z", count=3))
    return made


def _named(version: str, kind: str, name: str, **rest: Any) -> dict[str, Any]:
    metadata = {"name": name, "namespace": "shop", **rest.pop("metadata", {})}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, **rest}


def _release() -> dict[str, Any]:
    values = {
        "db": {"password": CANARIES["a value of a release"]},
        "env": [{"name": "API_TOKEN", "value": CANARIES["a variable in a value of a release"]}],
    }
    made = _named("v1", "Secret", "cache", stringData={"x": CANARIES["a Secret that a release made"]})
    packed = revision("cache", 1, "cache 1.0.2 2.1", values, made, status="deployed", at=1_700_000_000)
    record = json.loads(gzip.decompress(base64.b64decode(base64.b64decode(packed["data"]["release"]))))
    record["info"]["notes"] = f"Log in with password: {CANARIES['notes of a release']}"
    again = base64.b64encode(gzip.compress(json.dumps(record).encode()))
    return {**packed, "data": {"release": base64.b64encode(again).decode()}}


def _roll_out(create: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """A Deployment and the ReplicaSet of its one revision."""
    cause = f"kubectl set env deployment/front API_TOKEN={CANARIES['a change cause']}"
    notes = {"deployment.kubernetes.io/revision": "1", "kubernetes.io/change-cause": cause}
    labels = {"app": "front"}
    template = {"metadata": {"labels": labels}, "spec": {**SPEC, "nodeName": ""}}
    spec = {"replicas": 1, "selector": {"matchLabels": labels}, "template": template}
    front = create(_named("apps/v1", "Deployment", "front", metadata={"annotations": notes}, spec=spec))
    uid = front["metadata"]["uid"]
    owner = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "front", "uid": uid, "controller": True}
    metadata = {"annotations": notes, "labels": labels, "ownerReferences": [owner]}
    create(_named("apps/v1", "ReplicaSet", "front-1", metadata=metadata, spec=spec))


LOGIN = encoded(f"puller:{CANARIES['a password of a registry']}")
REGISTRY = {
    ".dockerconfigjson": encoded(
        json.dumps({
            "auths": {
                "registry.example": {
                    "username": "puller", "password": CANARIES["a password of a registry"], "auth": LOGIN,
                }
            }
        })
    )
}  # fmt: skip
SPEC = {
    "nodeName": "node-1",
    "imagePullSecrets": [{"name": "registry"}],
    "containers": [
        {
            "name": "app",
            "image": "app",
            "args": [f"--password={CANARIES['a flag']}", "--api-token", CANARIES["the word after a flag"]],
            "env": [
                {"name": "DB_PASSWORD", "value": CANARIES["a variable"]},
                {"name": "DB", "value": f"postgres://app:{CANARIES['an address in a variable']}@db/x"},
                {"name": "GH", "value": CANARIES["a token of a known form"]},
                {"name": "DSN", "valueFrom": {"secretKeyRef": {"name": "db", "key": "dsn"}}},
            ],
        }
    ],
}
ENDED = {
    "exitCode": 1,
    "reason": "Error",
    "startedAt": "2026-11-25T19:00:00Z",
    "finishedAt": "2026-11-25T20:00:00Z",
    "message": f"login failed: password={CANARIES['a status']}",
}
STATUS = POD | {
    "containerStatuses": [
        {
            "name": "app",
            "ready": False,
            "restartCount": 4,
            "state": {"waiting": {"reason": "CrashLoopBackOff", "message": f"token={CANARIES['a status']}"}},
            "lastState": {"terminated": ENDED},
        }
    ],
    "conditions": [{"type": "Ready", "status": "False"}],
}
LOG = [
    f"FATAL: password authentication failed: password={CANARIES['a log']}",
    f"Authorization: Bearer {CANARIES['a header in a log']}",
    f"pulling with {CANARIES['a password of a registry']}",
    f"using {CANARIES['a Secret read elsewhere']} and {encoded(CANARIES['a Secret read elsewhere'])}",
]


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[DemoServer]:
    lines = [(float(second), text) for second, text in enumerate(LOG)]
    monkeypatch.setattr("kubegenie_tui.demo.api.logs.spoken", lambda *_: lines)
    async with serving(planted()) as made:
        yield made


@pytest.fixture
async def agent(server: DemoServer) -> AsyncIterator[ClusterAgent]:
    async with agent_of(server, "prod") as made:
        yield made


BY_PERSON = frozenset({"show", "todo", "ask_user", "exec", "propose"})
"""Tools that look nothing up."""
NOT_HERE = frozenset({"crossplane", "recall"})
"""There is no Crossplane here; what can be recalled is what another tool told."""
RECALL = Call("recall", {"result": "r1", "start": 880, "lines": 60})


def calls() -> tuple[Call, ...]:
    """Every tool that looks something up, about everything there is."""
    objects = [
        ("secrets", "db"), ("secrets", "tls"), ("secrets", "registry"), ("secrets", "sh.helm.release.v1.cache.v1"),
        ("configmaps", "settings"), ("pods", "web"), ("deployments", "front"),
    ]  # fmt: skip
    about = ("get", "describe", "diagnose", "related", "used_by")
    of_objects = [Call(tool, {"kind": kind, "name": name}) for tool in about for kind, name in objects]
    helm = [Call("helm", {}), *(Call("helm", {"name": "cache", "view": view}) for view in get_args(View))]
    rollout = {"kind": "deployments", "name": "front"}
    others = [
        *helm,
        *(Call("search", {"text": text}) for text in ("db", "web", CANARIES["a token of a known form"])),
        Call("changes", {"since_seconds": 10**9}),
        Call("audit_policy", {}),
        Call("explain", {"kind": "pods", "path": "spec"}),
        Call("rollout", rollout),
        *(Call("rollout", {**rollout, "action": "history", "revision": number}) for number in (0, 1)),
        *(Call("count", {"kind": kind, "group_by": "label:app"}) for kind in ("pods", "secrets")),
        Call("lacking", {"kind": "pods", "what": "limits"}),
        Call("top", {}),
        Call("can_i", {"verb": "get", "kind": "secrets"}),
        Call("who_can", {"verb": "get", "kind": "secrets"}),
        Call("whoami", {}),
        Call("api_resources", {}),
    ]
    long = Call("get", {"kind": "configmaps", "name": "long"})
    listed = [Call("list", {"kind": kind}) for kind in ("secrets", "configmaps", "pods", "events")]
    found = [Call("list", {"kind": "pods", "filter": CANARIES["a token of a known form"]})]
    logs = [Call("logs", {"kind": "pods", "name": "web", "previous": previous}) for previous in (True, False)]
    whole = [Call("diagnose", {}), Call("overview", {}), Call("events", {}), Call("events", {"warnings_only": False})]
    return (long, *of_objects, *listed, *found, *logs, *whole, *others)


def test_every_tool_that_looks_something_up_is_called() -> None:
    assert {call.name for call in calls()} == set(TOOLS) - BY_PERSON - NOT_HERE


def check(text: str, where: str) -> None:
    leaked = [what for what, canary in CANARIES.items() if canary in text or encoded(canary) in text]
    assert not leaked, f"{', '.join(leaked)} in {where}"
    assert SECRET["dsn"] not in text, where


def check_files(directory: Path) -> None:
    for file in directory.iterdir():
        check(file.read_bytes().decode(errors="replace"), file.name)


async def test_no_canary_leaves_or_stays(
    server: DemoServer, agent: ClusterAgent, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    question = f"is password={CANARIES['the question']} or {CANARIES['a random word']} right?"
    repeat = Turn(f"It is {CANARIES['a token of a known form']}.")
    batches = [calls()[start : start + MOST_CALLS] for start in range(0, len(calls()), MOST_CALLS)]
    turns = [turn for batch in batches for turn in (Turn(calls=batch), repeat)]
    model = ModelServer(in_order(*turns, Turn(calls=(RECALL,)), Turn("Yes.")))
    await model.start()
    backend = OpenAIBackend(model.base_url, CANARIES["the key of the model"], "scripted", read_timeout=5)
    store = await Store.open(tmp_path / "kubegenie.db")
    try:
        session = ChatSession(Genie(Agents({"prod": agent}), lambda _: backend), store.conversations)
        events: list[ChatEvent] = []
        again = f"and is {CANARIES['a Secret read elsewhere']} right?"
        for text in (question, *[again] * len(batches)):
            events += [event async for event in session.ask(text, FOCUS)]
        assert session.conversation is not None
        kept = await store.conversations.results.all(session.conversation.id)
    finally:
        await backend.close()
        await model.stop()
        await store.close()
    assert kept, "a result that was kept whole"
    for result in kept:
        check(result.text, f"{result.name}, kept whole")
    assert any("token=[redacted-" in result.text for result in kept)
    looked = [event for event in events if isinstance(event, ToolFinished)]
    assert len(looked) == len(calls()) + 1
    assert [event.result for event in looked if not event.ok] == []
    [recalled] = [event.result for event in looked if event.label.startswith("recall")]
    assert "token=[redacted-" in recalled
    check(model.outbound.decode(), "what the model was sent")
    for event in events:
        if isinstance(event, ToolFinished):
            check(str(event), event.label)
    check(caplog.text, "a log")
    check_files(tmp_path)


async def test_no_canary_is_served_to_programs_outside(agent: ClusterAgent, tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "kubegenie.db")
    scope = Scope(agent, FOCUS, Redactor(), Agents({"prod": agent}))
    tools = ServedTools(scope, store.proposals)
    await tools.open()
    try:
        for call in (*calls(), RECALL):
            assert isinstance(call.arguments, dict)
            said = await tools.call(call.name, call.arguments, "")
            assert said.ok, said.text
            check(said.text, f"{call.name} {call.arguments}")
    finally:
        await store.close()
    check_files(tmp_path)


@pytest.mark.parametrize(
    "question",
    [
        "yaml of secret db",
        "describe secret tls",
        "describe configmap settings",
        "yaml of pod web",
        "describe pod web",
        "why is web failing?",
        "what is wrong here?",
        "logs of web",
        "events for web",
        "list secrets",
        f"list pods {CANARIES['a token of a known form']}",
        f"describe {CANARIES['a token of a known form']}",
        "what uses secret db?",
        "what does web need?",
        "what changed today?",
        "which certs expire soon?",
        "yaml of secret registry",
        "describe secret sh.helm.release.v1.cache.v1",
        "rollout history of front",
        "which policies are broken?",
    ],
)
async def test_the_built_in_engine_says_none(
    server: DemoServer, agent: ClusterAgent, tmp_path: Path, question: str
) -> None:
    store = await Store.open(tmp_path / "kubegenie.db")
    session = ChatSession(Genie(Agents({"prod": agent})), store.conversations)
    events = [event async for event in session.ask(question, FOCUS)]
    await store.close()
    check(str(events), question)
    check_files(tmp_path)


async def test_a_kubeconfig_s_credentials_are_in_no_error(server: DemoServer) -> None:
    auth = AuthInfo(token=Hidden(CANARIES["the kubeconfig"]))
    agent = ClusterAgent(Context("prod", server=server.url("prod"), auth=auth))
    await agent.initialize()
    [failed] = [event async for event in Genie(Agents({"prod": agent})).ask("list pods", FOCUS)][-1:]
    await agent.shutdown()
    assert isinstance(failed, Failed)
    assert "(401)" in failed.what
    check(str(failed), "an error")


async def test_a_refusal_of_the_server_names_no_credential(server: DemoServer, agent: ClusterAgent) -> None:
    said = f"bearer token {CANARIES['a token of a known form']} is not valid"
    server.inject(Fault(path="/secrets", status=403, message=said, count=-1))
    events = [event async for event in Genie(Agents({"prod": agent})).ask("list secrets", FOCUS)]
    assert events
    check(str(events), "an error")
