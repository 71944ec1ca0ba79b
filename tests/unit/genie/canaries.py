"""Secrets wherever a cluster can hold them, each to be known again, and what finds them where they must not be."""

import base64
import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kubegenie_tui.demo.story.releases import revision
from kubegenie_tui.demo.world.world import World
from tests.unit.agents.demo_clusters import POD, world

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
    "what a command wrote": "command-canary-26",
    "a command": "line-canary-27",
    "a place": "link-canary-28",
    "a next step": "next-canary-29",
    "an aftermath": "aftermath-canary-30",
    "a variable that is set": "set-canary-31",
    "an annotation that is set": "annotated-canary-32",
    "a key of a ConfigMap that is set": "configured-canary-33",
    "a key of a Secret that is set": "secret-set-canary-34",
    "what is applied": "applied-now-canary-35",
    "what is edited": "edited-canary-36",
    "what a chat is told to set": "told-canary-37",
    "what a model sets": "modelled-canary-38",
    "what a Secret is told to hold": "held-canary-39",
    "what a model has a Secret hold": "invented-canary-40",
    "a password on a command line": "client-canary-41",
    "a password in a sentence": "spoken-canary-42",
    "a line of a pgpass file": "pgpass-canary-43",
    "a signature in an address": "sas-canary-44",
    "a key on one line": "MIIEcanaryOneLine45",
    "a password in a statement": "statement-canary-46",
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
    f"+ mysqldump -h db -uroot -p{CANARIES['a password on a command line']} shop",
    f"cannot log in as app with password {CANARIES['a password in a sentence']}, giving up",
    f"db:5432:shop:app:{CANARIES['a line of a pgpass file']}",
    f"GET https://shop.blob.example.com/a?sv=2022-11-02&sig={CANARIES['a signature in an address']} 403",
    f"-----BEGIN PRIVATE KEY-----\\n{CANARIES['a key on one line']}\\n-----END PRIVATE KEY-----\\n",
    f"STATEMENT:  ALTER ROLE app PASSWORD '{CANARIES['a password in a statement']}'",
    f"using {CANARIES['a Secret read elsewhere']} and {encoded(CANARIES['a Secret read elsewhere'])}",
]


def check(text: str, where: str) -> None:
    leaked = [what for what, canary in CANARIES.items() if canary in text or encoded(canary) in text]
    assert not leaked, f"{', '.join(leaked)} in {where}"
    assert SECRET["dsn"] not in text, where


def check_files(directory: Path) -> None:
    for file in directory.iterdir():
        check(file.read_bytes().decode(errors="replace"), file.name)
